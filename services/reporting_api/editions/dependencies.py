"""What the endpoints depend on that count the figures of an edition."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from services.reporting_api.texts.endpoints import OfficerDep


async def _turn(request: Request, _officer: OfficerDep) -> AsyncIterator[None]:
    """One at a time in a process: each holds a connection for its edition and reads the live figures over another.

    As many at once as there are connections would wait for each other; and of officers who do the same at once the
    first has done it for all when the second has its turn.
    """
    async with request.app.state.edition_turn:
        yield


TurnDep = Annotated[None, Depends(_turn, scope="function")]

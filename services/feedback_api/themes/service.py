"""Assigning items to themes anew, after a theme's search or topics were changed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.themes import repository
from services.feedback_api.themes.schemas import ReassignmentCreate, ReassignmentDone
from services.shared.catalogue import Catalogue
from services.shared.problems import invalid

CHUNK_ITEMS = 1_000
"""Items searched by one statement, which keeps each well under the statement timeout."""


def check_known(catalogue: Catalogue, codes: Sequence[str]) -> dict[str, bool]:
    """A person's list of themes as a word on every theme; raises a problem for one the catalogue does not have."""
    for code in codes:
        if code not in catalogue.themes:
            raise invalid("themes", f"{code!r} is not in the catalogue; use {', '.join(catalogue.themes)}")
    return {code: code in codes for code in catalogue.themes}


async def reassign(session: AsyncSession, order: ReassignmentCreate, now: datetime) -> ReassignmentDone:
    """Assign the items anew by the themes as they are now, keeping what a person said."""
    examined = assigned = 0
    after = None
    while True:
        ids = list(
            await repository.list_ids(
                session,
                first_day=order.received_from,
                last_day=order.received_to,
                after=after,
                limit=CHUNK_ITEMS,
            )
        )
        if not ids:
            return ReassignmentDone(examined=examined, assigned=assigned)
        assigned += await repository.reassign(session, ids, at=now)
        examined += len(ids)
        after = ids[-1]

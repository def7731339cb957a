"""Who may ask for metrics: keys of the scope ``metrics:read``, also while the database is away."""

from typing import Annotated

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials

from services.shared.metrics.lookups import AWAY
from services.shared.metrics.questions import Questions
from services.shared.problems import ForbiddenProblem, UnauthorizedProblem, UnavailableProblem
from services.shared.scopes import Scope
from services.shared.security import bearer_scheme, find_principal, hash_secret, header_scheme, require

_REMEMBERED_MAX = 8
"""Keys, by their hashes: those of a few Prometheus servers, and of what they are rotated to."""

_require = require(Scope.METRICS_READ)


class ScrapeKeys:
    """Lets keys in, and remembers which, as the database that knows them is what metrics are asked about.

    A key that was let in is let in again while the database is away, by the process that remembers it.
    """

    def __init__(self, questions: Questions) -> None:
        self._questions = questions
        self._remembered: dict[str, None] = {}

    async def admit(self, request: Request, bearer: HTTPAuthorizationCredentials | None, header: str | None) -> bool:
        """Whether the database could be asked for the key. Raises problems of 401, 403 and 503."""
        secret = bearer.credentials if bearer else header
        known = None if secret is None else hash_secret(secret)
        try:
            _require.admit(await self._questions.ask(find_principal(request, bearer, header)))
        except AWAY as error:
            if known in self._remembered:
                return False
            raise UnavailableProblem("the database that knows the keys cannot be reached; send it again") from error
        except (UnauthorizedProblem, ForbiddenProblem):
            if known is not None:
                self._remembered.pop(known, None)
            raise
        if known is not None:
            self._remember(known)
        return True

    def _remember(self, known: str) -> None:
        self._remembered.pop(known, None)
        self._remembered[known] = None
        if len(self._remembered) > _REMEMBERED_MAX:
            del self._remembered[next(iter(self._remembered))]


async def admitted(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(bearer_scheme)] = None,
    header: Annotated[str | None, Security(header_scheme)] = None,
) -> bool:
    """A dependency: lets keys of the scope in, and tells whether the database answers."""
    keys: ScrapeKeys = request.app.state.scrape_keys
    return await keys.admit(request, bearer, header)

"""Survey definitions in memory: versions never change and surveys count their changes, so one small query tells whether
what is held is the newest."""

from collections.abc import Collection
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey_api.surveys import repository
from services.survey_api.surveys.definitions import SurveyDefinition
from services.survey_api.surveys.errors import SurveyNotFoundProblem
from services.survey_api.surveys.repository import Newest


class SurveyCache:
    """The definitions one process has read; right also when another process publishes surveys and versions."""

    def __init__(self) -> None:
        self._definitions: dict[str, SurveyDefinition] = {}

    async def find_all(self, session: AsyncSession, codes: Collection[str]) -> dict[str, SurveyDefinition]:
        """The definitions of those of ``codes`` that are published, with every version published by now."""
        newest = await repository.fetch_newest(session, codes)
        stale = [code for code, number in newest.items() if not self._holds(code, number)]
        if stale:
            found = await repository.fetch_definitions(session, stale)
            self._definitions.update((definition.code, definition) for definition in found)
        return {code: self._definitions[code] for code in newest}

    def known(self, code: str) -> SurveyDefinition | None:
        """The survey's definition as it was last read here; it may have changed since."""
        return self._definitions.get(code)

    async def get(self, session: AsyncSession, code: str) -> SurveyDefinition:
        """The survey's definition; raises :class:`SurveyNotFoundProblem`."""
        definition = (await self.find_all(session, [code])).get(code)
        if definition is None:
            raise SurveyNotFoundProblem(f"there is no survey {code!r}; GET /v1/surveys lists them")
        return definition

    def _holds(self, code: str, newest: Newest) -> bool:
        definition = self._definitions.get(code)
        if definition is None:
            return False
        return definition.newest.number >= newest.version and definition.revision >= newest.revision


async def _survey_cache(request: Request) -> SurveyCache:
    # Awaits nothing, but FastAPI would take a plain function to a thread.
    cache: SurveyCache = request.app.state.surveys
    return cache


SurveyCacheDep = Annotated[SurveyCache, Depends(_survey_cache)]
"""The cache of the app that answers the request."""

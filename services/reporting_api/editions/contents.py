"""Contents of editions that were read last: who reads a review asks for its tables one by one."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.editions import repository
from services.reporting_api.editions.content import EditionContent
from services.reporting_api.editions.service import content_of, internal_content_of
from services.reporting_api.memory import Memory
from services.shared.tables import Edition

CONTENTS_KEPT = 4
"""A few megabytes each."""


class Contents:
    """Contents by their hash, so that none can be stale."""

    def __init__(self) -> None:
        self._kept = Memory[EditionContent](CONTENTS_KEPT)

    async def of(self, session: AsyncSession, edition: Edition) -> EditionContent:
        """What the public is shown of an edition that was read without its content."""
        kept = self._kept.find(_identity(edition, is_internal=False))
        if kept is not None:
            return kept
        return self.read(await repository.find(session, edition.quarter, edition.version) or edition)

    def read(self, edition: Edition, *, is_internal: bool = False) -> EditionContent:
        """The content of an edition that was read whole."""
        key = _identity(edition, is_internal=is_internal)
        content = self._kept.find(key)
        if content is None:
            content = internal_content_of(edition) if is_internal else content_of(edition)
            self._kept.keep(key, content)
        return content


def _identity(edition: Edition, *, is_internal: bool) -> tuple[str, datetime]:
    return edition.internal_hash if is_internal else edition.content_hash, edition.created_at

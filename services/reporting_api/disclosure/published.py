"""Reads of published quarters what their editions were counted from, so that the public's figures of them stay.

The one way in to what the public may see: within :func:`reading` every statement that counts finds, under the names of
the tables, the views of the schema ``published`` (migration 29).
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_LOOK = """
SELECT set_config('search_path', :path, true), set_config('katsaus.as_of', :as_of, true),
    set_config('katsaus.edition_quarter', :quarter, true), set_config('katsaus.edition_version', :version, true)
"""

_EDITIONS = """
SELECT quarter, version, created_at, published_at,
    embargo_until IS NULL OR embargo_until <= CAST(:as_of AS timestamptz) AS is_public
FROM public.edition
WHERE keeps_records AND published_at IS NOT NULL AND quarter = ANY (CAST(:quarters AS text[]))
ORDER BY quarter, version
"""

_LOOKED = "records"


@dataclass(frozen=True, slots=True)
class Records:
    """Which records are read: the live ones, those as published by ``as_of``, or besides one edition's own."""

    as_of: datetime | None = None
    edition: tuple[str, int] | None = None
    """Quarter and version, published or not."""


LIVE = Records()


@dataclass(frozen=True, slots=True)
class PublishedEdition:
    """A published edition that keeps its records."""

    quarter: str
    version: int
    created_at: datetime
    """When its records were copied."""
    published_at: datetime
    is_public: bool
    """Whether its embargo is over."""


@asynccontextmanager
async def reading(session: AsyncSession, records: Records) -> AsyncIterator[None]:
    """Within the block the session counts these records. What an error leaves is undone by its roll-back."""
    before = session.info.get(_LOOKED, LIVE)
    if records == before:
        yield
        return
    await _look(session, records)
    yield
    await _look(session, before)


async def _look(session: AsyncSession, records: Records) -> None:
    quarter, version = records.edition or ("", "")
    await session.execute(
        text(_LOOK),
        {
            "path": "public" if records == LIVE else "published, public",
            "as_of": records.as_of.isoformat() if records.as_of else "",
            "quarter": quarter,
            "version": str(version),
        },
    )
    session.info[_LOOKED] = records


def records_of(session: AsyncSession) -> Records:
    """What the session counts now."""
    records: Records = session.info.get(_LOOKED, LIVE)
    return records


async def editions_shown(session: AsyncSession, quarters: Iterable[str]) -> Sequence[PublishedEdition]:
    """The published editions whose records are counted for these quarters, where the session reads as published."""
    newest: dict[str, PublishedEdition] = {}
    for edition in await _published(session, quarters):
        if edition.is_public and edition.quarter != _asked(session)[0]:
            newest[edition.quarter] = edition
    return list(newest.values())


async def editions_before(session: AsyncSession, quarters: Iterable[str]) -> Sequence[PublishedEdition]:
    """The published editions that the counted ones correct, embargoed ones too; oldest first."""
    labels = list(quarters)
    counted = {edition.quarter: edition.version for edition in await editions_shown(session, labels)}
    counted |= dict([_asked(session)])
    return [one for one in await _published(session, labels) if one.version < counted.get(one.quarter, 0)]


def _asked(session: AsyncSession) -> tuple[str, int]:
    return records_of(session).edition or ("", 0)


async def _published(session: AsyncSession, quarters: Iterable[str]) -> Sequence[PublishedEdition]:
    records = records_of(session)
    if records == LIVE:
        return []
    parameters = {"quarters": list(quarters), "as_of": records.as_of}
    rows = (await session.execute(text(_EDITIONS), parameters)).mappings().all()
    return [PublishedEdition(**row) for row in rows]

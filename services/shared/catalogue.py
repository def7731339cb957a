"""The catalogue as the services read it: an immutable snapshot in memory, read anew when files were loaded again."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from services.shared.database import Sessions, sessions_of
from services.shared.problems import InvalidRequestProblem, invalid
from services.shared.tables import (
    CatalogueRevision,
    Channel,
    DeadlinePolicy,
    FeedbackType,
    HelpBarrier,
    HelpReason,
    OmbudsmanReason,
    OmbudsmanService,
    Open311Service,
    PublicHoliday,
    RetentionPolicy,
    Table,
    TargetPolicy,
    Theme,
    Topic,
    Unit,
)
from services.shared.tables.retention import RetainedContent


class UnitsAs(StrEnum):
    """By which organisation records are gathered under a unit: the one they were made in, or today's."""

    THEN = "as_then"
    TODAY = "as_today"


@dataclass(frozen=True)
class Catalogue:
    """All catalogue entries by code, in their order. An empty ``revision`` means that nothing was loaded yet."""

    revision: str
    loaded_at: datetime
    units: Mapping[str, Unit]
    feedback_types: Mapping[str, FeedbackType]
    topics: Mapping[str, Topic]
    channels: Mapping[str, Channel]
    themes: Mapping[str, Theme]
    target_policies: tuple[TargetPolicy, ...]
    deadline_policies: tuple[DeadlinePolicy, ...]
    public_holidays: Mapping[date, PublicHoliday]
    ombudsman_services: Mapping[str, OmbudsmanService]
    ombudsman_reasons: Mapping[str, OmbudsmanReason]
    help_reasons: Mapping[str, HelpReason]
    help_barriers: Mapping[str, HelpBarrier]
    open311_services: Mapping[str, Open311Service]
    retention_policies: tuple[RetentionPolicy, ...]

    def retention_policies_of(self, content: RetainedContent) -> list[RetentionPolicy]:
        """The policies that say how long such content is kept."""
        return [policy for policy in self.retention_policies if policy.content == content]

    @property
    def root_unit(self) -> Unit:
        """The unit at the top of the tree: what feedback without a unit is about."""
        return next(unit for unit in self.units.values() if unit.parent_code is None)

    def find_unit(self, value: str, *, field: str = "unit") -> Unit:
        """The unit of code or alias ``value``, whether it still exists or not."""
        unit = self.units.get(value) or _by_alias(self.units, value)
        if unit is None:
            raise _unknown(field, value, "units")
        return unit

    def resolve_unit(self, value: str, *, on: date, field: str = "unit") -> Unit:
        """The unit of code or alias ``value``, valid on the day; else the problem that says what to send."""
        unit = self.find_unit(value, field=field)
        if on < unit.valid_from:
            raise invalid(field, f"{unit.code!r} exists only from {unit.valid_from}; name the unit of that day")
        if unit.valid_to is not None and on >= unit.valid_to:
            successor = f"; its successor is {unit.successor_code!r}" if unit.successor_code else ""
            raise invalid(field, f"{unit.code!r} ended on {unit.valid_to}{successor}")
        return unit

    def resolve_type(self, value: str, *, field: str = "type") -> FeedbackType:
        """The feedback type of code or alias ``value``."""
        found = self.feedback_types.get(value) or _by_alias(self.feedback_types, value)
        if found is None:
            raise _unknown(field, value, "types", self.feedback_types)
        return found

    def resolve_topic(self, value: str, *, field: str = "topic") -> Topic:
        """The topic of code or alias ``value``."""
        found = self.topics.get(value) or _by_alias(self.topics, value)
        if found is None:
            raise _unknown(field, value, "topics")
        return found

    def resolve_channel(self, value: str, *, field: str = "channel") -> Channel:
        """The channel of code ``value``."""
        found = self.channels.get(value)
        if found is None:
            raise _unknown(field, value, "channels", self.channels)
        return found

    def open311_service_of(self, topic_code: str | None, *, default: str) -> Open311Service | None:
        """The service that gives what comes for it the topic; else the default one, where the catalogue has it."""
        services = self.open311_services.values()
        matching = (service for service in services if topic_code is not None and service.topic_code == topic_code)
        return next(matching, self.open311_services.get(default))

    def branch(self, unit_code: str, *, units: UnitsAs = UnitsAs.THEN) -> frozenset[str]:
        """The codes that records of the unit and of everything below it bear.

        As then: of the unit and of what is or was below it by its own code. As today: of those and of all ended units
        whose work they carry on; an ended unit itself belongs where its successor does, wherever it lay before.
        """
        below = frozenset(self._descend(unit_code))
        if units is UnitsAs.THEN:
            return below
        return frozenset(code for code in self.units if self.carried_on_by(code) in below)

    def carried_on_by(self, unit_code: str) -> str:
        """The unit that carries on today what the unit did: the end of its chain of successors, often itself."""
        seen = [unit_code]
        while (successor := self.units[seen[-1]].successor_code) is not None and successor not in seen:
            seen.append(successor)
        return seen[-1]

    def find_unit_as(self, value: str, *, units: UnitsAs, field: str = "unit") -> Unit:
        """The unit of code or alias ``value``; as today only one that was not succeeded by another."""
        unit = self.find_unit(value, field=field)
        if units is UnitsAs.TODAY and unit.successor_code is not None:
            raise invalid(
                field,
                f"{unit.code!r} ended on {unit.valid_to}; ask for {self.carried_on_by(unit.code)!r}, which carries it "
                "on, or for units=as_then",
            )
        return unit

    def _descend(self, unit_code: str) -> Iterator[str]:
        yield unit_code
        for unit in self.units.values():
            if unit.parent_code == unit_code:
                yield from self._descend(unit.code)


Entry = TypeVar("Entry", Unit, FeedbackType, Topic)


def _by_alias(entries: Mapping[str, Entry], value: str) -> Entry | None:
    return next((entry for entry in entries.values() if value in entry.aliases), None)


def _unknown(
    field: str, value: str, list_name: str, known: Mapping[str, object] | None = None
) -> InvalidRequestProblem:
    hint = f"use one of {', '.join(known)}" if known else f"GET /v1/catalogue of feedback_api lists the {list_name}"
    return invalid(field, f"{value!r} is not in the catalogue; {hint}")


class CatalogueCache:
    """The snapshot of one process, at most ``refresh_seconds`` behind the loaded files."""

    def __init__(self, refresh_seconds: float) -> None:
        self._refresh_seconds = refresh_seconds
        self._snapshot: Catalogue | None = None
        self._checked_at = 0.0
        self._read: asyncio.Event | None = None

    @property
    def fresh(self) -> Catalogue | None:
        """The snapshot, where it need not be looked after."""
        is_fresh = time.monotonic() - self._checked_at < self._refresh_seconds
        return self._snapshot if self._snapshot is not None and self._snapshot.revision and is_fresh else None

    async def get(self, session: AsyncSession) -> Catalogue:
        """The snapshot, read anew over ``session`` where the files were loaded since.

        Of many who ask at once one reads: the others need no connection. A lock would let them go one a turn of the
        event loop, which is long when many ask.
        """
        while self._read is not None:
            await self._read.wait()
        fresh = self.fresh
        if fresh is not None:
            return fresh
        self._read = read = asyncio.Event()
        try:
            return await self._look_after(session)
        finally:
            self._read = None
            read.set()

    async def _look_after(self, session: AsyncSession) -> Catalogue:
        revision = await _newest_revision(session)
        if self._snapshot is None or self._snapshot.revision != revision:
            self._snapshot = await read_catalogue(session)
        self._checked_at = time.monotonic()
        return self._snapshot

    async def renewed(self, sessions: Sessions) -> Catalogue | None:
        """The snapshot once it was looked after where it had to be; None where there is no fresh one even then."""
        if self.fresh is None:
            async with sessions.session() as session:
                await self.get(session)
        return self.fresh


async def read_catalogue(session: AsyncSession) -> Catalogue:
    """The whole catalogue as the tables hold it now."""
    revision = await _newest_revision(session)
    units = (await session.execute(select(Unit).order_by(col(Unit.code)))).scalars()
    types = (await session.execute(select(FeedbackType).order_by(col(FeedbackType.position)))).scalars()
    topics = (await session.execute(select(Topic).order_by(col(Topic.position)))).scalars()
    channels = (await session.execute(select(Channel).order_by(col(Channel.position)))).scalars()
    themes = (await session.execute(select(Theme).order_by(col(Theme.position)))).scalars()
    policies = (await session.execute(select(TargetPolicy).order_by(col(TargetPolicy.valid_from)))).scalars()
    deadline_policies = (
        await session.execute(select(DeadlinePolicy).order_by(col(DeadlinePolicy.kind), col(DeadlinePolicy.valid_from)))
    ).scalars()
    public_holidays = (await session.execute(select(PublicHoliday))).scalars()
    services = (await session.execute(select(OmbudsmanService).order_by(col(OmbudsmanService.position)))).scalars()
    reasons = (await session.execute(select(OmbudsmanReason).order_by(col(OmbudsmanReason.position)))).scalars()
    help_reasons = (await session.execute(select(HelpReason).order_by(col(HelpReason.position)))).scalars()
    help_barriers = (await session.execute(select(HelpBarrier).order_by(col(HelpBarrier.position)))).scalars()
    open311_services = (await session.execute(select(Open311Service).order_by(col(Open311Service.position)))).scalars()
    retention = (await session.execute(select(RetentionPolicy).order_by(col(RetentionPolicy.position)))).scalars()
    catalogue = Catalogue(
        revision=revision,
        loaded_at=await _loaded_at(session),
        units={unit.code: unit for unit in units},
        feedback_types={entry.code: entry for entry in types},
        topics={entry.code: entry for entry in topics},
        channels={entry.code: entry for entry in channels},
        themes={entry.code: entry for entry in themes},
        target_policies=tuple(policies),
        deadline_policies=tuple(deadline_policies),
        public_holidays={holiday.day: holiday for holiday in public_holidays},
        ombudsman_services={entry.code: entry for entry in services},
        ombudsman_reasons={entry.code: entry for entry in reasons},
        help_reasons={entry.code: entry for entry in help_reasons},
        help_barriers={entry.code: entry for entry in help_barriers},
        open311_services={entry.code: entry for entry in open311_services},
        retention_policies=tuple(retention),
    )
    _detach(session, catalogue)
    return catalogue


def _detach(session: AsyncSession, catalogue: Catalogue) -> None:
    # The snapshot outlives the session and must not follow it.
    mappings: tuple[Mapping[Any, Table], ...] = (
        catalogue.units,
        catalogue.feedback_types,
        catalogue.topics,
        catalogue.channels,
        catalogue.themes,
        catalogue.ombudsman_services,
        catalogue.ombudsman_reasons,
        catalogue.help_reasons,
        catalogue.help_barriers,
        catalogue.open311_services,
        catalogue.public_holidays,
    )
    lists = (*catalogue.target_policies, *catalogue.deadline_policies, *catalogue.retention_policies)
    for row in (*lists, *(row for mapping in mappings for row in mapping.values())):
        session.expunge(row)


async def _loaded_at(session: AsyncSession) -> datetime:
    newest = (await session.execute(select(func.max(CatalogueRevision.loaded_at)))).scalar_one()
    return newest.astimezone(UTC) if newest else datetime.fromtimestamp(0, UTC)


async def _newest_revision(session: AsyncSession) -> str:
    statement = select(CatalogueRevision.content_hash).order_by(col(CatalogueRevision.loaded_at).desc()).limit(1)
    return (await session.execute(statement)).scalar_one_or_none() or ""


async def _catalogue(request: Request) -> Catalogue:
    cache: CatalogueCache = request.app.state.catalogue
    fresh = cache.fresh
    if fresh is not None:
        return fresh
    async with sessions_of(request).session() as session:
        return await cache.get(session)


CatalogueDep = Annotated[Catalogue, Depends(_catalogue)]
"""The catalogue as the request sees it."""

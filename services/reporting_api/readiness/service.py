"""Reads the circumstances of a quarter."""

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.periods.aggregates import shift_of_mix
from services.reporting_api.periods.collection_modes import is_other_mix
from services.reporting_api.readiness.checks import Circumstances
from services.reporting_api.readiness.coverage import CoverageRule, Source, SourceKind, Span
from services.reporting_api.readiness.repository import DaysOfSources, Mixes, ReadinessRepository
from services.shared.catalogue import Catalogue
from services.shared.clock import local_day
from services.shared.periods import Period, PeriodKind, period_of
from services.shared.settings import get_settings
from services.shared.tables.surveys import DEVICE_MODES


class ReadinessService:
    """Answers over one session."""

    def __init__(self, session: AsyncSession, catalogue: Catalogue) -> None:
        self._repository = ReadinessRepository(session)
        self._catalogue = catalogue
        self._rule = CoverageRule(get_settings().source_usual_weekday_share, frozenset(catalogue.public_holidays))

    async def circumstances(self, period: Period, as_of: datetime, measures_before: Mapping[str, int]) -> Circumstances:
        """What surrounds the quarter ``period``."""
        before, lived = _spans(period, as_of)
        whole = Span(before.starts_on, lived.ends_on)
        days = {
            **await self._repository.days_of_channels(whole, None),
            **await self._repository.days_of_answers(whole),
        }
        return Circumstances(
            uncovered=self._uncovered(days, before, lived),
            silent_devices=_silent_devices(days, lived),
            held=await self._repository.held_answers(lived),
            changed_versions=tuple(await self._repository.changed_surveys(before, lived)),
            changed_mixes=_changed_mixes(await self._repository.mixes(before, lived)),
            changed_units=self._changed_units(period),
            measures_before=measures_before,
        )

    async def uncovered_of_channels(
        self, period: Period, as_of: datetime, units: frozenset[str] | None
    ) -> dict[Source, list[date]]:
        """The days of the period, of any kind, that each usual feedback channel is without any."""
        before, lived = _spans(period, as_of)
        days = await self._repository.days_of_channels(Span(before.starts_on, lived.ends_on), units)
        return self._uncovered(days, before, lived)

    def _uncovered(self, days: DaysOfSources, before: Span, period: Span) -> dict[Source, list[date]]:
        found = {source: self._rule.uncovered(with_data, before, period) for source, with_data in days.items()}
        return {source: found[source] for source in sorted(found) if found[source]}

    def _changed_units(self, period: Period) -> tuple[str, ...]:
        def is_within(day: date | None) -> bool:
            return day is not None and period.starts_on <= day < period.ends_on

        return tuple(
            code
            for code, unit in self._catalogue.units.items()
            if is_within(unit.valid_from) or is_within(unit.valid_to)
        )


def _spans(period: Period, as_of: datetime) -> tuple[Span, Span]:
    """The quarter before, and the days of the period that are over."""
    before = period_of(PeriodKind.QUARTER, period.starts_on).previous()
    ends_on = max(period.starts_on, min(period.ends_on, local_day(as_of)))
    return Span(before.starts_on, period_of(PeriodKind.QUARTER, period.starts_on).starts_on), Span(
        period.starts_on, ends_on
    )


def _silent_devices(days: DaysOfSources, period: Span) -> tuple[str, ...]:
    return tuple(
        source.code
        for source in sorted(days)
        if source.kind is SourceKind.DEVICE and all(day < period.starts_on for day in days[source])
    )


def _changed_mixes(mixes: Mapping[tuple[str, str], Mixes]) -> dict[str, Fraction]:
    """The questions that are not compared for the ways they were answered in; presses never are."""
    shifts = {
        f"{survey}/{question}": shift_of_mix(mix.now, mix.before)
        for (survey, question), mix in mixes.items()
        if any(mix.now.values()) and any(mix.before.values()) and not DEVICE_MODES & mix.now.keys()
    }
    return {question: shift for question, shift in shifts.items() if is_other_mix(shift)}

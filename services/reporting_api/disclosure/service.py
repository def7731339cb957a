"""What the public may not see of the periods of a report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.disclosure.counts import FEEDBACK, Family, Units
from services.reporting_api.disclosure.opinions import WHOLE_CITY, Opinions
from services.reporting_api.disclosure.patterns import Pattern, all_of, hidden_whole
from services.reporting_api.disclosure.policy import DisclosurePolicy
from services.reporting_api.disclosure.published import Records, editions_before, reading
from services.reporting_api.disclosure.quarters import QuarterPatterns
from services.reporting_api.disclosure.repository import ByMode, DisclosureRepository, Joint
from services.reporting_api.disclosure.revisions import RevisedQuarter
from services.reporting_api.disclosure.views import askable_units
from services.reporting_api.measures.figures import Compared, SuppressionReason
from services.reporting_api.periods.aggregates import PeriodAggregate, SurveyDefinition
from services.shared.catalogue import Catalogue
from services.shared.periods import Period, PeriodKind, periods_over


@dataclass(frozen=True, slots=True)
class PeriodPatterns:
    """The patterns of a period of any kind, from those of its quarters."""

    kind: PeriodKind
    quarters: Sequence[QuarterPatterns | RevisedQuarter]
    joint_before: Sequence[Joint] = ()
    """Of a quarter: the topics by types of earlier editions."""
    modes_before: Sequence[ByMode] = ()
    """Of a quarter: the answers by way of collection of earlier editions."""

    def is_revised(self, family: Family) -> bool:
        """Whether an earlier edition counted the family otherwise."""
        return any(quarter.is_revised(family) for quarter in self.quarters)

    def is_all(self, family: Family, units: Units) -> bool:
        """Whether the units hold all of the family, where it was counted by unit."""
        return all(quarter.counts.get(family, {}).keys() <= units for quarter in self.quarters)

    def of(self, family: Family, units: Units | None) -> Pattern:
        """What is hidden of the family's results of the units, or of the whole city.

        A year tells what its quarters tell. Weeks overlap months, so they and the months of units are for staff.
        """
        if self.kind in (PeriodKind.QUARTER, PeriodKind.YEAR):
            return all_of(quarter.of(family, units) for quarter in self.quarters)
        if units is None and (family == FEEDBACK or self.kind is PeriodKind.MONTH):
            return all_of(quarter.of_month(family) for quarter in self.quarters)
        return hidden_whole(SuppressionReason.DETAIL)


class DisclosureService:
    """Decides by one policy over one session."""

    def __init__(self, session: AsyncSession, catalogue: Catalogue, policy: DisclosurePolicy) -> None:
        self._session = session
        self._repository = DisclosureRepository(session)
        self._catalogue = catalogue
        self._policy = policy

    async def patterns(
        self,
        periods: Compared[Period],
        surveys: Sequence[SurveyDefinition],
        *,
        by_unit: bool,
        as_of: datetime,
        known: Mapping[str, Opinions],
    ) -> Compared[PeriodPatterns]:
        """The patterns of the periods. ``known`` are counts, by unit or not as asked, that have been read already."""
        quarters = {quarter.label: quarter for period in _each(periods) for quarter in _quarters_of(period)}
        decision = _Decision(
            surveys,
            self._policy,
            askable_units(self._catalogue),
            as_of,
            has_months=periods.current.kind is PeriodKind.MONTH,
        )
        patterns = await self._alone(quarters, decision, known, by_unit=by_unit)
        before = await self._before(quarters, decision)
        for label, earlier in before.items():
            # By unit whoever asks: what was moved from one unit to another does not show in the city's counts.
            counted = await self._repository.count(decision.needed(quarters[label]), by_unit=True)
            patterns[label] = RevisedQuarter(decision.of(quarters[label], counted), earlier.patterns, self._policy)
        return periods.map(
            lambda period: PeriodPatterns(
                period.kind,
                [patterns[one.label] for one in _quarters_of(period)],
                before[period.label].joint if period.label in before else [],
                before[period.label].modes if period.label in before else [],
            )
        )

    async def _alone(
        self, quarters: Mapping[str, Period], decision: "_Decision", known: Mapping[str, Opinions], *, by_unit: bool
    ) -> dict[str, QuarterPatterns | RevisedQuarter]:
        """The patterns of each quarter as if it had no earlier editions; what is not ``known`` is counted."""
        needed = [period for quarter in quarters.values() for period in decision.needed(quarter)]
        unread = [period for period in needed if period.label not in known]
        counted = {**known, **(await self._repository.count(unread, by_unit=by_unit) if unread else {})}
        return {label: decision.of(quarter, counted) for label, quarter in quarters.items()}

    async def _before(self, quarters: Mapping[str, Period], decision: "_Decision") -> Mapping[str, "_Earlier"]:
        """What the editions before the one that is read have told, by quarter; those that have none are left out."""
        earlier: dict[str, _Earlier] = {}
        for edition in await editions_before(self._session, quarters):
            quarter = quarters[edition.quarter]
            told = earlier.setdefault(quarter.label, _Earlier())
            async with reading(self._session, Records(decision.as_of, (edition.quarter, edition.version))):
                counted = await self._repository.count(decision.needed(quarter), by_unit=True)
                told.patterns.append(decision.of(quarter, counted))
                told.joint.append(await self._repository.joint(quarter))
                told.modes.append(await self._repository.by_mode(quarter))
        return earlier


@dataclass(frozen=True, slots=True)
class _Decision:
    """What decides about any quarter besides its counts."""

    surveys: Sequence[SurveyDefinition]
    policy: DisclosurePolicy
    askable: Sequence[Units]
    as_of: datetime
    has_months: bool
    """Whether its months are asked for."""

    def needed(self, quarter: Period) -> list[Period]:
        """The periods to count."""
        return [quarter, *self._months(quarter)]

    def of(self, quarter: Period, counted: Mapping[str, Opinions]) -> QuarterPatterns:
        """The quarter's patterns by itself, from the counts by label."""
        return QuarterPatterns(
            counted[quarter.label],
            self.surveys,
            self.policy,
            is_over=quarter.ends_at <= self.as_of,
            askable=self.askable,
            months=[counted[month.label] for month in self._months(quarter)],
        )

    def _months(self, quarter: Period) -> list[Period]:
        return periods_over(quarter, PeriodKind.MONTH) if self.has_months else []


@dataclass(frozen=True, slots=True)
class _Earlier:
    """A quarter's earlier editions, oldest first."""

    patterns: list[QuarterPatterns] = field(default_factory=list)
    joint: list[Joint] = field(default_factory=list)
    modes: list[ByMode] = field(default_factory=list)


def opinions_of(aggregate: PeriodAggregate) -> Opinions:
    """The opinions of the whole city."""
    by_point = {(survey, question) for survey, question, _ in aggregate.smileys_by_point}
    answers = {key: answers.histogram for key, answers in aggregate.smileys_by_point.items()}
    answers |= {
        (*key, WHOLE_CITY): answers.histogram for key, answers in aggregate.questions.items() if key not in by_point
    }
    return Opinions(
        answers=answers,
        themes=aggregate.feedback.by_theme_and_type,
        services=aggregate.ombudsman.by_service,
        reasons=aggregate.ombudsman.by_reason,
        help_reasons=aggregate.participation.by_reason,
        help_barriers=aggregate.participation.by_barrier,
    )


def _each(periods: Compared[Period]) -> Iterable[Period]:
    return periods.current, periods.previous, periods.last_year


def _quarters_of(period: Period) -> list[Period]:
    """The quarters that decide about the period: those it lies in or is made of; none decides about a week."""
    if period.kind is PeriodKind.WEEK:
        return []
    return periods_over(period, PeriodKind.QUARTER)

"""The report of a period: reads the aggregates, builds the sections, hides what may not be shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.disclosure.joint import DETAIL, JointPattern, joint_patterns
from services.reporting_api.disclosure.modes import CountedPeriod, ModePattern, mode_patterns
from services.reporting_api.disclosure.policy import IN_FORCE
from services.reporting_api.disclosure.published import reading
from services.reporting_api.disclosure.service import DisclosureService, PeriodPatterns, opinions_of
from services.reporting_api.disclosure.suppression import Suppression
from services.reporting_api.measures.figures import Compared, Figure
from services.reporting_api.measures.rounding import round_half_up
from services.reporting_api.measures.tallies import ShareTally
from services.reporting_api.periods.aggregates import PeriodAggregate, SurveyDefinition
from services.reporting_api.periods.errors import (
    StatementsOfUnitProblem,
)
from services.reporting_api.periods.feedback_figures import FeedbackFigures
from services.reporting_api.periods.inquiry import Inquiry, find_period, find_unit, series_of
from services.reporting_api.periods.listing import listed
from services.reporting_api.periods.ombudsman_figures import NOT_BY_UNIT, OmbudsmanFigures
from services.reporting_api.periods.organisation import without_broken_comparisons
from services.reporting_api.periods.participation_figures import ParticipationFigures
from services.reporting_api.periods.presenter import DEMONSTRATION_NOTE, disclosure_answer, period_answer, unit_answer
from services.reporting_api.periods.published import as_of_records, editions_of
from services.reporting_api.periods.repository import PeriodRepository
from services.reporting_api.periods.schemas import (
    Demonstration,
    Report,
    Ripening,
    UncoveredSource,
)
from services.reporting_api.periods.series import with_series
from services.reporting_api.periods.series_breaks import without_differences_over_breaks
from services.reporting_api.periods.smiley_figures import SmileyFigures
from services.reporting_api.periods.survey_figures import SurveyFigures
from services.reporting_api.readiness.coverage import Source
from services.reporting_api.readiness.service import ReadinessService
from services.reporting_api.statements.clients import StatementClients
from services.reporting_api.statements.comparison import without_values
from services.reporting_api.statements.numbers import feedback_numbers, survey_numbers
from services.reporting_api.statements.schemas import StatementComparison
from services.reporting_api.statements.service import FetchedStatements, fetch_statements
from services.shared.catalogue import Catalogue, UnitsAs
from services.shared.periods import Period
from services.shared.problems import InvalidParam
from services.shared.tables import Unit
from services.shared.tables.surveys import SurveyKind


@dataclass(frozen=True, slots=True)
class Counted:
    """All that was read for a report."""

    catalogue: Catalogue
    unit: Unit | None
    units: UnitsAs
    periods: Compared[PeriodAggregate]
    surveys: Sequence[SurveyDefinition]
    """All surveys there are."""

    @property
    def branch(self) -> frozenset[str] | None:
        """The codes of the units whose records were counted; None for all."""
        return self.catalogue.branch(self.unit.code, units=self.units) if self.unit else None


class PeriodService:
    """Answers questions about periods."""

    def __init__(
        self,
        session: AsyncSession,
        catalogue: Catalogue,
        clients: StatementClients,
    ) -> None:
        self._session = session
        self._catalogue = catalogue
        self._clients = clients

    async def report(self, inquiry: Inquiry) -> Report[Figure]:
        """The report, as the asker may see it; raises the problems of ``errors.py``."""
        if inquiry.series is None:
            return await self._report_without_series(inquiry)
        statements = (await self._report_without_series(inquiry)).statements if inquiry.compares_statements else None
        report = with_series(await self.series(inquiry, inquiry.series), _period(inquiry).label)
        return report.model_copy(update={"statements": statements})

    async def _report_without_series(self, inquiry: Inquiry) -> Report[Figure]:
        period = _period(inquiry)
        # Fetched first: the wait for other services must not hold a database connection.
        statements = await fetch_statements(self._clients, period) if inquiry.compares_statements else None
        comparisons = None
        if statements is not None:
            # The other services recount what there is now, not what was published.
            counted = (await self._count([period], None, inquiry.units))[period.label]
            comparisons = _compare(statements, counted)
        async with reading(self._session, inquiry.records):
            counted = (await self._count([period], inquiry.unit, inquiry.units))[period.label]
            return await self._shown(inquiry, period, counted, comparisons)

    async def series(self, inquiry: Inquiry, number: int) -> dict[str, Report[Figure]]:
        """The reports of the period asked for and ``number - 1`` periods before it, by label, oldest first."""
        return await self.reports(inquiry, series_of(inquiry, number))

    async def reports(self, inquiry: Inquiry, periods: Sequence[Period]) -> dict[str, Report[Figure]]:
        """The reports of the periods, which have begun and are of the inquiry's kind, by label in the order given."""
        async with reading(self._session, inquiry.records):
            counted = await self._count(periods, inquiry.unit, inquiry.units)
            return {
                period.label: await self._shown(
                    replace(inquiry, label=period.label), period, counted[period.label], None
                )
                for period in periods
            }

    async def _shown(
        self, inquiry: Inquiry, period: Period, counted: Counted, comparisons: list[StatementComparison] | None
    ) -> Report[Figure]:
        uncovered = await ReadinessService(self._session, self._catalogue).uncovered_of_channels(
            period, inquiry.as_of, counted.branch
        )
        report = _report(inquiry, period, counted, comparisons, _ripening(counted, uncovered))
        compared = _compared(period)
        editions = await editions_of(self._session, compared.current, compared.previous, compared.last_year)
        report = report.model_copy(update={"editions": editions, "as_of": as_of_records(inquiry.as_of, editions)})
        report = without_differences_over_breaks(report, counted.catalogue, period)
        if counted.unit is not None:
            report = without_broken_comparisons(report, counted.catalogue, counted.unit.code, counted.units, period)
        shown = report if inquiry.is_internal else await self._public(report, period, counted, inquiry.as_of)
        return listed(shown, counted.catalogue)

    async def _count(self, periods: Sequence[Period], unit_code: str | None, units: UnitsAs) -> dict[str, Counted]:
        """What is counted for the reports of the periods, by label, all at once."""
        catalogue = self._catalogue
        unit = find_unit(catalogue, unit_code, units) if unit_code is not None else None
        branch = catalogue.branch(unit.code, units=units) if unit else None
        compared = {period.label: _compared(period) for period in periods}
        repository = PeriodRepository(self._session)
        needed = [one for it in compared.values() for one in (it.current, it.previous, it.last_year)]
        aggregates = await repository.count(needed, branch)
        return {
            period.label: Counted(
                catalogue,
                unit,
                units,
                compared[period.label].map(lambda it: aggregates[it.label]),
                await repository.list_surveys(period),
            )
            for period in periods
        }

    async def _public(
        self, report: Report[Figure], period: Period, counted: Counted, as_of: datetime
    ) -> Report[Figure]:
        """The report without what disclosure control hides."""
        compared = _compared(period)
        known = compared.combine(counted.periods, lambda one, aggregate: (one.label, opinions_of(aggregate)))
        patterns = await DisclosureService(self._session, self._catalogue, IN_FORCE).patterns(
            compared,
            counted.surveys,
            as_of=as_of,
            by_unit=counted.unit is not None,
            known={} if counted.unit else dict((known.current, known.previous, known.last_year)),
        )
        joint, modes = self._joint(compared, patterns, counted, as_of), _modes(compared, patterns, counted, as_of)
        shown = Suppression(patterns, counted.branch, joint, modes, IN_FORCE).report(report, counted.surveys)
        comparisons = report.statements
        return shown.model_copy(
            update={
                "disclosure": report.disclosure.model_copy(update={"policy": IN_FORCE.name}),
                "statements": None if comparisons is None else [without_values(one) for one in comparisons],
            }
        )

    def _joint(
        self, compared: Compared[Period], patterns: Compared[PeriodPatterns], counted: Counted, as_of: datetime
    ) -> Compared[JointPattern]:
        if counted.unit is not None:
            return compared.map(lambda _: DETAIL)
        themes = {code: frozenset(theme.topic_codes) for code, theme in self._catalogue.themes.items()}
        feedback = counted.periods.map(lambda aggregate: aggregate.feedback)
        return joint_patterns(compared, patterns, feedback, themes, IN_FORCE, as_of=as_of)


def _modes(
    compared: Compared[Period], patterns: Compared[PeriodPatterns], counted: Counted, as_of: datetime
) -> Compared[ModePattern]:
    with_patterns = compared.combine(patterns, lambda period, hidden: (period, hidden))
    return mode_patterns(
        with_patterns.combine(counted.periods, lambda known, aggregate: CountedPeriod(*known, aggregate)),
        counted.surveys,
        IN_FORCE,
        units=counted.branch,
        as_of=as_of,
    )


def _compared(period: Period) -> Compared[Period]:
    return Compared(period, period.previous(), period.same_last_year())


def _period(inquiry: Inquiry) -> Period:
    period = find_period(inquiry.kind, inquiry.label, inquiry.as_of)
    if inquiry.compares_statements and inquiry.unit is not None:
        reason = "statements are of the whole city; leave out either unit or check"
        raise StatementsOfUnitProblem(reason, invalid_params=[InvalidParam(name="check", reason=reason)])
    return period


def _compare(statements: FetchedStatements, counted: Counted) -> list[StatementComparison]:
    current = counted.periods.current
    return [
        statements.feedback.compare(feedback_numbers(current, counted.catalogue)),
        statements.survey.compare(survey_numbers(current, counted.surveys)),
    ]


def _report(
    inquiry: Inquiry,
    period: Period,
    counted: Counted,
    comparisons: list[StatementComparison] | None,
    ripening: Ripening,
) -> Report[Figure]:
    is_complete = period.ends_at <= inquiry.as_of
    periods, catalogue = counted.periods, counted.catalogue
    feedback = FeedbackFigures(periods.map(lambda it: it.feedback), is_complete=is_complete)
    ombudsman = OmbudsmanFigures(periods.map(lambda it: it.ombudsman), is_complete=is_complete)
    participation = ParticipationFigures(periods.map(lambda it: it.participation), is_complete=is_complete)
    chats = _surveys(counted, SurveyKind.CHAT, is_complete=is_complete)
    questionnaires = _surveys(counted, SurveyKind.QUESTIONNAIRE, is_complete=is_complete)
    return Report[Figure](
        period=period_answer(period, is_complete=is_complete),
        unit=unit_answer(counted.unit, counted.units),
        as_of=inquiry.as_of,
        editions=[],
        ripening=ripening,
        demonstration=_demonstration(counted),
        disclosure=disclosure_answer(None),
        feedback=feedback.section(catalogue, period),
        themes=feedback.themes(catalogue),
        chats=[survey.chat() for survey in chats],
        smileys=SmileyFigures(counted.surveys, periods, is_complete=is_complete).section(catalogue),
        ombudsman=None if counted.unit else ombudsman.section(catalogue),
        ombudsman_note=NOT_BY_UNIT if counted.unit else None,
        participation=participation.section(catalogue, is_of_unit=counted.unit is not None),
        surveys=[survey.survey() for survey in questionnaires],
        statements=comparisons,
    )


def _surveys(counted: Counted, kind: SurveyKind, *, is_complete: bool) -> list[SurveyFigures]:
    """The surveys of the kind that were answered in the period, or were open then (in the unit's branch)."""
    branch = counted.branch
    return [
        SurveyFigures(survey, counted.periods, is_complete=is_complete)
        for survey in counted.surveys
        if survey.kind is kind
        and (
            counted.periods.current.respondents(survey.code)
            or (survey.is_open_in_period and (branch is None or survey.unit_code in branch))
        )
    ]


def _ripening(counted: Counted, uncovered: Mapping[Source, Sequence[date]]) -> Ripening:
    share = ShareTally(counted.periods.current.feedback.open, counted.periods.current.feedback.counted).value
    return Ripening(
        share_open=None if share is None else round_half_up(share, 1),
        days_uncovered=len({day for days in uncovered.values() for day in days}),
        uncovered=[
            UncoveredSource(kind=source.kind, code=source.code, days=list(days)) for source, days in uncovered.items()
        ],
    )


def _demonstration(counted: Counted) -> Demonstration:
    current = counted.periods.current
    is_demonstration = (
        current.feedback.has_demonstration
        or (current.ombudsman.has_demonstration and counted.unit is None)
        or current.participation.has_demonstration
        or any(survey.is_demonstration and current.respondents(survey.code) for survey in counted.surveys)
    )
    return Demonstration(is_demonstration=is_demonstration, note=DEMONSTRATION_NOTE if is_demonstration else None)

"""What is asked before a quarter is published. Pure; the endpoint and the editions ask the same functions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from services.reporting_api.measures.figures import Figure, Number
from services.reporting_api.measures.registry import MEASURES
from services.reporting_api.measures.rounding import round_half_up
from services.reporting_api.measures.schemas import MeasureAnswer
from services.reporting_api.periods.collection_modes import MODE_MIX_TOLERANCE
from services.reporting_api.periods.schemas import QuarterReport, Report
from services.reporting_api.readiness.coverage import Source, SourceKind
from services.reporting_api.statements.schemas import StatementComparison, StatementStatus
from services.shared.schemas import ResponseModel

MOST_OPEN_PERCENT = 5.0
"""With more of the feedback still open, mean handling times will still grow: said before publishing."""

MOST_UNCLASSIFIED_PERCENT = 5.0
"""With more of the feedback without a topic, the ranking of topics may still turn."""

NAMED_AT_MOST = 10
"""As many are named in a detail; the numbers tell of all."""

AnyReport = Report[Figure] | QuarterReport


class CheckCode(StrEnum):
    """The checks by their stable codes."""

    PERIOD_IS_OVER = "period_is_over"
    BALANCE_HOLDS = "balance_holds"
    FEEDBACK_STATEMENT_AGREES = "feedback_statement_agrees"
    SURVEY_STATEMENT_AGREES = "survey_statement_agrees"
    FIGURES_UNCHANGED = "figures_unchanged"
    HAS_DATA = "has_data"
    FEW_OPEN = "few_open"
    FEW_UNCLASSIFIED = "few_unclassified"
    DAYS_COVERED = "days_covered"
    NO_HELD_ANSWERS = "no_held_answers"
    NO_SILENT_DEVICES = "no_silent_devices"
    SURVEY_VERSIONS_UNCHANGED = "survey_versions_unchanged"
    COLLECTION_MODES_UNCHANGED = "collection_modes_unchanged"
    UNITS_UNCHANGED = "units_unchanged"
    MEASURES_UNCHANGED = "measures_unchanged"
    TEXTS_IN_ALL_LANGUAGES = "texts_in_all_languages"
    NUMBERS_ARE_FACTS = "numbers_are_facts"
    NO_DEMONSTRATION_DATA = "no_demonstration_data"


class Severity(StrEnum):
    """Whether a check that fails forbids publishing, or must be accepted by name."""

    BLOCKING = "blocking"
    WARNING = "warning"


BLOCKING = frozenset(
    {
        CheckCode.PERIOD_IS_OVER,
        CheckCode.BALANCE_HOLDS,
        CheckCode.FEEDBACK_STATEMENT_AGREES,
        CheckCode.SURVEY_STATEMENT_AGREES,
        CheckCode.FIGURES_UNCHANGED,
    }
)


class Check(ResponseModel):
    """One check: whether it passed, and if not, what stands in the way. ``numbers`` are what it was judged by."""

    code: CheckCode
    severity: Severity
    is_blocking: bool
    passed: bool
    detail: str | None
    numbers: dict[str, Number]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What surrounds a quarter's figures."""

    uncovered: Mapping[Source, Sequence[date]]
    """Days without data, of the sources that have any."""
    silent_devices: tuple[str, ...]
    held: Mapping[str, int]
    """Answers that wait, by reason."""
    changed_versions: tuple[str, ...]
    changed_mixes: Mapping[str, Fraction]
    """Questions answered in another mix of ways than before, by what share of the answers: 0 to 1."""
    changed_units: tuple[str, ...]
    measures_before: Mapping[str, int]
    """The measures of the edition published last, by their versions."""


def make_check(code: CheckCode, problem: str | None, **numbers: Number) -> Check:
    """A check that fails if there is a problem."""
    is_blocking = code in BLOCKING
    return Check(
        code=code,
        severity=Severity.BLOCKING if is_blocking else Severity.WARNING,
        is_blocking=is_blocking,
        passed=problem is None,
        detail=problem,
        numbers=numbers,
    )


def check_figures(report: AnyReport) -> Iterator[Check]:
    """What the figures themselves show; the report is one with nothing hidden."""
    period, balance = report.period, report.feedback.balance
    yield make_check(
        CheckCode.PERIOD_IS_OVER,
        None if period.is_complete else f"{period.label} runs until {period.ends_on}; publish it from then on",
    )
    yield make_check(CheckCode.BALANCE_HOLDS, None if balance.holds else f"the balance does not add up: {balance}")
    records = _records(report)
    yield make_check(
        CheckCode.HAS_DATA, None if records else "nothing was received or answered in the quarter", records=records
    )
    yield _check_open(balance.open, balance.counted)
    yield _check_unclassified(unclassified_of(report), balance.counted)
    yield make_check(
        CheckCode.NO_DEMONSTRATION_DATA,
        "the figures hold records invented for demonstration" if report.demonstration.is_demonstration else None,
    )


def _check_open(number: int, counted: int) -> Check:
    """Of the counted cases."""
    share = percent(number, counted)
    detail = f"{share:.1f} % of the feedback is still open, so handling times will grow"
    return make_check(
        CheckCode.FEW_OPEN,
        detail if share > MOST_OPEN_PERCENT else None,
        open=number,
        counted=counted,
        limit_percent=MOST_OPEN_PERCENT,
    )


def _check_unclassified(number: Number, counted: int) -> Check:
    """Of the counted cases."""
    share = percent(number, counted)
    return make_check(
        CheckCode.FEW_UNCLASSIFIED,
        f"{share:.1f} % of the feedback has no topic; classify it" if share > MOST_UNCLASSIFIED_PERCENT else None,
        unclassified=number,
        counted=counted,
        limit_percent=MOST_UNCLASSIFIED_PERCENT,
    )


def check_statements(statements: list[StatementComparison]) -> Iterator[Check]:
    """Whether both services' recounts agree with the figures to the last count."""
    codes = {"feedback_api": CheckCode.FEEDBACK_STATEMENT_AGREES, "survey_api": CheckCode.SURVEY_STATEMENT_AGREES}
    for statement in statements:
        disagreeing = sum(not number.agrees for number in statement.numbers)
        yield make_check(
            codes[statement.service], _disagreement(statement), compared=statement.compared, disagreeing=disagreeing
        )


def check_circumstances(it: Circumstances) -> Iterator[Check]:
    """What surrounds the figures."""
    days = len({day for of_source in it.uncovered.values() for day in of_source})
    yield make_check(
        CheckCode.DAYS_COVERED,
        of_some(
            "no data on days that usually have some, from",
            tuple(f"{source.kind} {source.code} ({len(without)} days)" for source, without in it.uncovered.items()),
        ),
        days=days,
        **{f"{kind}s": sum(source.kind is kind for source in it.uncovered) for kind in SourceKind},
    )
    held = sum(it.held.values())
    yield make_check(
        CheckCode.NO_HELD_ANSWERS,
        f"{held} answers of the quarter wait for a device or a mapping and are not counted; see GET /v1/held-answers"
        if held
        else None,
        held=held,
        **it.held,
    )
    yield _check_mixes(it.changed_mixes)
    for code, words, found in (
        (CheckCode.NO_SILENT_DEVICES, "pressed in the quarter before and never in this one:", it.silent_devices),
        (CheckCode.SURVEY_VERSIONS_UNCHANGED, "answered in other versions than before:", it.changed_versions),
        (CheckCode.UNITS_UNCHANGED, "units that began or ended in the quarter:", it.changed_units),
        (CheckCode.MEASURES_UNCHANGED, "defined anew since the edition before:", changed_measures(it.measures_before)),
    ):
        yield make_check(code, of_some(words, found), number=len(found))


def _check_mixes(shifts: Mapping[str, Fraction]) -> Check:
    found = sorted(shifts, key=lambda question: -shifts[question])
    return make_check(
        CheckCode.COLLECTION_MODES_UNCHANGED,
        of_some(
            "not comparable with the quarter before, as so many of the answers came in other ways:",
            tuple(f"{question} ({100 * float(shifts[question]):.1f} %)" for question in found),
        ),
        number=len(found),
        largest_percent=round_half_up(100 * max(shifts.values(), default=Fraction(0)), 1),
        limit_percent=float(100 * MODE_MIX_TOLERANCE),
    )


def versions_of(measures: list[MeasureAnswer]) -> dict[str, int]:
    """The version of each measure, as an edition used it."""
    return {measure.slug: measure.version for measure in measures}


def changed_measures(before: Mapping[str, int]) -> tuple[str, ...]:
    """Those whose definition is now another than it was."""
    return tuple(slug for slug, version in before.items() if slug not in MEASURES or MEASURES[slug].version != version)


def percent(part: float, whole: float) -> float:
    """Nought of nothing."""
    return 100 * part / whole if whole else 0.0


def unclassified_of(report: AnyReport) -> Number:
    """How many counted items have no topic."""
    return next((it.number.value or 0 for it in report.feedback.by_topic if it.code is None), 0)


def of_some(words: str, found: tuple[str, ...]) -> str | None:
    """A detail that names the first of what was found; None where nothing was."""
    if not found:
        return None
    more = f" and {len(found) - NAMED_AT_MOST} more" if len(found) > NAMED_AT_MOST else ""
    return f"{words} {', '.join(found[:NAMED_AT_MOST])}{more}"


def _records(report: AnyReport) -> int:
    surveys = [*report.chats, *report.surveys]
    figures = [report.feedback.received, report.smileys.presses, *(survey.respondents for survey in surveys)]
    if report.ombudsman is not None:
        figures.append(report.ombudsman.contacts)
    if report.participation.social_reports is not None:
        figures.append(report.participation.social_reports.reports)
    figures += [report.participation.meetings, report.participation.proposals, report.participation.initiatives]
    return sum(figure.count or 0 for figure in figures)


def _disagreement(statement: StatementComparison) -> str | None:
    if statement.status is StatementStatus.AGREE:
        return None
    if statement.status is StatementStatus.UNAVAILABLE:
        return f"{statement.service} gave no statement: {statement.reason}"
    names = [number.name for number in statement.numbers if not number.agrees]
    named = ", ".join(names[:NAMED_AT_MOST])
    return f"{statement.service} recounts otherwise: {named} ({len(names)} of {statement.compared})"

"""What is asked before a review is published. A blocking check must pass; a warning must be accepted by name."""

from collections.abc import Iterator
from enum import StrEnum

from services.reporting_api.editions.content import EditionContent
from services.reporting_api.statements.schemas import StatementComparison, StatementStatus
from services.shared.schemas import ResponseModel
from services.shared.tables.editions import ReviewLanguage

MOST_OPEN_PERCENT = 5.0
"""With more of the feedback still open, mean handling times will still grow: said before publishing."""

MOST_UNCLASSIFIED_PERCENT = 5.0
"""With more of the feedback without a topic, the ranking of topics may still turn."""


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
    TEXTS_IN_ALL_LANGUAGES = "texts_in_all_languages"
    NO_DEMONSTRATION_DATA = "no_demonstration_data"


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
    """One check: whether it passed, and if not, what stands in the way."""

    code: CheckCode
    is_blocking: bool
    passed: bool
    detail: str | None


def check_content(content: EditionContent) -> Iterator[Check]:
    """What the content itself shows."""
    figures = content.figures
    ends_on = figures.period.ends_on
    yield _check(
        CheckCode.PERIOD_IS_OVER,
        None if figures.period.is_complete else f"{content.quarter} runs until {ends_on}; publish it from then on",
    )
    balance = figures.feedback.balance
    yield _check(CheckCode.BALANCE_HOLDS, None if balance.holds else f"the balance does not add up: {balance}")
    yield _check(CheckCode.HAS_DATA, None if _has_data(content) else "nothing was received or answered in the quarter")
    share_open = _percent(balance.open, balance.counted)
    yield _check(
        CheckCode.FEW_OPEN,
        f"{share_open:.1f} % of the feedback is still open, so handling times will grow"
        if share_open > MOST_OPEN_PERCENT
        else None,
    )
    unclassified = next((it.number.value or 0 for it in figures.feedback.by_topic if it.code is None), 0)
    share_unclassified = _percent(unclassified, balance.counted)
    yield _check(
        CheckCode.FEW_UNCLASSIFIED,
        f"{share_unclassified:.1f} % of the feedback has no topic; classify it"
        if share_unclassified > MOST_UNCLASSIFIED_PERCENT
        else None,
    )
    yield _check(CheckCode.TEXTS_IN_ALL_LANGUAGES, _missing_languages(content))
    yield _check(
        CheckCode.NO_DEMONSTRATION_DATA,
        "the figures hold records invented for demonstration" if figures.demonstration.is_demonstration else None,
    )


def check_statements(statements: list[StatementComparison]) -> Iterator[Check]:
    """Whether both services' recounts agree with the figures to the last count."""
    codes = {"feedback_api": CheckCode.FEEDBACK_STATEMENT_AGREES, "survey_api": CheckCode.SURVEY_STATEMENT_AGREES}
    for statement in statements:
        yield _check(codes[statement.service], _disagreement(statement))


def check_unchanged(before: str, after: str) -> Check:
    """Whether the figures' hash is still that of the draft."""
    return _check(
        CheckCode.FIGURES_UNCHANGED,
        None if before == after else "figures, texts or actions changed since the draft; discard it and make a new one",
    )


def obstacles(checks: list[Check], accepted: frozenset[CheckCode]) -> list[Check]:
    """The failed checks that stand in the way: blocking ones, and warnings that were not accepted."""
    return [it for it in checks if not it.passed and (it.is_blocking or it.code not in accepted)]


def _check(code: CheckCode, problem: str | None) -> Check:
    return Check(code=code, is_blocking=code in BLOCKING, passed=problem is None, detail=problem)


def _has_data(content: EditionContent) -> bool:
    counts = (cell.count or 0 for table in content.tables.values() for cell in table.cells)
    return any(counts)


def _percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 0.0


def _missing_languages(content: EditionContent) -> str | None:
    missing = [
        f"{chapter} lacks {', '.join(language for language in ReviewLanguage if language not in texts)}"
        for chapter, texts in content.texts.items()
        if len(texts) < len(ReviewLanguage)
    ]
    missing += [
        f"an action of {action.done_on} lacks {', '.join(lacking)}"
        for action in content.actions
        if (lacking := [language for language in ReviewLanguage if not action.said.get(language)])
    ]
    return "; ".join(missing) or None


def _disagreement(statement: StatementComparison) -> str | None:
    if statement.status is StatementStatus.AGREE:
        return None
    if statement.status is StatementStatus.UNAVAILABLE:
        return f"{statement.service} gave no statement: {statement.reason}"
    names = [number.name for number in statement.numbers if not number.agrees]
    return f"{statement.service} recounts otherwise: {', '.join(names[:10])} ({len(names)} of {statement.compared})"

"""Compares a closing statement with the figures, number by number."""

from services.reporting_api.statements.numbers import Numbers
from services.reporting_api.statements.schemas import ComparedNumber, StatementComparison, StatementStatus


def compare_numbers(service: str, figures: Numbers, statement: Numbers) -> StatementComparison:
    """Agreement to the last count; a number that only one side has does not agree."""
    numbers = [
        ComparedNumber(
            name=name,
            agrees=figures.get(name) == statement.get(name),
            figure=figures.get(name),
            statement=statement.get(name),
        )
        for name in sorted(figures.keys() | statement.keys())
    ]
    # Of a quarter without any survey both sides say nothing, and agree on it; what one side lacks does not agree.
    agrees = all(number.agrees for number in numbers)
    return StatementComparison(
        service=service,
        status=StatementStatus.AGREE if agrees else StatementStatus.DISAGREE,
        reason=None,
        compared=len(numbers),
        numbers=numbers,
    )


def unavailable(service: str, reason: str) -> StatementComparison:
    """A statement that could not be had."""
    return StatementComparison(
        service=service, status=StatementStatus.UNAVAILABLE, reason=reason, compared=0, numbers=[]
    )


def without_values(comparison: StatementComparison) -> StatementComparison:
    """The comparison as the public may see it: whether each number agrees, not the number."""
    numbers = [number.model_copy(update={"figure": None, "statement": None}) for number in comparison.numbers]
    return comparison.model_copy(update={"numbers": numbers})

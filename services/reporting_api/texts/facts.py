"""The numbers that a text may name: those of the quarter's figures, and of what they are compared with."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from services.reporting_api.measures.registry import MeasureUnit
from services.reporting_api.periods.schemas import QuarterReport
from services.reporting_api.texts.numbers import Nearness, Reading, WrittenNumber, written_numbers
from services.shared.tables.editions import ReviewLanguage

_NUMBERS = ("value", "count", "base", "difference", "target_days")
"""What holds a number in a report; a difference is written without its sign, as the verb tells it."""

_COMPARISONS = ("previous_quarter", "same_quarter_last_year")


@dataclass(frozen=True, slots=True)
class KnownNumbers:
    """All numbers, and those that are shares, each in order."""

    every: tuple[Decimal, ...]
    percents: tuple[Decimal, ...]

    @classmethod
    def of(cls, report: QuarterReport, others: Iterable[int | float | None] = ()) -> "KnownNumbers":
        """Those of the report, and ``others`` that the review shows."""
        found = list(_numbers(report.model_dump()))
        return cls(
            tuple(sorted({number for number, _ in found} | {_decimal(it) for it in others if it is not None})),
            tuple(sorted({number for number, is_percent in found if is_percent})),
        )

    def hold(self, number: WrittenNumber) -> bool:
        """Whether it equals one of them at the precision it is written with; a share is compared with shares."""
        among = self.percents if number.is_percent else self.every
        return any(_is_among(reading, among, number.nearness) for reading in number.readings)


NONE_KNOWN = KnownNumbers((), ())
"""Of a quarter that has no figures."""


def unknown_numbers(markdown: str, language: ReviewLanguage, known: KnownNumbers) -> list[str]:
    """The numbers the text names that are no figure, as they are written there; each once."""
    named = written_numbers(markdown, language)
    return list(dict.fromkeys(number.text for number in named if not known.hold(number)))


def _is_among(reading: Reading, numbers: tuple[Decimal, ...], nearness: Nearness) -> bool:
    # "Over 2 000" and "nearly 2 400" are written to the thousand and to the hundred.
    step = reading.step if nearness is Nearness.EXACT else _step_of_zeros(reading)
    if nearness is Nearness.ABOVE:
        return bisect_left(numbers, reading.value) < bisect_left(numbers, reading.value + step)
    if nearness is Nearness.BELOW:
        return bisect_right(numbers, reading.value - step) < bisect_right(numbers, reading.value)
    return bisect_left(numbers, reading.value - step / 2) < bisect_left(numbers, reading.value + step / 2)


def _step_of_zeros(reading: Reading) -> Decimal:
    step = reading.step
    while reading.value and reading.value % (step * 10) == 0:
        step *= 10
    return step


def _numbers(node: object, *, is_percent: bool = False) -> Iterator[tuple[Decimal, bool]]:
    """Each number with whether it is a share; the measure's unit holds for its comparisons too."""
    if isinstance(node, Mapping):
        is_share = node.get("unit") is MeasureUnit.PERCENT
        for name, it in node.items():
            if name in _NUMBERS and isinstance(it, int | float):
                yield _decimal(it), name == "value" and (is_share or is_percent)
            else:
                yield from _numbers(it, is_percent=is_share and name in _COMPARISONS)
    elif isinstance(node, list):
        for it in node:
            yield from _numbers(it)


def _decimal(number: float) -> Decimal:
    return abs(Decimal(repr(number)))

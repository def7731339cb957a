"""The presses of a period by weekday and hour, and what follows from them. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from services.reporting_api.measures.scales import SCORES
from services.reporting_api.measures.tallies import mean_of_scores
from services.shared.tables.surveys import QuestionKind

WEEKDAYS = range(1, 8)
"""As ISO 8601 numbers them: Monday is 1."""

HOURS = range(24)

Button = tuple[QuestionKind, int]
"""The kind of smileys, and the histogram value."""

_SCORES: Mapping[Button, Fraction] = {
    (kind, value): score
    for kind in (QuestionKind.SMILEY_4, QuestionKind.SMILEY_5)
    for value, score in SCORES[kind].items()
}


class Hour(NamedTuple):
    """An hour of a weekday, local time. The hour that daylight saving repeats counts twice into one."""

    weekday: int
    hour: int


class ExtremeHours(NamedTuple):
    """The hours of the highest and the lowest index; None where fewer than two hours have enough presses."""

    best: Hour | None
    worst: Hour | None


@dataclass(frozen=True, slots=True)
class Grid:
    """The presses of each hour that had any, by button; ``left_out`` presses were judged misuse and are not in it."""

    presses: Mapping[Hour, Mapping[Button, int]]
    left_out: int

    def number(self, hour: Hour | None = None) -> int:
        """The presses of the hour, or of all."""
        return sum(self._buttons(hour).values())

    def index(self, hour: Hour | None = None) -> Fraction | None:
        """The happy index, 0-100, of the hour or of all; None without presses."""
        buttons = self._buttons(hour)
        return mean_of_scores(buttons, _SCORES, sum(buttons.values())).value

    def extremes(self, minimum: int) -> ExtremeHours:
        """Among the hours with at least ``minimum`` presses; the earlier of two that are equal."""
        indexes = dict(self._indexes(minimum))
        if len(indexes) < 2:
            return ExtremeHours(None, None)
        return ExtremeHours(max(indexes, key=indexes.__getitem__), min(indexes, key=indexes.__getitem__))

    def _indexes(self, minimum: int) -> Iterator[tuple[Hour, Fraction]]:
        for hour in sorted(self.presses):
            index = self.index(hour)
            if index is not None and self.number(hour) >= minimum:
                yield hour, index

    def _buttons(self, hour: Hour | None) -> Mapping[Button, int]:
        if hour is not None:
            return self.presses.get(hour, {})
        together: Counter[Button] = Counter()
        for buttons in self.presses.values():
            together.update(buttons)
        return together


def all_hours() -> Iterator[Hour]:
    """The week's hours, Monday's first."""
    return (Hour(weekday, hour) for weekday in WEEKDAYS for hour in HOURS)

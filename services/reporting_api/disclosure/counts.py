"""What is protected, as counts that add up: over units, and over the days of a period.

A *family* is what is shown or hidden together for a part of the city: one survey with all its questions, the smileys,
a theme, the contacts to the ombudsmen, the social reports, the feedback. Its counts are one flat mapping, so that a
part, a remainder and a sum of parts are all of one kind and follow one rule.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from services.reporting_api.disclosure.policy import DisclosurePolicy


class Kind(StrEnum):
    """What a count is of, which decides how few is too few."""

    CELL = "cell"
    """Persons who chose something."""
    ANSWERS = "answers"
    """Persons who answered at all."""
    MEAN_BASE = "mean_base"
    """Persons whose answers are shown as a mean."""
    STEPS = "steps"
    """Steps from an end of the scale to the answers of a mean, all together: at the most so many answered otherwise."""
    VALUE = "value"
    """Persons who gave an answer that is said in a mean only."""
    CASES = "cases"
    """Items that a service received."""


class Key(NamedTuple):
    """One count. The cells of one question and part exclude each other and add up to those who answered."""

    kind: Kind
    question: str = ""
    cell: str = ""
    part: str = ""
    """The option, where several may be chosen: those who chose it and those who left it out add up."""


Counts = Mapping[Key, int]
Family = tuple[str, str]
"""A kind of family, and its code."""

Units = frozenset[str]
"""The codes that records bear."""

SMILEYS: Family = ("smileys", "")
OMBUDSMAN: Family = ("ombudsman", "")
SOCIAL_REPORTS: Family = ("social_reports", "")
FEEDBACK: Family = ("feedback", "")


def family_of_survey(code: str) -> Family:
    """The survey's family."""
    return "survey", code


def family_of_theme(code: str) -> Family:
    """The theme's family."""
    return "theme", code


def total_of(counts: Counts) -> int:
    """How many persons or items there are at the least: the largest count, or sum of exclusive ones, there is."""
    sums = [sum(cells.values()) for cells in distributions(counts).values()]
    persons = [number for key, number in counts.items() if key.kind not in (Kind.STEPS, Kind.VALUE)]
    return max([*sums, *persons], default=0)


def add_up(parts: Iterable[Counts]) -> Counts:
    """The counts of several parts that have nothing in common."""
    together: Counter[Key] = Counter()
    for part in parts:
        together.update(part)
    return together


def is_safe(counts: Counts, policy: DisclosurePolicy) -> bool:
    """Whether all may be shown: each count is nought or enough. Sums of safe counts are safe."""
    return all(number == 0 or number >= _minimum(key.kind, policy) for key, number in counts.items())


def _minimum(kind: Kind, policy: DisclosurePolicy) -> int:
    if kind is Kind.MEAN_BASE:
        return policy.minimum_mean_base
    if kind is Kind.VALUE:
        return 0
    return policy.minimum_unit_cases if kind is Kind.CASES else policy.minimum_cell


def distributions(counts: Counts) -> Mapping[tuple[str, str], dict[Key, int]]:
    """The cells by question and part."""
    grouped: dict[tuple[str, str], dict[Key, int]] = defaultdict(dict)
    for key, number in counts.items():
        if key.kind is Kind.CELL:
            grouped[key.question, key.part][key] = number
    return grouped

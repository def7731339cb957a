"""Where each answer lies on 0-100, and which smileys count as satisfied."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from services.shared.tables.base import Labels
from services.shared.tables.surveys import QuestionKind

FULL_SCALE = 100
"""Scales of any number of steps, and smileys, are placed evenly from 0 to this."""

_GRADES = range(4, 11)


@dataclass(frozen=True, slots=True)
class Face:
    """A smiley button."""

    code: str
    labels: Labels
    is_satisfied: bool


_VERY_HAPPY = Face("very_happy", {"fi": "Erittäin tyytyväinen", "sv": "Mycket nöjd", "en": "Very happy"}, True)
_HAPPY = Face("happy", {"fi": "Tyytyväinen", "sv": "Nöjd", "en": "Happy"}, True)
_NEUTRAL = Face("neutral", {"fi": "Neutraali", "sv": "Neutral", "en": "Neutral"}, False)
_UNHAPPY = Face("unhappy", {"fi": "Tyytymätön", "sv": "Missnöjd", "en": "Unhappy"}, False)
_VERY_UNHAPPY = Face(
    "very_unhappy", {"fi": "Erittäin tyytymätön", "sv": "Mycket missnöjd", "en": "Very unhappy"}, False
)

ALL_FACES = (_VERY_HAPPY, _HAPPY, _NEUTRAL, _UNHAPPY, _VERY_UNHAPPY)
"""Best first."""

SMILEYS: Mapping[QuestionKind, Mapping[int, Face]] = {
    QuestionKind.SMILEY_4: dict(enumerate((_VERY_UNHAPPY, _UNHAPPY, _HAPPY, _VERY_HAPPY))),
    QuestionKind.SMILEY_5: dict(enumerate((_VERY_UNHAPPY, _UNHAPPY, _NEUTRAL, _HAPPY, _VERY_HAPPY))),
}
"""Histogram value to face, worst from 0. Satisfied are the upper two, of four as of five."""


def _evenly(steps: int) -> dict[int, Fraction]:
    return {step: Fraction(FULL_SCALE * step, steps - 1) for step in range(steps)}


SCORES: Mapping[QuestionKind, Mapping[int, Fraction]] = {
    # A scale's histogram values are the points themselves.
    QuestionKind.SCALE: {point: Fraction(point) for point in range(FULL_SCALE + 1)},
    QuestionKind.SMILEY_4: _evenly(4),
    QuestionKind.SMILEY_5: _evenly(5),
    QuestionKind.GRADE: {grade: Fraction(grade) for grade in _GRADES},
}
"""Histogram value to score, of the kinds whose answers have a mean. Smileys of four: 0, 33 1/3, 66 2/3, 100."""


def smiley_grade(score: Fraction) -> Fraction:
    """The grade from 1 to 5 at a smiley's score, or a mean grade at a mean score."""
    return 1 + score * 4 / FULL_SCALE


SMILEY_GRADES: Mapping[QuestionKind, Mapping[int, Fraction]] = {
    kind: {value: smiley_grade(score) for value, score in SCORES[kind].items()} for kind in SMILEYS
}
"""Histogram value to grade: of five smileys 1, 2, 3, 4, 5; four are placed evenly on the same grades."""

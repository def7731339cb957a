"""The ways in which the answers of a score were collected, and the score freed of how they are mixed."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from services.reporting_api.measures import registry
from services.reporting_api.measures.figures import (
    Comparability,
    Compared,
    Comparison,
    Figure,
    Reason,
    build_figure,
    standardised_value,
)
from services.reporting_api.measures.registry import Measure
from services.reporting_api.measures.scales import SCORES
from services.reporting_api.measures.standardisation import standardise
from services.reporting_api.measures.tallies import ScoreTally, ShareTally, mean_of_scores, recommendation_of
from services.reporting_api.periods.aggregates import Question, QuestionAggregate
from services.reporting_api.periods.schemas import QuestionModes, ShareEntry
from services.shared.tables.base import Labels
from services.shared.tables.surveys import DEVICE_MODES, CollectionMode, QuestionKind

MODE_MIX_TOLERANCE = Fraction(1, 10)
"""How much of the answers may have been collected in other ways before two periods are not compared: of scores that
lie ten points apart between two ways, a tenth moves the mean by one point, less than the intervals of most surveys."""

MODES: Mapping[str, Labels] = {
    CollectionMode.CHAT: {"fi": "Chat", "sv": "Chatt", "en": "Chat"},
    CollectionMode.WEB: {"fi": "Verkko", "sv": "Webben", "en": "Web"},
    CollectionMode.DEVICE: {"fi": "Laite", "sv": "Apparat", "en": "Device"},
    CollectionMode.SMS: {"fi": "Tekstiviesti", "sv": "Textmeddelande", "en": "Text message"},
    CollectionMode.PAPER: {"fi": "Paperi", "sv": "Papper", "en": "Paper"},
    CollectionMode.ORAL: {"fi": "Suullisesti", "sv": "Muntligt", "en": "Orally"},
    CollectionMode.PHYSICAL: {"fi": "Laitteen painike", "sv": "Apparatens knapp", "en": "Button of a device"},
    CollectionMode.DIGITAL: {"fi": "Laitteen näyttö", "sv": "Apparatens skärm", "en": "Screen of a device"},
    CollectionMode.TOUCHLESS: {"fi": "Laitteen ele", "sv": "Gest vid apparaten", "en": "Gesture at a device"},
    CollectionMode.QR: {"fi": "QR-koodi", "sv": "QR-kod", "en": "QR code"},
    CollectionMode.LINK: {"fi": "Linkki", "sv": "Länk", "en": "Link"},
    CollectionMode.EMAIL: {"fi": "Sähköposti", "sv": "E-post", "en": "Email"},
}
"""All ways of collection, in their order."""

SCORED = frozenset(
    {
        QuestionKind.SCALE,
        QuestionKind.SMILEY_4,
        QuestionKind.SMILEY_5,
        QuestionKind.GRADE,
        QuestionKind.NPS,
        QuestionKind.YES_NO,
    }
)
"""The kinds of question whose figure is a score."""

_STANDARDISED_BESIDE = frozenset({None, Reason.TOO_FEW, Reason.COLLECTION_MODE_CHANGED, Reason.DEVICE_PRESSES})
"""What may be said of the bare comparison for the standardised one to stand beside it."""

_YES, _NO = 1, 0


def score_of(kind: QuestionKind, histogram: Mapping[int, int], asked: int) -> ScoreTally:
    """The tally of a scored question's answers."""
    if kind is QuestionKind.YES_NO:
        return ShareTally(histogram.get(_YES, 0), histogram.get(_YES, 0) + histogram.get(_NO, 0))
    if kind is QuestionKind.NPS:
        return recommendation_of(histogram, asked)
    return mean_of_scores(histogram, SCORES[kind], asked)


def is_other_mix(shift: Fraction) -> bool:
    """Whether so large a share of the answers came in other ways that two periods are not comparable as such."""
    return shift > MODE_MIX_TOLERANCE


def modes_of(
    question: Question, answers: Compared[QuestionAggregate], *, is_complete: bool
) -> QuestionModes[Figure] | None:
    """The mix of a scored question's answers; None where they all came in one way."""
    met = answers.current.collection_modes | answers.previous.collection_modes | answers.last_year.collection_modes
    if question.kind not in SCORED or len(met) < 2:
        return None
    obstacles = answers.map(lambda it: _obstacle(answers.current, it))
    comparability = Comparability(is_complete, obstacles.previous, obstacles.last_year)

    def share(mode: str) -> Figure:
        tallies = answers.map(lambda it: ShareTally(it.number_of_mode(mode), it.answers))
        return build_figure(registry.COLLECTION_MODE_SHARE, tallies, comparability)

    return QuestionModes[Figure](
        code=question.code,
        labels=question.labels,
        modes=[
            ShareEntry[Figure](code=mode, labels=labels, share=share(mode))
            for mode, labels in MODES.items()
            if mode in met
        ],
    )


def _obstacle(current: QuestionAggregate, earlier: QuestionAggregate) -> Reason | None:
    if not earlier.answers:
        return Reason.NO_DATA
    is_pressed = DEVICE_MODES & (current.collection_modes | earlier.collection_modes)
    return Reason.DEVICE_PRESSES if is_pressed else None


def with_standardised(
    figure: Figure, measure: Measure, kind: QuestionKind, answers: Compared[QuestionAggregate]
) -> Figure:
    """The figure of a score with the value that is standardised to the mix of each of the earlier periods."""

    def beside(comparison: Comparison, earlier: QuestionAggregate) -> Comparison:
        is_due = figure.value is not None and comparison.value is not None
        if not is_due or comparison.reason not in _STANDARDISED_BESIDE or not answers.current.differs_in_modes(earlier):
            return comparison
        now, then = (_by_mode(kind, it) for it in (answers.current, earlier))
        standardised = standardise(now, then, {mode: earlier.share_of_mode(mode) for mode in then})
        obstacle = comparison.reason if comparison.reason is Reason.DEVICE_PRESSES else None
        return replace(comparison, standardised=standardised_value(measure, standardised, obstacle))

    return replace(
        figure,
        previous=beside(figure.previous, answers.previous),
        last_year=beside(figure.last_year, answers.last_year),
    )


def _by_mode(kind: QuestionKind, answers: QuestionAggregate) -> dict[str, ScoreTally]:
    return {mode: score_of(kind, values, sum(values.values())) for mode, values in answers.by_mode.items()}

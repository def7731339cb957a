"""The section on smileys: presses on devices at service points, and smileys asked otherwise."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from services.reporting_api.measures import registry
from services.reporting_api.measures.figures import Comparability, Compared, Figure, Reason, build_figure
from services.reporting_api.measures.registry import Measure
from services.reporting_api.measures.scales import ALL_FACES, SCORES, SMILEY_GRADES, SMILEYS, Face
from services.reporting_api.measures.tallies import CountTally, ShareTally, mean_of_scores
from services.reporting_api.periods.aggregates import PeriodAggregate, SurveyDefinition
from services.reporting_api.periods.schemas import ServicePointEntry, ShareEntry, SmileySection
from services.shared.catalogue import Catalogue
from services.shared.tables.base import Labels
from services.shared.tables.surveys import QuestionKind, SurveyKind

NOTE: Labels = {
    "fi": "Laitteen painallukset eivät ole toisistaan riippumattomia vastaajia: sama henkilö voi painaa monta kertaa. "
    "Kausien eroja ei siksi testata.",
    "sv": "Tryckningar på en apparat är inte oberoende svarande: samma person kan trycka många gånger. "
    "Skillnader mellan perioder testas därför inte.",
    "en": "Presses on a device are not independent people: one person may press many times. "
    "Differences between periods are therefore not tested.",
}

Press = tuple[QuestionKind, int]
"""A button: the kind of smileys it belongs to, and its histogram value."""

Presses = Mapping[Press, int]

_FACES: Mapping[Press, Face] = {(kind, value): face for kind, faces in SMILEYS.items() for value, face in faces.items()}
_PRESS_SCORES: Mapping[Press, Fraction] = {(kind, value): SCORES[kind][value] for kind, value in _FACES}
_PRESS_GRADES: Mapping[Press, Fraction] = {(kind, value): SMILEY_GRADES[kind][value] for kind, value in _FACES}


class SmileyFigures:
    """Builds the figures of the smileys of three periods."""

    def __init__(
        self, surveys: Iterable[SurveyDefinition], periods: Compared[PeriodAggregate], *, is_complete: bool
    ) -> None:
        kinds = {
            (survey.code, question.code): question.kind
            for survey in surveys
            if survey.kind is SurveyKind.SMILEY
            for question in survey.questions
            if question.kind in SMILEYS
        }
        self._has_neutral = QuestionKind.SMILEY_5 in kinds.values()
        self._by_point = periods.map(lambda period: _by_point(period, kinds))
        self._presses = self._by_point.map(lambda points: _together(list(points.values())))
        self._is_complete = is_complete

    def section(self, catalogue: Catalogue) -> SmileySection[Figure]:
        """The section *smileys*, service points with presses in the period by their code."""
        return SmileySection[Figure](
            presses=self._count(self._presses),
            satisfied_share=self._satisfied(self._presses),
            happy_index=self._mean(registry.HAPPY_INDEX, self._presses, _PRESS_SCORES),
            smiley_mean=self._mean(registry.SMILEY_MEAN, self._presses, _PRESS_GRADES),
            distribution=[self._face(face) for face in ALL_FACES if self._has_neutral or face.code != "neutral"],
            service_points=[
                self._point(code, catalogue.units[code].names if code in catalogue.units else {"fi": code})
                for code in sorted(self._by_point.current)
            ],
            note=NOTE,
        )

    def _point(self, code: str, labels: Labels) -> ServicePointEntry[Figure]:
        presses = self._by_point.map(lambda points: points.get(code, {}))
        return ServicePointEntry[Figure](
            code=code,
            labels=labels,
            presses=self._count(presses),
            satisfied_share=self._satisfied(presses),
            happy_index=self._mean(registry.HAPPY_INDEX, presses, _PRESS_SCORES),
            smiley_mean=self._mean(registry.SMILEY_MEAN, presses, _PRESS_GRADES),
        )

    def _count(self, presses: Compared[Presses]) -> Figure:
        tallies = presses.map(lambda it: CountTally(sum(it.values()), is_known=bool(it) or not self._is_complete))
        return build_figure(registry.PRESSES, tallies, self._comparability(presses))

    def _satisfied(self, presses: Compared[Presses]) -> Figure:
        satisfied = frozenset(face.code for face in ALL_FACES if face.is_satisfied)
        return self._share(registry.SATISFIED, presses, satisfied)

    def _face(self, face: Face) -> ShareEntry[Figure]:
        share = self._share(registry.SMILEY_SHARE, self._presses, frozenset({face.code}))
        return ShareEntry[Figure](code=face.code, labels=face.labels, share=share)

    def _share(self, measure: Measure, presses: Compared[Presses], faces: frozenset[str]) -> Figure:
        tallies = presses.map(lambda it: ShareTally(_of_faces(it, faces), sum(it.values())))
        return build_figure(measure, tallies, self._comparability(presses))

    def _mean(self, measure: Measure, presses: Compared[Presses], scores: Mapping[Press, Fraction]) -> Figure:
        tallies = presses.map(lambda it: mean_of_scores(it, scores, sum(it.values())))
        return build_figure(measure, tallies, self._comparability(presses))

    def _comparability(self, presses: Compared[Presses]) -> Comparability:
        return Comparability(
            self._is_complete,
            previous=Reason.DEVICE_PRESSES if presses.previous else Reason.NO_DATA,
            last_year=Reason.DEVICE_PRESSES if presses.last_year else Reason.NO_DATA,
        )


def _by_point(period: PeriodAggregate, kinds: Mapping[tuple[str, str], QuestionKind]) -> dict[str, Presses]:
    points: dict[str, Counter[Press]] = {}
    for (survey, question, point), answers in period.smileys_by_point.items():
        kind = kinds.get((survey, question))
        if kind is not None:
            presses = points.setdefault(point, Counter())
            presses.update({(kind, value): number for value, number in answers.histogram.items()})
    return dict(points)


def _together(points: Sequence[Presses]) -> Presses:
    presses: Counter[Press] = Counter()
    for point in points:
        presses.update(point)
    return presses


def _of_faces(presses: Presses, faces: frozenset[str]) -> int:
    return sum(number for press, number in presses.items() if _FACES[press].code in faces)

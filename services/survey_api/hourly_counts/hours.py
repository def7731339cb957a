"""An hour's counts judged against their survey, and what they count as in the histogram; pure of any database."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from services.shared.catalogue import Catalogue
from services.shared.clock import local_day, local_hour
from services.shared.problems import Problem, invalid
from services.shared.tables.surveys import RESPONSE_VALUE, RESPONSES_QUESTION, CollectionMode
from services.survey_api.hourly_counts.schemas import CountsLine
from services.survey_api.responses.lines import answer_of_button, button_question
from services.survey_api.responses.origins import Origin, Place
from services.survey_api.responses.submission import HistogramKey, refuse_closed
from services.survey_api.surveys.answers import possible_values, read_answer
from services.survey_api.surveys.definitions import Question, SurveyDefinition, Version
from services.survey_api.surveys.errors import SurveyNotFoundProblem


class HourKey(NamedTuple):
    """What is counted: one origin's hour."""

    service_point: str
    survey: str
    question: str
    origin: str
    hour: datetime


@dataclass(frozen=True, slots=True)
class CountedHour:
    """An hour ready to be stored; ``counts`` are by histogram value."""

    key: HourKey
    version: int
    collection_mode: CollectionMode
    counts: Mapping[int, int]

    @property
    def presses(self) -> int:
        """All presses of the hour."""
        return sum(self.counts.values())

    def histogram(self) -> Iterable[tuple[HistogramKey, int]]:
        """The hour's rows of the histogram."""
        rows = [(self.key.question, value, count) for value, count in self.counts.items()]
        for question, value, count in [(RESPONSES_QUESTION, RESPONSE_VALUE, self.presses), *rows]:
            key = HistogramKey(
                self.key.service_point,
                self.key.survey,
                question,
                local_day(self.key.hour),
                local_hour(self.key.hour),
                self.version,
                self.collection_mode,
                value,
            )
            yield key, count


def differences_between(before: Iterable[CountedHour], after: Iterable[CountedHour]) -> Mapping[HistogramKey, int]:
    """What the histogram changes by when the hours ``after`` take the place of those ``before``."""
    differences: Counter[HistogramKey] = Counter()
    for sign, hours in ((1, after), (-1, before)):
        for hour in hours:
            for key, count in hour.histogram():
                differences[key] += sign * count
    return differences


def judge_counts(
    line: CountsLine, place: Place | None, surveys: Mapping[str, SurveyDefinition], catalogue: Catalogue
) -> CountedHour | Problem:
    """The line's hour at its place, or why it is refused."""
    code = place.survey if place else line.survey
    survey = surveys.get(code) if code else None
    if survey is None:
        return SurveyNotFoundProblem(f"there is no survey {code!r}; GET /v1/surveys lists them")
    try:
        refuse_closed(survey, line.hour)
        version = _version_of(survey, line)
        question = button_question(version)
        if question is None:
            return invalid("survey", f"{survey.code!r} has no question of buttons; name another")
        origin = Origin(device=line.device, source=line.source, source_point=line.source_point)
        named = place.service_point if place else line.service_point or survey.unit_code
        unit = catalogue.resolve_unit(named, on=local_day(line.hour), field="service_point")
        return CountedHour(
            HourKey(unit.code, survey.code, question.code, origin.key, line.hour),
            version.number,
            line.collection_mode or survey.collection_mode,
            _by_value(question, line.counts),
        )
    except Problem as problem:
        return problem


def _version_of(survey: SurveyDefinition, line: CountsLine) -> Version:
    if line.version is None:
        return survey.version_at(line.hour)
    version = survey.find_version(line.version)
    if version is None:
        raise invalid("version", f"{survey.code!r} has the versions 1-{survey.newest.number}; name one of them")
    return version


def _by_value(question: Question, counts: list[int]) -> dict[int, int]:
    buttons = len(possible_values(question))
    if len(counts) != buttons:
        raise invalid("counts", f"{question.code!r} has {buttons} buttons; give the presses of each, noughts too")
    values = (read_answer(question, answer_of_button(question, button)).values[0] for button in range(buttons))
    return dict(zip(values, counts, strict=True))

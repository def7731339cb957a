"""Reading the lines of an import: each a response ready to be stored, one that must wait, or a refusal."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import orjson

from services.shared.catalogue import Catalogue
from services.shared.ndjson import Line, read_as
from services.shared.personal_data import mask
from services.shared.problems import Problem, invalid
from services.shared.schemas import IN_THE_FUTURE, is_in_the_future
from services.shared.tables.surveys import QuestionKind, QuestionPurpose
from services.survey_api.responses.origins import Hold, Origin, Place, Places
from services.survey_api.responses.schemas import ResponseLine
from services.survey_api.responses.submission import (
    JudgedResponse,
    ResponseKey,
    hash_content,
    judge,
    service_point_of,
    without_personal_data,
)
from services.survey_api.surveys.answers import NPS_SCORES, SMILEYS
from services.survey_api.surveys.definitions import Answer, Question, SurveyDefinition, Version
from services.survey_api.surveys.errors import SurveyNotFoundProblem


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A line that cannot be counted yet; what is stored of it is masked."""

    line: ResponseLine
    hold: Hold

    def stored(self) -> dict[str, Any]:
        """The line as JSON, as it would be sent."""
        return self.line.model_dump(mode="json", exclude_unset=True)

    def content_hash(self) -> str:
        """What tells it from another line with the same id: all but the judgement that may change."""
        said = self.line.model_dump(mode="json", exclude={"misuse"})
        return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


class JudgedLine(NamedTuple):
    """A line's number and what became of it; ``tells_misuse`` where it says anything of misuse, be it that none is."""

    number: int
    outcome: JudgedResponse | HeldLine | Problem
    tells_misuse: bool = False


def read_line(line: Line) -> ResponseLine | Problem:
    """The line's fields, or why they cannot be read."""
    return read_as(ResponseLine, line)


class PlacedLine(Protocol):
    """A line that may say where it came from."""

    @property
    def survey(self) -> str | None:
        """The survey's code."""

    @property
    def device(self) -> str | None:
        """Our device's code."""

    @property
    def source(self) -> str | None:
        """The other system."""

    @property
    def source_point(self) -> str | None:
        """That system's key of the place."""

    @property
    def given_at(self) -> datetime:
        """When it was given."""


def place_line(line: PlacedLine, places: Places, at: datetime) -> Place | Hold | Problem | None:
    """Where the line belongs by its device or point; None where it says so itself."""
    if is_in_the_future(line.given_at, at):
        return invalid("given_at", IN_THE_FUTURE)
    place: Place | Hold | None = None
    if line.device is not None:
        place = places.of_device(line.device, line.given_at)
    elif line.source is not None and line.source_point is not None:
        place = places.of_point(line.source, line.source_point)
        if isinstance(place, Place) and line.survey not in (None, place.survey):
            return invalid("survey", f"the point is mapped to {place.survey!r}; leave survey out, or map it anew")
    if isinstance(place, Place):
        return place._replace(survey=line.survey or place.survey)
    if place is None and line.survey is None:
        return invalid("survey", "is missing; give a survey's code, a device or a source_point")
    return place


def judge_line(
    line: ResponseLine,
    place: Place | None,
    surveys: Mapping[str, SurveyDefinition],
    catalogue: Catalogue,
) -> JudgedResponse | Problem:
    """The response the line gives at its place, or why it is refused."""
    code = place.survey if place else line.survey
    survey = surveys.get(code) if code else None
    if survey is None:
        return SurveyNotFoundProblem(f"there is no survey {code!r}; GET /v1/surveys lists them")
    origin = Origin(
        device=line.device,
        source=line.source,
        source_point=line.source_point,
        precision=line.precision,
        source_misuse=line.misuse.reason if line.misuse else None,
    )
    try:
        line = without_personal_data(survey, _told(survey, place, line))
        service_point = service_point_of(survey, catalogue, line, line.given_at)
        content_hash = hash_content(survey, line, service_point=service_point, given_at=line.given_at, origin=origin)
        key = ResponseKey(service_point, line.id)
        return judge(survey, line, key=key, given_at=line.given_at, content_hash=content_hash, origin=origin)
    except Problem as problem:
        return problem


def hold_line(line: ResponseLine, hold: Hold) -> HeldLine:
    """The line as it is kept: without its survey nobody knows which answers are texts, so all of them are masked."""
    answers = {code: _masked(answer) for code, answer in line.answers.items()}
    return HeldLine(line.model_copy(update={"answers": answers}) if answers else line, hold)


def _masked(answer: Answer) -> Answer:
    if isinstance(answer, str):
        return mask(answer).text
    return [mask(item).text for item in answer] if isinstance(answer, list) else answer


def _told(survey: SurveyDefinition, place: Place | None, line: ResponseLine) -> ResponseLine:
    """The line with what its place and its button stand for."""
    told: dict[str, Any] = {}
    if place is not None:
        told["service_point"] = place.service_point
    if line.button is not None:
        told["answers"] = _answers_of_button(survey, line, line.button)
    return line.model_copy(update=told) if told else line


def _answers_of_button(survey: SurveyDefinition, line: ResponseLine, button: int) -> dict[str, Answer]:
    version = survey.find_version(line.version) if line.version else survey.version_at(line.given_at)
    question = button_question(version) if version else None
    if question is None:
        raise invalid("button", f"{survey.code!r} has no question of buttons; send answers instead")
    return {question.code: answer_of_button(question, button)}


def button_question(version: Version) -> Question | None:
    """The question a press answers: the one on satisfaction, else the first that has buttons."""
    buttons = [question for question in version.questions.values() if question.kind in _WITH_BUTTONS]
    on_satisfaction = [question for question in buttons if question.purpose is QuestionPurpose.SATISFACTION]
    return next(iter(on_satisfaction or buttons), None)


def answer_of_button(question: Question, button: int) -> Answer:
    """The answer that the button (0 the most negative) gives; raises :class:`InvalidRequestProblem`."""
    answers: list[Answer]
    if question.kind in SMILEYS:
        answers = [code for code, _ in sorted(SMILEYS[question.kind].items(), key=lambda item: item[1])]
    elif question.kind is QuestionKind.NPS:
        answers = list(NPS_SCORES)
    else:
        answers = list(question.scale_values)
    if not 0 <= button < len(answers):
        raise invalid("button", f"{question.code!r} has the buttons 0-{len(answers) - 1}")
    return answers[button]


_WITH_BUTTONS = frozenset({QuestionKind.SMILEY_4, QuestionKind.SMILEY_5, QuestionKind.NPS, QuestionKind.SCALE})

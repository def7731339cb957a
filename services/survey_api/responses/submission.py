"""From what a client sends to what is stored: one response judged against its survey, pure of any database."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, TypeVar
from uuid import UUID

import orjson

from services.shared.catalogue import Catalogue
from services.shared.clock import local_day, local_time
from services.shared.personal_data import mask
from services.shared.problems import InvalidParam, InvalidRequestProblem, invalid
from services.shared.scopes import Scope
from services.shared.security import Principal
from services.shared.settings import get_settings
from services.shared.tables.surveys import MISUSE_QUESTION, RESPONSE_VALUE, CollectionMode
from services.survey_api.responses.errors import SurveyClosedProblem
from services.survey_api.responses.origins import OF_A_PERSON, Origin
from services.survey_api.responses.schemas import ResponseCreate, ResponseFields
from services.survey_api.surveys.answers import ReadAnswers, WrongAnswersError, read_answers
from services.survey_api.surveys.definitions import Answer, SurveyDefinition, Version

Fields = TypeVar("Fields", bound=ResponseFields)


class ResponseKey(NamedTuple):
    """What identifies a response: an id is its client's own within a service point."""

    service_point: str
    id: UUID


class JudgedResponse(NamedTuple):
    """A response found right, ready to be stored. ``texts`` are its comments by question.

    ``given_on`` and ``given_hour`` are the city's day and hour of ``given_at``.
    """

    key: ResponseKey
    survey: SurveyDefinition
    version: int
    collection_mode: CollectionMode
    given_at: datetime
    given_on: date
    given_hour: int
    language: str | None
    interaction_id: str | None
    content_hash: str
    answers: Mapping[str, Answer]
    texts: Mapping[str, str]
    counted: Sequence[tuple[str, int]]
    origin: Origin = OF_A_PERSON
    is_complete: bool = True

    @property
    def single_interaction(self) -> str | None:
        """The interaction of which the survey takes this response only."""
        return None if self.survey.allows_several_per_interaction else self.interaction_id


def check_age(body: ResponseCreate, principal: Principal | None, *, at: datetime) -> None:
    """Raise :class:`InvalidRequestProblem` where a client without a key to import dates its response too far back."""
    if not is_dated_well(body, principal, at=at):
        limit = get_settings().response_age_max_days
        raise invalid(
            "given_at",
            f"is more than {limit} days ago; check the clock and its year, or send it with a key that may import",
        )


def is_dated_well(body: ResponseCreate, principal: Principal | None, *, at: datetime) -> bool:
    """Whether the client may date its response as far back as it does."""
    if body.given_at is None or (principal is not None and principal.has(Scope.SURVEY_IMPORT)):
        return True
    return at - body.given_at <= timedelta(days=get_settings().response_age_max_days)


def service_point_of(survey: SurveyDefinition, catalogue: Catalogue, fields: ResponseFields, given_at: datetime) -> str:
    """The code of the unit the answers are about; raises :class:`InvalidRequestProblem` for one not of that day."""
    named = fields.service_point or survey.unit_code
    return catalogue.resolve_unit(named, on=local_day(given_at), field="service_point").code


def judge(
    survey: SurveyDefinition,
    fields: ResponseFields,
    *,
    key: ResponseKey,
    given_at: datetime,
    content_hash: str,
    origin: Origin = OF_A_PERSON,
) -> JudgedResponse:
    """The response, ready to be stored; raises :class:`SurveyClosedProblem` or :class:`InvalidRequestProblem`."""
    refuse_closed(survey, given_at)
    version = _version_of(survey, fields, given_at)
    given_on, given_hour = local_time(given_at)
    answers = read_fields(version, fields)
    return JudgedResponse(
        key=key,
        survey=survey,
        version=version.number,
        collection_mode=fields.collection_mode or survey.collection_mode,
        given_at=given_at,
        given_on=given_on,
        given_hour=given_hour,
        language=fields.language,
        interaction_id=fields.interaction_id,
        content_hash=content_hash,
        origin=origin,
        answers=answers.stored,
        texts=answers.texts,
        counted=answers.counted,
        is_complete=fields.complete,
    )


def refuse_closed(survey: SurveyDefinition, at: datetime) -> None:
    """Raise :class:`SurveyClosedProblem` unless the survey takes answers given at ``at``."""
    if not survey.is_open(at):
        raise SurveyClosedProblem(_closed_detail(survey))


def without_personal_data(survey: SurveyDefinition, fields: Fields) -> Fields:
    """The response with personal data masked in its texts, before they are hashed, stored or handed over."""
    if survey.text_codes.isdisjoint(fields.answers):
        return fields
    answers = {
        code: masked_answer(answer) if code in survey.text_codes else answer for code, answer in fields.answers.items()
    }
    return fields.model_copy(update={"answers": answers})


def masked_answer(answer: Answer) -> Answer:
    """The answer to a question for a text, with personal data masked."""
    # A longer text is refused unread.
    if not isinstance(answer, str) or len(answer.strip()) > get_settings().text_max_length:
        return answer
    return mask(answer).text


def hash_content(
    survey: SurveyDefinition,
    fields: ResponseFields,
    *,
    service_point: str,
    given_at: datetime | None,
    please_handle: bool = False,
    origin: Origin = OF_A_PERSON,
) -> str:
    """What tells a repeated response from another with the same id: the SHA-256 of what its sender chose to say.

    Left out are what a repeat may find changed (the present time, the newest version) and the contact details, of
    which no trace shall stay when the content is erased.
    """
    return hash_said(
        survey=survey.code,
        version=fields.version,
        service_point=service_point,
        given_at=given_at,
        collection_mode=fields.collection_mode or survey.collection_mode,
        language=fields.language,
        interaction_id=fields.interaction_id,
        answers={code: hashable(answer) for code, answer in fields.answers.items()},
        please_handle=please_handle,
        is_complete=fields.complete,
        origin=origin,
    )


def hash_said(
    *,
    survey: str,
    version: int | None,
    service_point: str,
    given_at: datetime | None,
    collection_mode: CollectionMode,
    language: str | None,
    interaction_id: str | None,
    answers: Mapping[str, str | list[str]],
    please_handle: bool = False,
    is_complete: bool = True,
    origin: Origin = OF_A_PERSON,
) -> str:
    """As :func:`hash_content`, of the response's fields, its answers :func:`hashable`."""
    said: dict[str, object] = {
        "survey": survey,
        "version": version,
        "service_point": service_point,
        "given_at": given_at.astimezone(UTC).isoformat() if given_at else None,
        # As a plain string, which is written sooner than an enum.
        "collection_mode": str(collection_mode),
        "language": language,
        "interaction_id": interaction_id,
        "please_handle": please_handle,
        "answers": answers,
    }
    if origin is not OF_A_PERSON:
        said |= origin.said()
    if not is_complete:
        said["complete"] = False
    return hashlib.sha256(_sorted_json(said).encode()).hexdigest()


def hashed_around(
    *,
    survey: str,
    version: int | None,
    collection_mode: CollectionMode,
    language: str | None,
    interaction_id: str | None,
    answers: Mapping[str, str | list[str]],
) -> tuple[str, str, str]:
    """The JSON that :func:`hash_said` hashes of a person's whole response, in three: before and after its time, and
    after its service point. Many responses differ in these two alone."""
    first = _sorted_json({"answers": answers, "collection_mode": str(collection_mode)})
    then = _sorted_json({"interaction_id": interaction_id, "language": language, "please_handle": False})
    last = _sorted_json({"survey": survey, "version": version})
    return f'{first[:-1]},"given_at":', f',{then[1:-1]},"service_point":', f",{last[1:]}"


def _sorted_json(said: Mapping[str, object]) -> str:
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode()


def hashable(answer: Answer) -> str | list[str]:
    """The answer, numbers as text: JSON's have no bounds, orjson's have."""
    return answer if isinstance(answer, str | list) else repr(answer)


def _version_of(survey: SurveyDefinition, fields: ResponseFields, given_at: datetime) -> Version:
    if fields.version is None:
        return survey.version_at(given_at)
    version = survey.find_version(fields.version)
    if version is None:
        raise invalid("version", f"{survey.code!r} has the versions 1-{survey.newest.number}; name one of them")
    return version


def read_fields(version: Version, fields: ResponseFields) -> ReadAnswers:
    """The answers, read by the version's questions; raises :class:`InvalidRequestProblem` naming every wrong one."""
    try:
        return read_answers(version, fields.answers, is_complete=fields.complete)
    except WrongAnswersError as error:
        params = [InvalidParam(name=field, reason=reason) for field, reason in error.faults]
        count = f"{len(params)} answers are wrong" if len(params) > 1 else "1 answer is wrong"
        raise InvalidRequestProblem(count, invalid_params=params) from error


def _closed_detail(survey: SurveyDefinition) -> str:
    until = f" until {survey.closes_at.isoformat()}" if survey.closes_at else ""
    return f"{survey.code!r} takes answers given from {survey.opens_at.isoformat()}{until}; check given_at"


class HistogramKey(NamedTuple):
    """The key of a histogram row, in the order rows are locked in."""

    service_point: str
    survey: str
    question: str
    given_on: date
    given_hour: int
    version: int
    collection_mode: str
    value: int


LEFT_OUT = ((MISUSE_QUESTION, RESPONSE_VALUE),)
"""What a response judged misuse counts as."""


def histogram_of(
    responses: Sequence[JudgedResponse], left_out: Collection[ResponseKey] = ()
) -> dict[HistogramKey, int]:
    """How much each histogram row grows by ``responses``, of which those of the keys ``left_out`` are misuse."""
    counts: dict[HistogramKey, int] = {}
    for cell, answers in _by_cell(responses, left_out).items():
        service_point, survey, given_on, given_hour, version, mode = cell
        for (question, value), count in answers.items():
            key = HistogramKey(service_point, survey, question, given_on, given_hour, version, mode, value)
            counts[key] = count
    return counts


_Cell = tuple[str, str, date, int, int, str]


def _by_cell(
    responses: Sequence[JudgedResponse], left_out: Collection[ResponseKey]
) -> dict[_Cell, dict[tuple[str, int], int]]:
    """The answers of each place, survey, hour, version and way; many responses fall into one."""
    cells: dict[_Cell, dict[tuple[str, int], int]] = {}
    for response in responses:
        cell = (
            response.key.service_point,
            response.survey.code,
            response.given_on,
            response.given_hour,
            response.version,
            response.collection_mode,
        )
        answers = cells.get(cell)
        if answers is None:
            answers = cells[cell] = {}
        for answer in LEFT_OUT if left_out and response.key in left_out else response.counted:
            answers[answer] = answers.get(answer, 0) + 1
    return cells


def histogram_key(response: JudgedResponse, question: str, value: int) -> HistogramKey:
    """The row that an answer of the response is counted in."""
    return HistogramKey(
        response.key.service_point,
        response.survey.code,
        question,
        response.given_on,
        response.given_hour,
        response.version,
        response.collection_mode,
        value,
    )

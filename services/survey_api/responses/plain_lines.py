"""The short way of a line that a person's answer came as: judged without Pydantic, and before the database is asked.

It can only say that a line is right. Whatever else a line has, or lacks, goes the ordinary way (``lines.py``), which is
the one place that refuses; both ways make the same response of the same line.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from pydantic import TypeAdapter, ValidationError

from services.shared.catalogue import Catalogue
from services.shared.clock import local_time
from services.shared.ndjson import Line
from services.shared.personal_data import NUMBER_FIELD, mask
from services.shared.problems import Problem
from services.shared.schemas import LINE_MAX_LENGTH
from services.shared.settings import get_settings
from services.shared.tables.surveys import CollectionMode
from services.survey_api.responses.plain_answers import PlainAnswers
from services.survey_api.responses.schemas import LanguageCode
from services.survey_api.responses.submission import JudgedResponse, ResponseKey, hash_said
from services.survey_api.surveys.cache import SurveyCache
from services.survey_api.surveys.definitions import SurveyDefinition, Version

_FIELDS = frozenset(
    {"survey", "id", "given_at", "answers", "version", "service_point", "collection_mode", "language", "interaction_id"}
)
_NEEDED = frozenset({"survey", "id", "given_at", "answers"})
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
"""As most programs write them: :meth:`datetime.fromisoformat` takes more than Pydantic does."""

_MODES: Mapping[str, CollectionMode] = {mode.value: mode for mode in CollectionMode}
_LANGUAGE: TypeAdapter[str] = TypeAdapter(LanguageCode)


class PlainLines:
    """Judges the plain lines of an upload by the surveys' definitions as they were last read."""

    def __init__(self, catalogue: Catalogue, surveys: SurveyCache) -> None:
        self._catalogue = catalogue
        self._surveys = surveys
        self._known: dict[str, _PlainSurvey] = {}
        self._earliest_year = get_settings().earliest_year

    def judge(self, line: Line, *, until: datetime) -> JudgedResponse | None:
        """The line's response; None where it is not plain, not right, given after ``until``, or of a survey that was
        not read yet."""
        if line.content is None:
            return None
        try:
            fields = orjson.loads(line.content)
            if type(fields) is not dict or not fields.keys() <= _FIELDS or not fields.keys() >= _NEEDED:
                return None
            given_at = _read_instant(fields["given_at"])
            response_id = fields["id"]
            if given_at is None or type(response_id) is not str or _ID.fullmatch(response_id) is None:
                return None
            if given_at.year < self._earliest_year or given_at > until:
                return None
            survey = self._survey(fields["survey"])
            return None if survey is None else survey.judge(fields, UUID(response_id), given_at)
        except (ValueError, TypeError, Problem):
            # Also of orjson. The ordinary way says what is wrong.
            return None

    def _survey(self, code: str) -> "_PlainSurvey | None":
        definition = self._surveys.known(code)
        known = self._known.get(code)
        if definition is not None and (known is None or known.definition is not definition):
            known = self._known[code] = _PlainSurvey(definition, self._catalogue)
        return known


class _PlainSurvey:
    """A survey with what its lines are judged by."""

    def __init__(self, definition: SurveyDefinition, catalogue: Catalogue) -> None:
        self.definition = definition
        self._catalogue = catalogue
        self._answers = [PlainAnswers(definition, version) for version in definition.versions]
        self._service_points: dict[tuple[str | None, date], str] = {}

    def judge(self, fields: Mapping[str, Any], response_id: UUID, given_at: datetime) -> JudgedResponse | None:
        survey = self.definition
        version = self._version(fields.get("version"), given_at)
        language, interaction = fields.get("language"), fields.get("interaction_id")
        named_point, named_mode = fields.get("service_point"), fields.get("collection_mode")
        mode = survey.collection_mode if named_mode is None else _MODES.get(named_mode)
        is_right = (
            version is not None
            and mode is not None
            and named_point != ""
            and survey.is_open(given_at)
            and (language is None or _is_language(language))
            and (interaction is None or _is_plain_text(interaction))
        )
        read = self._answers[version.number - 1].read(fields["answers"]) if is_right and version is not None else None
        if version is None or mode is None or read is None:
            return None
        given_on, given_hour = local_time(given_at)
        service_point = self._service_point(named_point, given_on)
        return JudgedResponse(
            key=ResponseKey(service_point, response_id),
            survey=survey,
            version=version.number,
            collection_mode=mode,
            given_at=given_at,
            given_on=given_on,
            given_hour=given_hour,
            language=language,
            interaction_id=interaction,
            content_hash=hash_said(
                survey=survey.code,
                version=fields.get("version"),
                service_point=service_point,
                given_at=given_at,
                collection_mode=mode,
                language=language,
                interaction_id=interaction,
                answers=read.hashed,
            ),
            answers=read.stored,
            texts=read.texts,
            counted=read.counted,
        )

    def _version(self, number: object, given_at: datetime) -> Version | None:
        if number is None:
            return self.definition.version_at(given_at)
        return self.definition.find_version(number) if type(number) is int else None

    def _service_point(self, named: str | None, day: date) -> str:
        """Raises :class:`Problem` for one that is not of that day."""
        code = self._service_points.get((named, day))
        if code is None:
            unit = self._catalogue.resolve_unit(self.definition.unit_code if named is None else named, on=day)
            code = self._service_points[named, day] = unit.code
        return code


def _read_instant(text: object) -> datetime | None:
    if type(text) is not str or _INSTANT.fullmatch(text) is None:
        return None
    return datetime.fromisoformat(text)


@lru_cache(maxsize=1_000)
def _is_language(text: str) -> bool:
    try:
        return _LANGUAGE.validate_python(text) == text
    except ValidationError:
        return False


def _is_plain_text(text: object) -> bool:
    """Whether it is a line of text that is stored as it is."""
    if type(text) is not str or not 0 < len(text) <= LINE_MAX_LENGTH or "\x00" in text or text != text.strip():
        return False
    return not mask(text, NUMBER_FIELD).kinds

"""What a plain line says without its id and time; lines that differ in these alone share one."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from pydantic import TypeAdapter, ValidationError

from services.shared.catalogue import Catalogue
from services.shared.clock import local_time
from services.shared.personal_data import NUMBER_FIELD, mask
from services.shared.schemas import LINE_MAX_LENGTH
from services.shared.tables.surveys import CollectionMode
from services.survey_api.responses.plain_answers import PlainAnswers, PlainReading
from services.survey_api.responses.rows import written_content, written_own
from services.survey_api.responses.schemas import LanguageCode
from services.survey_api.responses.submission import JudgedResponse, ResponseKey, hashed_around
from services.survey_api.surveys.definitions import SurveyDefinition, Version

_MODES: Mapping[str, CollectionMode] = {mode.value: mode for mode in CollectionMode}
_LANGUAGE: TypeAdapter[str] = TypeAdapter(LanguageCode)


class PlainSurvey:
    """A survey with what its lines are judged by."""

    def __init__(self, definition: SurveyDefinition, catalogue: Catalogue) -> None:
        self.definition = definition
        self.code = definition.code
        self._catalogue = catalogue
        self._answers = [PlainAnswers(definition, version) for version in definition.versions]
        self._service_points: dict[tuple[str | None, date], str] = {}

    def read(self, fields: Mapping[str, Any], given_at: datetime) -> "PlainContent | None":
        """What the line of the fields says, given at that time; None where it is not plain or not right."""
        named_version, named_mode, named_point = map(fields.get, ("version", "collection_mode", "service_point"))
        version = self.version(named_version, given_at)
        mode = self.definition.collection_mode if named_mode is None else _MODES.get(named_mode)
        language, interaction = fields.get("language"), fields.get("interaction_id")
        is_right = (
            named_point != ""
            and (language is None or _is_language(language))
            and (interaction is None or _is_plain_text(interaction))
        )
        if version is None or mode is None or not is_right:
            return None
        reading = self._answers[version.number - 1].read(fields["answers"])
        if reading is None:
            return None
        return PlainContent(self, named_version, version, named_point, mode, language, interaction, reading)

    def version(self, named: object, given_at: datetime) -> Version | None:
        """The version of that number; without one, the one that was answered then."""
        if named is None:
            return self.definition.version_at(given_at)
        return self.definition.find_version(named) if type(named) is int else None

    def service_point(self, named: str | None, day: date) -> str:
        """The code of the unit that day; raises :class:`Problem` for one that is not of that day."""
        code = self._service_points.get((named, day))
        if code is None:
            unit = self._catalogue.resolve_unit(self.definition.unit_code if named is None else named, on=day)
            code = self._service_points[named, day] = unit.code
        return code


class PlainResponse(NamedTuple):
    """A right response that a person gave to the end.

    The id is 36 characters, as a line names it; ``given`` is ``given_at`` in UTC, in ISO 8601.
    """

    service_point: str
    id: str
    given_at: datetime
    given: str
    given_on: date
    given_hour: int
    content_hash: str
    content: "PlainContent"

    @property
    def survey(self) -> SurveyDefinition:
        """The survey it answers."""
        return self.content.survey.definition

    def row(self, recorded_at: str) -> str:
        """Its row of ``COPY``; ``recorded_at`` in ISO 8601."""
        service_point, response_id, _, given, given_on, given_hour, content_hash, content = self
        own = written_own(service_point, response_id, given, given_on, given_hour, content_hash)
        return f"{own}\t{recorded_at}\t{content.written}"

    def judged(self) -> JudgedResponse:
        """The response as the ordinary way makes it."""
        content = self.content
        return JudgedResponse(
            key=ResponseKey(self.service_point, UUID(self.id)),
            survey=self.survey,
            version=content.version.number,
            collection_mode=content.mode,
            given_at=self.given_at,
            given_on=self.given_on,
            given_hour=self.given_hour,
            language=content.language,
            interaction_id=content.interaction_id,
            content_hash=self.content_hash,
            answers=content.reading.stored,
            texts=content.reading.texts,
            counted=content.reading.counted,
        )


@dataclass(frozen=True, eq=False)
class PlainContent:
    """What a line says without its id and time, read by ``version``."""

    survey: PlainSurvey
    named_version: int | None
    version: Version
    named_point: str | None
    mode: CollectionMode
    language: str | None
    interaction_id: str | None
    reading: PlainReading

    @property
    def may_recur(self) -> bool:
        """Whether others may say the same: it holds no words and no visit of one's own."""
        return not self.reading.texts and self.interaction_id is None

    @property
    def single_interaction(self) -> str | None:
        """The interaction of which the survey takes this response only."""
        return None if self.survey.definition.allows_several_per_interaction else self.interaction_id

    def give(self, response_id: str, given_at: datetime) -> PlainResponse | None:
        """The response that says this at that time; None where the survey was closed or had another version then.

        Raises :class:`Problem` where the service point is not of that day.
        """
        survey = self.survey
        if not survey.definition.is_open(given_at):
            return None
        if self.named_version is None and survey.definition.version_at(given_at) is not self.version:
            return None
        # Several times as fast as isoformat(), whose text it is.
        given = orjson.dumps(given_at.astimezone(UTC))[1:-1].decode()
        given_on, given_hour = local_time(given_at)
        service_point = survey.service_point(self.named_point, given_on)
        before, between, after = self._hashed
        said = f'{before}"{given}"{between}"{service_point}"{after}'
        content_hash = hashlib.sha256(said.encode()).hexdigest()
        return PlainResponse(service_point, response_id, given_at, given, given_on, given_hour, content_hash, self)

    @cached_property
    def written(self) -> str:
        """Its end of a row of ``COPY``."""
        return written_content(
            survey=self.survey.code,
            version=self.version.number,
            collection_mode=self.mode,
            language=self.language,
            interaction_id=self.interaction_id,
            answers=self.reading.stored,
            single_interaction=self.single_interaction,
        )

    @cached_property
    def _hashed(self) -> tuple[str, str, str]:
        return hashed_around(
            survey=self.survey.code,
            version=self.named_version,
            collection_mode=self.mode,
            language=self.language,
            interaction_id=self.interaction_id,
            answers=self.reading.hashed,
        )


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

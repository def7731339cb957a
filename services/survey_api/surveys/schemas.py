"""Survey definitions on the wire."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from services.shared.periods import EARLIEST_PERIOD_YEAR, LATEST_PERIOD_YEAR
from services.shared.schemas import Code, Flag, Instant, LineText, RequestModel, ResponseModel
from services.shared.tables.surveys import CollectionMode, QuestionKind, QuestionPurpose, SurveyKind
from services.survey_api.surveys.definitions import (
    Option,
    OptionDraft,
    Question,
    QuestionDraft,
    SurveyDefinition,
    Version,
)

QUESTIONS_MAX = 100
"""Nobody answers more; a bound so that one response writes a bounded number of histogram rows."""

OPTIONS_MAX = 200
"""Room for a list of a city's districts or services."""

OPTION_NUMBER_MAX = 32_767
"""The histogram's value is a two-byte integer."""

ORIGINS_MAX = 50
"""A city's sites and their test sites; a bound, as all of them stand in one header."""

ORIGIN_MAX_LENGTH = 300
"""A host name has at most 253 characters."""

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,62}")
_ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?")
_USUAL_PORT = re.compile(r"http://.*:80|https://.*:443")
_OPTION = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def _slug(value: str) -> str:
    if not _SLUG.fullmatch(value):
        raise ValueError("use small letters a-z, digits and hyphens, at most 63, such as dental-care-chat")
    return value


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError("use small letters a-z, digits and underscores, at most 63, not beginning with an underscore")
    return value


def _option_name(value: str) -> str:
    if not _OPTION.fullmatch(value):
        raise ValueError("use small letters a-z, digits, hyphens and underscores, at most 63, beginning with a letter")
    return value


def _has_finnish(value: dict[str, str]) -> dict[str, str]:
    if "fi" not in value:
        raise ValueError("give at least the Finnish one, under the key fi")
    return value


def _origin(value: str) -> str:
    if not _ORIGIN.fullmatch(value) or _USUAL_PORT.fullmatch(value):
        raise ValueError(
            "give it as a browser does, such as https://www.hel.fi: http or https, the host in small letters "
            "(xn-- for others than a-z), a port only if it is not the usual one, and no path"
        )
    return value


def _within_years(value: datetime) -> datetime:
    if not EARLIEST_PERIOD_YEAR <= value.year < LATEST_PERIOD_YEAR:
        raise ValueError(f"give a time in the years {EARLIEST_PERIOD_YEAR}-{LATEST_PERIOD_YEAR - 1}")
    return value


def _documented(pattern: re.Pattern[str], example: str) -> Any:
    return Field(json_schema_extra={"pattern": f"^{pattern.pattern}$"}, examples=[example])


LabelLanguage = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]

LabelsByLanguage = Annotated[
    dict[LabelLanguage, LineText],
    AfterValidator(_has_finnish),
    Field(
        json_schema_extra={"required": ["fi"], "additionalProperties": False},
        examples=[{"fi": "Saitko apua?", "sv": "Fick du hjälp?", "en": "Did you get help?"}],
    ),
]
"""Language code to words; Finnish always, as it is the review's first language."""

SurveyCode = Annotated[str, AfterValidator(_slug), _documented(_SLUG, "dental-care-chat")]
QuestionCode = Annotated[str, AfterValidator(_name), _documented(_NAME, "satisfaction")]
OptionCode = Annotated[str, AfterValidator(_option_name), _documented(_OPTION, "booking")]
Origin = Annotated[
    str,
    StringConstraints(max_length=ORIGIN_MAX_LENGTH),
    AfterValidator(_origin),
    Field(json_schema_extra={"pattern": f"^(?!({_USUAL_PORT.pattern})$){_ORIGIN.pattern}$"}),
]
AllowedOrigins = Annotated[
    list[Origin] | None,
    Field(
        max_length=ORIGINS_MAX,
        description="The origins whose pages may show the survey and answer it from a browser; null for any, an empty "
        "list for survey_api's own pages only. Other systems, which send no Origin, may always answer.",
        examples=[["https://www.hel.fi"]],
    ),
]
PlannedInstant = Annotated[Instant, AfterValidator(_within_years)]


class OptionCreate(RequestModel):
    """An option of a choice question."""

    code: OptionCode
    number: int | None = Field(
        default=None,
        ge=1,
        le=OPTION_NUMBER_MAX,
        description="Its number in the figures, never reused. Left out, it keeps its old one or gets the next.",
    )
    labels: LabelsByLanguage


class QuestionCreate(RequestModel):
    """A question of a new version. The code of an earlier version's question makes it the same question."""

    code: QuestionCode
    kind: QuestionKind
    purpose: QuestionPurpose = QuestionPurpose.OTHER
    labels: LabelsByLanguage
    scale_steps: int | None = Field(
        default=None, description="Of scales only: how many steps, evenly placed on 0-100; 100 divides by one less."
    )
    is_required: Flag = False
    options: list[OptionCreate] = Field(default_factory=list, max_length=OPTIONS_MAX)

    def draft(self) -> QuestionDraft:
        """The question as the rules take it."""
        options = tuple(OptionDraft(option.code, option.number, option.labels) for option in self.options)
        return QuestionDraft(
            self.code, self.kind, self.purpose, self.labels, self.scale_steps, self.is_required, options
        )


_QUESTIONS_EXAMPLE = [
    {
        "code": "satisfaction",
        "kind": "scale",
        "purpose": "satisfaction",
        "labels": {"fi": "Kuinka tyytyväinen olit chattiin?", "en": "How satisfied were you with the chat?"},
        "scale_steps": 5,
        "is_required": True,
    },
    {
        "code": "topic",
        "kind": "single_choice",
        "purpose": "contact_topic",
        "labels": {"fi": "Mitä asiasi koski?"},
        "options": [{"code": "booking", "labels": {"fi": "Ajanvaraus"}}, {"code": "other", "labels": {"fi": "Muu"}}],
    },
]


class VersionCreate(RequestModel):
    """The questions of a survey's next version."""

    questions: list[QuestionCreate] = Field(min_length=1, max_length=QUESTIONS_MAX, examples=[_QUESTIONS_EXAMPLE])


class SurveyCreate(VersionCreate):
    """A new survey with its first version."""

    code: SurveyCode
    kind: SurveyKind
    names: LabelsByLanguage
    unit: Code = Field(description="The unit the survey is about, by code.", examples=["oral-health"])
    collection_mode: CollectionMode
    opens_at: PlannedInstant
    closes_at: PlannedInstant | None = None
    is_demonstration: Flag = Field(default=False, description="Made-up answers, marked so wherever they are shown.")
    allowed_origins: AllowedOrigins = None


class AllowedOriginsReplace(RequestModel):
    """Whose pages may show and answer a survey from now on."""

    allowed_origins: AllowedOrigins


class SurveyStatus(StrEnum):
    """Which surveys to list: those taking answers now, the others, or all."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


class OptionRead(ResponseModel):
    """An option with its number in the figures."""

    code: str
    number: int
    labels: dict[str, str]

    @classmethod
    def of(cls, option: Option) -> "OptionRead":
        """The option's wire form."""
        return cls(code=option.code, number=option.number, labels=option.labels)


class QuestionRead(ResponseModel):
    """A question of a version."""

    code: str
    kind: QuestionKind
    purpose: QuestionPurpose
    labels: dict[str, str]
    scale_steps: int | None
    is_required: bool
    options: list[OptionRead]

    @classmethod
    def of(cls, question: Question) -> "QuestionRead":
        """The question's wire form."""
        return cls(
            code=question.code,
            kind=question.kind,
            purpose=question.purpose,
            labels=question.labels,
            scale_steps=question.scale_steps,
            is_required=question.is_required,
            options=[OptionRead.of(option) for option in question.options],
        )


class SurveySummary(ResponseModel):
    """A survey without its questions."""

    code: str
    kind: SurveyKind
    names: dict[str, str]
    unit: str
    collection_mode: CollectionMode
    opens_at: datetime
    closes_at: datetime | None
    is_open: bool = Field(description="Whether answers given now are taken.")
    is_demonstration: bool
    allowed_origins: list[str] | None = Field(description="Whose pages may show and answer it; null for anybody's.")
    newest_version: int

    @classmethod
    def of(cls, survey: SurveyDefinition, at: datetime) -> "SurveySummary":
        """The survey's wire form, as it is at ``at``."""
        return cls(
            code=survey.code,
            kind=survey.kind,
            names=survey.names,
            unit=survey.unit_code,
            collection_mode=survey.collection_mode,
            opens_at=survey.opens_at,
            closes_at=survey.closes_at,
            is_open=survey.is_open(at),
            is_demonstration=survey.is_demonstration,
            allowed_origins=None if survey.allowed_origins is None else list(survey.allowed_origins),
            newest_version=survey.newest.number,
        )


class SurveyRead(SurveySummary):
    """A survey with the questions of one of its versions."""

    version: int
    published_at: datetime
    questions: list[QuestionRead]

    @classmethod
    def of_version(cls, survey: SurveyDefinition, version: Version, at: datetime) -> "SurveyRead":
        """The survey's wire form with the questions of ``version``, as it is at ``at``."""
        return cls(
            **SurveySummary.of(survey, at).model_dump(),
            version=version.number,
            published_at=version.published_at,
            questions=[QuestionRead.of(question) for question in version.questions.values()],
        )


class SurveyPage(ResponseModel):
    """Surveys by code."""

    items: list[SurveySummary]
    next: str | None = Field(description="Always null: surveys are few, and all are in one answer.")

"""Survey definitions on the wire."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StrictBool, StrictInt, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from services.shared.periods import EARLIEST_PERIOD_YEAR, LATEST_PERIOD_YEAR
from services.shared.schemas import LANGUAGE_PATTERN, Code, Flag, Instant, LineText, RequestModel, ResponseModel
from services.shared.tables.surveys import CollectionMode, QuestionKind, QuestionPurpose, RespondentRole, SurveyKind
from services.survey_api.surveys.definitions import Condition, Option, Question, SurveyDefinition, Version
from services.survey_api.surveys.drafting import OptionDraft, QuestionDraft

QUESTIONS_MAX = 100
"""Nobody answers more; a bound so that one response writes a bounded number of histogram rows."""

OPTIONS_MAX = 200
"""Room for a list of a city's districts or services."""

VERSION_MAX = 1_000_000
"""No survey gets there; a bound so that what is hashed and stored has one."""

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


def _has_city_languages(value: dict[str, str]) -> dict[str, str]:
    missing = [language for language in CITY_LANGUAGES if language not in value]
    if missing:
        raise ValueError(
            f"are missing in {', '.join(missing)}; give them in Finnish, Swedish and English (fi, sv, en), "
            "and in any other languages besides"
        )
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


CITY_LANGUAGES = ("fi", "sv", "en")
"""Finnish and Swedish because the Language Act makes them equal, English because many residents have neither."""

LANGUAGES_MAX = 40
"""More than any survey is asked in; a bound on a definition's size."""

LabelLanguage = Annotated[str, StringConstraints(pattern=LANGUAGE_PATTERN)]

LabelsByLanguage = Annotated[
    dict[LabelLanguage, LineText],
    AfterValidator(_has_city_languages),
    Field(
        max_length=LANGUAGES_MAX,
        json_schema_extra={"required": list(CITY_LANGUAGES), "additionalProperties": False},
        examples=[{"fi": "Saitko apua?", "sv": "Fick du hjälp?", "en": "Did you get help?"}],
    ),
]
"""Language tag (BCP 47, such as ``fi``, ``smn`` or ``zh-Hans``) to words."""

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


class ConditionFields(RequestModel):
    """When a follow-up question is asked."""

    question: QuestionCode = Field(description="A question before it.", examples=["mood"])
    values: list[StrictBool | StrictInt | OptionCode] = Field(
        min_length=1,
        max_length=OPTIONS_MAX,
        description="The answers after which it is asked, as a response gives them; of a multiple choice, any of them.",
        examples=[["unhappy", "very_unhappy"]],
    )


class QuestionCreate(RequestModel):
    """A question of a new version. The code of an earlier version's question makes it the same question."""

    code: QuestionCode
    kind: QuestionKind
    purpose: QuestionPurpose = QuestionPurpose.OTHER
    labels: LabelsByLanguage
    scale_steps: int | None = Field(
        default=None, description="Of scales only: how many steps, evenly placed on 0-100; 100 divides by one less."
    )
    is_required: Flag = Field(default=False, description="Of a follow-up: of those who are asked it.")
    options: list[OptionCreate] = Field(default_factory=list, max_length=OPTIONS_MAX)
    shown_when: ConditionFields | None = Field(default=None, description="Of follow-ups only: when it is asked.")
    question_set: Code | None = Field(
        default=None,
        description="The set of questions it was taken from, with its edition; null of a question of its own.",
        examples=["example-national-1"],
    )
    replaces: QuestionCode | None = Field(
        default=None, description="The question of an earlier version that it follows without being comparable with it."
    )
    change_note: LineText | None = Field(
        default=None, description="Why its answers stay comparable although its words differ from the version before."
    )

    def draft(self) -> QuestionDraft:
        """The question as the rules take it."""
        condition = self.shown_when
        return QuestionDraft(
            code=self.code,
            kind=self.kind,
            purpose=self.purpose,
            labels=self.labels,
            scale_steps=self.scale_steps,
            is_required=self.is_required,
            options=tuple(OptionDraft(option.code, option.number, option.labels) for option in self.options),
            shown_when=Condition(condition.question, tuple(condition.values)) if condition else None,
            question_set=self.question_set,
            replaces=self.replaces,
            change_note=self.change_note,
        )


_QUESTIONS_EXAMPLE = [
    {
        "code": "satisfaction",
        "kind": "scale",
        "purpose": "satisfaction",
        "labels": {
            "fi": "Kuinka tyytyväinen olit chattiin?",
            "sv": "Hur nöjd var du med chatten?",
            "en": "How satisfied were you with the chat?",
        },
        "scale_steps": 5,
        "is_required": True,
    },
    {
        "code": "reason",
        "kind": "single_choice",
        "labels": {"fi": "Mikä ei onnistunut?", "sv": "Vad gick fel?", "en": "What went wrong?"},
        "options": [
            {"code": "waiting", "labels": {"fi": "Odotus", "sv": "Väntan", "en": "Waiting"}},
            {"code": "other", "labels": {"fi": "Muu", "sv": "Annat", "en": "Other"}},
        ],
        "shown_when": {"question": "satisfaction", "values": [0, 25]},
    },
]


class QuestionsFields(RequestModel):
    """The questions of a version."""

    questions: list[QuestionCreate] = Field(min_length=1, max_length=QUESTIONS_MAX, examples=[_QUESTIONS_EXAMPLE])


class VersionCreate(QuestionsFields):
    """The questions of a survey's next version."""

    is_draft: Flag = Field(default=False, description="To be published later: seen and answered by nobody until then.")


class SurveyFields(VersionCreate):
    """What a survey says of itself, with the questions of a version."""

    kind: SurveyKind
    names: LabelsByLanguage
    unit: Code = Field(description="The unit the survey is about, by code.", examples=["oral-health"])
    collection_mode: CollectionMode = Field(description="How answers are given unless a response says otherwise.")
    respondent_role: RespondentRole = Field(
        default=RespondentRole.CLIENT,
        description="Who is asked: `client` from 13 years, `child` of 7-12; each role has surveys of its own.",
    )
    opens_at: PlannedInstant
    closes_at: PlannedInstant | None = None
    allows_several_per_interaction: Flag = Field(
        default=False, description="Whether one interaction, such as a chat, may be answered several times."
    )
    widget_sends_partial: Flag = Field(
        default=False,
        description="Whether the widget sends what a visitor has chosen when they leave the page without sending, and "
        "tells them so. Texts they wrote are never sent so.",
    )
    is_demonstration: Flag = Field(default=False, description="Made-up answers, marked so wherever they are shown.")
    allowed_origins: AllowedOrigins = None


class AllowedOriginsReplace(RequestModel):
    """Whose pages may show and answer a survey from now on."""

    allowed_origins: AllowedOrigins


class SurveyCreate(SurveyFields):
    """A new survey with its first version."""

    code: SurveyCode


class SurveyChange(RequestModel):
    """What may change of a survey; a field that is left out stays as it is."""

    names: LabelsByLanguage | SkipJsonSchema[None] = None
    opens_at: PlannedInstant | SkipJsonSchema[None] = None
    closes_at: PlannedInstant | None = Field(default=None, description="Null: open until further notice.")
    allows_several_per_interaction: Flag | SkipJsonSchema[None] = None
    widget_sends_partial: Flag | SkipJsonSchema[None] = None


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


class ConditionRead(ResponseModel):
    """When a follow-up question is asked: after any of ``values`` to ``question``."""

    question: str
    values: list[bool | int | str]


class QuestionRead(ResponseModel):
    """A question of a version."""

    code: str
    kind: QuestionKind
    purpose: QuestionPurpose
    labels: dict[str, str]
    scale_steps: int | None
    is_required: bool
    options: list[OptionRead]
    shown_when: ConditionRead | None = Field(description="Of a follow-up: show it only after these answers.")
    question_set: str | None
    replaces: str | None
    change_note: str | None

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
            shown_when=_condition_read(question.shown_when),
            question_set=question.question_set,
            replaces=question.replaces,
            change_note=question.change_note,
        )


def _condition_read(condition: Condition | None) -> ConditionRead | None:
    return ConditionRead(question=condition.question, values=list(condition.values)) if condition else None


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
    respondent_role: RespondentRole
    allows_several_per_interaction: bool
    widget_sends_partial: bool
    newest_version: int | None = Field(description="The version to answer; null while none is published.")

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
            is_open=survey.is_published and survey.is_open(at),
            is_demonstration=survey.is_demonstration,
            allowed_origins=None if survey.allowed_origins is None else list(survey.allowed_origins),
            respondent_role=survey.respondent_role,
            allows_several_per_interaction=survey.allows_several_per_interaction,
            widget_sends_partial=survey.widget_sends_partial,
            newest_version=survey.newest.number if survey.is_published else None,
        )


class SurveyRead(SurveySummary):
    """A survey with the questions of one of its versions."""

    version: int
    published_at: datetime | None = Field(description="Null of a draft.")
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

    @classmethod
    def of_latest(cls, survey: SurveyDefinition, at: datetime) -> "SurveyRead":
        """With the draft's questions, or without a draft those of the newest version."""
        return cls.of_version(survey, survey.draft or survey.newest, at)


class SurveyPage(ResponseModel):
    """Surveys by code."""

    items: list[SurveySummary]
    next: str | None = Field(description="Always null: surveys are few, and all are in one answer.")


class VersionPage(ResponseModel):
    """All versions of a survey, the oldest first, a draft at the end."""

    items: list[SurveyRead]
    next: str | None = Field(description="Always null: versions are few, and all are in one answer.")


class Outcome(StrEnum):
    """What became, or would become, of a survey that was sent as a whole."""

    CREATED = "created"
    NEW_VERSION = "new_version"
    NEW_DRAFT = "new_draft"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class SurveyOutcome(ResponseModel):
    """What became of the survey; `changed`: of its names, times or rules only."""

    code: str
    outcome: Outcome
    version: int = Field(description="The version that holds the questions sent.")

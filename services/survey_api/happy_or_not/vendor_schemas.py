"""What is read of the vendor's answers. Unknown properties are ignored: they may come without a new version.

Nothing here names a person, an address, an age or a gender: what is not declared is never read.
"""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field


def _text_of(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


VendorId = Annotated[
    str, BeforeValidator(_text_of), Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_.-]*[A-Za-z0-9_-]$")
]
"""A number in v2, a word in v1; a text with us. It may become part of a path, and nothing in it means more there."""


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


Lower = Annotated[str, BeforeValidator(_lower)]


class TokenInfo(BaseModel):
    """``token/introspect``."""

    scopes: list[str] = []


class ExperiencePoint(BaseModel):
    """A row of ``experience-points``."""

    id: VendorId = Field(validation_alias="experiencePointId")
    name: str | None = None
    parent: VendorId | None = None
    type: str | None = None

    @property
    def is_group(self) -> bool:
        """Whether it holds points instead of being one."""
        return self.type is not None and self.type.upper() == "GROUP"


class VendorSurvey(BaseModel):
    """A row of ``surveys``."""

    id: VendorId = Field(validation_alias="surveyId")
    question_id: VendorId | None = Field(default=None, validation_alias="questionId")
    question: str | None = Field(default=None, validation_alias="questionTextInDefaultLocale")
    scale: Lower | None = Field(default=None, validation_alias="feedbackScale")
    index_type: str | None = Field(default=None, validation_alias="indexType")
    state: Lower | None = None


class VendorQuestion(BaseModel):
    """A row of ``questions``."""

    id: VendorId = Field(validation_alias="questionId")
    text: str | None = Field(default=None, validation_alias="questionTextInDefaultLocale")


class FollowUpQuestion(BaseModel):
    """A row of ``follow-up-questions``."""

    id: VendorId = Field(validation_alias="followupQuestionId")
    survey_id: VendorId | None = Field(default=None, validation_alias="surveyId")
    is_positive: bool | None = Field(default=None, validation_alias="positive")


class FollowUpOption(BaseModel):
    """A row of ``follow-up-options``."""

    id: VendorId = Field(validation_alias="followupOptionId")
    question_id: VendorId = Field(validation_alias="followupQuestionId")
    text: str | None = Field(default=None, validation_alias="optionTextInDefaultLocale")


class FeedbackRow(BaseModel):
    """What all rows of ``results`` have in common."""

    feedback_id: UUID = Field(validation_alias="feedbackId")
    survey_id: VendorId = Field(validation_alias="surveyId")
    point_id: VendorId = Field(validation_alias="experiencePointId")
    local_time: str = Field(validation_alias="localTime", max_length=40)
    button_index: int = Field(validation_alias="buttonIndex", ge=0, le=10)
    is_misuse: bool = Field(default=False, validation_alias="misuse")


class ButtonRow(FeedbackRow):
    """A row of ``results/button-feedbacks``."""

    ui: Lower | None = None


class FollowUpRow(FeedbackRow):
    """A row of ``results/follow-up-feedbacks``; no option where the giver left or ran out of time."""

    option_id: VendorId | None = Field(default=None, validation_alias="followupOptionId")


class TextRow(FeedbackRow):
    """A row of ``results/text-feedbacks``."""

    position: int = Field(default=0, ge=0, le=1000)
    text: str | None = None
    is_spam: bool = Field(default=False, validation_alias="spam")


class Folder(BaseModel):
    """A folder of v1, with what is below it."""

    key: VendorId
    name: str | None = None
    folders: list["Folder"] = []
    surveys: list["FolderSurvey"] = []


class V1Question(BaseModel):
    """The question of a survey of v1."""

    name: str | None = None


class FolderSurvey(BaseModel):
    """A survey of v1: one question at one folder."""

    key: VendorId
    question: V1Question | None = None
    scale: Lower | None = Field(default=None, validation_alias="feedbackScale")
    index_type: str | None = Field(default=None, validation_alias="indexType")
    time_zone: str | None = Field(default=None, validation_alias="timeZone")


Count = Annotated[int, Field(ge=0, le=1_000_000)]
"""Presses of one button in an hour; the bound is a broken answer's, as nobody presses so fast."""


class HourRow(BaseModel):
    """A row of a v1 survey's ``results``: how often each button was pressed in the hour that begins at ``ts``."""

    starts_at: str = Field(validation_alias="ts", max_length=40)
    counts: list[Count] = Field(validation_alias="data", min_length=2, max_length=11)


class PressRow(BaseModel):
    """A row of a v1 survey's ``rawresults``, of which the text is left where it is."""

    at: str = Field(validation_alias="ts", max_length=40)
    button_index: int | None = Field(default=None, validation_alias="r", ge=0, le=10)

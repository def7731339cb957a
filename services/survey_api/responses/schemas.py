"""Responses on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, PlainValidator, StringConstraints, WithJsonSchema, model_validator

from services.shared.personal_data import CONTACT_FIELD, NUMBER_FIELD, mask_fields
from services.shared.reasons import told_of
from services.shared.schemas import (
    LANGUAGE_PATTERN,
    Code,
    DatedInstant,
    EmailAddress,
    Flag,
    LineText,
    PastInstant,
    RequestModel,
    ResponseModel,
)
from services.shared.tables.surveys import CollectionMode, MisuseReason, TimePrecision
from services.survey_api.surveys.definitions import Answer
from services.survey_api.surveys.schemas import VERSION_MAX

ANSWERS_MAX = 200
"""Twice the questions a version may have: enough to name the wrong ones, and no more."""

BUTTON_MAX = 10
"""The last of the eleven buttons of the longest scale, 0-10."""

LANGUAGES = {"fi", "sv", "en"}
"""The languages the city answers in; others are kept as given, and handed over as ``other``."""


def _answer(value: object) -> Answer:
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return _unicode(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return [_unicode(item) for item in value]
    raise ValueError(
        "is neither a number, a text, true, false nor a list of option codes; leave the question out if not answered"
    )


def _unicode(value: str) -> str:
    # JSON can escape halves of surrogate pairs, which are no characters and cannot be stored.
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError("holds characters that are not valid Unicode; send valid UTF-8") from error
    return value


AnswerValue = Annotated[
    Any,
    PlainValidator(_answer),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number"},
                {"type": "boolean"},
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}},
            ]
        }
    ),
]

_ANSWERED_PATTERN = told_of(
    f"{LANGUAGE_PATTERN}|^other$", "is not a language tag; give one of BCP 47, such as fi, sv, smn or zh-Hans, or other"
)

LanguageCode = Annotated[str, StringConstraints(pattern=_ANSWERED_PATTERN)]

InteractionId = Annotated[LineText, Field(description="The visit, call or chat the answers are about, by its id.")]


class ResponseFields(RequestModel):
    """What a response says, however it comes."""

    version: int | None = Field(
        default=None,
        ge=1,
        le=VERSION_MAX,
        description="The survey version answered; by default the newest when the answers were given.",
    )
    service_point: Code | None = Field(
        default=None,
        description="The unit the answers are about, by code; by default the survey's own.",
        examples=["ruskeasuo-dental-clinic"],
    )
    collection_mode: CollectionMode | None = Field(default=None, description="By default the survey's own.")
    language: LanguageCode | None = Field(default=None, examples=["fi"])
    interaction_id: InteractionId | None = None
    answers: dict[Code, AnswerValue] = Field(
        max_length=ANSWERS_MAX,
        description="Question code to answer. scale: the 0-100 value of one of its steps; smileys: `very_happy`, "
        "`happy`, `neutral` (of five), `unhappy`, `very_unhappy`; single_choice: an option's code; multiple_choice: "
        "a list of them; yes_no: true or false; grade: 4-10; nps: 0-10; text: a text, with personal data masked.",
        examples=[{"satisfaction": 75, "topic": "booking"}],
    )
    complete: Flag = Field(
        default=True,
        description="False: more answers may follow. They are counted as they come; send all answers again, with the "
        "same `id`, until the response is complete.",
    )

    @model_validator(mode="after")
    def _mask_interaction(self) -> Self:
        mask_fields(self, {"interaction_id": NUMBER_FIELD})
        return self


class ResponseCreate(ResponseFields):
    """One respondent's answers."""

    id: UUID | None = Field(
        default=None, description="An id of your own (a UUID), new for each response: sending it again changes nothing."
    )
    given_at: PastInstant | None = Field(default=None, description="When it was answered; now, if not given.")
    please_handle: Flag = Field(
        default=False, description="The respondent wants the written comments handled as feedback."
    )
    contact_name: LineText | None = None
    contact_email: EmailAddress | None = Field(default=None, description="Where the respondent wants an answer.")

    @model_validator(mode="after")
    def _partial_has_id(self) -> Self:
        if not self.complete and self.id is None:
            raise ValueError("complete is false, so give an id of your own (a UUID) to complete the response by")
        return self

    @model_validator(mode="after")
    def _partial_is_not_handled(self) -> Self:
        if not self.complete and self.please_handle:
            raise ValueError("please_handle goes with the last answers; set it when complete is true")
        return self

    @model_validator(mode="after")
    def _mask_contact(self) -> Self:
        mask_fields(self, {"contact_name": CONTACT_FIELD, "contact_email": CONTACT_FIELD})
        return self

    @model_validator(mode="after")
    def _contact_is_for_handling(self) -> "ResponseCreate":
        if not self.please_handle and (self.contact_name or self.contact_email):
            raise ValueError(
                "contact_name and contact_email are for comments to be handled; "
                "set please_handle to true, or leave them out"
            )
        return self


class Misuse(RequestModel):
    """The sender's own judgement that an answer is no honest one."""

    reason: Literal[MisuseReason.VENDOR_FLAG] = Field(description="Why the sender judges so.")


_SOURCE_PATTERN = told_of(
    r"^[a-z0-9][a-z0-9_]*$", "is not a code; give small letters, digits and _, such as happy_or_not"
)

SourceCode = Annotated[Code, StringConstraints(pattern=_SOURCE_PATTERN)]
"""The name of another system."""


class ResponseLine(ResponseFields):
    """One line of an import: from a person, from a device of ours, or from a point of another system."""

    survey: Code | None = Field(
        default=None, description="The survey's code; a device and a mapped point bring their own if not given."
    )
    id: UUID
    given_at: DatedInstant
    answers: dict[Code, AnswerValue] = Field(default_factory=dict, max_length=ANSWERS_MAX)
    button: int | None = Field(
        default=None,
        ge=0,
        le=BUTTON_MAX,
        description="Instead of `answers`: the button pressed, 0 the most negative, answering the survey's question "
        "on satisfaction.",
    )
    device: Code | None = Field(
        default=None, description="The registered device it came from, which gives the service point."
    )
    source: SourceCode | None = Field(
        default=None, description="The other system it came from.", examples=["happy_or_not"]
    )
    source_point: LineText | None = Field(
        default=None, description="That system's key of the place, which a reviewed mapping turns into a service point."
    )
    misuse: Misuse | None = Field(default=None, description="The sender's judgement; may be changed by sending again.")
    precision: TimePrecision = Field(
        default=TimePrecision.SECOND, description="How exactly `given_at` is known; of an hour, its beginning."
    )

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.source_point is not None and self.source is None:
            raise ValueError("source_point needs its source; name the system the point belongs to")
        if self.button is not None and self.answers:
            raise ValueError("button stands for answers; send one of them")
        if self.service_point is not None and (self.device or self.source_point):
            raise ValueError("service_point follows from device and source_point; leave it out")
        return self


class ResponseCreated(ResponseModel):
    """The response's id: the client's own, or the one it was given."""

    id: UUID


class ResponseRead(ResponseModel):
    """A response without its texts: a text question that was answered shows as `true`."""

    id: UUID
    survey: str
    version: int
    service_point: str
    collection_mode: CollectionMode
    given_at: datetime
    given_on: date = Field(description="The city's calendar day of `given_at`.")
    recorded_at: datetime
    language: str | None
    interaction_id: str | None
    answers: dict[str, AnswerValue]
    device: str | None
    source: str | None
    source_point: str | None
    precision: TimePrecision
    source_misuse: MisuseReason | None = Field(description="Judged misuse by its sender, and so in no figure.")
    misuse: MisuseReason | None = Field(description="Judged misuse by our rule, and so in no figure.")
    complete: bool = Field(description="Whether its respondent came to the end.")


class ResponsePage(ResponseModel):
    """Responses in the order they were recorded."""

    items: list[ResponseRead]
    next: str | None

"""Requests and answers about written feedback."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, PrivateAttr, model_validator

from services.feedback_api.deadlines.schemas import DeadlinePublic
from services.shared.personal_data import CONTACT_FIELD, EVERYTHING, NUMBER_FIELD, PersonalData, mask_fields
from services.shared.schemas import Code, FreeText, LineText, PastInstant, RequestModel, ResponseModel
from services.shared.tables.feedback import FeedbackEventKind, FeedbackState

Language = Literal["fi", "sv", "en", "other"]
"""The language a piece of feedback is written in."""

MASKED_FIELDS = {
    "text": EVERYTHING,
    "title": EVERYTHING,
    "sender_name": CONTACT_FIELD,
    "sender_email": CONTACT_FIELD,
    "sender_phone": NUMBER_FIELD,
}
"""What is masked where: contact fields keep what they ask for."""


class FeedbackFields(RequestModel):
    """What every piece of feedback has, however it comes. Personal data is masked as it is read."""

    text: FreeText = Field(description="What the resident says.", examples=["Ajanvaraus toimi hyvin, kiitos!"])
    type: Code = Field(default="other", description="A feedback type of the catalogue, or its alias.")
    topic: Code | None = Field(default=None, description="A topic of the catalogue; staff classify the rest.")
    unit: Code | None = Field(default=None, description="The unit it is about; without one, the whole city.")
    channel: Code = Field(default="web_form", description="A channel of the catalogue.")
    language: Language = "fi"
    title: LineText | None = None
    sender_name: LineText | None = None
    sender_email: Annotated[LineText, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] | None = Field(
        default=None, description="Where a reply is sent, if one is wanted.", examples=["asukas@example.org"]
    )
    sender_phone: LineText | None = None
    reply_wanted: bool = False

    _masked: tuple[PersonalData, ...] = PrivateAttr(default=())

    @property
    def masked(self) -> tuple[PersonalData, ...]:
        """The kinds of personal data that were masked."""
        return self._masked

    @model_validator(mode="after")
    def _mask_personal_data(self) -> Self:
        self._masked = mask_fields(self, MASKED_FIELDS)
        return self


class FeedbackCreate(FeedbackFields):
    """A piece of feedback as a form sends it."""

    received_at: PastInstant | None = Field(
        default=None,
        description="When it came, for feedback keyed in from paper or telephone. Needs a key with `feedback:handle`.",
    )


class FeedbackReceipt(ResponseModel):
    """The answer to a sender."""

    id: UUID
    receipt: str = Field(description="Keep it: it shows the state of the feedback.", examples=["7KQ2-XN4M-PWDA-9ZRT"])
    status_url: str = Field(description="Where the receipt shows the state.")
    received_at: datetime
    masked: list[PersonalData] = Field(
        description="Kinds of personal data that were masked before storing: a word in brackets stands in their place. "
        "`henkilotunnus_unsure` is what looks like a personal identity code but fails its check.",
        examples=[["henkilotunnus", "email"]],
    )
    duplicate_of: UUID | None = Field(description="The earlier item this repeats. Always null in this version.")


class EventFields(RequestModel):
    """What an event may carry; which fields its kind takes is told when one is wrong."""

    kind: Literal[
        FeedbackEventKind.CLASSIFIED,
        FeedbackEventKind.ASSIGNED,
        FeedbackEventKind.TRANSFERRED,
        FeedbackEventKind.INTERIM_ANSWERED,
        FeedbackEventKind.ANSWERED,
        FeedbackEventKind.CLOSED,
        FeedbackEventKind.REJECTED,
        FeedbackEventKind.REOPENED,
    ]
    unit: Code | None = Field(default=None, description="assigned, transferred inside: the unit that goes on.")
    type: Code | None = Field(default=None, description="classified: the feedback type.")
    topic: Code | None = Field(default=None, description="classified: the topic.")
    recipient: LineText | None = Field(default=None, description="transferred outside: who received it.")
    note: FreeText | None = Field(
        default=None, description="The answer's text, or an internal note. Personal data in it is masked."
    )

    @model_validator(mode="after")
    def _mask_personal_data(self) -> Self:
        mask_fields(self, {"note": EVERYTHING, "recipient": CONTACT_FIELD})
        return self


class EventCreate(EventFields):
    """Something that happened to an item."""

    occurred_at: PastInstant | None = Field(default=None, description="When it happened; now, if not given.")
    themes: list[Code] | None = Field(
        default=None, max_length=50, description="classified: exactly the themes it belongs to, by a person's word."
    )


class ImportedEvent(EventFields):
    """An event of an imported item."""

    occurred_at: PastInstant


class FeedbackImportLine(FeedbackFields):
    """One line of an import: an item of another system with everything that happened to it."""

    source: Code = Field(description="The system it comes from.", examples=["open311"])
    reference: LineText = Field(description="The item's id there; with the source it identifies the item.")
    received_at: PastInstant
    events: list[ImportedEvent] = Field(default_factory=list, max_length=1000)


class FeedbackSummary(ResponseModel):
    """The facts of an item."""

    id: UUID
    source: str
    source_reference: str | None
    received_at: datetime
    recorded_at: datetime
    updated_at: datetime
    channel: str
    unit: str
    type: str
    topic: str | None
    language: str
    reply_wanted: bool
    state: FeedbackState
    reacted_at: datetime | None
    handled_at: datetime | None
    deadline: DeadlinePublic | None = Field(description="Null where no deadline policy applies.")
    themes: list[str]


class FeedbackEventPublic(ResponseModel):
    """An event of an item."""

    id: UUID
    sequence: int
    kind: FeedbackEventKind
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    unit: str | None
    type: str | None
    topic: str | None
    recipient: str | None
    note: str | None


class FeedbackContentPublic(ResponseModel):
    """What the resident wrote; null in the detail once erased."""

    title: str | None
    text: str
    sender_name: str | None
    sender_email: str | None
    sender_phone: str | None


class FeedbackDetail(FeedbackSummary):
    """An item with its content and events."""

    receipt: str
    content: FeedbackContentPublic | None
    events: list[FeedbackEventPublic]


class FeedbackPage(ResponseModel):
    """A page of items, in the order they were last changed."""

    items: list[FeedbackSummary]
    next: str | None = Field(description="The cursor of the next page; null at the end.")


class EventRecorded(ResponseModel):
    """An event that was added, and where the item stands after it."""

    event_id: UUID
    feedback: FeedbackSummary

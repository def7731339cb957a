"""Requests and answers about written feedback."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, model_validator

from services.feedback_api.deadlines.schemas import DeadlinePublic
from services.feedback_api.gate.signs import Matter
from services.feedback_api.mail.queue import MailOutcome
from services.shared.personal_data import CONTACT_FIELD, EVERYTHING, NUMBER_FIELD, PersonalData, mask, mask_fields
from services.shared.schemas import (
    LINE_MAX_LENGTH,
    Code,
    EmailAddress,
    Flag,
    FreeText,
    LineText,
    PastInstant,
    RequestModel,
    ResponseModel,
)
from services.shared.settings import get_settings
from services.shared.tables.feedback import FeedbackEventKind, FeedbackState, Hold

Language = Literal["fi", "sv", "en", "other"]
"""The language a piece of feedback is written in."""

ATTRIBUTES_MAX = 50
"""Most further answers of a form; a service definition has a handful."""

ATTRIBUTE_VALUES_MAX = 50
"""Most values of one answer that takes several."""


def _text_or_texts(value: object) -> object:
    values = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]
    if len(values) < (len(value) if isinstance(value, list) else 1):
        raise ValueError("give a text, or a list of texts where several were chosen")
    if len(values) > ATTRIBUTE_VALUES_MAX:
        raise ValueError(f"has {len(values)} values; the limit is {ATTRIBUTE_VALUES_MAX}")
    if any(len(one) > LINE_MAX_LENGTH or "\x00" in one for one in values):
        raise ValueError(f"shorten each text to {LINE_MAX_LENGTH} characters, none of them NUL")
    return value


Attributes = Annotated[
    dict[Code, Annotated[str | list[str], BeforeValidator(_text_or_texts)]], Field(max_length=ATTRIBUTES_MAX)
]
"""A form's further answers, by their code; a list where several may be chosen."""


class StaffHoldReason(StrEnum):
    """Why staff keep an item apart: it is one of the matters that are not feedback, or something else they saw."""

    OBJECTION = "objection"
    COMPLAINT_TO_AUTHORITY = "complaint_to_authority"
    RECTIFICATION_CLAIM = "rectification_claim"
    DAMAGES_CLAIM = "damages_claim"
    STAFF = "staff"


MASKED_FIELDS = {
    "text": EVERYTHING,
    "title": EVERYTHING,
    "sender_name": CONTACT_FIELD,
    "sender_email": CONTACT_FIELD,
    "sender_phone": NUMBER_FIELD,
}
"""What is masked where: contact fields keep what they ask for."""


class Location(RequestModel):
    """Where it was: a point, an address, or both."""

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = Field(
        default=None, description="WGS84 degrees; needs the longitude."
    )
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = Field(
        default=None, description="WGS84 degrees; needs the latitude."
    )
    address: LineText | None = None
    address_id: LineText | None = None
    zip_code: Annotated[LineText, Field(max_length=20)] | None = None

    _masked: tuple[PersonalData, ...] = PrivateAttr(default=())

    @property
    def masked(self) -> tuple[PersonalData, ...]:
        """The kinds of personal data that were masked."""
        return self._masked

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("give latitude and longitude together, or neither")
        self._masked = mask_fields(self, {"address": CONTACT_FIELD, "address_id": CONTACT_FIELD})
        return self


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
    sender_email: EmailAddress | None = Field(
        default=None, description="Where a reply is sent, if one is wanted.", examples=["asukas@example.org"]
    )
    sender_phone: LineText | None = None
    reply_wanted: Flag = False
    location: Location | None = None
    attributes: Attributes | None = Field(default=None, description="Further answers of the form, by their code.")

    _masked: tuple[PersonalData, ...] = PrivateAttr(default=())

    @property
    def masked(self) -> tuple[PersonalData, ...]:
        """The kinds of personal data that were masked."""
        return self._masked

    @model_validator(mode="after")
    def _mask_personal_data(self) -> Self:
        found = {*mask_fields(self, MASKED_FIELDS), *self._mask_attributes()}
        if self.location is not None:
            found.update(self.location.masked)
        self._masked = tuple(kind for kind in PersonalData if kind in found)
        return self

    def _mask_attributes(self) -> set[PersonalData]:
        found: set[PersonalData] = set()

        def masked(value: str) -> str:
            result = mask(value, EVERYTHING)
            found.update(result.kinds)
            return result.text

        if self.attributes is not None:
            self.attributes = {
                code: masked(value) if isinstance(value, str) else [masked(one) for one in value]
                for code, value in self.attributes.items()
            }
        return found


class FeedbackCreate(FeedbackFields):
    """A piece of feedback as a form sends it."""

    received_at: PastInstant | None = Field(
        default=None,
        description="When it came, for feedback keyed in from paper or telephone. Needs a key with `feedback:handle`.",
    )
    publication_permitted: Flag = Field(
        default=False,
        description="Whether the sender lets it be published, once a moderator has read it; they may take it back.",
    )
    sender_identified: Flag = Field(
        default=False,
        description="Whether the sender signed in with strong identification; only a key with `feedback:send` may say.",
    )
    form_token: Annotated[str, Field(max_length=500)] | None = Field(
        default=None, description="Of `GET /v1/form-token`: tells how long the form was open."
    )
    proof_of_work: Annotated[str, Field(max_length=2000)] | None = Field(
        default=None, description="The solved challenge of `GET /v1/challenge`, as an ALTCHA widget sends it."
    )
    website: Annotated[str, Field(max_length=2000)] | None = Field(
        default=None, description="Leave it empty: a field that people do not see, so only robots fill it."
    )


class BelongsElsewhere(ResponseModel):
    """What a matter that is not feedback looks like, and where it belongs."""

    matter: Matter
    words: dict[str, str] = Field(description="What to tell the sender, by language: fi, sv, en.")


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
    duplicate_of: UUID | None = Field(
        description="The item of a short time ago that says the same; this one is kept apart and counts in no figure."
    )
    belongs_elsewhere: BelongsElsewhere | None = Field(
        description="Set where it looks like a matter that is not feedback, such as an objection: it is kept apart "
        "until staff have read it."
    )


HandlingKind = Literal[
    FeedbackEventKind.CLASSIFIED,
    FeedbackEventKind.ASSIGNED,
    FeedbackEventKind.TRANSFERRED,
    FeedbackEventKind.INTERIM_ANSWERED,
    FeedbackEventKind.ANSWERED,
    FeedbackEventKind.CLOSED,
    FeedbackEventKind.REJECTED,
    FeedbackEventKind.REOPENED,
]
"""What moves an item on, here or in another system."""

StaffKind = Literal[
    HandlingKind,
    FeedbackEventKind.HELD,
    FeedbackEventKind.RELEASED,
    FeedbackEventKind.CONFIRMED,
    FeedbackEventKind.NOTED,
]
"""What staff may record. A sender's later word comes by its own way."""


class EventFields(RequestModel):
    """What an event may carry; which fields its kind takes is told when one is wrong."""

    kind: FeedbackEventKind
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

    kind: StaffKind
    hold: Hold | None = Field(default=None, description="held: as what it is kept apart.")
    hold_reason: StaffHoldReason | None = Field(default=None, description="held: why.")
    is_sensitive: Flag = Field(
        default=False,
        description="answered, interim_answered: the answer tells of the sender's private matters. It is neither "
        "mailed nor shown with the receipt, and refused where the sender is not identified.",
    )
    occurred_at: PastInstant | None = Field(default=None, description="When it happened; now, if not given.")
    themes: list[Code] | None = Field(
        default=None, max_length=50, description="classified: exactly the themes it belongs to, by a person's word."
    )


def _few_enough(ids: list[UUID]) -> list[UUID]:
    limit = get_settings().bulk_events_max
    if len(ids) > limit:
        raise ValueError(f"names {len(ids)} items; the limit is {limit}, send several requests")
    return list(dict.fromkeys(ids))


class BulkEventCreate(EventCreate):
    """The same thing that happened to many items."""

    feedback_ids: Annotated[list[UUID], AfterValidator(_few_enough)] = Field(
        min_length=1, description="The items, each once; up to the setting `bulk_events_max`."
    )


class ImportedEvent(EventFields):
    """An event of an imported item."""

    kind: HandlingKind
    occurred_at: PastInstant


class FeedbackImportLine(FeedbackFields):
    """One line of an import: an item of another system with everything that happened to it."""

    source: Code = Field(description="The system it comes from.", examples=["open311"])
    reference: LineText = Field(description="The item's id there; with the source it identifies the item.")
    received_at: PastInstant
    publication_permitted: Flag = Field(
        default=False,
        description="Whether the sender lets it be published. Only a new item's counts: a repeated line gives back no "
        "permission that the sender has withdrawn here.",
    )
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
    hold: Hold | None = Field(description="Set while it is kept apart: it counts in no figure.")
    hold_reason: str | None
    hold_confirmed_at: datetime | None
    sender_identified: bool
    publication_permitted: bool = Field(description="Whether its sender lets it be published; false once withdrawn.")
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
    hold: Hold | None
    hold_reason: str | None
    is_sensitive: bool
    note: str | None


class FeedbackContentPublic(ResponseModel):
    """What the resident wrote; null in the detail once erased."""

    title: str | None
    text: str
    sender_name: str | None
    sender_email: str | None
    sender_phone: str | None
    latitude: float | None
    longitude: float | None
    address: str | None
    address_id: str | None
    zip_code: str | None
    attributes: dict[str, str | list[str]] | None


class FeedbackDetail(FeedbackSummary):
    """An item with its content and events."""

    receipt: str
    content: FeedbackContentPublic | None
    events: list[FeedbackEventPublic]


class FeedbackPage(ResponseModel):
    """A page of items, in the order they were last changed."""

    items: list[FeedbackSummary]
    next: str | None = Field(description="The cursor of the next page; null at the end.")


class BulkEventResult(ResponseModel):
    """What became of one item. ``code`` and ``reason`` are those of the problem that a single event would have had."""

    feedback_id: UUID
    status: Literal["recorded", "refused"]
    event_id: UUID | None
    code: str | None
    reason: str | None


class BulkEventsRecorded(ResponseModel):
    """What became of each item, in the order they were named."""

    recorded: int
    refused: int
    results: list[BulkEventResult]


class EventRecorded(ResponseModel):
    """An event that was added, and where the item stands after it."""

    event_id: UUID
    feedback: FeedbackSummary
    mail: MailOutcome | None = Field(description="What becomes of an answer by mail; null for other events.")

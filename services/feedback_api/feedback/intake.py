"""Intake: a submission becomes facts, content and the first event in one transaction.

What looks like spam, like a claim that is no feedback, or comes twice is stored like all else, but kept apart: an event
says why, and no figure counts it until a person releases it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.deadlines import service as deadlines
from services.feedback_api.feedback import lifecycle, repository
from services.feedback_api.feedback.lifecycle import Happening, Standing
from services.feedback_api.feedback.repository import NewRows
from services.feedback_api.feedback.schemas import FeedbackCreate, FeedbackFields, Location
from services.feedback_api.feedback.screening import (
    DUPLICATE_REASON,
    SCREENING,
    Held,
    Screening,
    fingerprint_of_submission,
)
from services.feedback_api.gate.signs import Matter
from services.feedback_api.spam.repository import remember_fingerprint
from services.feedback_api.themes import repository as themes
from services.shared.catalogue import Catalogue
from services.shared.client_address import address_block
from services.shared.clock import local_day
from services.shared.identifiers import new_receipt, new_uuid
from services.shared.problems import ForbiddenProblem
from services.shared.scopes import Scope
from services.shared.security import Principal
from services.shared.settings import Settings
from services.shared.tables import Feedback
from services.shared.tables.feedback import FeedbackEventKind, Hold

FORM_SOURCE = "form"
"""Source of what came without a key; keyed submissions bear their key's name."""

MAY_DATE = (Scope.FEEDBACK_HANDLE, Scope.SERVICE)
"""Scopes that may say when a piece of feedback was received: staff keying in paper, services handing over."""

MAY_IDENTIFY = (Scope.FEEDBACK_SEND, Scope.SERVICE)
"""Scopes that may say that the sender signed in: the city's own forms."""

TRUSTED = (Scope.FEEDBACK_SEND, Scope.FEEDBACK_HANDLE, Scope.FEEDBACK_IMPORT, Scope.SERVICE)
"""Scopes whose submissions are not looked at for signs of robots."""

REPEATS_ITSELF = (Scope.FEEDBACK_HANDLE, Scope.FEEDBACK_IMPORT, Scope.SERVICE)
"""Scopes that may send the same words again and mean it: staff keying in boxes of "Thank you!", services that have
idempotency keys."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a submission comes from.

    ``sent_from`` is the address block or the key that the same words are looked for from; None where they may repeat.
    """

    source: str
    actor: str
    sent_from: str | None
    may_date: bool
    may_identify: bool
    is_trusted: bool


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a submission: the new item, and what it was found to be."""

    id: UUID
    receipt: str
    received_at: datetime
    topic_code: str | None
    publication_permitted: bool
    duplicate_of: UUID | None
    matter: Matter | None


def origin_of(request: Request, principal: Principal | None) -> Origin:
    """Where the request comes from: a form without a key, or the key's bearer."""

    def has_any(scopes: tuple[Scope, ...]) -> bool:
        return principal is not None and any(principal.has(scope) for scope in scopes)

    name = principal.name if principal else FORM_SOURCE
    sent_from = f"key {principal.key_id}" if principal else address_block(request)
    return Origin(
        source=name,
        actor=name,
        sent_from=None if has_any(REPEATS_ITSELF) else sent_from,
        may_date=has_any(MAY_DATE),
        may_identify=has_any(MAY_IDENTIFY),
        is_trusted=has_any(TRUSTED),
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """A submission found right, ready to be stored. ``held`` says why it is kept apart as it comes, if it is."""

    fields: FeedbackCreate
    origin: Origin
    first: Standing
    held: Held | None
    fingerprint: str | None
    """What it is known by when it comes again; None where it may, or is kept apart already."""


async def submit(
    session: AsyncSession,
    catalogue: Catalogue,
    submission: FeedbackCreate,
    origin: Origin,
    screening: Screening,
    now: datetime,
) -> Accepted:
    """Store a submission; say whether it repeats another one and whether it looks like no feedback."""
    held = await screening.judge(submission, is_trusted=origin.is_trusted, at=now)
    judged = judge(catalogue, submission, origin, screening.settings, held, at=now)
    return await _store(session, catalogue, judged, window=screening.window, at=now)


def judge(
    catalogue: Catalogue,
    submission: FeedbackCreate,
    origin: Origin,
    settings: Settings,
    held: Held | None,
    *,
    at: datetime,
) -> Judged:
    """The submission, ready to be stored; raises a problem for what its sender may not say or what does not exist."""
    _check_rights(submission, origin)
    first = first_standing(catalogue, submission, submission.received_at or at)
    may_repeat = held is not None or origin.sent_from is None or not settings.duplicate_window_minutes
    fingerprint = None if may_repeat else fingerprint_of_submission(settings, submission, origin.sent_from)
    return Judged(submission, origin, first, held, fingerprint)


async def _store(
    session: AsyncSession, catalogue: Catalogue, judged: Judged, *, window: timedelta, at: datetime
) -> Accepted:
    rows = rows_of([judged], at=at)
    await repository.write(session, rows)
    (item,) = rows.facts
    first_id = item["id"]
    if judged.fingerprint is not None:
        first_id = await remember_fingerprint(session, judged.fingerprint, item["id"], at=at, window=window)
    if first_id != item["id"]:
        await _hold_written(session, rows, item, judged.first, at=at)
    await deadlines.keep(session, catalogue, [item], rows.events, at=at)
    await themes.assign(session, [item["id"]], at=at)
    return accepted_of(item, first_id, judged.held)


def rows_of(submissions: Sequence[Judged], *, at: datetime) -> NewRows:
    """The rows of new items; the facts of each are in the submissions' order."""
    rows = NewRows()
    for judged in submissions:
        _add(rows, judged, at=at)
    return rows


def accepted_of(item: Mapping[str, Any], first_id: UUID, held: Held | None) -> Accepted:
    """What became of a submission: ``item`` are its facts, ``first_id`` is the item that it is, or repeats."""
    return Accepted(
        id=item["id"],
        receipt=item["receipt"],
        received_at=item["received_at"],
        topic_code=item["topic_code"],
        publication_permitted=item["publication_permitted"],
        duplicate_of=None if first_id == item["id"] else first_id,
        matter=held.matter if held else None,
    )


def _add(rows: NewRows, judged: Judged, *, at: datetime) -> None:
    fields, origin = judged.fields, judged.origin
    add_new(rows, fields, judged.first, actor=origin.actor, source=origin.source, reference=None, now=at)
    item = rows.facts[-1]
    item["sender_identified"] = fields.sender_identified
    item["publication_permitted"] = fields.publication_permitted
    if judged.held is not None:
        _hold(rows, item, judged.first, judged.held, at=at)


def _check_rights(submission: FeedbackCreate, origin: Origin) -> None:
    if submission.received_at is not None and not origin.may_date:
        raise ForbiddenProblem(
            "received_at may be set only with an API key of scope feedback:handle; leave it out to use the present time"
        )
    if submission.sender_identified and not origin.may_identify:
        raise ForbiddenProblem("sender_identified may be set only with an API key of scope feedback:send; leave it out")


def _hold(rows: NewRows, item: dict[str, Any], first: Standing, held: Held, *, at: datetime) -> None:
    """Keep a new item of ``rows`` apart from its first moment."""
    happening = Happening(FeedbackEventKind.HELD, first.last_event_at, hold=held.hold, hold_reason=held.reason)
    standing = lifecycle.after(first, happening)
    rows.add_event(item["id"], standing.event_count, happening, actor=SCREENING, at=at, note=None)
    item |= repository.standing_values(standing)


async def _hold_written(
    session: AsyncSession, rows: NewRows, item: dict[str, Any], first: Standing, *, at: datetime
) -> None:
    """Keep an item apart that has just been written."""
    events = len(rows.events)
    _hold(rows, item, first, Held(Hold.DUPLICATE, DUPLICATE_REASON, None), at=at)
    late = NewRows(events=rows.events[events:])
    await repository.write(session, late)
    await repository.update_standing(session, item["id"], repository.standing_of(Feedback(**item)), at=at)


def first_standing(catalogue: Catalogue, fields: FeedbackFields, received_at: datetime) -> Standing:
    """Where a new item stands; raises a problem for a code the catalogue does not have on that day."""
    day = local_day(received_at)
    unit = catalogue.resolve_unit(fields.unit, on=day) if fields.unit else catalogue.root_unit
    topic = catalogue.resolve_topic(fields.topic) if fields.topic else None
    catalogue.resolve_channel(fields.channel)
    return lifecycle.at_intake(
        received_at,
        unit_code=unit.code,
        type_code=catalogue.resolve_type(fields.type).code,
        topic_code=topic.code if topic else None,
    )


def add_new(
    rows: NewRows,
    fields: FeedbackFields,
    first: Standing,
    *,
    actor: str,
    source: str,
    reference: str | None,
    now: datetime,
) -> UUID:
    """Add the rows of a new item with its first event, and return its id."""
    feedback_id = new_uuid()
    facts = _facts_of(fields, first) | {"source": source, "source_reference": reference}
    rows.facts.append({"id": feedback_id, "recorded_at": now, "updated_at": now} | facts)
    rows.content.append({"feedback_id": feedback_id} | _content_of(fields))
    received = Happening(
        FeedbackEventKind.RECEIVED, first.last_event_at, first.unit_code, first.type_code, first.topic_code
    )
    rows.add_event(feedback_id, 1, received, actor=actor, at=now, note=None)
    return feedback_id


def _facts_of(fields: FeedbackFields, first: Standing) -> dict[str, Any]:
    received_at = first.last_event_at
    return {
        "receipt": new_receipt(),
        "received_at": received_at,
        "received_on": local_day(received_at),
        "channel_code": fields.channel,
        "language": fields.language,
        "reply_wanted": fields.reply_wanted,
        "sender_identified": False,
        "publication_permitted": False,
        **repository.standing_values(first),
    }


def _content_of(fields: FeedbackFields) -> dict[str, Any]:
    return {
        "title": fields.title,
        "body": fields.text,
        "sender_name": fields.sender_name,
        "sender_email": fields.sender_email,
        "sender_phone": fields.sender_phone,
        **_place_of(fields.location),
        "attributes": orjson.dumps(fields.attributes).decode() if fields.attributes else None,
    }


def _place_of(location: Location | None) -> dict[str, Any]:
    names = ("latitude", "longitude", "address", "address_id", "zip_code")
    return {name: getattr(location, name, None) for name in names}

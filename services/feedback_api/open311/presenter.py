"""Rows to what Open311 shows of them. Words, place and pictures are shown of published items only."""

from collections.abc import Sequence
from datetime import UTC, datetime

from services.feedback_api.deadlines.repository import KnownDeadline
from services.feedback_api.deadlines.rules import due_at_of
from services.feedback_api.feedback.lifecycle import HANDLED, OPEN
from services.feedback_api.open311.repository import PublicItem
from services.feedback_api.open311.schemas import (
    Attribute,
    AttributeValue,
    ExtendedAttributes,
    RequestUpdate,
    ServiceDefinition,
    ServicePublic,
    ServiceRequest,
    Task,
)
from services.shared.catalogue import Catalogue
from services.shared.tables import FeedbackEvent, FeedbackPublication, Open311Service
from services.shared.tables.base import Labels
from services.shared.tables.feedback import FeedbackEventKind as Kind
from services.shared.tables.feedback import FeedbackState as State

DETAILED_STATUS = {
    State.RECEIVED: "RECEIVED",
    State.IN_PROGRESS: "IN_PROCESS",
    State.ANSWERED: "PROCESSED",
    State.CLOSED: "PROCESSED",
    State.TRANSFERRED_OUT: "PROCESSED",
    State.REJECTED: "REJECTED",
}

UPDATE_STATUS = {
    Kind.RECEIVED: "OPEN",
    Kind.CLASSIFIED: "INVESTIGATING",
    Kind.ASSIGNED: "INVESTIGATING",
    Kind.INTERIM_ANSWERED: "IN_PROGRESS",
    Kind.ANSWERED: "CLOSED",
    Kind.CLOSED: "CLOSED",
    Kind.REJECTED: "NO_FURTHER_ACTION",
    Kind.REOPENED: "REOPEN",
}
"""FixMyStreet's statuses. What is beside the state (a note, a hold) is no update."""


def in_language(labels: Labels, language: str) -> str:
    """The label in the language, else in Finnish."""
    return labels.get(language) or labels["fi"]


def service_of(row: Open311Service, language: str) -> ServicePublic:
    """A service of the list."""
    return ServicePublic(
        service_code=row.code,
        service_name=in_language(row.names, language),
        description=in_language(row.descriptions, language),
        metadata=bool(row.attributes),
        type="realtime",
        keywords=",".join(row.keywords),
        group=in_language(row.group_names, language),
    )


def definition_of(row: Open311Service, language: str) -> ServiceDefinition:
    """A service's further questions, in their order."""
    return ServiceDefinition(
        service_code=row.code,
        attributes=[
            Attribute(
                variable=attribute.get("variable", True),
                code=attribute["code"],
                datatype=attribute["datatype"],
                required=attribute["required"],
                datatype_description=in_language(attribute["datatype_descriptions"], language),
                order=order,
                description=in_language(attribute["descriptions"], language),
                values=[
                    AttributeValue(key=value["key"], name=in_language(value["names"], language))
                    for value in attribute.get("values", [])
                ],
            )
            for order, attribute in enumerate(row.attributes, start=1)
        ],
    )


def request_of(
    item: PublicItem,
    catalogue: Catalogue,
    language: str,
    deadline: KnownDeadline | None,
    media: Sequence[str],
    extended: ExtendedAttributes | None,
) -> ServiceRequest:
    """An item as the standard lists it."""
    facts, publication = item.facts, item.publication
    content = item.content if item.is_published else None
    service = catalogue.open311_services[publication.service_code]
    is_open = _shown_state(item) in OPEN
    return ServiceRequest(
        service_request_id=str(facts.id),
        status="open" if is_open else "closed",
        status_notes=publication.answer if item.is_published else None,
        service_name=in_language(service.names, language),
        service_code=service.code,
        description=publication.body if item.is_published else None,
        agency_responsible=in_language(catalogue.units[facts.unit_code].names, language),
        service_notice=None,
        requested_datetime=facts.received_at.astimezone(UTC),
        # The standard: of a closed item the time it was closed.
        updated_datetime=facts.updated_at.astimezone(UTC) if is_open else _closed_at(item),
        expected_datetime=due_at_of(deadline.deadline.due_on).astimezone(UTC) if deadline and is_open else None,
        address=content.address if content else None,
        address_id=content.address_id if content else None,
        zipcode=content.zip_code if content else None,
        lat=content.latitude if content else None,
        long=content.longitude if content else None,
        media_url=media[0] if media else None,
        extended_attributes=extended,
    )


def extended_of(
    item: PublicItem, catalogue: Catalogue, language: str, events: Sequence[FeedbackEvent], media: Sequence[str]
) -> ExtendedAttributes:
    """CitySDK's additions."""
    state = _shown_state(item)
    return ExtendedAttributes(
        title=item.publication.title if item.is_published else None,
        service_object_id=item.publication.service_object_id,
        service_object_type=item.publication.service_object_type,
        detailed_status=DETAILED_STATUS[state],
        media_urls=list(media),
        tasks=_tasks(catalogue, language, events, is_open=state in OPEN),
        zip_code=item.content.zip_code if item.content and item.is_published else None,
        closed_datetime=None if state in OPEN else _closed_at(item),
    )


def update_of(event: FeedbackEvent, publication: FeedbackPublication) -> RequestUpdate | None:
    """An event as FixMyStreet reads it; None for what is no update. Only published words are told."""
    kind = Kind(event.kind)
    status = UPDATE_STATUS.get(kind)
    if kind is Kind.TRANSFERRED:
        status = "NOT_COUNCILS_RESPONSIBILITY" if event.recipient else "INTERNAL_REFERRAL"
    if status is None:
        return None
    return RequestUpdate(
        update_id=str(event.id),
        service_request_id=str(event.feedback_id),
        status=status,
        updated_datetime=event.occurred_at.astimezone(UTC),
        description=(publication.answer or "") if kind is Kind.ANSWERED else "",
        media_url=None,
    )


def _shown_state(item: PublicItem) -> State:
    # What is kept apart looks as if nobody had touched it: a robot learns nothing.
    return State.RECEIVED if item.facts.hold is not None else State(item.facts.state)


def _closed_at(item: PublicItem) -> datetime:
    facts = item.facts
    closed_at = facts.handled_at if facts.handled_at and State(facts.state) in HANDLED else facts.last_event_at
    return closed_at.astimezone(UTC)


def _tasks(catalogue: Catalogue, language: str, events: Sequence[FeedbackEvent], *, is_open: bool) -> list[Task]:
    """The units that had the item, one after the other; and where it went outside."""
    moves = [
        event
        for event in events
        if event.kind in (Kind.RECEIVED, Kind.ASSIGNED, Kind.TRANSFERRED) and (event.unit_code or event.recipient)
    ]
    last_at = events[-1].occurred_at if events else None
    tasks = []
    for number, event in enumerate(moves):
        is_last = number == len(moves) - 1
        until = last_at if is_last else moves[number + 1].occurred_at
        tasks.append(
            Task(
                task_state=("open" if is_open else "completed") if is_last else "re_assigned",
                task_type="assigned" if event.unit_code else "transferred_out",
                owner_name=in_language(catalogue.units[event.unit_code].names, language)
                if event.unit_code
                else (event.recipient or ""),
                task_created=event.occurred_at.astimezone(UTC),
                task_modified=(until or event.occurred_at).astimezone(UTC),
            )
        )
    return tasks

"""Registering and correcting residents' initiatives."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.feedback_api.initiatives.schemas import (
    InitiativeCreate,
    InitiativeFields,
    InitiativePublic,
    InitiativeWritten,
)
from services.feedback_api.registers import repository as registers
from services.feedback_api.registers.filters import RegisterFilter
from services.feedback_api.registers.provenance import new_record
from services.feedback_api.registers.staff_text import clean
from services.shared.catalogue import Catalogue
from services.shared.pagination import Cursor
from services.shared.personal_data import PersonalData
from services.shared.problems import invalid
from services.shared.tables import ResidentsInitiative
from services.shared.tables.participation import InitiativeStatus


async def register(
    session: AsyncSession, catalogue: Catalogue, body: InitiativeCreate, now: datetime
) -> InitiativeWritten:
    """Store one initiative."""
    masked = _check(body)
    initiative = ResidentsInitiative(
        **new_record(body, now),
        subject=body.subject,
        received_on=body.received_on,
        unit_code=catalogue.resolve_unit(body.unit, on=body.received_on).code,
        handled_by=body.handled_by,
        status=body.status.value,
        decided_on=body.decided_on,
        url=_address(body),
    )
    await registers.insert(session, initiative)
    return InitiativeWritten(**present(initiative).model_dump(), masked=list(masked))


async def correct(
    session: AsyncSession, catalogue: Catalogue, initiative_id: UUID, body: InitiativeFields
) -> InitiativeWritten:
    """Put ``body`` in the place of what is said of the initiative."""
    masked = _check(body)
    unit_code = catalogue.resolve_unit(body.unit, on=body.received_on).code
    initiative = await registers.find(session, ResidentsInitiative, initiative_id, is_locked=True)
    initiative.subject = body.subject
    initiative.received_on = body.received_on
    initiative.unit_code = unit_code
    initiative.handled_by = body.handled_by
    initiative.status = body.status.value
    initiative.decided_on = body.decided_on
    initiative.url = _address(body)
    await session.flush()
    return InitiativeWritten(**present(initiative).model_dump(), masked=list(masked))


async def list_initiatives(
    session: AsyncSession, wanted: RegisterFilter, after: Cursor | None, limit: int
) -> Sequence[ResidentsInitiative]:
    """Up to ``limit`` initiatives after the cursor."""
    conditions = registers.matching(
        wanted, ResidentsInitiative, day=col(ResidentsInitiative.received_on), unit=col(ResidentsInitiative.unit_code)
    )
    return await registers.list_records(session, ResidentsInitiative, conditions, after, limit)


def present(initiative: ResidentsInitiative) -> InitiativePublic:
    """An initiative as it is answered."""
    return InitiativePublic(
        id=initiative.id,
        source=initiative.source,
        source_reference=initiative.source_reference,
        recorded_at=initiative.recorded_at,
        subject=initiative.subject,
        received_on=initiative.received_on,
        unit=initiative.unit_code,
        handled_by=initiative.handled_by,
        status=initiative.status,
        decided_on=initiative.decided_on,
        url=initiative.url,
    )


def _address(body: InitiativeFields) -> str | None:
    return None if body.url is None else str(body.url)


def _check(body: InitiativeFields) -> Sequence[PersonalData]:
    """Whether status and days go together; then the texts are cleaned."""
    is_decided = body.status is InitiativeStatus.DECIDED
    if is_decided and body.decided_on is None:
        raise invalid("decided_on", "an initiative that is decided was decided on some day; give it")
    if not is_decided and body.decided_on is not None:
        raise invalid(
            "decided_on",
            f"an initiative that is {body.status} has no decision; leave it out, or give decided as status",
        )
    if body.decided_on is not None and body.decided_on < body.received_on:
        raise invalid("decided_on", "lies before `received_on`; correct one of them")
    return clean(body, "subject", "handled_by")

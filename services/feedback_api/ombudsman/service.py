"""Registering ombudsman contacts, one or many, and counting them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.feedback_api.ombudsman import repository
from services.feedback_api.ombudsman.errors import ContactConflictProblem
from services.feedback_api.ombudsman.schemas import (
    ContactCounts,
    ContactCreate,
    ContactFields,
    ContactImportLine,
    ContactPublic,
)
from services.shared.catalogue import Catalogue
from services.shared.database import Sessions
from services.shared.identifiers import new_uuid
from services.shared.ndjson import Line, LineResult, accepted, read_as, refused
from services.shared.problems import Problem, invalid
from services.shared.tables import OmbudsmanContact, OmbudsmanContactReason
from services.shared.tables.ombudsman import ContactMode

STAFF_SOURCE = "staff"


async def register(session: AsyncSession, catalogue: Catalogue, contact: ContactCreate, now: datetime) -> ContactPublic:
    """Store one contact."""
    _check(catalogue, contact)
    row = _row(contact, source=STAFF_SOURCE, reference=None, now=now)
    await repository.write(session, [row], _reason_rows(row["id"], contact))
    return present(OmbudsmanContact(**row), sorted(contact.reasons))


async def take_batch(
    sessions: Sessions, catalogue: Catalogue, lines: Sequence[Line], *, now: datetime
) -> list[LineResult]:
    """Store the lines in one transaction and say what became of each. Safe to repeat."""
    async with sessions.session() as session, session.begin():
        results: list[LineResult] = []
        records: dict[int, ContactImportLine] = {}
        for line in lines:
            try:
                records[line.number] = _read(catalogue, line)
            except Problem as problem:
                results.append(refused(line.number, problem))
        results += await _store(session, records, now=now)
    return sorted(results, key=lambda result: result.line)


async def count(session: AsyncSession, catalogue: Catalogue, first_day: date, last_day: date) -> ContactCounts:
    """Contacts from ``first_day`` to ``last_day``, both included; codes without contacts count 0."""
    by_service = await repository.count_by(session, col(OmbudsmanContact.service_code), first_day, last_day)
    by_mode = await repository.count_by(session, col(OmbudsmanContact.contact_mode), first_day, last_day)
    by_reason = await repository.count_by(session, col(OmbudsmanContactReason.reason_code), first_day, last_day)
    return ContactCounts(
        first_day=first_day,
        last_day=last_day,
        contacts=sum(by_service.values()),
        by_service={code: by_service.get(code, 0) for code in catalogue.ombudsman_services},
        by_contact_mode={mode.value: by_mode.get(mode, 0) for mode in ContactMode},
        reasons_recorded=sum(by_reason.values()),
        by_reason={code: by_reason.get(code, 0) for code in catalogue.ombudsman_reasons},
    )


def present(contact: OmbudsmanContact, reasons: list[str]) -> ContactPublic:
    """A contact as it is answered."""
    return ContactPublic(
        id=contact.id,
        source=contact.source,
        source_reference=contact.source_reference,
        contacted_on=contact.contacted_on,
        service=contact.service_code,
        reasons=reasons,
        contact_mode=ContactMode(contact.contact_mode),
        recorded_at=contact.recorded_at,
    )


def _read(catalogue: Catalogue, line: Line) -> ContactImportLine:
    record = read_as(ContactImportLine, line)
    if isinstance(record, Problem):
        raise record
    _check(catalogue, record)
    return record


async def _store(session: AsyncSession, records: dict[int, ContactImportLine], *, now: datetime) -> list[LineResult]:
    known = await repository.fetch_by_reference(
        session, [(record.source, record.reference) for record in records.values()]
    )
    known_reasons = await repository.fetch_reasons(session, [contact.id for contact in known.values()])
    contacts: list[dict[str, Any]] = []
    reasons: list[dict[str, Any]] = []
    results = []
    for number, record in records.items():
        key = (record.source, record.reference)
        stored = known.get(key)
        if stored is None:
            row = _row(record, source=record.source, reference=record.reference, now=now)
            contacts.append(row)
            reasons += _reason_rows(row["id"], record)
            known[key] = OmbudsmanContact(**row)
            known_reasons[row["id"]] = sorted(record.reasons)
            results.append(accepted(number, "created", row["id"]))
        elif _is_same(stored, known_reasons[stored.id], record):
            results.append(accepted(number, "unchanged", stored.id))
        else:
            results.append(refused(number, ContactConflictProblem("it is registered with another content")))
    await repository.write(session, contacts, reasons)
    return results


def _check(catalogue: Catalogue, contact: ContactFields) -> None:
    if contact.service not in catalogue.ombudsman_services:
        known = ", ".join(catalogue.ombudsman_services)
        raise invalid("service", f"{contact.service!r} is not in the catalogue; use one of {known}")
    for reason in contact.reasons:
        if reason not in catalogue.ombudsman_reasons:
            known = ", ".join(catalogue.ombudsman_reasons)
            raise invalid("reasons", f"{reason!r} is not in the catalogue; use one of {known}")
    if len(set(contact.reasons)) < len(contact.reasons):
        raise invalid("reasons", "a reason is given twice; give each once")


def _row(contact: ContactFields, *, source: str, reference: str | None, now: datetime) -> dict[str, Any]:
    return {
        "id": new_uuid(),
        "source": source,
        "source_reference": reference,
        "contacted_on": contact.contacted_on,
        "service_code": contact.service,
        "contact_mode": contact.contact_mode.value,
        "recorded_at": now,
    }


def _reason_rows(contact_id: UUID, contact: ContactFields) -> list[dict[str, Any]]:
    return [{"contact_id": contact_id, "reason_code": reason} for reason in contact.reasons]


def _is_same(stored: OmbudsmanContact, reasons: list[str], record: ContactImportLine) -> bool:
    return (stored.contacted_on, stored.service_code, stored.contact_mode, reasons) == (
        record.contacted_on,
        record.service,
        record.contact_mode.value,
        sorted(record.reasons),
    )

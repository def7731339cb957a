"""Registering, correcting and deleting social reports."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.feedback_api.registers import repository as registers
from services.feedback_api.registers.filters import RegisterFilter
from services.feedback_api.registers.provenance import new_record
from services.feedback_api.registers.staff_text import clean
from services.feedback_api.social_reports import repository
from services.feedback_api.social_reports.repository import Details
from services.feedback_api.social_reports.schemas import (
    SocialReportCreate,
    SocialReportFields,
    SocialReportPublic,
    SocialReportWritten,
)
from services.shared.catalogue import Catalogue
from services.shared.pagination import Cursor
from services.shared.personal_data import PersonalData
from services.shared.problems import invalid
from services.shared.tables import SocialReport


async def register(
    session: AsyncSession, catalogue: Catalogue, body: SocialReportCreate, now: datetime
) -> SocialReportWritten:
    """Store one report."""
    unit_code = _check(catalogue, body)
    masked = clean(body, "note")
    report = SocialReport(**new_record(body, now), observed_on=body.observed_on, unit_code=unit_code)
    await registers.insert(session, report)
    return await _write(session, report, body, masked)


async def correct(
    session: AsyncSession, catalogue: Catalogue, report_id: UUID, body: SocialReportFields
) -> SocialReportWritten:
    """Put ``body`` in the place of what the report says."""
    report = await registers.find(session, SocialReport, report_id, is_locked=True)
    report.unit_code = _check(catalogue, body)
    masked = clean(body, "note")
    report.observed_on = body.observed_on
    await session.flush()
    return await _write(session, report, body, masked)


async def list_reports(
    session: AsyncSession, wanted: RegisterFilter, after: Cursor | None, limit: int
) -> Sequence[SocialReport]:
    """Up to ``limit`` reports after the cursor."""
    conditions = registers.matching(
        wanted, SocialReport, day=col(SocialReport.observed_on), unit=col(SocialReport.unit_code)
    )
    return await registers.list_records(session, SocialReport, conditions, after, limit)


async def present(session: AsyncSession, reports: Sequence[SocialReport]) -> list[SocialReportPublic]:
    """The reports as they are answered."""
    details = await repository.fetch_details(session, [report.id for report in reports])
    return [SocialReportPublic(**_fields(report, details[report.id])) for report in reports]


async def _write(
    session: AsyncSession, report: SocialReport, body: SocialReportFields, masked: Collection[PersonalData]
) -> SocialReportWritten:
    details = Details(sorted(body.reasons), sorted(body.barriers), body.note)
    await repository.write_details(session, report.id, details.reasons, details.barriers, details.note)
    return SocialReportWritten(**_fields(report, details), masked=list(masked))


def _fields(report: SocialReport, details: Details) -> dict[str, object]:
    return {
        "id": report.id,
        "source": report.source,
        "source_reference": report.source_reference,
        "recorded_at": report.recorded_at,
        "observed_on": report.observed_on,
        "unit": report.unit_code,
        "reasons": details.reasons,
        "barriers": details.barriers,
        "note": details.note,
    }


def _check(catalogue: Catalogue, body: SocialReportFields) -> str:
    """The code of the report's unit; raises the problem of what is wrong."""
    _check_codes("reasons", body.reasons, catalogue.help_reasons)
    _check_codes("barriers", body.barriers, catalogue.help_barriers)
    if not body.reasons and not body.barriers:
        raise invalid("reasons", "a report without any reason or barrier says nothing; give one at least")
    return catalogue.resolve_unit(body.unit, on=body.observed_on).code


def _check_codes(field: str, codes: Sequence[str], known: Mapping[str, object]) -> None:
    for code in codes:
        if code not in known:
            raise invalid(field, f"{code!r} is not in the catalogue; use one of {', '.join(known)}")
    if len(set(codes)) < len(codes):
        raise invalid(field, "one is given twice; give each once")

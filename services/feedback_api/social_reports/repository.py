"""Reading and writing the codes and notes of social reports."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.shared.bulk_insert import bulk_insert
from services.shared.tables import SocialReportBarrier, SocialReportNote, SocialReportReason


@dataclass(slots=True)
class Details:
    """What hangs on a report: its codes in their order, and the note."""

    reasons: list[str] = field(default_factory=list)
    barriers: list[str] = field(default_factory=list)
    note: str | None = None


async def write_details(
    session: AsyncSession, report_id: UUID, reasons: Sequence[str], barriers: Sequence[str], note: str | None
) -> None:
    """Store the codes and the note of a report instead of what it had."""
    for table in (SocialReportReason, SocialReportBarrier, SocialReportNote):
        await session.execute(delete(table).where(col(table.report_id) == report_id))
    await bulk_insert(session, SocialReportReason, [{"report_id": report_id, "reason_code": code} for code in reasons])
    await bulk_insert(
        session, SocialReportBarrier, [{"report_id": report_id, "barrier_code": code} for code in barriers]
    )
    if note is not None:
        await bulk_insert(session, SocialReportNote, [{"report_id": report_id, "body": note}])


async def fetch_details(session: AsyncSession, report_ids: Collection[UUID]) -> dict[UUID, Details]:
    """The codes and the note of each report."""
    details = {report_id: Details() for report_id in report_ids}
    reasons = select(SocialReportReason).where(col(SocialReportReason.report_id).in_(report_ids))
    for reason in (await session.execute(reasons.order_by(col(SocialReportReason.reason_code)))).scalars():
        details[reason.report_id].reasons.append(reason.reason_code)
    barriers = select(SocialReportBarrier).where(col(SocialReportBarrier.report_id).in_(report_ids))
    for barrier in (await session.execute(barriers.order_by(col(SocialReportBarrier.barrier_code)))).scalars():
        details[barrier.report_id].barriers.append(barrier.barrier_code)
    notes = select(SocialReportNote).where(col(SocialReportNote.report_id).in_(report_ids))
    for note in (await session.execute(notes)).scalars():
        details[note.report_id].note = note.body
    return details

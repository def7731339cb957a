"""Registering and correcting meetings of client panels."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.feedback_api.panel_meetings.schemas import MeetingCreate, MeetingFields, MeetingPublic, MeetingWritten
from services.feedback_api.registers import repository as registers
from services.feedback_api.registers.filters import RegisterFilter
from services.feedback_api.registers.panels import of_panel, unknown_panel
from services.feedback_api.registers.provenance import new_record
from services.feedback_api.registers.staff_text import clean
from services.shared.pagination import Cursor
from services.shared.tables import PanelMeeting

_UNKNOWN_PANEL = "fk_panel_meeting_panel_id"


async def register(session: AsyncSession, body: MeetingCreate, now: datetime) -> MeetingWritten:
    """Store one meeting."""
    masked = clean(body, "memo")
    meeting = PanelMeeting(
        **new_record(body, now),
        panel_id=body.panel_id,
        held_on=body.held_on,
        participants=body.participants,
        memo=body.memo,
        memo_url=_address(body),
    )
    await registers.insert(session, meeting, unknown_panel(_UNKNOWN_PANEL))
    return MeetingWritten(**present(meeting).model_dump(), masked=list(masked))


async def correct(session: AsyncSession, meeting_id: UUID, body: MeetingFields) -> MeetingWritten:
    """Put ``body`` in the place of what is said of the meeting."""
    masked = clean(body, "memo")
    meeting = await registers.find(session, PanelMeeting, meeting_id, is_locked=True)
    async with registers.translating(session, unknown_panel(_UNKNOWN_PANEL)):
        meeting.panel_id = body.panel_id
        meeting.held_on = body.held_on
        meeting.participants = body.participants
        meeting.memo = body.memo
        meeting.memo_url = _address(body)
    return MeetingWritten(**present(meeting).model_dump(), masked=list(masked))


async def list_meetings(
    session: AsyncSession, wanted: RegisterFilter, panel: UUID | None, after: Cursor | None, limit: int
) -> Sequence[PanelMeeting]:
    """Up to ``limit`` meetings after the cursor, of the panel or of all."""
    conditions = registers.matching(wanted, PanelMeeting, day=col(PanelMeeting.held_on), unit=None)
    conditions += of_panel(wanted, panel, col(PanelMeeting.panel_id))
    return await registers.list_records(session, PanelMeeting, conditions, after, limit)


def present(meeting: PanelMeeting) -> MeetingPublic:
    """A meeting as it is answered."""
    return MeetingPublic.model_validate(meeting)


def _address(body: MeetingFields) -> str | None:
    return None if body.memo_url is None else str(body.memo_url)

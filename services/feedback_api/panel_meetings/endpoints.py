"""/v1/panel-meetings: registering, listing, correcting and deleting."""

from http import HTTPStatus
from uuid import UUID

from services.feedback_api.panel_meetings import service
from services.feedback_api.panel_meetings.schemas import (
    MeetingCreate,
    MeetingFields,
    MeetingPage,
    MeetingPublic,
    MeetingWritten,
)
from services.feedback_api.registers import repository as registers
from services.feedback_api.registers.errors import RecordNotFoundProblem
from services.feedback_api.registers.filters import FilterDep, PagingDep
from services.feedback_api.registers.routing import ADDRESSING, LISTING, REGISTERING, register_router
from services.shared.clock import now
from services.shared.database import ReadSessionDep, SessionDep
from services.shared.idempotency import IdempotencyDep
from services.shared.problems import problem_responses
from services.shared.tables import PanelMeeting

router = register_router("/v1/panel-meetings")


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    summary="Register a meeting",
    responses=problem_responses(*REGISTERING, RecordNotFoundProblem),
)
async def meeting_create(body: MeetingCreate, session: SessionDep, idempotency: IdempotencyDep) -> MeetingWritten:
    """The day, how many took part, and the memo as text, as a link, or both. All of it is public."""

    async def work() -> MeetingWritten:
        return await service.register(session, body, now())

    return await idempotency.answer(body, MeetingWritten, work)


@router.get("", summary="List meetings", responses=problem_responses(*LISTING))
async def meeting_list(
    session: ReadSessionDep, wanted: FilterDep, paging: PagingDep, panel: UUID | None = None
) -> MeetingPage:
    """In the order they were registered; days are those of the meetings, the unit is the panel's."""
    rows = await service.list_meetings(session, wanted, panel, paging.after, paging.wanted)
    page, next_cursor = paging.split(rows)
    return MeetingPage(items=[service.present(row) for row in page], next=next_cursor)


@router.get(
    "/{meeting_id}",
    summary="Read a meeting",
    responses=problem_responses(*ADDRESSING),
)
async def meeting_read(meeting_id: UUID, session: ReadSessionDep) -> MeetingPublic:
    """With its memo."""
    return service.present(await registers.find(session, PanelMeeting, meeting_id))


@router.put(
    "/{meeting_id}",
    summary="Correct a meeting",
    responses=problem_responses(*ADDRESSING),
)
async def meeting_correct(meeting_id: UUID, body: MeetingFields, session: SessionDep) -> MeetingWritten:
    """The whole meeting as it should be. Figures follow at once."""
    return await service.correct(session, meeting_id, body)


@router.delete(
    "/{meeting_id}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Delete a meeting",
    responses=problem_responses(*ADDRESSING),
)
async def meeting_delete(meeting_id: UUID, session: SessionDep) -> None:
    """One that was registered by mistake: it leaves the figures."""
    await registers.delete(session, await registers.find(session, PanelMeeting, meeting_id, is_locked=True))

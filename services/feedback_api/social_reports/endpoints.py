"""/v1/social-reports: registering, listing, correcting and deleting."""

from http import HTTPStatus
from uuid import UUID

from services.feedback_api.registers import repository as registers
from services.feedback_api.registers.filters import FilterDep, PagingDep
from services.feedback_api.registers.routing import ADDRESSING, LISTING, REGISTERING, register_router
from services.feedback_api.social_reports import service
from services.feedback_api.social_reports.schemas import (
    SocialReportCreate,
    SocialReportFields,
    SocialReportPage,
    SocialReportPublic,
    SocialReportWritten,
)
from services.shared.catalogue import CatalogueDep
from services.shared.clock import now
from services.shared.database import ReadSessionDep, SessionDep
from services.shared.idempotency import IdempotencyDep
from services.shared.problems import problem_responses
from services.shared.tables import SocialReport

router = register_router("/v1/social-reports")


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    summary="Register a social report",
    responses=problem_responses(*REGISTERING),
)
async def social_report_create(
    body: SocialReportCreate, session: SessionDep, catalogue: CatalogueDep, idempotency: IdempotencyDep
) -> SocialReportWritten:
    """Codes, unit and day, and a note for staff: nothing about a client."""

    async def work() -> SocialReportWritten:
        return await service.register(session, catalogue, body, now())

    return await idempotency.answer(body, SocialReportWritten, work)


@router.get("", summary="List social reports", responses=problem_responses(*LISTING))
async def social_report_list(session: ReadSessionDep, wanted: FilterDep, paging: PagingDep) -> SocialReportPage:
    """In the order they were registered; days are those of the observation."""
    page, next_cursor = paging.split(await service.list_reports(session, wanted, paging.after, paging.wanted))
    return SocialReportPage(items=await service.present(session, page), next=next_cursor)


@router.get(
    "/{report_id}",
    summary="Read a social report",
    responses=problem_responses(*ADDRESSING),
)
async def social_report_read(report_id: UUID, session: ReadSessionDep) -> SocialReportPublic:
    """With its note."""
    report = await registers.find(session, SocialReport, report_id)
    return (await service.present(session, [report]))[0]


@router.put(
    "/{report_id}",
    summary="Correct a social report",
    responses=problem_responses(*ADDRESSING),
)
async def social_report_correct(
    report_id: UUID, body: SocialReportFields, session: SessionDep, catalogue: CatalogueDep
) -> SocialReportWritten:
    """The whole report as it should be; where it came from stays. Figures follow at once."""
    return await service.correct(session, catalogue, report_id, body)


@router.delete(
    "/{report_id}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Delete a social report",
    responses=problem_responses(*ADDRESSING),
)
async def social_report_delete(report_id: UUID, session: SessionDep) -> None:
    """One that was registered by mistake: it leaves the figures."""
    await registers.delete(session, await registers.find(session, SocialReport, report_id, is_locked=True))

"""/v1/panel-proposals: registering, listing, correcting and deleting."""

from http import HTTPStatus
from uuid import UUID

from services.feedback_api.panel_proposals import service
from services.feedback_api.panel_proposals.schemas import (
    ProposalCreate,
    ProposalFields,
    ProposalPage,
    ProposalPublic,
    ProposalWritten,
)
from services.feedback_api.registers import repository as registers
from services.feedback_api.registers.errors import RecordNotFoundProblem
from services.feedback_api.registers.filters import FilterDep, PagingDep
from services.feedback_api.registers.routing import ADDRESSING, LISTING, REGISTERING, register_router
from services.shared.clock import now
from services.shared.database import ReadSessionDep, SessionDep
from services.shared.idempotency import IdempotencyDep
from services.shared.problems import problem_responses
from services.shared.tables import PanelProposal

router = register_router("/v1/panel-proposals")


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    summary="Register a proposal",
    responses=problem_responses(*REGISTERING, RecordNotFoundProblem),
)
async def proposal_create(body: ProposalCreate, session: SessionDep, idempotency: IdempotencyDep) -> ProposalWritten:
    """What was proposed and when; what was answered, once it was. All of it is public."""

    async def work() -> ProposalWritten:
        return await service.register(session, body, now())

    return await idempotency.answer(body, ProposalWritten, work)


@router.get("", summary="List proposals", responses=problem_responses(*LISTING))
async def proposal_list(
    session: ReadSessionDep, wanted: FilterDep, paging: PagingDep, panel: UUID | None = None
) -> ProposalPage:
    """In the order they were registered; days are those of the proposals, the unit is the panel's."""
    rows = await service.list_proposals(session, wanted, panel, paging.after, paging.wanted)
    page, next_cursor = paging.split(rows)
    return ProposalPage(items=[service.present(row) for row in page], next=next_cursor)


@router.get(
    "/{proposal_id}",
    summary="Read a proposal",
    responses=problem_responses(*ADDRESSING),
)
async def proposal_read(proposal_id: UUID, session: ReadSessionDep) -> ProposalPublic:
    """With its outcome."""
    return service.present(await registers.find(session, PanelProposal, proposal_id))


@router.put(
    "/{proposal_id}",
    summary="Correct a proposal",
    responses=problem_responses(*ADDRESSING),
)
async def proposal_correct(proposal_id: UUID, body: ProposalFields, session: SessionDep) -> ProposalWritten:
    """The whole proposal as it should be: this is also how its answer is recorded. Figures follow at once."""
    return await service.correct(session, proposal_id, body)


@router.delete(
    "/{proposal_id}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Delete a proposal",
    responses=problem_responses(*ADDRESSING),
)
async def proposal_delete(proposal_id: UUID, session: SessionDep) -> None:
    """One that was registered by mistake: it leaves the figures."""
    await registers.delete(session, await registers.find(session, PanelProposal, proposal_id, is_locked=True))

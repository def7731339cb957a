"""/v1/initiatives: registering, listing, correcting and deleting."""

from http import HTTPStatus
from uuid import UUID

from services.feedback_api.initiatives import service
from services.feedback_api.initiatives.schemas import (
    InitiativeCreate,
    InitiativeFields,
    InitiativePage,
    InitiativePublic,
    InitiativeWritten,
)
from services.feedback_api.registers import repository as registers
from services.feedback_api.registers.filters import FilterDep, PagingDep
from services.feedback_api.registers.routing import ADDRESSING, LISTING, REGISTERING, register_router
from services.shared.catalogue import CatalogueDep
from services.shared.clock import now
from services.shared.database import ReadSessionDep, SessionDep
from services.shared.idempotency import IdempotencyDep
from services.shared.problems import problem_responses
from services.shared.tables import ResidentsInitiative

router = register_router("/v1/initiatives")


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    summary="Register a residents' initiative",
    responses=problem_responses(*REGISTERING),
)
async def initiative_create(
    body: InitiativeCreate, session: SessionDep, catalogue: CatalogueDep, idempotency: IdempotencyDep
) -> InitiativeWritten:
    """Its subject and where it is being handled: public, and never who made it."""

    async def work() -> InitiativeWritten:
        return await service.register(session, catalogue, body, now())

    return await idempotency.answer(body, InitiativeWritten, work)


@router.get("", summary="List residents' initiatives", responses=problem_responses(*LISTING))
async def initiative_list(session: ReadSessionDep, wanted: FilterDep, paging: PagingDep) -> InitiativePage:
    """In the order they were registered; days are those of receipt."""
    rows = await service.list_initiatives(session, wanted, paging.after, paging.wanted)
    page, next_cursor = paging.split(rows)
    return InitiativePage(items=[service.present(row) for row in page], next=next_cursor)


@router.get(
    "/{initiative_id}",
    summary="Read a residents' initiative",
    responses=problem_responses(*ADDRESSING),
)
async def initiative_read(initiative_id: UUID, session: ReadSessionDep) -> InitiativePublic:
    """With where it is being handled."""
    return service.present(await registers.find(session, ResidentsInitiative, initiative_id))


@router.put(
    "/{initiative_id}",
    summary="Correct a residents' initiative",
    responses=problem_responses(*ADDRESSING),
)
async def initiative_correct(
    initiative_id: UUID, body: InitiativeFields, session: SessionDep, catalogue: CatalogueDep
) -> InitiativeWritten:
    """The whole initiative as it should be: this is also how its decision is recorded. Figures follow at once."""
    return await service.correct(session, catalogue, initiative_id, body)


@router.delete(
    "/{initiative_id}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Delete a residents' initiative",
    responses=problem_responses(*ADDRESSING),
)
async def initiative_delete(initiative_id: UUID, session: SessionDep) -> None:
    """One that was registered by mistake: it leaves the figures."""
    await registers.delete(session, await registers.find(session, ResidentsInitiative, initiative_id, is_locked=True))

"""/v1/panels: registering, listing, correcting and deleting."""

from http import HTTPStatus
from uuid import UUID

from services.feedback_api.panels import service
from services.feedback_api.panels.schemas import (
    PanelCreate,
    PanelFields,
    PanelPage,
    PanelPublic,
)
from services.feedback_api.registers import repository as registers
from services.feedback_api.registers.errors import PanelInUseProblem
from services.feedback_api.registers.filters import FilterDep, PagingDep
from services.feedback_api.registers.routing import ADDRESSING, LISTING, REGISTERING, register_router
from services.shared.catalogue import CatalogueDep
from services.shared.clock import now
from services.shared.database import ReadSessionDep, SessionDep
from services.shared.idempotency import IdempotencyDep
from services.shared.problems import problem_responses
from services.shared.tables import ClientPanel

router = register_router("/v1/panels")


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    summary="Register a client panel",
    responses=problem_responses(*REGISTERING),
)
async def panel_create(
    body: PanelCreate, session: SessionDep, catalogue: CatalogueDep, idempotency: IdempotencyDep
) -> PanelPublic:
    """Its name, kind and the unit it is about."""

    async def work() -> PanelPublic:
        return await service.register(session, catalogue, body, now())

    return await idempotency.answer(body, PanelPublic, work)


@router.get("", summary="List client panels", responses=problem_responses(*LISTING))
async def panel_list(session: ReadSessionDep, wanted: FilterDep, paging: PagingDep) -> PanelPage:
    """In the order they were registered; `from` and `to` do not narrow this list."""
    rows = await service.list_panels(session, wanted, paging.after, paging.wanted)
    page, next_cursor = paging.split(rows)
    return PanelPage(items=[service.present(row) for row in page], next=next_cursor)


@router.get(
    "/{panel_id}",
    summary="Read a client panel",
    responses=problem_responses(*ADDRESSING),
)
async def panel_read(panel_id: UUID, session: ReadSessionDep) -> PanelPublic:
    """With where it came from."""
    return service.present(await registers.find(session, ClientPanel, panel_id))


@router.put(
    "/{panel_id}",
    summary="Correct a client panel",
    responses=problem_responses(*ADDRESSING),
)
async def panel_correct(panel_id: UUID, body: PanelFields, session: SessionDep, catalogue: CatalogueDep) -> PanelPublic:
    """The whole panel as it should be."""
    return await service.correct(session, catalogue, panel_id, body)


@router.delete(
    "/{panel_id}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Delete a client panel",
    responses=problem_responses(*ADDRESSING, PanelInUseProblem),
)
async def panel_delete(panel_id: UUID, session: SessionDep) -> None:
    """Only one without meetings and proposals: delete those first."""
    await service.delete(session, await registers.find(session, ClientPanel, panel_id, is_locked=True))

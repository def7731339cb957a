"""/v1/quarters/{quarter}/actions, for communications officers."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from services.reporting_api.actions import repository
from services.reporting_api.actions.errors import ActionNotFoundProblem
from services.reporting_api.actions.schemas import ActionInput, ActionList, ActionPublic
from services.reporting_api.texts.endpoints import RESPONSES, OfficerDep
from services.reporting_api.texts.schemas import Quarter
from services.shared.catalogue import CatalogueDep
from services.shared.clock import now
from services.shared.database import ReadSessionDep, SessionDep
from services.shared.idempotency import IdempotencyDep
from services.shared.identifiers import new_uuid
from services.shared.problems import problem_responses
from services.shared.tables import ReviewAction

router = APIRouter(prefix="/v1/quarters/{quarter}", tags=["texts"])


@router.get("/actions", summary="What was done because of feedback", responses=RESPONSES)
async def action_list(quarter: Quarter, session: ReadSessionDep, _officer: OfficerDep) -> ActionList:
    """As they stand now; an edition keeps those of its draft."""
    return ActionList(actions=[public(action) for action in await repository.list_actions(session, quarter)])


@router.post(
    "/actions", status_code=HTTPStatus.CREATED, summary="Tell what was done because of feedback", responses=RESPONSES
)
async def action_create(
    quarter: Quarter,
    body: ActionInput,
    session: SessionDep,
    catalogue: CatalogueDep,
    idempotency: IdempotencyDep,
    officer: OfficerDep,
) -> ActionPublic:
    """It is printed in the quarter's next edition, beside the figure of its topic."""
    topic = catalogue.resolve_topic(body.topic) if body.topic else None
    unit = catalogue.find_unit(body.unit) if body.unit else None

    async def create() -> ActionPublic:
        action = ReviewAction(
            id=new_uuid(),
            quarter=quarter,
            topic_code=topic.code if topic else None,
            unit_code=unit.code if unit else None,
            done_on=body.done_on,
            said=body.said.model_dump(exclude_none=True),
            did=body.did.model_dump(exclude_none=True),
            created_at=now(),
            created_by=officer.name,
        )
        await repository.insert(session, action)
        return public(action)

    return await idempotency.answer(body, ActionPublic, create)


@router.delete(
    "/actions/{action_id}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Take an action away",
    responses=RESPONSES | problem_responses(ActionNotFoundProblem),
)
async def action_delete(quarter: Quarter, action_id: UUID, session: SessionDep, _officer: OfficerDep) -> None:
    """Editions that hold it keep it."""
    if not await repository.remove(session, quarter, action_id):
        raise ActionNotFoundProblem(f"{quarter} has no action {action_id}; GET …/actions lists them")


def public(action: ReviewAction) -> ActionPublic:
    """The action as it is shown."""
    return ActionPublic(
        id=action.id,
        quarter=action.quarter,
        topic=action.topic_code,
        unit=action.unit_code,
        done_on=action.done_on,
        said=action.said,
        did=action.did,
        created_at=action.created_at,
        created_by=action.created_by,
    )

"""``/v1/devices``: the register of smiley devices, and what is the matter with them."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Path, Query, Request, Response

from services.shared.catalogue import CatalogueDep
from services.shared.clock import now
from services.shared.database import ReadSessionDep, SessionDep, sessions_of
from services.shared.idempotency import IdempotencyDep
from services.shared.pagination import (
    CursorQuery,
    LimitQuery,
    add_next_link,
    decode_position,
    encode_position,
    page_limit,
)
from services.shared.problems import (
    BadRequestProblem,
    ForbiddenProblem,
    IdempotencyKeyReusedProblem,
    InvalidRequestProblem,
    UnauthorizedProblem,
    UnsupportedMediaTypeProblem,
    problem_responses,
)
from services.shared.scopes import Scope
from services.shared.security import require
from services.survey_api.devices import service
from services.survey_api.devices.errors import (
    AlreadyCountedProblem,
    AssignmentOverlapProblem,
    DeviceExistsProblem,
    DeviceNotFoundProblem,
)
from services.survey_api.devices.schemas import (
    AssignmentCreate,
    DeviceChange,
    DeviceCreate,
    DevicePage,
    DeviceRead,
    DeviceState,
    Heartbeat,
)
from services.survey_api.held_answers.service import Release
from services.survey_api.json_body import require_json
from services.survey_api.responses.origins import device_key
from services.survey_api.surveys.cache import SurveyCacheDep
from services.survey_api.surveys.errors import SurveyNotFoundProblem

router = APIRouter(prefix="/v1/devices", tags=["devices"])

DevicePath = Annotated[str, Path(max_length=100, description="The device's code.", examples=["T-0042"])]

MANAGE = [Depends(require(Scope.SURVEY_DEVICES)), Depends(require_json)]

_WRITE_PROBLEMS = (
    BadRequestProblem,
    UnauthorizedProblem,
    ForbiddenProblem,
    UnsupportedMediaTypeProblem,
    InvalidRequestProblem,
)


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    summary="Register a device",
    dependencies=MANAGE,
    responses=problem_responses(
        *_WRITE_PROBLEMS, SurveyNotFoundProblem, DeviceExistsProblem, IdempotencyKeyReusedProblem
    ),
)
async def device_create(
    body: DeviceCreate, catalogue: CatalogueDep, session: SessionDep, idempotency: IdempotencyDep
) -> DeviceRead:
    """It stands nowhere until it is assigned, and what it sends is held until then. Needs the scope
    `survey:devices`."""

    async def register() -> DeviceRead:
        return await service.register(session, catalogue, body, at=now())

    return await idempotency.answer(body, DeviceRead, register)


@router.patch(
    "/{code}",
    summary="Change or retire a device",
    dependencies=MANAGE,
    responses=problem_responses(*_WRITE_PROBLEMS, DeviceNotFoundProblem, AlreadyCountedProblem),
)
async def device_change(
    code: DevicePath, body: DeviceChange, catalogue: CatalogueDep, session: SessionDep
) -> DeviceRead:
    """What is not given stays as it is. Needs the scope `survey:devices`."""
    return await service.change(session, catalogue, code, body, at=now())


@router.post(
    "/{code}/assignments",
    status_code=HTTPStatus.CREATED,
    summary="Assign a device to a service point",
    dependencies=MANAGE,
    responses=problem_responses(
        *_WRITE_PROBLEMS,
        DeviceNotFoundProblem,
        AssignmentOverlapProblem,
        AlreadyCountedProblem,
        IdempotencyKeyReusedProblem,
    ),
)
async def device_assign(
    code: DevicePath,
    body: AssignmentCreate,
    request: Request,
    catalogue: CatalogueDep,
    surveys: SurveyCacheDep,
    session: SessionDep,
    idempotency: IdempotencyDep,
    background: BackgroundTasks,
) -> DeviceRead:
    """From `valid_from` until before `valid_to`; an assignment without an end ends where the next begins. What was
    held for want of it is counted right after. Needs the scope `survey:devices`."""

    async def assign() -> DeviceRead:
        return await service.assign(session, catalogue, code, body, at=now())

    answer = await idempotency.answer(body, DeviceRead, assign)
    # Runs after the answer was sent, and so after the commit.
    background.add_task(Release(sessions_of(request), catalogue, surveys).run, keys=[device_key(code)])
    return answer


@router.post(
    "/{code}/heartbeats",
    summary="Hear from a device",
    dependencies=MANAGE,
    responses=problem_responses(*_WRITE_PROBLEMS, DeviceNotFoundProblem),
)
async def device_hear(code: DevicePath, body: Heartbeat, catalogue: CatalogueDep, session: SessionDep) -> DeviceRead:
    """A sign of life without a press; with the device's own time, its clock is compared with ours. Needs the scope
    `survey:devices`."""
    return await service.hear(session, catalogue, code, body, at=now())


@router.get(
    "",
    summary="List the devices",
    dependencies=[Depends(require(Scope.SURVEY_READ))],
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, InvalidRequestProblem),
)
async def device_list(
    request: Request,
    response: Response,
    session: ReadSessionDep,
    catalogue: CatalogueDep,
    state: Annotated[
        DeviceState | None, Query(description="Only those it is the matter with; by default all but the retired.")
    ] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = None,
) -> DevicePage:
    """By code. Needs the scope `survey:read`."""
    size = page_limit(limit)
    after = decode_position(cursor, 1)[0] if cursor else None
    found = await service.list_devices(session, catalogue, state, after=after, limit=size + 1, at=now())
    page = found[:size]
    next_cursor = encode_position(page[-1].code) if len(found) > size else None
    add_next_link(request, response, next_cursor)
    return DevicePage(items=page, next=next_cursor)

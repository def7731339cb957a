"""/v1/retention: what is kept how long, and the runs that erase the rest."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from services.feedback_api.attachments.errors import AttachmentsNotConfiguredProblem
from services.feedback_api.attachments.storage import StorageIfAnyDep
from services.feedback_api.retention import service
from services.shared.catalogue import CatalogueDep
from services.shared.clock import now
from services.shared.database import ReadSessionDep, sessions_of
from services.shared.pagination import LimitQuery, page_limit
from services.shared.problems import ForbiddenProblem, InvalidRequestProblem, UnauthorizedProblem, problem_responses
from services.shared.retention import repository
from services.shared.retention.schemas import (
    RetentionPolicyList,
    RetentionPolicyPublic,
    RetentionRunCreate,
    RetentionRunList,
    RetentionRunPublic,
)
from services.shared.scopes import Scope
from services.shared.security import Principal, require
from services.shared.settings import settings_of
from services.shared.tables.access import Service
from services.shared.tables.retention import RetainedContent

router = APIRouter(prefix="/v1/retention", tags=["retention"])

EraserDep = Annotated[Principal, Depends(require(Scope.FEEDBACK_ERASE))]


@router.get(
    "/policies",
    summary="List how long content is kept",
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem),
)
async def retention_policy_list(catalogue: CatalogueDep, _eraser: EraserDep) -> RetentionPolicyList:
    """From the catalogue's file `retention_policies.yaml`, with whose word each is."""
    return RetentionPolicyList(
        items=[
            RetentionPolicyPublic.model_validate(policy)
            for policy in catalogue.retention_policies_of(RetainedContent.FEEDBACK)
        ]
    )


@router.post(
    "/runs",
    summary="Run retention",
    responses=problem_responses(
        UnauthorizedProblem, ForbiddenProblem, InvalidRequestProblem, AttachmentsNotConfiguredProblem
    ),
)
async def retention_run(
    request: Request,
    asked: RetentionRunCreate,
    catalogue: CatalogueDep,
    storage: StorageIfAnyDep,
    eraser: EraserDep,
) -> RetentionRunPublic:
    """Counts what is due, and with `dry_run` false erases it: content only, so no figure changes. One call erases up to
    `retention_run_items_max` items, so repeat it until it answers `is_complete`.
    """
    return await service.run(
        sessions_of(request),
        storage,
        catalogue,
        actor=eraser.name,
        is_dry_run=asked.dry_run,
        at=now(),
        items_max=settings_of(request).retention_run_items_max,
    )


@router.get(
    "/runs",
    summary="List the last runs",
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, InvalidRequestProblem),
)
async def retention_run_list(session: ReadSessionDep, _eraser: EraserDep, limit: LimitQuery = None) -> RetentionRunList:
    """What each run counted and erased, newest first; one that was cut off too."""
    rows = await repository.list_runs(session, Service.FEEDBACK_API, page_limit(limit))
    return RetentionRunList(items=[RetentionRunPublic.of(row) for row in rows])

"""/v1/retention: what is kept how long, and the runs that erase the rest."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from services.feedback_api.attachments.errors import AttachmentsNotConfiguredProblem
from services.feedback_api.attachments.storage import StorageIfAnyDep
from services.feedback_api.retention import repository, service
from services.feedback_api.retention.schemas import (
    RetentionCount,
    RetentionPolicyList,
    RetentionPolicyPublic,
    RetentionRunCreate,
    RetentionRunList,
    RetentionRunPublic,
)
from services.shared.catalogue import CatalogueDep
from services.shared.clock import now
from services.shared.database import ReadSessionDep, sessions_of
from services.shared.pagination import LimitQuery, page_limit
from services.shared.problems import ForbiddenProblem, InvalidRequestProblem, UnauthorizedProblem, problem_responses
from services.shared.scopes import Scope
from services.shared.security import Principal, require

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
        items=[RetentionPolicyPublic.model_validate(policy) for policy in catalogue.retention_policies]
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
    """Counts what is due, and with `dry_run` false erases it: content only, so no figure changes. Safe to repeat."""
    return await service.run(
        sessions_of(request), storage, catalogue, actor=eraser.name, is_dry_run=asked.dry_run, at=now()
    )


@router.get(
    "/runs",
    summary="List the last runs",
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, InvalidRequestProblem),
)
async def retention_run_list(session: ReadSessionDep, _eraser: EraserDep, limit: LimitQuery = None) -> RetentionRunList:
    """What each run counted and erased, newest first."""
    rows = await repository.list_runs(session, page_limit(limit))
    return RetentionRunList(
        items=[
            RetentionRunPublic(
                id=row.id,
                dry_run=row.is_dry_run,
                actor=row.actor,
                started_at=row.started_at,
                finished_at=row.finished_at,
                failure=row.counts.get("failure"),
                policies=[RetentionCount.model_validate(one) for one in row.counts["policies"]],
            )
            for row in rows
        ]
    )

"""The router of one register, and what its operations refuse."""

from fastapi import APIRouter, Depends

from services.feedback_api.registers.errors import RecordConflictProblem, RecordNotFoundProblem
from services.shared.problems import (
    ForbiddenProblem,
    IdempotencyKeyReusedProblem,
    InvalidRequestProblem,
    Problem,
    UnauthorizedProblem,
    problem_responses,
)
from services.shared.scopes import Scope
from services.shared.security import require

REGISTERING: tuple[type[Problem], ...] = (InvalidRequestProblem, IdempotencyKeyReusedProblem, RecordConflictProblem)
"""What the registering of a record may be refused with."""

LISTING: tuple[type[Problem], ...] = (InvalidRequestProblem,)
ADDRESSING: tuple[type[Problem], ...] = (InvalidRequestProblem, RecordNotFoundProblem)
"""What the reading, correcting and deleting of one record may be refused with."""


def register_router(path: str) -> APIRouter:
    """The router of the register at ``path``, for keys of the scope of participation only."""
    return APIRouter(
        prefix=path,
        tags=["participation"],
        dependencies=[Depends(require(Scope.PARTICIPATION))],
        responses=problem_responses(UnauthorizedProblem, ForbiddenProblem),
    )

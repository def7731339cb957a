"""Erasing content, by the item's id or by the receipt its sender has."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query

from services.feedback_api.attachments.errors import AttachmentsNotConfiguredProblem
from services.feedback_api.attachments.storage import StorageIfAnyDep
from services.feedback_api.erasure import repository, service
from services.feedback_api.erasure.schemas import ContentErased, ErasedFeedback
from services.feedback_api.feedback import repository as feedback
from services.feedback_api.feedback.errors import FeedbackNotFoundProblem
from services.feedback_api.receipts.errors import ReceiptNotFoundProblem
from services.shared.database import ReadSessionDep, SessionDep
from services.shared.problems import (
    ForbiddenProblem,
    InvalidRequestProblem,
    UnauthorizedProblem,
    invalid,
    problem_responses,
)
from services.shared.scopes import Scope
from services.shared.security import Principal, require
from services.shared.settings import get_settings

router = APIRouter(prefix="/v1", tags=["erasure"])

EraserDep = Annotated[Principal, Depends(require(Scope.FEEDBACK_ERASE))]


@router.delete(
    "/feedback/{feedback_id}/content",
    summary="Erase the content of a piece of feedback",
    responses=problem_responses(
        UnauthorizedProblem,
        ForbiddenProblem,
        FeedbackNotFoundProblem,
        InvalidRequestProblem,
        AttachmentsNotConfiguredProblem,
    ),
)
async def content_erase(
    feedback_id: UUID, session: SessionDep, storage: StorageIfAnyDep, eraser: EraserDep
) -> ContentErased:
    """Text, title, name, contact, place, files, answers and notes go for good; the figures stay. Safe to repeat."""
    facts = await feedback.find_locked(session, feedback_id)
    if facts is None:
        raise FeedbackNotFoundProblem
    return await service.erase(session, storage, facts, actor=eraser.name)


@router.delete(
    "/receipts/{receipt}/content",
    summary="Erase the content of the feedback with a receipt",
    responses=problem_responses(
        UnauthorizedProblem,
        ForbiddenProblem,
        ReceiptNotFoundProblem,
        InvalidRequestProblem,
        AttachmentsNotConfiguredProblem,
    ),
)
async def content_erase_by_receipt(
    receipt: Annotated[str, Path(max_length=40, examples=["7KQ2-XN4M-PWDA-9ZRT"])],
    session: SessionDep,
    storage: StorageIfAnyDep,
    eraser: EraserDep,
) -> ContentErased:
    """For a sender who asks for it with the receipt. The receipt goes on showing how the feedback stands."""
    facts = await feedback.find_by_receipt(session, receipt.strip().upper())
    if facts is None:
        raise ReceiptNotFoundProblem
    return await service.erase(session, storage, facts, actor=eraser.name)


@router.get(
    "/erasures",
    summary="Which feedback has been erased?",
    dependencies=[Depends(require(Scope.SERVICE))],
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, InvalidRequestProblem),
)
async def erasure_list(
    session: ReadSessionDep,
    ids: Annotated[list[UUID], Query(alias="id", min_length=1, description="The items; as many as a page may have.")],
) -> ErasedFeedback:
    """For services that hold a copy of what was written, to erase theirs. Ids that are not known are left out."""
    limit = get_settings().page_size_max
    if len(ids) > limit:
        raise invalid("id", f"names {len(ids)} items; the limit is {limit}, send several requests")
    return ErasedFeedback(erased=await repository.fetch_erased(session, ids))

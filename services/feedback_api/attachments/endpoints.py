"""/v1/feedback/{feedback_id}/attachments: for staff."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from fastapi.responses import StreamingResponse

from services.feedback_api.attachments import repository
from services.feedback_api.attachments.errors import AttachmentNotFoundProblem, AttachmentsNotConfiguredProblem
from services.feedback_api.attachments.sanitising import EXTENSIONS
from services.feedback_api.attachments.schemas import AttachmentList, AttachmentPublic
from services.feedback_api.attachments.storage import AttachmentStorage, StorageDep
from services.feedback_api.feedback import repository as feedback
from services.feedback_api.feedback.errors import FeedbackNotFoundProblem
from services.shared.database import ReadSessionDep
from services.shared.problems import ForbiddenProblem, UnauthorizedProblem, problem_responses
from services.shared.scopes import Scope
from services.shared.security import Principal, require
from services.shared.tables import FeedbackAttachment

router = APIRouter(prefix="/v1/feedback/{feedback_id}/attachments", tags=["attachments"])

HandlerDep = Annotated[Principal, Depends(require(Scope.FEEDBACK_HANDLE))]

SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
}
"""A file of a stranger's must run nowhere and be kept nowhere."""


@router.get(
    "",
    summary="List the attachments of a piece of feedback",
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, FeedbackNotFoundProblem),
)
async def attachment_list(feedback_id: UUID, session: ReadSessionDep, _handler: HandlerDep) -> AttachmentList:
    """In the order they were sent; none once the content is erased."""
    if await feedback.find(session, feedback_id) is None:
        raise FeedbackNotFoundProblem
    rows = await repository.fetch(session, feedback_id)
    return AttachmentList(items=[AttachmentPublic.model_validate(row) for row in rows])


@router.get(
    "/{position}",
    summary="Read an attachment",
    response_class=StreamingResponse,
    responses={
        200: {"description": "The file.", "content": {media_type: {} for media_type in EXTENSIONS}},
        **problem_responses(
            UnauthorizedProblem, ForbiddenProblem, AttachmentNotFoundProblem, AttachmentsNotConfiguredProblem
        ),
    },
)
async def attachment_read(
    feedback_id: UUID,
    position: Annotated[int, Path(ge=1, le=1000)],
    session: ReadSessionDep,
    storage: StorageDep,
    _handler: HandlerDep,
) -> StreamingResponse:
    """The file as it is stored, without what its sender's camera or program had added."""
    found = await repository.find(session, feedback_id, position)
    if found is None:
        raise AttachmentNotFoundProblem("list the item's attachments to see which there are")
    return await stream(storage, found)


async def stream(storage: AttachmentStorage, attachment: FeedbackAttachment) -> StreamingResponse:
    """The file as an answer that a browser saves and never runs."""
    name = f"attachment-{attachment.position}.{EXTENSIONS[attachment.media_type]}"
    return StreamingResponse(
        await storage.read(attachment.storage_key),
        media_type=attachment.media_type,
        headers=SAFE_HEADERS
        | {
            "Content-Length": str(attachment.byte_size),
            "Content-Disposition": f'attachment; filename="{name}"',
        },
    )

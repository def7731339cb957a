"""A person's own data: by receipt, by a link sent to their address, or for a clerk who knows who asks."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.attachments import repository as attachments
from services.feedback_api.attachments.endpoints import stream
from services.feedback_api.attachments.errors import AttachmentNotFoundProblem, AttachmentsNotConfiguredProblem
from services.feedback_api.attachments.sanitising import EXTENSIONS
from services.feedback_api.attachments.storage import StorageDep
from services.feedback_api.feedback import repository as feedback
from services.feedback_api.mail import repository as mail
from services.feedback_api.mail.errors import MailNotConfiguredProblem
from services.feedback_api.receipts.errors import ReceiptNotFoundProblem
from services.feedback_api.spam.rate_limit import CountersDep, SubmissionLimit
from services.feedback_api.subject_access import links, service
from services.feedback_api.subject_access.errors import LinkEndedProblem
from services.feedback_api.subject_access.schemas import (
    SubjectAccessAccepted,
    SubjectAccessExport,
    SubjectAccessRequest,
)
from services.shared.clock import now
from services.shared.database import ReadSessionDep, SessionDep
from services.shared.pagination import Cursor, CursorQuery, LimitQuery, add_next_link, page_limit, split_page
from services.shared.problems import (
    ForbiddenProblem,
    InvalidRequestProblem,
    TooManyRequestsProblem,
    UnauthorizedProblem,
    problem_responses,
)
from services.shared.schemas import EmailAddress
from services.shared.scopes import Scope
from services.shared.security import Principal, require
from services.shared.settings import settings_of
from services.shared.tables.mail import MailKind

router = APIRouter(prefix="/v1", tags=["subject access"])

EraserDep = Annotated[Principal, Depends(require(Scope.FEEDBACK_ERASE))]


@router.get(
    "/receipts/{receipt}/export",
    summary="What is held on my feedback?",
    responses=problem_responses(ReceiptNotFoundProblem, InvalidRequestProblem),
)
async def export_by_receipt(
    request: Request,
    receipt: Annotated[str, Path(max_length=40, examples=["7KQ2-XN4M-PWDA-9ZRT"])],
    session: ReadSessionDep,
    response: Response,
) -> SubjectAccessExport:
    """Everything held on the feedback with the receipt, but for internal notes and sensitive answers."""
    facts = await feedback.find_by_receipt(session, receipt.strip().upper())
    if facts is None:
        raise ReceiptNotFoundProblem("check the receipt: four groups of four letters and digits")
    response.headers["Cache-Control"] = "no-store"
    return await service.export(session, settings_of(request), [facts], at=now(), by="receipt")


@router.post(
    "/subject-access-requests",
    status_code=202,
    summary="Ask for what is held under an e-mail address",
    dependencies=[SubmissionLimit],
    responses=problem_responses(InvalidRequestProblem, TooManyRequestsProblem, MailNotConfiguredProblem),
)
async def subject_access_request(
    request: Request, wish: SubjectAccessRequest, session: SessionDep, counters: CountersDep
) -> SubjectAccessAccepted:
    """A link is sent to the address, whether anything is held or not: so only its owner learns which. No more than a
    few a day (the setting `subject_access_daily_max`); what is asked beyond is answered alike and not sent.
    """
    if settings_of(request).smtp_url is None:
        raise MailNotConfiguredProblem("ask the city's registry instead, or use the receipt of the feedback")
    limit = settings_of(request).subject_access_daily_max
    if await counters.is_within_day("subject access", service.folded(wish.email), limit):
        await mail.insert(session, MailKind.SUBJECT_ACCESS, language=wish.language, recipient=wish.email, at=now())
    return SubjectAccessAccepted(accepted=True)


@router.get(
    "/subject-access/{token}",
    summary="What is held on me?",
    responses=problem_responses(LinkEndedProblem, InvalidRequestProblem),
)
async def export_by_link(
    request: Request,
    token: Annotated[str, Path(max_length=1000)],
    session: ReadSessionDep,
    response: Response,
    cursor: CursorQuery = None,
    limit: LimitQuery = None,
) -> SubjectAccessExport:
    """The link that was sent to the address leads here."""
    email = links.email_of(settings_of(request), token, at=now())
    if email is None:
        raise LinkEndedProblem("ask for a new one with POST /v1/subject-access-requests")
    page = _Page(request, response, session, cursor, limit)
    return await page.export(email, by="link")


@router.get(
    "/subject-access-attachments/{token}",
    summary="A file of mine",
    response_class=StreamingResponse,
    responses={
        200: {"description": "The file.", "content": {media_type: {} for media_type in EXTENSIONS}},
        **problem_responses(LinkEndedProblem, AttachmentNotFoundProblem, AttachmentsNotConfiguredProblem),
    },
)
async def attachment_by_link(
    request: Request, token: Annotated[str, Path(max_length=1000)], session: ReadSessionDep, storage: StorageDep
) -> StreamingResponse:
    """The links in what is held on a person lead here. A file that has been erased since is gone."""
    named = links.attachment_of(settings_of(request), token, at=now())
    if named is None:
        raise LinkEndedProblem("ask anew for what is held; the files' new links are in it")
    found = await attachments.find(session, *named)
    if found is None:
        raise AttachmentNotFoundProblem("it has been erased")
    return await stream(storage, found)


@router.get(
    "/subject-access",
    summary="What is held on a person?",
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, InvalidRequestProblem),
)
async def export_for_clerk(
    request: Request,
    session: ReadSessionDep,
    response: Response,
    clerk: EraserDep,
    email: Annotated[EmailAddress, Query(description="Of a person whose identity the clerk has verified.")],
    cursor: CursorQuery = None,
    limit: LimitQuery = None,
) -> SubjectAccessExport:
    """For a clerk who has verified who asks."""
    page = _Page(request, response, session, cursor, limit)
    return await page.export(email, by=clerk.name)


@dataclass(frozen=True, slots=True)
class _Page:
    """The page of a person's data that was asked for."""

    request: Request
    response: Response
    session: AsyncSession
    cursor: str | None
    limit: int | None

    async def export(self, email: str, *, by: str) -> SubjectAccessExport:
        self.response.headers["Cache-Control"] = "no-store"
        size = page_limit(self.limit)
        after = Cursor.decode(self.cursor) if self.cursor else None
        rows = await service.find_by_email(self.session, email, after=after, limit=size + 1)
        items, next_cursor = split_page(rows, size, lambda row: Cursor(row.received_at, row.id))
        add_next_link(self.request, self.response, next_cursor)
        return await service.export(
            self.session, settings_of(self.request), items, at=now(), by=by, next_cursor=next_cursor
        )

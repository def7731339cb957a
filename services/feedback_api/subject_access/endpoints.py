"""A person's own data: by receipt, by a link sent to their address, or for a clerk who knows who asks."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

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
    receipt: Annotated[str, Path(max_length=40, examples=["7KQ2-XN4M-PWDA-9ZRT"])],
    session: ReadSessionDep,
    response: Response,
) -> SubjectAccessExport:
    """Everything held on the feedback with the receipt, but for internal notes and sensitive answers."""
    facts = await feedback.find_by_receipt(session, receipt.strip().upper())
    if facts is None:
        raise ReceiptNotFoundProblem("check the receipt: four groups of four letters and digits")
    response.headers["Cache-Control"] = "no-store"
    return await service.export(session, [facts], at=now(), by="receipt")


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
) -> SubjectAccessExport:
    """The link that was sent to the address leads here."""
    email = links.email_of(settings_of(request), token, at=now())
    if email is None:
        raise LinkEndedProblem("ask for a new one with POST /v1/subject-access-requests")
    response.headers["Cache-Control"] = "no-store"
    items, is_complete = await service.find_by_email(session, email, settings_of(request).page_size_max)
    return await service.export(session, items, at=now(), by="link", is_complete=is_complete)


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
) -> SubjectAccessExport:
    """For a clerk who has verified who asks."""
    response.headers["Cache-Control"] = "no-store"
    items, is_complete = await service.find_by_email(session, email, settings_of(request).page_size_max)
    return await service.export(session, items, at=now(), by=clerk.name, is_complete=is_complete)

"""/v1/mail: what became of letters."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.feedback_api.mail import repository
from services.feedback_api.mail.errors import MailNotFoundProblem, MailNotParkedProblem
from services.feedback_api.mail.schemas import MailList, MailPublic
from services.shared.clock import now
from services.shared.database import ReadSessionDep, SessionDep
from services.shared.pagination import LimitQuery, page_limit
from services.shared.problems import ForbiddenProblem, InvalidRequestProblem, UnauthorizedProblem, problem_responses
from services.shared.scopes import Scope
from services.shared.security import Principal, require
from services.shared.tables import OutgoingMail
from services.shared.tables.mail import MailKind, MailState

router = APIRouter(prefix="/v1/mail", tags=["mail"])

HandlerDep = Annotated[Principal, Depends(require(Scope.FEEDBACK_HANDLE))]


@router.get(
    "",
    summary="List letters",
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, InvalidRequestProblem),
)
async def mail_list(
    session: ReadSessionDep, _handler: HandlerDep, state: MailState = MailState.PARKED, limit: LimitQuery = None
) -> MailList:
    """Letters of the state, newest first: `parked` are those that the mail server refused for good."""
    rows = await repository.list_mail(session, state, page_limit(limit))
    return MailList(items=[_public(mail, feedback_id) for mail, feedback_id in rows])


@router.post(
    "/{mail_id}/retry",
    summary="Try a letter again",
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, MailNotFoundProblem, MailNotParkedProblem),
)
async def mail_retry(mail_id: UUID, session: SessionDep, _handler: HandlerDep) -> MailPublic:
    """For a letter that was given up, when the cause is mended. A link to a person's data has to be asked for anew."""
    row = await repository.find(session, mail_id)
    if row is None:
        raise MailNotFoundProblem
    if row.state != MailState.PARKED or row.event_id is None:
        raise MailNotParkedProblem(f"it is {row.state}; only a parked answer can be tried again")
    await repository.requeue(session, mail_id, at=now())
    await session.refresh(row)
    return _public(row, await repository.find_feedback_id(session, row.event_id))


def _public(mail: OutgoingMail, feedback_id: UUID | None) -> MailPublic:
    return MailPublic(
        id=mail.id,
        kind=MailKind(mail.kind),
        feedback_id=feedback_id,
        state=MailState(mail.state),
        attempts=mail.attempts,
        next_attempt_at=mail.next_attempt_at,
        last_error=mail.last_error,
        created_at=mail.created_at,
        finished_at=mail.finished_at,
    )

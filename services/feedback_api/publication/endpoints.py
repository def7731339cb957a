"""/v1/publications, for moderators; and taking back the permission, for senders too."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response

from services.feedback_api.feedback import repository as feedback
from services.feedback_api.feedback.errors import FeedbackNotFoundProblem
from services.feedback_api.publication import repository, service
from services.feedback_api.publication.errors import NotPublishableProblem
from services.feedback_api.publication.repository import Row
from services.feedback_api.publication.schemas import Publication, PublicationDecision, PublicationPage
from services.feedback_api.receipts.errors import ReceiptNotFoundProblem
from services.shared.catalogue import CatalogueDep
from services.shared.clock import now
from services.shared.database import ReadSessionDep, SessionDep
from services.shared.pagination import Cursor, CursorQuery, LimitQuery, add_next_link, page_limit, split_page
from services.shared.problems import ForbiddenProblem, InvalidRequestProblem, UnauthorizedProblem, problem_responses
from services.shared.scopes import Scope
from services.shared.security import Principal, require
from services.shared.settings import settings_of
from services.shared.tables import Feedback, FeedbackContent, FeedbackPublication
from services.shared.tables.feedback import Hold
from services.shared.tables.open311 import Moderation

router = APIRouter(prefix="/v1", tags=["publication"])

ModeratorDep = Annotated[Principal, Depends(require(Scope.FEEDBACK_MODERATE))]


@router.get(
    "/publications",
    summary="List what awaits a moderator",
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, InvalidRequestProblem),
)
async def publication_list(
    request: Request,
    response: Response,
    session: ReadSessionDep,
    _moderator: ModeratorDep,
    moderation: Moderation = Moderation.PENDING,
    limit: LimitQuery = None,
    cursor: CursorQuery = None,
) -> PublicationPage:
    """Feedback that its sender lets be published, with what they wrote; those that came first foremost."""
    size = page_limit(limit)
    rows = await repository.list_rows(session, moderation, Cursor.decode(cursor) if cursor else None, size + 1)
    page, next_cursor = split_page(rows, size, _cursor_of)
    add_next_link(request, response, next_cursor)
    return PublicationPage(items=[_public(*row) for row in page], next=next_cursor)


@router.put(
    "/feedback/{feedback_id}/publication",
    summary="Publish a piece of feedback, or refuse to",
    responses=problem_responses(
        UnauthorizedProblem, ForbiddenProblem, FeedbackNotFoundProblem, NotPublishableProblem, InvalidRequestProblem
    ),
)
async def publication_decide(
    request: Request,
    feedback_id: UUID,
    decision: PublicationDecision,
    session: SessionDep,
    catalogue: CatalogueDep,
    moderator: ModeratorDep,
) -> Publication:
    """Its words are public from now on, in the version given here; or not any more. Safe to repeat and to change."""
    facts = await feedback.find_locked(session, feedback_id)
    if facts is None:
        raise FeedbackNotFoundProblem
    publication = await repository.find(session, feedback_id)
    if publication is None:
        publication = await service.await_moderation(session, catalogue, settings_of(request), facts)
    if publication is None:
        raise NotPublishableProblem("its sender did not permit it, or the city has no service to list it under")
    content = await feedback.fetch_content(session, feedback_id)
    await service.decide(session, facts, content, decision, actor=moderator.name, at=now())
    await session.refresh(publication)
    return _public(publication, facts, content)


@router.delete(
    "/feedback/{feedback_id}/publication-permission",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Withdraw the sender's permission to publish",
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, FeedbackNotFoundProblem, InvalidRequestProblem),
)
async def permission_withdraw(feedback_id: UUID, session: SessionDep, moderator: ModeratorDep) -> None:
    """For a sender who asks for it by telephone or letter. Its public words go; safe to repeat."""
    facts = await feedback.find_locked(session, feedback_id)
    if facts is None:
        raise FeedbackNotFoundProblem
    await service.withdraw(session, facts, by=moderator.name, at=now())


@router.delete(
    "/receipts/{receipt}/publication-permission",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Withdraw my permission to publish",
    responses=problem_responses(ReceiptNotFoundProblem),
)
async def permission_withdraw_by_receipt(
    receipt: Annotated[str, Path(max_length=40, examples=["7KQ2-XN4M-PWDA-9ZRT"])], session: SessionDep
) -> None:
    """For the sender, who has the receipt. What was public of the feedback goes; it is handled as before."""
    if not await service.withdraw_by_receipt(session, receipt, at=now()):
        raise ReceiptNotFoundProblem("check the receipt: four groups of four letters and digits")


def _cursor_of(row: Row) -> Cursor:
    return Cursor(row[1].received_at, row[1].id)


def _public(publication: FeedbackPublication, facts: Feedback, content: FeedbackContent | None) -> Publication:
    return Publication(
        feedback_id=facts.id,
        service_code=publication.service_code,
        moderation=Moderation(publication.moderation),
        moderated_at=publication.moderated_at,
        moderated_by=publication.moderated_by,
        title=publication.title,
        text=publication.body,
        answer=publication.answer,
        has_attachments=publication.has_attachments,
        hold=Hold(facts.hold) if facts.hold else None,
        sent_title=content.title if content else None,
        sent_text=content.body if content else None,
    )

"""Sending: what a submission needs of the request it came with, in one place for all that take submissions."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.attachments import service as attachments
from services.feedback_api.attachments.storage import AttachmentStorage, StorageIfAnyDep
from services.feedback_api.feedback import intake, presenter
from services.feedback_api.feedback.schemas import FeedbackReceipt
from services.feedback_api.feedback.screening import Screening, ScreeningDep
from services.feedback_api.feedback.submission import Submission
from services.feedback_api.publication import service as publication
from services.shared.catalogue import Catalogue, CatalogueDep
from services.shared.clock import now
from services.shared.database import SessionDep
from services.shared.idempotency import Idempotency
from services.shared.security import Principal, PrincipalDep
from services.shared.settings import settings_of


@dataclass(frozen=True, slots=True)
class Sender:
    """Takes submissions of one request."""

    request: Request
    session: AsyncSession
    catalogue: Catalogue
    principal: Principal | None
    screening: Screening
    storage: AttachmentStorage | None

    async def send(self, submission: Submission, idempotency: Idempotency) -> FeedbackReceipt:
        """Store the submission with its files and answer with the receipt; the same request again gets the same."""
        async with attachments.prepared(submission.uploads, settings_of(self.request)) as files:

            async def work() -> FeedbackReceipt:
                origin = intake.origin_of(self.request, self.principal)
                accepted = await intake.submit(
                    self.session, self.catalogue, submission.fields, origin, self.screening, now()
                )
                await publication.await_moderation_of_all(
                    self.session, self.catalogue, settings_of(self.request), [accepted]
                )
                await attachments.store(self.session, self.storage, accepted.id, files, at=now())
                return presenter.receipt_of(self.request.base_url, accepted, submission.fields.masked)

            digests = [file.sent_sha256 for file in files]
            return await idempotency.answer(submission.fields, FeedbackReceipt, work, digests=digests)


async def _sender(
    request: Request,
    session: SessionDep,
    catalogue: CatalogueDep,
    principal: PrincipalDep,
    screening: ScreeningDep,
    storage: StorageIfAnyDep,
) -> Sender:
    return Sender(request, session, catalogue, principal, screening, storage)


SenderDep = Annotated[Sender, Depends(_sender)]

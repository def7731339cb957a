"""Registering and correcting proposals of client panels."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.feedback_api.panel_proposals.schemas import (
    ProposalCreate,
    ProposalFields,
    ProposalPublic,
    ProposalWritten,
)
from services.feedback_api.registers import repository as registers
from services.feedback_api.registers.filters import RegisterFilter
from services.feedback_api.registers.panels import of_panel, unknown_panel
from services.feedback_api.registers.provenance import new_record
from services.feedback_api.registers.staff_text import clean
from services.shared.pagination import Cursor
from services.shared.personal_data import PersonalData
from services.shared.problems import invalid
from services.shared.tables import PanelProposal
from services.shared.tables.participation import ProposalStatus

_UNKNOWN_PANEL = "fk_panel_proposal_panel_id"


async def register(session: AsyncSession, body: ProposalCreate, now: datetime) -> ProposalWritten:
    """Store one proposal."""
    masked = _check(body)
    proposal = PanelProposal(
        **new_record(body, now),
        panel_id=body.panel_id,
        proposed_on=body.proposed_on,
        body=body.text,
        status=body.status.value,
        answered_on=body.answered_on,
        answer=body.answer,
    )
    await registers.insert(session, proposal, unknown_panel(_UNKNOWN_PANEL))
    return ProposalWritten(**present(proposal).model_dump(), masked=list(masked))


async def correct(session: AsyncSession, proposal_id: UUID, body: ProposalFields) -> ProposalWritten:
    """Put ``body`` in the place of what is said of the proposal."""
    masked = _check(body)
    proposal = await registers.find(session, PanelProposal, proposal_id, is_locked=True)
    async with registers.translating(session, unknown_panel(_UNKNOWN_PANEL)):
        proposal.panel_id = body.panel_id
        proposal.proposed_on = body.proposed_on
        proposal.body = body.text
        proposal.status = body.status.value
        proposal.answered_on = body.answered_on
        proposal.answer = body.answer
    return ProposalWritten(**present(proposal).model_dump(), masked=list(masked))


async def list_proposals(
    session: AsyncSession, wanted: RegisterFilter, panel: UUID | None, after: Cursor | None, limit: int
) -> Sequence[PanelProposal]:
    """Up to ``limit`` proposals after the cursor, of the panel or of all."""
    conditions = registers.matching(wanted, PanelProposal, day=col(PanelProposal.proposed_on), unit=None)
    conditions += of_panel(wanted, panel, col(PanelProposal.panel_id))
    return await registers.list_records(session, PanelProposal, conditions, after, limit)


def present(proposal: PanelProposal) -> ProposalPublic:
    """A proposal as it is answered."""
    return ProposalPublic(
        id=proposal.id,
        source=proposal.source,
        source_reference=proposal.source_reference,
        recorded_at=proposal.recorded_at,
        panel_id=proposal.panel_id,
        proposed_on=proposal.proposed_on,
        text=proposal.body,
        status=proposal.status,
        answered_on=proposal.answered_on,
        answer=proposal.answer,
    )


def _check(body: ProposalFields) -> Sequence[PersonalData]:
    """Whether status, days and answer go together; then the texts are cleaned."""
    if body.status is ProposalStatus.OPEN:
        if body.answered_on is not None:
            raise invalid(
                "answered_on", "an open proposal has no answer yet; leave it out, or give the outcome as status"
            )
        if body.answer is not None:
            raise invalid("answer", "an open proposal has no answer yet; leave it out, or give the outcome as status")
    elif body.answered_on is None:
        raise invalid("answered_on", f"a proposal that is {body.status} was answered on some day; give it")
    elif body.answered_on < body.proposed_on:
        raise invalid("answered_on", "lies before `proposed_on`; correct one of them")
    return clean(body, "text", "answer")

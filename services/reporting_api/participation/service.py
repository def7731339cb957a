"""The public acts of participation of a quarter, with units and outcomes by name."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.participation import repository
from services.reporting_api.participation.schemas import (
    Initiative,
    Meeting,
    PanelName,
    Participation,
    Proposal,
    UnitName,
)
from services.reporting_api.periods.participation_figures import INITIATIVE_STATUSES, PROPOSAL_STATUSES
from services.reporting_api.periods.schemas import Demonstration
from services.reporting_api.periods.service import DEMONSTRATION_NOTE, find_period, find_unit, period_answer
from services.shared.catalogue import Catalogue, UnitsAs
from services.shared.periods import PeriodKind
from services.shared.tables import ClientPanel, PanelMeeting, PanelProposal, ResidentsInitiative
from services.shared.tables.participation import RegisterRecord

DEMONSTRATION_SOURCE = "demonstration"


async def read(
    session: AsyncSession, catalogue: Catalogue, quarter: str, unit: str | None, units: UnitsAs, as_of: datetime
) -> Participation:
    """What was done in the quarter, perhaps of one unit's branch; raises the problems of periods."""
    period = find_period(PeriodKind.QUARTER, quarter, as_of)
    branch = catalogue.branch(find_unit(catalogue, unit, units).code, units=units) if unit is not None else None
    meetings = await repository.list_meetings(session, period, branch)
    proposals = await repository.list_proposals(session, period, branch)
    initiatives = await repository.list_initiatives(session, period, branch)
    records = [*(one for one, _ in meetings), *(one for one, _ in proposals), *initiatives]
    return Participation(
        period=period_answer(period, is_complete=period.ends_at <= as_of),
        demonstration=_demonstration(records),
        meetings=[_meeting(catalogue, *row) for row in meetings],
        proposals=[_proposal(catalogue, *row) for row in proposals],
        initiatives=[_initiative(catalogue, row) for row in initiatives],
    )


def _demonstration(records: list[RegisterRecord]) -> Demonstration:
    is_demonstration = any(record.source == DEMONSTRATION_SOURCE for record in records)
    return Demonstration(is_demonstration=is_demonstration, note=DEMONSTRATION_NOTE if is_demonstration else None)


def _unit(catalogue: Catalogue, code: str) -> UnitName:
    return UnitName(code=code, names=catalogue.units[code].names)


def _panel(catalogue: Catalogue, panel: ClientPanel) -> PanelName:
    return PanelName(id=panel.id, kind=panel.kind, names=panel.names, unit=_unit(catalogue, panel.unit_code))


def _meeting(catalogue: Catalogue, meeting: PanelMeeting, panel: ClientPanel) -> Meeting:
    return Meeting(
        panel=_panel(catalogue, panel),
        held_on=meeting.held_on,
        participants=meeting.participants,
        memo=meeting.memo,
        memo_url=meeting.memo_url,
    )


def _proposal(catalogue: Catalogue, proposal: PanelProposal, panel: ClientPanel) -> Proposal:
    return Proposal(
        panel=_panel(catalogue, panel),
        proposed_on=proposal.proposed_on,
        text=proposal.body,
        status=proposal.status,
        status_labels=PROPOSAL_STATUSES[proposal.status],
        answered_on=proposal.answered_on,
        answer=proposal.answer,
    )


def _initiative(catalogue: Catalogue, initiative: ResidentsInitiative) -> Initiative:
    return Initiative(
        subject=initiative.subject,
        received_on=initiative.received_on,
        unit=_unit(catalogue, initiative.unit_code),
        handled_by=initiative.handled_by,
        status=initiative.status,
        status_labels=INITIATIVE_STATUSES[initiative.status],
        decided_on=initiative.decided_on,
        url=initiative.url,
    )

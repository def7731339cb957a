"""The public acts of participation of a quarter, with units and outcomes by name."""

from collections.abc import Sequence

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.disclosure.published import reading
from services.reporting_api.participation import repository
from services.reporting_api.participation.schemas import (
    Initiative,
    Meeting,
    PanelName,
    Participation,
    Proposal,
    UnitName,
)
from services.reporting_api.periods.inquiry import Inquiry, find_period, find_unit
from services.reporting_api.periods.participation_figures import INITIATIVE_STATUSES, PROPOSAL_STATUSES
from services.reporting_api.periods.presenter import DEMONSTRATION_NOTE, period_answer
from services.reporting_api.periods.published import as_of_records, editions_of
from services.reporting_api.periods.schemas import Demonstration
from services.shared.catalogue import Catalogue
from services.shared.tables.participation import InitiativeStatus, ProposalStatus

DEMONSTRATION_SOURCE = "demonstration"


async def read(session: AsyncSession, catalogue: Catalogue, inquiry: Inquiry) -> Participation:
    """What was done in the quarter, perhaps of one unit's branch; raises the problems of periods."""
    period = find_period(inquiry.kind, inquiry.label, inquiry.as_of)
    branch = None
    if inquiry.unit is not None:
        branch = catalogue.branch(find_unit(catalogue, inquiry.unit, inquiry.units).code, units=inquiry.units)
    async with reading(session, inquiry.records):
        meetings = await repository.list_meetings(session, period, branch)
        proposals = await repository.list_proposals(session, period, branch)
        initiatives = await repository.list_initiatives(session, period, branch)
        editions = await editions_of(session, period)
    return Participation(
        period=period_answer(period, is_complete=period.ends_at <= inquiry.as_of),
        as_of=as_of_records(inquiry.as_of, editions),
        editions=editions,
        demonstration=_demonstration([*meetings, *proposals, *initiatives]),
        meetings=[_meeting(catalogue, row) for row in meetings],
        proposals=[_proposal(catalogue, row) for row in proposals],
        initiatives=[_initiative(catalogue, row) for row in initiatives],
    )


def _demonstration(records: Sequence[RowMapping]) -> Demonstration:
    is_demonstration = any(record["source"] == DEMONSTRATION_SOURCE for record in records)
    return Demonstration(is_demonstration=is_demonstration, note=DEMONSTRATION_NOTE if is_demonstration else None)


def _unit(catalogue: Catalogue, code: str) -> UnitName:
    return UnitName(code=code, names=catalogue.units[code].names)


def _panel(catalogue: Catalogue, act: RowMapping) -> PanelName:
    return PanelName(
        id=act["panel_id"],
        kind=act["panel_kind"],
        names=act["panel_names"],
        unit=_unit(catalogue, act["unit_code"]),
    )


def _meeting(catalogue: Catalogue, meeting: RowMapping) -> Meeting:
    return Meeting(
        panel=_panel(catalogue, meeting),
        held_on=meeting["acted_on"],
        participants=meeting["participants"],
        memo=meeting["memo"],
        memo_url=meeting["memo_url"],
    )


def _proposal(catalogue: Catalogue, proposal: RowMapping) -> Proposal:
    status = ProposalStatus(proposal["status"])
    return Proposal(
        panel=_panel(catalogue, proposal),
        proposed_on=proposal["proposed_on"],
        text=proposal["body"],
        status=status,
        status_labels=PROPOSAL_STATUSES[status],
        answered_on=proposal["answered_on"],
        answer=proposal["answer"],
    )


def _initiative(catalogue: Catalogue, initiative: RowMapping) -> Initiative:
    status = InitiativeStatus(initiative["status"])
    return Initiative(
        subject=initiative["subject"],
        received_on=initiative["received_on"],
        unit=_unit(catalogue, initiative["unit_code"]),
        handled_by=initiative["handled_by"],
        status=status,
        status_labels=INITIATIVE_STATUSES[status],
        decided_on=initiative["decided_on"],
        url=initiative["url"],
    )

"""Reads the public acts of participation of a period."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col, select

from services.shared.periods import Period
from services.shared.tables import ClientPanel, PanelMeeting, PanelProposal, ResidentsInitiative

Units = frozenset[str] | None


async def list_meetings(
    session: AsyncSession, period: Period, units: Units
) -> Sequence[tuple[PanelMeeting, ClientPanel]]:
    """Meetings held in the period, of the units' panels or of all."""
    statement = (
        select(PanelMeeting, ClientPanel)
        .join(ClientPanel, col(ClientPanel.id) == col(PanelMeeting.panel_id))
        .where(_within(col(PanelMeeting.held_on), period), *_of_units(col(ClientPanel.unit_code), units))
        .order_by(col(PanelMeeting.held_on), col(PanelMeeting.id))
    )
    return [(meeting, panel) for meeting, panel in await session.execute(statement)]


async def list_proposals(
    session: AsyncSession, period: Period, units: Units
) -> Sequence[tuple[PanelProposal, ClientPanel]]:
    """Proposals made or answered in the period, of the units' panels or of all."""
    is_in_period = or_(_within(col(PanelProposal.proposed_on), period), _within(col(PanelProposal.answered_on), period))
    statement = (
        select(PanelProposal, ClientPanel)
        .join(ClientPanel, col(ClientPanel.id) == col(PanelProposal.panel_id))
        .where(is_in_period, *_of_units(col(ClientPanel.unit_code), units))
        .order_by(col(PanelProposal.proposed_on), col(PanelProposal.id))
    )
    return [(proposal, panel) for proposal, panel in await session.execute(statement)]


async def list_initiatives(session: AsyncSession, period: Period, units: Units) -> Sequence[ResidentsInitiative]:
    """Initiatives received or decided in the period, of the units or of all."""
    is_in_period = or_(
        _within(col(ResidentsInitiative.received_on), period), _within(col(ResidentsInitiative.decided_on), period)
    )
    statement = (
        select(ResidentsInitiative)
        .where(is_in_period, *_of_units(col(ResidentsInitiative.unit_code), units))
        .order_by(col(ResidentsInitiative.received_on), col(ResidentsInitiative.id))
    )
    return (await session.execute(statement)).scalars().all()


def _within(day: Mapped[object], period: Period) -> ColumnElement[bool]:
    return (day >= period.starts_on) & (day < period.ends_on)


def _of_units(unit: Mapped[str], units: Units) -> list[ColumnElement[bool]]:
    return [] if units is None else [unit.in_(units)]

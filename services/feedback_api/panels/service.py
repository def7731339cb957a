"""Registering, correcting and deleting client panels."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.feedback_api.panels.schemas import PanelCreate, PanelFields, PanelPublic
from services.feedback_api.registers import repository as registers
from services.feedback_api.registers.errors import PanelInUseProblem
from services.feedback_api.registers.filters import RegisterFilter
from services.feedback_api.registers.provenance import new_record
from services.shared.catalogue import Catalogue
from services.shared.pagination import Cursor
from services.shared.tables import ClientPanel

_IN_USE = PanelInUseProblem("delete its meetings and proposals first, or correct the panel instead")


async def register(session: AsyncSession, catalogue: Catalogue, body: PanelCreate, now: datetime) -> PanelPublic:
    """Store one panel."""
    panel = ClientPanel(
        **new_record(body, now),
        kind=body.kind.value,
        names=body.names.model_dump(exclude_none=True),
        unit_code=catalogue.find_unit(body.unit).code,
    )
    await registers.insert(session, panel)
    return present(panel)


async def correct(session: AsyncSession, catalogue: Catalogue, panel_id: UUID, body: PanelFields) -> PanelPublic:
    """Put ``body`` in the place of what is said of the panel."""
    panel = await registers.find(session, ClientPanel, panel_id, is_locked=True)
    panel.kind = body.kind.value
    panel.names = body.names.model_dump(exclude_none=True)
    panel.unit_code = catalogue.find_unit(body.unit).code
    await session.flush()
    return present(panel)


async def delete(session: AsyncSession, panel: ClientPanel) -> None:
    """Delete a panel; raises :class:`PanelInUseProblem` where it has meetings or proposals."""
    in_use = dict.fromkeys(("fk_panel_meeting_panel_id", "fk_panel_proposal_panel_id"), _IN_USE)
    await registers.delete(session, panel, in_use)


async def list_panels(
    session: AsyncSession, wanted: RegisterFilter, after: Cursor | None, limit: int
) -> Sequence[ClientPanel]:
    """Up to ``limit`` panels after the cursor; panels have no day."""
    conditions = registers.matching(wanted, ClientPanel, day=None, unit=col(ClientPanel.unit_code))
    return await registers.list_records(session, ClientPanel, conditions, after, limit)


def present(panel: ClientPanel) -> PanelPublic:
    """A panel as it is answered."""
    return PanelPublic(
        id=panel.id,
        source=panel.source,
        source_reference=panel.source_reference,
        recorded_at=panel.recorded_at,
        kind=panel.kind,
        names=panel.names,
        unit=panel.unit_code,
    )

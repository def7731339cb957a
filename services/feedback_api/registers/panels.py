"""What is said of records that belong to a panel."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped
from sqlmodel import col, select

from services.feedback_api.registers.filters import RegisterFilter
from services.shared.problems import Problem, invalid
from services.shared.tables import ClientPanel


def unknown_panel(constraint: str) -> Mapping[str, Problem]:
    """The problem of a panel that is not registered, by the name of the constraint that says so."""
    return {constraint: invalid("panel_id", "no panel has this id; GET /v1/panels lists them, POST registers one")}


def of_panel(wanted: RegisterFilter, panel: UUID | None, panel_id: Mapped[UUID]) -> list[ColumnElement[bool]]:
    """The conditions on ``panel_id``: that it is ``panel``, and one of the wanted units."""
    conditions: list[ColumnElement[bool]] = []
    if panel is not None:
        conditions.append(panel_id == panel)
    if wanted.units is not None:
        conditions.append(panel_id.in_(select(ClientPanel.id).where(col(ClientPanel.unit_code).in_(wanted.units))))
    return conditions

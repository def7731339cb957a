"""Requests and answers about client panels."""

from pydantic import Field

from services.feedback_api.registers.schemas import Provenance, RecordPublic
from services.shared.schemas import Code, LineText, RequestModel, ResponseModel
from services.shared.tables.base import Labels
from services.shared.tables.participation import PanelKind


class PanelNames(RequestModel):
    """What the panel is called."""

    fi: LineText
    sv: LineText | None = None
    en: LineText | None = None


class PanelFields(RequestModel):
    """A panel of clients, an elected council, or a group of experts by experience."""

    kind: PanelKind
    names: PanelNames = Field(examples=[{"fi": "Kinaporin asiakasneuvosto", "en": "Client council of Kinapori"}])
    unit: Code = Field(
        description="Code or alias of the unit whose clients take part.", examples=["kinapori-service-centre"]
    )


class PanelCreate(Provenance, PanelFields):
    """A panel as it is registered."""


class PanelPublic(RecordPublic):
    """A registered panel."""

    kind: PanelKind
    names: Labels
    unit: str


class PanelPage(ResponseModel):
    """A page of panels, in the order they were registered."""

    items: list[PanelPublic]
    next: str | None = Field(description="The cursor of the next page; null at the end.")

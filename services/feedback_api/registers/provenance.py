"""Where a record comes from, and when it was recorded."""

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from services.feedback_api.registers.schemas import Provenance
from services.shared.identifiers import new_uuid
from services.shared.problems import invalid

STAFF_SOURCE = "staff"


class NewRecord(TypedDict):
    """The columns every new record has."""

    id: UUID
    source: str
    source_reference: str | None
    recorded_at: datetime


def new_record(provenance: Provenance, now: datetime) -> NewRecord:
    """The columns of a record registered ``now``; refuses a source without a reference and the other way round."""
    if (provenance.source is None) != (provenance.reference is None):
        missing = "source" if provenance.source is None else "reference"
        raise invalid(missing, "source and reference belong together; give both, or neither for what is keyed in here")
    return NewRecord(
        id=new_uuid(),
        source=provenance.source or STAFF_SOURCE,
        source_reference=provenance.reference,
        recorded_at=now,
    )

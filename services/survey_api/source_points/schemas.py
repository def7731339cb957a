"""Mappings on the wire."""

from datetime import datetime
from typing import Self

from pydantic import Field

from services.shared.schemas import Code, LineText, RequestModel, ResponseModel
from services.shared.tables import SourcePointMapping
from services.survey_api.responses.schemas import SourceCode


class SourcePointPut(RequestModel):
    """What another system's point is with us."""

    source: SourceCode = Field(examples=["happy_or_not"])
    source_point: LineText = Field(description="That system's key of the place.", examples=["11:42"])
    survey: Code
    service_point: Code = Field(description="The unit, by code.", examples=["ruskeasuo-dental-clinic"])


class MappingRead(ResponseModel):
    """A point's mapping."""

    source: str
    source_point: str
    survey: str
    service_point: str
    reviewed_by: str = Field(description="The name of the key it was set with.")
    updated_at: datetime

    @classmethod
    def of(cls, row: SourcePointMapping) -> Self:
        """The mapping."""
        return cls(
            source=row.source,
            source_point=row.source_point,
            survey=row.survey_code,
            service_point=row.service_point_code,
            reviewed_by=row.reviewed_by,
            updated_at=row.updated_at,
        )


class MappingPage(ResponseModel):
    """Mappings by source and point."""

    items: list[MappingRead]
    next: str | None

"""The connector on the wire."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from services.shared.schemas import Code, LineText, PastDay, RequestModel, ResponseModel
from services.shared.tables import HappyOrNotPull
from services.shared.tables.happy_or_not import Generation, IndexOrder, OrderCheck, PullKind, PullState

VendorKey = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_.-]*[A-Za-z0-9_-]$")]
"""An id or key of the vendor's, as text."""

OPTIONS_MAX = 1000
"""Options of one survey: the vendor has at most six a question, two questions, and changes them over the years."""


class PullCreate(RequestModel):
    """Days to read; without them, what is due."""

    from_day: PastDay | None = Field(default=None, description="The first day to read; by default what is due.")
    to_day: PastDay | None = Field(default=None, description="The last day to read; by default today.")

    @model_validator(mode="after")
    def _days_are_a_span(self) -> Self:
        if self.to_day is not None and (self.from_day is None or self.to_day < self.from_day):
            raise ValueError("to_day needs a from_day that is not later; give both, or only from_day")
        return self


class PullRead(ResponseModel):
    """A pull: queued, running, and at last finished, failed or interrupted."""

    id: UUID
    kind: PullKind
    state: PullState
    requested_by: str = Field(description="The name of the key it was asked with, or `schedule`.")
    from_day: date | None
    to_day: date | None
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    read_until: date | None = Field(description="Everything given before this day has been read.")
    counts: dict[str, int] = Field(
        description="What was found: `read`, `new` and `changed` presses, `texts`, `spam_texts` (left out), "
        "`follow_ups`, `hours`, `unreadable` rows; and what became of it: `created`, `updated`, `amended`, "
        "`unchanged`, `refused`, `waiting`."
    )
    failure_code: str | None
    failure_detail: str | None = Field(description="What went wrong and what to do.")

    @classmethod
    def of(cls, row: HappyOrNotPull) -> Self:
        """The pull."""
        return cls(
            id=row.id,
            kind=PullKind(row.kind),
            state=PullState(row.state),
            requested_by=row.requested_by,
            from_day=row.from_day,
            to_day=date.fromordinal(row.until_day.toordinal() - 1) if row.until_day else None,
            requested_at=row.requested_at,
            started_at=row.started_at,
            finished_at=row.finished_at,
            read_until=row.read_until,
            counts=row.counts,
            failure_code=row.failure_code,
            failure_detail=row.failure_detail,
        )


class PullPage(ResponseModel):
    """Pulls, the newest first."""

    items: list[PullRead]
    next: str | None


class SurveyMappingEntry(RequestModel):
    """What a survey of the vendor's is with us, and the service point of each of its points."""

    generation: Generation = Generation.V2
    survey_id: VendorKey = Field(description="v2: the surveyId. v1: the survey's key.", examples=["11"])
    survey: Code = Field(description="Our survey, by code.")
    rating: Code = Field(description="Our question that the buttons answer.")
    comment: Code | None = Field(description="Our text question; null leaves the vendor's texts out on purpose.")
    follow_up: Code | None = Field(description="Our choice question; null leaves follow-ups out on purpose.")
    options: dict[VendorKey, Code | None] = Field(
        default_factory=dict,
        max_length=OPTIONS_MAX,
        description="followupOptionId to our option's code; null leaves one out on purpose, and one not listed waits.",
    )
    index_order: IndexOrder | None = Field(
        default=None,
        description="Which button index 0 is, `negative_first` if not given. Must be given where the vendor's scale is "
        "`five_reversed`, as the vendor does not say what is reversed.",
    )
    reviewed_by: LineText | None = Field(
        default=None, description="Who has looked at this entry; without it, it is only proposed and counts nothing."
    )
    points: dict[VendorKey, Code] = Field(
        min_length=1,
        description="experiencePointId (v1: the folder's key) to our service point's code.",
        examples=[{"42": "ruskeasuo-dental-clinic"}],
    )


class MappingPut(RequestModel):
    """The whole mapping; it takes the place of the one before."""

    surveys: list[SurveyMappingEntry]


class MappingFault(ResponseModel):
    """Something wrong with a mapping."""

    name: str = Field(examples=["surveys.0.points.42"])
    reason: str


class WaitingRead(ResponseModel):
    """How much of a survey at a point waits, and why."""

    generation: Generation
    survey_id: str
    question: str | None
    point_id: str
    point: str | None
    reason: str | None = Field(description="null: not looked at yet.")
    count: int = Field(description="Presses; hours in v1.")
    first_at: datetime
    last_at: datetime


class SurveySeen(ResponseModel):
    """A survey of the vendor's."""

    generation: Generation
    survey_id: str
    question: str | None
    scale: str | None
    index_type: str | None
    state: str | None
    order_check: OrderCheck | None = Field(
        description="v1: whether single presses confirm the mapping's order of buttons."
    )
    mapping: str = Field(description="`unmapped`, `proposed` or `reviewed`.")


class PointSeen(ResponseModel):
    """A point of the vendor's; groups of points are not listed."""

    generation: Generation
    point_id: str
    name: str | None
    is_mapped: bool = Field(description="Whether any survey's mapping names it.")


class OptionSeen(ResponseModel):
    """A follow-up option of the vendor's."""

    option_id: str
    survey_id: str | None
    label: str | None
    is_positive: bool | None
    is_mapped: bool
    waiting: int = Field(description="Presses that chose it and wait.")


class ConnectorState(ResponseModel):
    """The connector as it stands."""

    configured: list[Generation] = Field(description="The interfaces there is a token for.")
    pull_minutes: int | None = Field(description="How often it pulls by itself; null: only when asked.")
    read_until: dict[Generation, date | None]
    last_pull: PullRead | None
    surveys: list[SurveySeen]
    points: list[PointSeen]
    options: list[OptionSeen]
    waiting: list[WaitingRead]


class MappingReport(ResponseModel):
    """What a mapping does, or would do."""

    is_stored: bool = Field(
        description="Whether it took the place of the one before; not in a dry run, nor with faults."
    )
    faults: list[MappingFault]
    unmapped_surveys: list[str] = Field(description="Surveys seen that it has no entry for, as generation:id.")
    unmapped_points: list[str] = Field(description="Points with answers, or seen, that it does not name.")
    unmapped_options: list[str] = Field(description="Options seen of surveys with a follow-up question, not listed.")
    proposed: list[str] = Field(description="Entries that nobody has reviewed.")

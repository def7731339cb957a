"""The answers about a period. Every kind of period has the same tree; only the names of a figure's comparisons differ.

A figure compares with ``previous_{kind}`` and ``same_{kind}_last_year``. A year has only ``previous_year``, as the year
before and the same period last year are one.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar

from pydantic import AliasChoices, Field

from services.reporting_api.disclosure.schemas import DisclosureAnswer
from services.reporting_api.measures.figures import Change, FigureStatus, Reason, SuppressionReason
from services.reporting_api.measures.registry import MeasureUnit
from services.reporting_api.readiness.coverage import SourceKind
from services.reporting_api.statements.schemas import StatementComparison
from services.shared.catalogue import UnitsAs
from services.shared.periods import PeriodKind
from services.shared.schemas import ResponseModel
from services.shared.tables.base import Labels
from services.shared.tables.surveys import QuestionKind, QuestionPurpose

Number = int | float


class StandardisedAnswer(ResponseModel):
    """The present value as it would be, had the answers come in the ways they came in then.

    The sum, over the ways of collection of the earlier period, of the present value of each way times the share the way
    had then: direct standardisation. Its difference from the earlier value holds nothing of the mix.
    """

    value: Number | None = Field(examples=[79.1])
    difference: Number | None = Field(description="The standardised value less the earlier one.", examples=[1.3])
    difference_interval: tuple[Number, Number] | None = Field(description="95 % interval.", examples=[[-2.9, 5.5]])
    change: Change = Field(description="By the interval of the standardised difference.")
    reason: Reason | None = Field(
        description="Why there is no word: `mode_without_answers` where a way of then had no answers now; "
        "`device_presses`, `too_few`."
    )


class ComparisonAnswer(ResponseModel):
    """An earlier period's value, and what changed since."""

    value: Number | None = Field(examples=[77.8])
    count: int | None = Field(examples=[165])
    base: int | None = Field(examples=[212])
    difference: Number | None = Field(description="This value less the earlier one.", examples=[2.2])
    difference_interval: tuple[Number, Number] | None = Field(description="95 % interval.", examples=[[-3.1, 7.9]])
    change: Change = Field(description="By the interval of the difference, never by the bare difference.")
    reason: Reason | None = Field(description="Why the periods are not comparable.")
    standardised: StandardisedAnswer | None = Field(
        description="Of a survey's score whose answers came in another mix of ways than then; else null."
    )


class SeriesPointAnswer(ResponseModel):
    """The figure in one period of the series."""

    period: str = Field(examples=["2021-Q1"])
    value: Number | None
    count: int | None
    base: int | None
    interval: tuple[Number, Number] | None
    status: FigureStatus
    suppression_reason: SuppressionReason | None
    change: Change = Field(description="From the period before.")
    reason: Reason | None = Field(description="Why it is not comparable with the period before: a break in the series.")


class FigureAnswer(ResponseModel):
    """What the figures of all kinds of period share."""

    measure: str = Field(description="`GET /v1/measures` defines it.", examples=["satisfied_share"])
    value: Number | None = Field(examples=[80.0])
    unit: MeasureUnit
    count: int | None = Field(description="A share's numerator, a mean's number of values.", examples=[8000])
    base: int | None = Field(description="What was counted among; null for the cases themselves.", examples=[10000])
    interval: tuple[Number, Number] | None = Field(description="95 % interval.", examples=[[79.2, 80.8]])
    status: FigureStatus
    suppression_reason: SuppressionReason | None = Field(description="Why the figure is hidden; null if it is not.")
    series: list[SeriesPointAnswer] | None = Field(
        description="With `series`: the figure in each of the periods that have it, the oldest first."
    )


class QuarterFigure(FigureAnswer):
    """A quarter's figure. An edition that was kept is read again by its own names."""

    previous_quarter: ComparisonAnswer = Field(validation_alias=AliasChoices("previous", "previous_quarter"))
    same_quarter_last_year: ComparisonAnswer = Field(
        validation_alias=AliasChoices("last_year", "same_quarter_last_year")
    )


class MonthFigure(FigureAnswer):
    """A month's figure."""

    previous_month: ComparisonAnswer = Field(validation_alias="previous")
    same_month_last_year: ComparisonAnswer = Field(validation_alias="last_year")


class WeekFigure(FigureAnswer):
    """A week's figure."""

    previous_week: ComparisonAnswer = Field(validation_alias="previous")
    same_week_last_year: ComparisonAnswer = Field(validation_alias="last_year")


class YearFigure(FigureAnswer):
    """A year's figure."""

    previous_year: ComparisonAnswer = Field(validation_alias="previous")


FigureT = TypeVar("FigureT")


class Entry(ResponseModel, Generic[FigureT]):
    """One class of a distribution. ``code`` is null for what has no class."""

    code: str | None
    labels: Labels
    number: FigureT
    share: FigureT


class ShareEntry(ResponseModel, Generic[FigureT]):
    """One option of a question."""

    code: str
    labels: Labels
    share: FigureT


class Balance(ResponseModel):
    """received = counted + transferred_out + inappropriate; counted = handled + open."""

    received: int
    counted: int
    transferred_out: int
    inappropriate: int
    handled: int
    open: int
    holds: bool


class Times(ResponseModel, Generic[FigureT]):
    """Mean and median of one clock, in days of 24 hours."""

    mean: FigureT
    median: FigureT


class Target(ResponseModel):
    """A target that was in force in the period."""

    valid_from: date
    target_days: float
    labels: Labels


class OnTarget(ResponseModel, Generic[FigureT]):
    """Handled strictly under the target. ``target_days`` is null when the target changed within the period."""

    share: FigureT
    target_days: float | None
    targets: list[Target]


class TopicEntry(ResponseModel, Generic[FigureT]):
    """A topic's feedback by type; shares are of the topic's."""

    code: str | None
    labels: Labels
    by_type: list[Entry[FigureT]]


class LanguageEntry(ResponseModel, Generic[FigureT]):
    """The feedback of one sender's language: is it answered as soon as the others'?"""

    code: str = Field(examples=["sv"])
    labels: Labels
    number: FigureT
    share: FigureT
    handled_share: FigureT
    handling_time: Times[FigureT]
    on_target: FigureT


class FeedbackSection(ResponseModel, Generic[FigureT]):
    """Written feedback received in the period. ``causes`` ranks the topics of complaints, in shares of complaints."""

    received: FigureT
    kept_apart: FigureT
    counted: FigureT
    transferred_out: FigureT
    inappropriate: FigureT
    handled: FigureT
    open: FigureT
    reopened: FigureT
    balance: Balance
    by_type: list[Entry[FigureT]]
    by_topic: list[Entry[FigureT]]
    by_topic_and_type: list[TopicEntry[FigureT]]
    causes: list[Entry[FigureT]]
    by_language: list[LanguageEntry[FigureT]]
    handling_time: Times[FigureT]
    reaction_time: Times[FigureT]
    on_target: OnTarget[FigureT]


class ThemeEntry(ResponseModel, Generic[FigureT]):
    """A theme's feedback."""

    code: str
    labels: Labels
    number: FigureT
    by_type: list[Entry[FigureT]]


class QuestionEntry(ResponseModel, Generic[FigureT]):
    """A question's figures: ``figure`` is null for choices, ``options`` are empty for all else but smileys.

    ``base`` is the number of answers, or of respondents where ``is_multiple_response``: then shares may pass 100. It is
    null where it is hidden.
    """

    code: str
    labels: Labels
    kind: QuestionKind
    purpose: QuestionPurpose
    base: int | None
    is_multiple_response: bool
    figure: FigureT | None
    options: list[ShareEntry[FigureT]]


class QuestionModes(ResponseModel, Generic[FigureT]):
    """The ways in which a score's answers were collected: the score of a way tells its answerers from the others'."""

    code: str = Field(description="The question.", examples=["satisfaction"])
    labels: Labels
    modes: list[ShareEntry[FigureT]]


class NoRate(StrEnum):
    """Why there is no response rate."""

    NO_INVITATIONS = "no_invitations"
    """None were recorded: who could have answered is not known."""
    MORE_RESPONSES_THAN_INVITATIONS = "more_responses_than_invitations"
    """Others answered too, or invitations are missing: a share of more than the whole is none."""
    SEVERAL_RESPONSES = "several_responses"
    """The survey takes several responses of one respondent."""
    NOT_RECORDED = "not_recorded"
    """The edition was made before response rates were."""


class ResponseRate(ResponseModel, Generic[FigureT]):
    """How many of those invited in the period responded in it. ``no_rate`` says why there is no share."""

    invitations: FigureT
    share: FigureT
    no_rate: NoRate | None


_OF_SCORES = (
    "The mix of ways of collection, of each score whose answers came in more than one in this period or those it is "
    "compared with."
)


class ChatEntry(ResponseModel, Generic[FigureT]):
    """A chat: ``questions`` are its contact topics, ``statements`` what respondents agreed with."""

    code: str
    labels: Labels
    unit: str
    respondents: FigureT
    response_rate: ResponseRate[FigureT]
    satisfaction: FigureT | None
    questions: list[QuestionEntry[FigureT]]
    statements: list[ShareEntry[FigureT]]
    other_questions: list[QuestionEntry[FigureT]]
    collection_modes: list[QuestionModes[FigureT]] = Field(description=_OF_SCORES)


class ServicePointEntry(ResponseModel, Generic[FigureT]):
    """The smileys of one service point."""

    code: str
    labels: Labels
    presses: FigureT
    satisfied_share: FigureT
    happy_index: FigureT
    smiley_mean: FigureT


class SmileySection(ResponseModel, Generic[FigureT]):
    """Smileys pressed in the period."""

    presses: FigureT
    satisfied_share: FigureT
    happy_index: FigureT
    smiley_mean: FigureT
    distribution: list[ShareEntry[FigureT]]
    service_points: list[ServicePointEntry[FigureT]]
    note: Labels


class OmbudsmanSection(ResponseModel, Generic[FigureT]):
    """Contacts to the ombudsmen; the reasons' base is the reasons recorded."""

    contacts: FigureT
    by_service: list[Entry[FigureT]]
    reasons_recorded: FigureT
    by_reason: list[Entry[FigureT]]


class SocialReportSection(ResponseModel, Generic[FigureT]):
    """Staff's reports on why clients seek help; a report may have several reasons and barriers, or none of one."""

    reports: FigureT
    reasons_recorded: FigureT
    by_reason: list[Entry[FigureT]]
    barriers_recorded: FigureT
    by_barrier: list[Entry[FigureT]]


class ParticipationSection(ResponseModel, Generic[FigureT]):
    """The registers of participation. ``social_reports`` is null, with a note why, when narrowed to a unit."""

    social_reports: SocialReportSection[FigureT] | None
    social_reports_note: Labels | None
    meetings: FigureT
    meetings_by_kind: list[Entry[FigureT]]
    participants: FigureT
    proposals: FigureT
    proposals_by_status: list[Entry[FigureT]]
    proposals_answered: FigureT
    initiatives: FigureT
    initiatives_by_status: list[Entry[FigureT]]
    initiatives_decided: FigureT


class SurveyEntry(ResponseModel, Generic[FigureT]):
    """A client survey's questions in their order."""

    code: str
    labels: Labels
    unit: str
    respondents: FigureT
    response_rate: ResponseRate[FigureT]
    questions: list[QuestionEntry[FigureT]]
    collection_modes: list[QuestionModes[FigureT]] = Field(description=_OF_SCORES)


class PeriodAnswer(ResponseModel):
    """The period: ``ends_on`` and ``ends_at`` are not part of it."""

    kind: PeriodKind
    label: str = Field(examples=["2021-Q2"])
    starts_on: date
    ends_on: date
    starts_at: datetime
    ends_at: datetime
    is_complete: bool = Field(description="Whether the period is over; what comes late may still move its figures.")


class UnitAnswer(ResponseModel):
    """The unit whose branch of the organisation the figures are narrowed to."""

    code: str
    names: Labels
    units: UnitsAs = Field(description="By which organisation: that of the time, or today's.")


class Demonstration(ResponseModel):
    """Whether invented rows are among those counted."""

    is_demonstration: bool
    note: Labels | None


class UncoveredSource(ResponseModel):
    """A feedback channel that had nothing on days it usually has something."""

    kind: SourceKind
    code: str
    days: list[date]


class EditionShown(ResponseModel):
    """A published edition whose figures are shown in the live ones' place."""

    quarter: str = Field(examples=["2021-Q2"])
    version: int
    as_of: datetime = Field(description="When the figures were counted that it published.")


class Ripening(ResponseModel):
    """How far the figures may still change."""

    share_open: Number | None = Field(
        description="Per cent of the counted feedback that is not handled: with it, handling times will still grow."
    )
    days_uncovered: int = Field(description="Days without feedback from a channel that usually has some.")
    uncovered: list[UncoveredSource]


class Report(ResponseModel, Generic[FigureT]):
    """All figures of a period. ``ombudsman`` is null, with a note why, when figures are narrowed to a unit."""

    period: PeriodAnswer
    unit: UnitAnswer | None
    as_of: datetime = Field(
        description="Nothing shown is older: when the earliest of `editions` was counted; else now, or without a key "
        "of `report:internal` perhaps a moment ago."
    )
    editions: list[EditionShown] = Field(
        description="Published editions whose figures are shown, of the period or of what it is compared with: what "
        "came in later waits for a correction. Empty where all is live and still moves, also after the period, and for "
        "keys of scope `report:internal`."
    )
    ripening: Ripening | None = Field(description="Null only in editions made before it was counted.")
    demonstration: Demonstration
    disclosure: DisclosureAnswer
    feedback: FeedbackSection[FigureT]
    themes: list[ThemeEntry[FigureT]]
    chats: list[ChatEntry[FigureT]]
    smileys: SmileySection[FigureT]
    ombudsman: OmbudsmanSection[FigureT] | None
    ombudsman_note: Labels | None
    participation: ParticipationSection[FigureT]
    surveys: list[SurveyEntry[FigureT]]
    statements: list[StatementComparison] | None


QuarterReport = Report[QuarterFigure]
MonthReport = Report[MonthFigure]
WeekReport = Report[WeekFigure]
YearReport = Report[YearFigure]

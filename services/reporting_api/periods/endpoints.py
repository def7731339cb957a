"""Figures of quarters, months, weeks and years: one code, four addresses."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from services.reporting_api.conditional import NOT_MODIFIED
from services.reporting_api.periods.answers import ReportAnswersDep
from services.reporting_api.periods.dependencies import AskerDep, UnitQuery, UnitsQuery
from services.reporting_api.periods.errors import (
    PeriodLabelProblem,
    PeriodNotBegunProblem,
    StatementsOfUnitProblem,
    UnknownUnitProblem,
)
from services.reporting_api.periods.schemas import MonthReport, QuarterReport, WeekReport, YearReport
from services.shared.catalogue import UnitsAs
from services.shared.periods import LABEL_SCHEMAS, PeriodKind
from services.shared.problems import UnauthorizedProblem, problem_responses
from services.shared.settings import get_settings

router = APIRouter(prefix="/v1", tags=["figures"])

SeriesQuery = Annotated[
    int | None,
    Query(
        ge=1,
        le=get_settings().series_max_periods,
        description="How many periods each figure's `series` has, the one named being the last; 13 quarters show "
        "each of the last year's beside two of its kind.",
    ),
]
CheckQuery = Annotated[
    Literal["statements"] | None,
    Query(description="`statements`: compare with the recounts of feedback_api and survey_api, number by number."),
]

RESPONSES = NOT_MODIFIED | problem_responses(
    UnauthorizedProblem, PeriodNotBegunProblem, PeriodLabelProblem, UnknownUnitProblem
)
QUARTER_RESPONSES = NOT_MODIFIED | problem_responses(
    UnauthorizedProblem, PeriodNotBegunProblem, PeriodLabelProblem, UnknownUnitProblem, StatementsOfUnitProblem
)


@router.get(
    "/quarters/{quarter}",
    summary="The figures of a quarter",
    response_model=QuarterReport,
    responses=QUARTER_RESPONSES,
)
async def quarter_read(
    quarter: Annotated[str, Path(examples=["2021-Q2"], json_schema_extra=LABEL_SCHEMAS[PeriodKind.QUARTER])],
    asker: AskerDep,
    answers: ReportAnswersDep,
    unit: UnitQuery = None,
    units: UnitsQuery = UnitsAs.THEN,
    check: CheckQuery = None,
    series: SeriesQuery = None,
) -> Response:
    """All sections, each figure with count, base, interval, previous quarter and same quarter last year.

    Opinions are hidden as the disclosure policy says, except for keys of scope `report:internal`.
    """
    inquiry = asker.inquiry(PeriodKind.QUARTER, quarter, unit, units, check=check, series=series)
    return await answers.answer(QuarterReport, inquiry, has_key=asker.has_key)


@router.get("/months/{month}", summary="The figures of a month", response_model=MonthReport, responses=RESPONSES)
async def month_read(
    month: Annotated[str, Path(examples=["2021-05"], json_schema_extra=LABEL_SCHEMAS[PeriodKind.MONTH])],
    asker: AskerDep,
    answers: ReportAnswersDep,
    unit: UnitQuery = None,
    units: UnitsQuery = UnitsAs.THEN,
    series: SeriesQuery = None,
) -> Response:
    """As of a quarter; figures compare with the previous month and the same month last year."""
    inquiry = asker.inquiry(PeriodKind.MONTH, month, unit, units, series=series)
    return await answers.answer(MonthReport, inquiry, has_key=asker.has_key)


@router.get("/weeks/{week}", summary="The figures of a week", response_model=WeekReport, responses=RESPONSES)
async def week_read(
    week: Annotated[
        str,
        Path(description="An ISO 8601 week.", examples=["2021-W23"], json_schema_extra=LABEL_SCHEMAS[PeriodKind.WEEK]),
    ],
    asker: AskerDep,
    answers: ReportAnswersDep,
    unit: UnitQuery = None,
    units: UnitsQuery = UnitsAs.THEN,
    series: SeriesQuery = None,
) -> Response:
    """As of a quarter; figures compare with the previous week and the same week last year (53 with 52)."""
    inquiry = asker.inquiry(PeriodKind.WEEK, week, unit, units, series=series)
    return await answers.answer(WeekReport, inquiry, has_key=asker.has_key)


@router.get("/years/{year}", summary="The figures of a year", response_model=YearReport, responses=RESPONSES)
async def year_read(
    year: Annotated[str, Path(examples=["2021"], json_schema_extra=LABEL_SCHEMAS[PeriodKind.YEAR])],
    asker: AskerDep,
    answers: ReportAnswersDep,
    unit: UnitQuery = None,
    units: UnitsQuery = UnitsAs.THEN,
    series: SeriesQuery = None,
) -> Response:
    """As of a quarter; figures compare with the previous year only."""
    inquiry = asker.inquiry(PeriodKind.YEAR, year, unit, units, series=series)
    return await answers.answer(YearReport, inquiry, has_key=asker.has_key)

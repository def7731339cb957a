"""Named tables of a period's figures, in the formats reporting tools read."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from services.reporting_api.conditional import NOT_MODIFIED, conditional_answer, conditional_file
from services.reporting_api.language import Language
from services.reporting_api.periods.dependencies import KINDS, AskerDep, KindPath, LabelPath, UnitQuery, UnitsQuery
from services.reporting_api.periods.errors import PeriodLabelProblem, PeriodNotBegunProblem, UnknownUnitProblem
from services.reporting_api.periods.inquiry import find_period
from services.reporting_api.tables.definitions import TABLES
from services.reporting_api.tables.dependencies import TableServiceDep
from services.reporting_api.tables.errors import UnknownTableProblem
from services.reporting_api.tables.formats.registry import WRITERS, FileFormat
from services.reporting_api.tables.schemas import DatasetAnswer, TableAnswer, TableList
from services.reporting_api.tables.service import BuiltTable, answer_of, summary_of
from services.shared.catalogue import UnitsAs
from services.shared.clock import now
from services.shared.problems import UnauthorizedProblem, problem_responses
from services.shared.settings import get_settings

PASSING = frozenset({"as_of", "updated"})
"""Differ in each answer without any figure having changed."""

router = APIRouter(prefix="/v1", tags=["tables"])

FormatQuery = Annotated[FileFormat, Query(description="`csv-fi`: semicolon and decimal comma.")]
LanguageQuery = Annotated[Language, Query(description="Language of labels and notes; codes are the same in all.")]
SeriesQuery = Annotated[
    int,
    Query(ge=1, le=get_settings().series_max_periods, description="How many periods, the one named being the last."),
]


RESPONSES = NOT_MODIFIED | problem_responses(
    UnauthorizedProblem, PeriodNotBegunProblem, PeriodLabelProblem, UnknownUnitProblem, UnknownTableProblem
)
FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {writer.media_type.split(";")[0]: {} for writer in WRITERS.values()}}
}


@router.get(
    "/{kind}/{label}/tables",
    summary="The tables of a period",
    response_model=TableList,
    responses=NOT_MODIFIED | problem_responses(PeriodNotBegunProblem, PeriodLabelProblem),
)
async def table_list(request: Request, kind: KindPath, label: LabelPath) -> Response:
    """Every table's name, title, dimensions and formats."""
    find_period(KINDS[kind], label, now())
    tables = [summary_of(table) for table in TABLES.values()]
    return conditional_answer(request, TableList(period=label, formats=list(FileFormat), tables=tables))


@router.get(
    "/{kind}/{label}/tables/{table}",
    summary="A table of a period",
    response_model=TableAnswer | DatasetAnswer,
    responses=RESPONSES | FILES,
)
async def table_read(
    kind: KindPath,
    label: LabelPath,
    table: Annotated[str, Path(examples=["feedback-by-type"])],
    asker: AskerDep,
    service: TableServiceDep,
    format: FormatQuery = FileFormat.JSON,  # noqa: A002 (the promised name)
    lang: LanguageQuery = Language.FI,
    series: SeriesQuery = 1,
    unit: UnitQuery = None,
    units: UnitsQuery = UnitsAs.THEN,
) -> Response:
    """Flat rows in JSON, or a file: the same cells in each format, hidden ones marked by their status."""
    built = await service.series(table, asker.inquiry(KINDS[kind], label, unit, units), series)
    return table_answer(asker.request, built, format, lang, name=f"{table}-{label}", is_private=asker.has_key)


def table_answer(
    request: Request,
    built: BuiltTable,
    as_format: FileFormat,
    language: Language,
    *,
    name: str,
    is_private: bool = False,
) -> Response:
    """The table as JSON, or as a file named ``name`` with the language and the format's extension."""
    answer = answer_of(built, language)
    if as_format is FileFormat.JSON:
        return conditional_answer(request, answer, passing=PASSING, is_private=is_private)
    writer = WRITERS[as_format]
    return conditional_file(
        request,
        writer.write(built.table, language, built.edition),
        answer,
        media_type=writer.media_type,
        filename=f"{name}-{language}.{writer.extension}",
        passing=PASSING,
        is_private=is_private,
    )

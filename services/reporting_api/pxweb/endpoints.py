"""``/pxweb/api/v2``: PxWebApi 2, for the tools that read national statistics."""

import re
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from services.reporting_api.conditional import NOT_MODIFIED, conditional_answer, conditional_json, conditional_text
from services.reporting_api.language import Language
from services.reporting_api.periods.dependencies import AskerDep
from services.reporting_api.pxweb.cube import Cube, Selection, default_selection
from services.reporting_api.pxweb.dataset import PASSING, csv_of, dataset_of, metadata_of
from services.reporting_api.pxweb.errors import (
    OutputFormatProblem,
    SelectionProblem,
    TooManyCellsProblem,
    wrong_selection,
)
from services.reporting_api.pxweb.expressions import split
from services.reporting_api.pxweb.formats import OutputFormat, read_format, read_shape
from services.reporting_api.pxweb.presenter import TablesPresenter, config_of
from services.reporting_api.pxweb.schemas import (
    ConfigAnswer,
    PxTableAnswer,
    PxTables,
    SelectedVariable,
    SelectionAnswer,
    VariablesSelection,
)
from services.reporting_api.quarters.dependencies import QuarterServiceDep
from services.reporting_api.tables.definitions import TABLES
from services.reporting_api.tables.errors import UnknownTableProblem
from services.reporting_api.tables.service import find_table
from services.shared.problems import UnauthorizedProblem, problem_responses
from services.shared.settings import get_settings, settings_of

PREFIX = "/pxweb/api/v2"

router = APIRouter(prefix=PREFIX, tags=["pxweb"])

LangQuery = Annotated[Language, Query(description="Language of labels; codes are the same in all.")]
IdPath = Annotated[str, Path(description="A table's name.", examples=["feedback-by-type"])]
PageSizeQuery = Annotated[int, Query(alias="pageSize", ge=1, le=get_settings().page_size_max)]

UNKNOWN = NOT_MODIFIED | problem_responses(UnauthorizedProblem, UnknownTableProblem)
DATASET_SCHEMA = {"type": "object", "required": ["version", "class", "value", "id", "size", "dimension"]}
DATASET: dict[int | str, dict[str, Any]] = {
    200: {"description": "A JSON-stat 2.0 dataset.", "content": {"application/json": {"schema": DATASET_SCHEMA}}}
}
DATA = (
    {200: {"description": DATASET[200]["description"], "content": DATASET[200]["content"] | {"text/csv": {}}}}
    | NOT_MODIFIED
    | problem_responses(
        UnauthorizedProblem, UnknownTableProblem, SelectionProblem, OutputFormatProblem, TooManyCellsProblem
    )
)
VALUE_CODES = {
    "parameters": [
        {
            "name": "valuecodes",
            "in": "query",
            "style": "deepObject",
            "explode": True,
            "required": False,
            "description": "`valuecodes[type]=complaint,question`: codes or expressions of each variable: `*`, `?`, "
            "`TOP(n)`, `BOTTOM(n)`, `FROM(code)`, `TO(code)`, `RANGE(code,code)`. Without any, all of the newest "
            "quarter.",
            "schema": {"type": "object", "additionalProperties": {"type": "string"}},
        }
    ]
}


def _presenter_root(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}{PREFIX}"


@router.get("/config", summary="What PxWeb tools may ask", response_model=ConfigAnswer, responses=NOT_MODIFIED)
async def pxweb_config(request: Request) -> Response:
    """Languages, formats and the most cells of one answer."""
    return conditional_answer(request, config_of(settings_of(request)))


@router.get("/tables", summary="The tables, for PxWeb tools", response_model=PxTables, responses=NOT_MODIFIED)
async def pxweb_tables(
    request: Request,
    service: QuarterServiceDep,
    lang: LangQuery = Language.FI,
    query: Annotated[str, Query(max_length=100, description="Words of the name or title.")] = "",
    page_number: Annotated[int, Query(alias="pageNumber", ge=1, le=1_000_000)] = 1,
    page_size: PageSizeQuery = get_settings().page_size_default,
) -> Response:
    """A page of the tables whose name or title has the words."""
    words = query.casefold().split()
    found = [
        one for one in TABLES.values() if all(word in f"{one.name} {one.titles[lang]}".casefold() for word in words)
    ]
    presenter = TablesPresenter(_presenter_root(request), lang, await service.list_quarters())
    kept = f"&query={quote(query)}" if query else ""
    return conditional_answer(request, presenter.page(found, page_number, page_size, kept))


@router.get("/tables/{id}", summary="A table, for PxWeb tools", response_model=PxTableAnswer, responses=UNKNOWN)
async def pxweb_table(
    request: Request,
    id: IdPath,  # noqa: A002 (the name in PxWebApi) (the specification's name)
    service: QuarterServiceDep,
    lang: LangQuery = Language.FI,
) -> Response:
    """Its title, its first and last quarter, and where its metadata and data are."""
    definition = find_table(id)
    presenter = TablesPresenter(_presenter_root(request), lang, await service.list_quarters())
    table = presenter.table(definition)
    return conditional_answer(request, PxTableAnswer(language=lang.value, **table.model_dump(by_alias=False)))


@router.get("/tables/{id}/metadata", summary="The variables of a table", responses=DATASET | UNKNOWN)
async def pxweb_metadata(
    id: IdPath,  # noqa: A002 (the name in PxWebApi)
    asker: AskerDep,
    service: QuarterServiceDep,
    lang: LangQuery = Language.FI,
) -> Response:
    """A JSON-stat 2.0 dataset with all variables and values, and no cells. All quarters that have data."""
    built = await service.table(id)
    content = metadata_of(Cube.of(built.table), lang, built.edition)
    return conditional_json(asker.request, content, passing=PASSING, is_private=asker.has_key)


@router.get(
    "/tables/{id}/defaultselection",
    summary="What is answered when nothing is selected",
    response_model=SelectionAnswer,
    responses=UNKNOWN,
)
async def pxweb_default_selection(
    request: Request,
    id: IdPath,  # noqa: A002 (the name in PxWebApi)
    service: QuarterServiceDep,
    lang: LangQuery = Language.FI,
) -> Response:
    """All of the newest quarter."""
    built = await service.table(id)
    links = TablesPresenter(_presenter_root(request), lang, []).links(id)
    selection = default_selection(Cube.of(built.table))
    return conditional_answer(
        request,
        SelectionAnswer(
            selection=[
                SelectedVariable(variable_code=code, code_list=None, value_codes=values)
                for code, values in selection.items()
            ],
            language=lang.value,
            links=links,
        ),
    )


class Output:
    """How the cells are to leave."""

    def __init__(
        self,
        asker: AskerDep,
        lang: LangQuery = Language.FI,
        output_format: Annotated[
            str,
            Query(
                alias="outputFormat",
                description="The other formats of PxWebApi are not offered.",
                json_schema_extra={"enum": list(OutputFormat)},
            ),
        ] = OutputFormat.JSON_STAT,
        output_format_params: Annotated[
            list[str],
            Query(
                alias="outputFormatParams",
                description="Of CSV: `UseCodes`, `UseTexts` or `UseCodesAndTexts`; `SeparatorTab`, `SeparatorSpace` "
                "or `SeparatorSemicolon`.",
            ),
        ] = [],  # noqa: B006 (FastAPI copies it)
    ) -> None:
        self._asker = asker
        self._language = lang
        self._format = read_format(output_format)
        self._shape = read_shape(output_format_params)

    async def answer(self, service: QuarterServiceDep, table: str, selection: Selection) -> Response:
        """The selected cells, as they were asked for."""
        request = self._asker.request
        built = await service.table(table)
        whole = Cube.of(built.table)
        max_cells = settings_of(request).pxweb_max_cells
        cube = whole.select(selection or default_selection(whole), max_cells=max_cells)
        is_private = self._asker.has_key
        if self._format is OutputFormat.CSV:
            text = csv_of(cube, self._language, self._shape)
            return conditional_text(request, text, media_type="text/csv; charset=utf-8", is_private=is_private)
        content = dataset_of(cube, self._language, built.edition)
        return conditional_json(request, content, passing=PASSING, is_private=is_private)


OutputDep = Annotated[Output, Depends()]

_NAMED = re.compile(r"valuecodes\[([^\]]*)\]", re.IGNORECASE)


def selection_of(request: Request) -> dict[str, list[str]]:
    """The ``valuecodes[…]`` of the query; raises :class:`SelectionProblem`."""
    selection: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        match = _NAMED.fullmatch(name)
        if match is not None:
            selection.setdefault(match[1], []).extend(split(value))
        elif name.casefold().startswith("valuecodes"):
            raise wrong_selection("", f"{name[:100]!r} names no variable; write valuecodes[type]=complaint")
    return selection


@router.get("/tables/{id}/data", summary="Cells of a table", responses=DATA, openapi_extra=VALUE_CODES)
async def pxweb_data(
    request: Request,
    id: IdPath,  # noqa: A002 (the name in PxWebApi)
    output: OutputDep,
    service: QuarterServiceDep,
) -> Response:
    """The cells selected by `valuecodes`. Every variable but `statistic` needs values; without it cells are values."""
    return await output.answer(service, id, selection_of(request))


@router.post("/tables/{id}/data", summary="Cells of a table, selected by a body", responses=DATA)
async def pxweb_data_query(
    id: IdPath,  # noqa: A002 (the name in PxWebApi)
    body: VariablesSelection,
    output: OutputDep,
    service: QuarterServiceDep,
) -> Response:
    """As the address asked with GET, for selections too long for one."""
    return await output.answer(service, id, {one.variable_code: one.value_codes for one in body.selection})

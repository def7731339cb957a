"""``/odata/v4``: a read feed for Excel and Power BI."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from services.reporting_api.conditional import NOT_MODIFIED, conditional_json, conditional_text
from services.reporting_api.language import Language
from services.reporting_api.odata.entity_sets import find_entity_set
from services.reporting_api.odata.errors import ERROR_RESPONSES, VERSION_HEADER, ODataRoute
from services.reporting_api.odata.metadata import metadata_document
from services.reporting_api.odata.options import read_options
from services.reporting_api.odata.presenter import PREFIX, page_of, service_document
from services.reporting_api.periods.dependencies import AskerDep
from services.reporting_api.quarters.dependencies import QuarterServiceDep
from services.shared.settings import settings_of

router = APIRouter(prefix=PREFIX, tags=["odata"], route_class=ODataRoute)

JSON = "application/json;odata.metadata=minimal"
PASSING = frozenset({"@katsaus.as_of", "@katsaus.updated"})
_DOCUMENT: dict[str, Any] = {"schema": {"type": "object", "required": ["@odata.context", "value"]}}
DOCUMENT: dict[int | str, dict[str, Any]] = {
    200: {"description": "OData JSON.", "content": {"application/json": _DOCUMENT}}
}


def _option(name: str, description: str, example: str) -> dict[str, Any]:
    schema = {"type": "string"}
    return {"name": name, "in": "query", "description": description, "example": example, "schema": schema}


METADATA: dict[int | str, dict[str, Any]] = {200: {"description": "CSDL.", "content": {"application/xml": {}}}}

OPTIONS = {
    "parameters": [
        _option("$select", "Properties, with commas between them.", "period,type,value"),
        _option(
            "$filter",
            "`eq ne gt ge lt le` of a property and a literal, `contains`, `startswith`, `endswith`; `and or not ( )`.",
            "period eq '2021-Q2' and value gt 100",
        ),
        _option("$orderby", "Properties, each with `asc` or `desc`.", "value desc"),
        _option("$top", "Most rows.", "10"),
        _option("$skip", "Rows to pass over.", "0"),
        _option("$count", "`true`: also how many rows match the filter.", "true"),
        _option("$format", "`json`.", "json"),
    ]
}


@router.get("/", summary="The entity sets of the feed", responses=DOCUMENT | ERROR_RESPONSES)
async def odata_service(request: Request) -> Response:
    """OData's service document: each table is an entity set."""
    return _versioned(conditional_json(request, service_document(request), media_type=JSON))


@router.get("/$metadata", summary="The feed's types", response_class=Response, responses=METADATA | ERROR_RESPONSES)
async def odata_metadata(request: Request) -> Response:
    """The entity types with their keys and properties, in XML."""
    return _versioned(conditional_text(request, metadata_document(), media_type="application/xml"))


@router.get(
    "/{entity_set}",
    summary="The rows of a table",
    responses=DOCUMENT | NOT_MODIFIED | ERROR_RESPONSES,
    openapi_extra=OPTIONS,
)
async def odata_rows(
    entity_set: Annotated[str, Path(examples=["feedback_by_type"])],
    asker: AskerDep,
    service: QuarterServiceDep,
    lang: Annotated[Language, Query(description="Language of labels.")] = Language.FI,
) -> Response:
    """The flat rows of all quarters that have data, a page at a time; `@odata.nextLink` leads to the next page."""
    found = find_entity_set(entity_set)
    request = asker.request
    settings = settings_of(request)
    options = read_options(request.query_params.multi_items(), found, settings)
    built = await service.table(found.table)
    page = page_of(request, found, built, lang, options, size=settings.odata_page_size)
    return _versioned(conditional_json(request, page, passing=PASSING, is_private=asker.has_key, media_type=JSON))


def _versioned(response: Response) -> Response:
    response.headers.update(VERSION_HEADER)
    return response

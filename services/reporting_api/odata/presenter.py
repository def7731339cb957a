"""A page of an entity set's rows as OData's JSON."""

from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request

from services.reporting_api.language import Language
from services.reporting_api.odata.entity_sets import ENTITY_SETS, EntitySet
from services.reporting_api.odata.options import Options
from services.reporting_api.tables.formats.flat import flat_rows
from services.reporting_api.tables.service import BuiltTable

PREFIX = "/odata/v4"


def root_of(request: Request) -> str:
    """The address of the service document, with a slash at its end."""
    return f"{str(request.base_url).rstrip('/')}{PREFIX}/"


def service_document(request: Request) -> dict[str, Any]:
    """All entity sets."""
    sets = [{"name": name, "kind": "EntitySet", "url": name} for name in ENTITY_SETS]
    return {"@odata.context": f"{root_of(request)}$metadata", "value": sets}


def page_of(
    request: Request, entity_set: EntitySet, built: BuiltTable, language: Language, options: Options, *, size: int
) -> dict[str, Any]:
    """The page: at most ``size`` rows, with the next one's address where there are more that were asked for."""
    found = options.sort([row for row in flat_rows(built.table, language) if options.matches(row)])
    asked = found[options.skip :][: options.top]
    page = asked[:size]
    chosen = f"({','.join(options.columns)})" if options.is_selected else ""
    document: dict[str, Any] = {"@odata.context": f"{root_of(request)}$metadata#{entity_set.name}{chosen}"}
    if options.has_count:
        document["@odata.count"] = len(found)
    document["@katsaus.as_of"] = built.edition.as_of.isoformat()
    document["@katsaus.updated"] = built.edition.updated.isoformat()
    document["@katsaus.editions"] = [one.model_dump(mode="json") for one in built.edition.editions]
    document["value"] = [{name: row[name] for name in options.columns} for row in page]
    if len(asked) > size:
        document["@odata.nextLink"] = _next_link(request, entity_set, options, size)
    return document


def _next_link(request: Request, entity_set: EntitySet, options: Options, size: int) -> str:
    query = dict(request.query_params) | {"$skip": str(options.skip + size)}
    if options.top is not None:
        query["$top"] = str(options.top - size)
    return f"{root_of(request)}{entity_set.name}?{urlencode(query, safe='$', quote_via=quote)}"

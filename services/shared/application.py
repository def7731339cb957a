"""How every service's app is put together: the same errors, limits, health checks, logs and documents."""

from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.middleware.cors import CORSMiddleware
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from services.shared import garbage_collection, health
from services.shared.allowed_methods import MethodIndex, MethodMiddleware
from services.shared.body_limit import BodyLimitMiddleware, LimitOf
from services.shared.catalogue import CatalogueCache
from services.shared.crowd import Crowd, CrowdMiddleware
from services.shared.database import connect
from services.shared.idempotency import REPLAYED_HEADER, forgetting
from services.shared.logs import configure_logging, quiet_libraries
from services.shared.metrics import endpoints as metrics
from services.shared.metrics.instruments import Metrics
from services.shared.metrics.keys import ScrapeKeys, admitted
from services.shared.metrics.lookups import LookUp, nothing
from services.shared.metrics.questions import Questions
from services.shared.problems import (
    PROBLEM_MEDIA_TYPE,
    BadRequestProblem,
    CrashMiddleware,
    InvalidRequestProblem,
    PayloadTooLargeProblem,
    ProblemDocument,
    UnavailableProblem,
    install_problem_handlers,
    problem_responses,
)
from services.shared.query_parameters import PREFIX as REFUSES_UNKNOWN_PARAMETERS
from services.shared.query_parameters import QueryIndex, QueryMiddleware
from services.shared.request_context import REQUEST_ID_HEADER, RequestContextMiddleware
from services.shared.security import KeyWith
from services.shared.settings import Settings, get_settings
from services.shared.tables.access import Service

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def _nothing_more(_app: FastAPI) -> AsyncIterator[None]:
    yield


def create_app(
    *,
    service: Service,
    title: str,
    description: str,
    tags: Mapping[str, str],
    parameters: Mapping[str, str] = MappingProxyType({}),
    routers: Sequence[APIRouter],
    stream_paths: frozenset[str] = frozenset(),
    upload_limit: Callable[[str, str], int | None] | None = None,
    lifespan: Lifespan = _nothing_more,
    look_up: LookUp = nothing,
) -> FastAPI:
    """A service's app. ``parameters`` says by name what those of addresses mean; ``stream_paths`` take bodies of any
    length, and ``upload_limit`` may tell a larger limit for a path and content type than the setting's; ``lifespan``
    runs what the service needs besides, and ``look_up`` tells metrics of its tables.

    The database is connected when the app starts, unless ``app.state.sessions`` was set before, as tests do.
    """
    settings = get_settings()
    quiet_libraries()

    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        is_process = app.state.sessions is None
        if is_process:
            configure_logging(service, settings.log_level)
            app.state.sessions = connect(settings, service)
            app.state.metrics.watch(app.state.sessions.engine)
        forgets = forgetting(app.state.sessions, service, days=settings.idempotency_key_days)
        async with forgets, lifespan(app):
            if is_process:
                garbage_collection.settle()
            yield
        await app.state.sessions.dispose()

    app = FastAPIOffline(
        title=title,
        description=description,
        version=version("katsaus"),
        openapi_tags=[{"name": name, "description": text} for name, text in tags.items()],
        generate_unique_id_function=_operation_id,
        lifespan=run,
        redoc_url=None,
    )
    app.state.service = service
    app.state.settings = settings
    app.state.metrics = Metrics()
    app.state.questions = Questions(settings.metrics_lookup_seconds)
    app.state.scrape_keys = ScrapeKeys(app.state.questions)
    app.state.look_up = look_up
    app.state.crowd = Crowd(settings.requests_max, counted=app.state.metrics.refused)
    app.state.sessions = None
    app.state.catalogue = CatalogueCache(settings.catalogue_refresh_seconds)
    install_problem_handlers(app)
    all_routers = (*routers, health.router, metrics.router)
    # Within MethodMiddleware, so that HEAD is asked as GET is.
    app.add_middleware(QueryMiddleware, index=QueryIndex(all_routers))
    app.add_middleware(MethodMiddleware, index=MethodIndex(all_routers))
    _add_middleware(app, settings, _limits(settings, stream_paths, upload_limit))
    for router in all_routers:
        app.include_router(router)
    with_key = {_operation_id(route) for route in _routes_with_key(all_routers)}
    _document_problems(app, parameters, key_operations=with_key)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name.replace("_", "-")


def _limits(
    settings: Settings, stream_paths: frozenset[str], upload_limit: Callable[[str, str], int | None] | None
) -> LimitOf:
    def limit_of(path: str, content_type: str) -> int | None:
        if path in stream_paths:
            return None
        return (upload_limit and upload_limit(path, content_type)) or settings.body_max_bytes

    return limit_of


def _add_middleware(app: FastAPI, settings: Settings, limit_of: LimitOf) -> None:
    # Added last is outermost: the request id is there for whatever answers.
    app.add_middleware(BodyLimitMiddleware, limit_of=limit_of)
    app.add_middleware(CrashMiddleware)
    app.add_middleware(RequestContextMiddleware, metrics=app.state.metrics)
    app.add_middleware(CrowdMiddleware, crowd=app.state.crowd)
    # Outside the crowd: a browser whose question beforehand is refused tells its page nothing.
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            # DELETE: a sender takes a permission back. What needs a key is not for pages.
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Content-Type", "Idempotency-Key", "If-None-Match", REQUEST_ID_HEADER],
            expose_headers=[REQUEST_ID_HEADER, REPLAYED_HEADER, "Link", "ETag", "Retry-After", "X-Result-Count"],
        )
    if settings.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))


def _document_common_problems(responses: dict[str, Any], *, has_body: bool, path: str) -> None:
    """What any request may be answered: 422 by the framework, and for unknown parameters of queries; 400, 413 and 503
    before an endpoint sees it.

    An operation that documents its 400 in another shape answers all its errors in that shape, and no 422.
    """
    if "400" in responses and PROBLEM_MEDIA_TYPE not in responses["400"]["content"]:
        responses.pop("422", None)
        return
    if "application/json" in responses.get("422", {}).get("content", {}):
        responses["422"] = problem_responses(InvalidRequestProblem)[422]
    if path.startswith(health.PREFIX):
        return
    if path.startswith(REFUSES_UNKNOWN_PARAMETERS):
        responses["422"] = _with_invalid_request(responses.get("422"))
    responses.setdefault("503", problem_responses(UnavailableProblem)[503])
    responses.setdefault("400", problem_responses(BadRequestProblem)[400])
    if has_body:
        responses.setdefault("413", problem_responses(PayloadTooLargeProblem)[413])


def _with_invalid_request(documented: dict[str, Any] | None) -> dict[str, Any]:
    answer = problem_responses(InvalidRequestProblem)[422]
    if documented is None:
        return answer
    if InvalidRequestProblem.code in documented["description"]:
        return documented
    return documented | {"description": f"{answer['description']}; {documented['description']}"}


def _routes_with_key(routers: Sequence[APIRouter]) -> Iterator[APIRoute]:
    """Operations that are for keys with a scope; the others that read keys are for the public too."""
    for route in (route for router in routers for route in router.routes):
        if isinstance(route, APIRoute) and any(
            isinstance(one.call, KeyWith) or one.call is admitted for one in _all_of(route.dependant)
        ):
            yield route


def _all_of(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for inner in dependant.dependencies:
        yield from _all_of(inner)


def _describe(parameters: Sequence[dict[str, Any]], words: Mapping[str, str]) -> None:
    for parameter in parameters:
        if "description" not in parameter and parameter["name"] in words:
            parameter["description"] = words[parameter["name"]]


def _document_problems(app: FastAPI, words: Mapping[str, str], *, key_operations: Collection[str]) -> None:
    """Every operation's errors are problem documents, also the framework's own; parameters are described, and a key is
    said to be optional where it is.
    """
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is not None:
            return app.openapi_schema
        document = generate()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        definition = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(definition.pop("$defs", {}))
        schemas["ProblemDocument"] = definition
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        for path, operations in document["paths"].items():
            for operation in operations.values():
                _describe(operation.get("parameters", ()), words)
                _document_common_problems(operation["responses"], has_body="requestBody" in operation, path=path)
                if "security" in operation and operation["operationId"] not in key_operations:
                    operation["security"].append({})
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI has it done

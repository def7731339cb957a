"""/open311/v2/: GeoReport v2."""

from collections.abc import Sequence
from datetime import timedelta
from types import GenericAlias
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.attachments import repository as attachment_rows
from services.feedback_api.attachments import service as attachments
from services.feedback_api.attachments.endpoints import stream
from services.feedback_api.attachments.storage import StorageDep, StorageIfAnyDep
from services.feedback_api.deadlines import repository as deadlines
from services.feedback_api.feedback import intake
from services.feedback_api.feedback import repository as feedback
from services.feedback_api.feedback.screening import ScreeningDep
from services.feedback_api.feedback.submission import FormContent, FormContentDep
from services.feedback_api.open311 import presenter, repository, service
from services.feedback_api.open311.authentication import sender_of
from services.feedback_api.open311.errors import ERROR_RESPONSES, wrong
from services.feedback_api.open311.paging import paging_headers
from services.feedback_api.open311.parameters import (
    Parameters,
    check_jurisdiction,
    language_of,
    read_id,
    read_query,
)
from services.feedback_api.open311.repository import PublicItem
from services.feedback_api.open311.representation import Format, answer, read_format
from services.feedback_api.open311.schemas import (
    Discovery,
    Endpoint,
    RequestCreated,
    RequestUpdate,
    ServiceDefinition,
    ServicePublic,
    ServiceRequest,
    Token,
    UpdateCreated,
)
from services.feedback_api.open311.submission import PostedRequest
from services.shared.catalogue import Catalogue, CatalogueDep
from services.shared.clock import now
from services.shared.database import ReadSessionDep, SessionDep
from services.shared.idempotency import Idempotency, IdempotencyKeyHeader
from services.shared.problems import NotFoundProblem
from services.shared.settings import Settings, settings_of

PREFIX = "/open311/v2"

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
"""What the standard has in its discovery document; not fetched."""

REQUEST_PATHS = frozenset(f"{PREFIX}/requests.{fmt}" for fmt in Format)
"""Where photos may be posted."""

router = APIRouter(prefix=PREFIX, tags=["open311"])


async def _format(fmt: str) -> Format:
    return read_format(fmt)


async def _parameters(request: Request) -> Parameters:
    parameters = Parameters.of_query(request)
    check_jurisdiction(request, parameters)
    return parameters


async def _posted(request: Request, form: FormContentDep) -> FormContent:
    if form is None:
        raise wrong("the body", "is not a form; send application/x-www-form-urlencoded or multipart/form-data")
    check_jurisdiction(request, Parameters(form.pairs))
    return form


FormatDep = Annotated[Format, Depends(_format)]
ParametersDep = Annotated[Parameters, Depends(_parameters)]
PostedDep = Annotated[FormContent, Depends(_posted)]


def _documented(model: type[Any], *, is_list: bool, description: str) -> dict[int | str, dict[str, Any]]:
    """The answers of an operation for the OpenAPI document: the same content in both formats, and the errors."""
    return {
        200: {
            "model": GenericAlias(list, (model,)) if is_list else model,
            "description": description,
            "content": {"text/xml": {"schema": {"type": "string"}}},
        },
        **ERROR_RESPONSES,
    }


def _query(*names: str) -> dict[str, Any]:
    """Optional text parameters for the OpenAPI document: they are read tolerantly, not by the framework."""
    return {
        "parameters": [
            {"name": name, "in": "query", "required": False, "schema": {"type": "string"}}
            for name in ("jurisdiction_id", *names)
        ]
    }


def _form(*names: str, has_files: bool = False) -> dict[str, Any]:
    fields: dict[str, Any] = {name: {"type": "string"} for name in names}
    files = {"media": {"type": "array", "items": {"type": "string", "format": "binary"}}} if has_files else {}
    return {
        "requestBody": {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": fields}},
                "multipart/form-data": {"schema": {"type": "object", "properties": fields | files}},
            },
        }
    }


def _open311(path: str, **options: Any) -> dict[str, Any]:
    """Options of an operation that answers by its own means."""
    return {"path": path, "response_class": Response, "response_model": None, **options}


@router.get(
    **_open311("/discovery.{fmt}", summary="Where and how the API is served"),
    responses=_documented(Discovery, is_list=False, description="The discovery document."),
)
async def open311_discovery(request: Request, fmt: FormatDep, catalogue: CatalogueDep) -> Response:
    """Service discovery of Open311. The changeset rises when the services change."""
    settings = settings_of(request)
    endpoint = Endpoint(
        specification=SPECIFICATION,
        url=str(request.base_url).rstrip("/") + PREFIX,
        changeset=catalogue.loaded_at,
        type="production" if settings.open311_is_production else "test",
        formats=["text/xml", "application/json"],
        locales=["fi_FI", "sv_FI", "en_GB"],
    )
    discovery = Discovery(
        changeset=catalogue.loaded_at,
        contact=settings.open311_contact,
        key_service=settings.open311_contact,
        endpoints=[endpoint],
    )
    return answer(discovery, fmt, root="discovery")


@router.get(
    **_open311("/services.{fmt}", summary="List the services", openapi_extra=_query("locale")),
    responses=_documented(ServicePublic, is_list=True, description="What may be asked for."),
)
async def open311_services(fmt: FormatDep, parameters: ParametersDep, catalogue: CatalogueDep) -> Response:
    """Codes, names and groups, in the language of `locale` (fi, sv, en; English without one)."""
    language = language_of(parameters)
    services = [presenter.service_of(row, language) for row in catalogue.open311_services.values()]
    return answer(services, fmt, root="services", item="service")


@router.get(
    **_open311("/services/{service_code}.{fmt}", summary="Read a service's definition", openapi_extra=_query("locale")),
    responses=_documented(ServiceDefinition, is_list=False, description="The service's further questions."),
)
async def open311_service_definition(
    service_code: str, fmt: FormatDep, parameters: ParametersDep, catalogue: CatalogueDep
) -> Response:
    """The attributes that a request for the service may bring as `attribute[code]`; an empty list where it has none."""
    row = catalogue.open311_services.get(service_code)
    if row is None:
        raise NotFoundProblem(f"service_code: {service_code[:100]!r} does not exist; GET services lists those that do")
    return answer(presenter.definition_of(row, language_of(parameters)), fmt, root="service_definition")


@router.post(
    **_open311(
        "/requests.{fmt}",
        summary="Send a request",
        openapi_extra=_form(
            *("api_key", "service_code", "description", "title", "lat", "long", "address_string", "address_id"),
            *("email", "first_name", "last_name", "phone", "media_url", "locale", "jurisdiction_id", "zipcode"),
            *("service_object_id", "service_object_type", "service_request_type", "can_be_published"),
            has_files=True,
        ),
    ),
    responses=_documented(RequestCreated, is_list=True, description="The request's id, one in a list."),
)
async def open311_request_post(
    request: Request,
    response: Response,
    fmt: FormatDep,
    form: PostedDep,
    session: SessionDep,
    catalogue: CatalogueDep,
    screening: ScreeningDep,
    storage: StorageIfAnyDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Answers 200, as Helsinki's clients need. Unknown fields are ignored, empty ones absent; photos come as `media`,
    `media[]` or `photo1`. It can be read by its id at once, and is listed when a moderator has published it.
    """
    parameters = Parameters(form.pairs)
    sender = await sender_of(request, parameters)
    posted = PostedRequest(parameters, catalogue, settings_of(request))
    submission = posted.as_feedback()
    language = language_of(parameters)
    idempotency = Idempotency(request, response, session, str(sender.key_id), idempotency_key)
    async with attachments.prepared(form.uploads, settings_of(request)) as files:

        async def work() -> RequestCreated:
            origin = intake.origin_of(request, sender)
            accepted = await service.post_request(session, catalogue, posted, submission, origin, screening, now())
            await attachments.store(session, storage, accepted.id, files, at=now())
            return RequestCreated(
                service_request_id=str(accepted.id),
                service_notice=service.notice_of(accepted, language),
                account_id=None,
            )

        digests = [posted.service.code, *(file.sent_sha256 for file in files)]
        created = await idempotency.answer(submission, RequestCreated, work, digests=digests)
    return answer([created], fmt, root="service_requests", item="request", headers=dict(response.headers))


@router.get(
    **_open311(
        "/requests.{fmt}",
        summary="List published requests",
        openapi_extra=_query(
            *("service_request_id", "service_code", "start_date", "end_date", "status", "updated_after"),
            *("updated_before", "lat", "long", "radius", "bbox", "service_object_id", "search", "extensions"),
            *("locale", "page", "page_size"),
        ),
    ),
    responses=_documented(ServiceRequest, is_list=True, description="A page, newest first; totals are in the headers."),
)
async def open311_request_list(
    request: Request,
    fmt: FormatDep,
    parameters: ParametersDep,
    session: ReadSessionDep,
    catalogue: CatalogueDep,
) -> Response:
    """Those of the last 90 days, or of up to 90 days from `start_date` to `end_date`. `service_request_id` overrides
    all other filters. `page` and `page_size` turn the pages; `Link` and `X-Result-Count` tell how many there are.
    """
    query = read_query(parameters, settings_of(request), now=now())
    if query.ids is not None:
        items = await repository.fetch_items(session, query.ids[: query.page_size])
        headers = {}
    else:
        items, total = await repository.list_items(session, query)
        headers = paging_headers(request, page=query.page, page_size=query.page_size, total=total)
    shown = await _shown(request, session, catalogue, parameters, items)
    return answer(shown, fmt, root="service_requests", item="request", headers=headers)


@router.get(
    **_open311(
        "/requests/{service_request_id}.{fmt}", summary="Read a request", openapi_extra=_query("locale", "extensions")
    ),
    responses=_documented(ServiceRequest, is_list=True, description="The request, one in a list."),
)
async def open311_request_read(
    request: Request,
    service_request_id: str,
    fmt: FormatDep,
    parameters: ParametersDep,
    session: ReadSessionDep,
    catalogue: CatalogueDep,
) -> Response:
    """Status and times at once; words, place and pictures when a moderator has published it."""
    found = read_id(service_request_id)
    items = await repository.fetch_items(session, [found]) if found else []
    if not items:
        raise NotFoundProblem("service_request_id: there is no such request")
    shown = await _shown(request, session, catalogue, parameters, items)
    return answer(shown, fmt, root="service_requests", item="request")


@router.get(
    **_open311("/tokens/{token}.{fmt}", summary="Turn a token into an id", openapi_extra=_query()),
    responses=_documented(Token, is_list=True, description="The id, one in a list."),
)
async def open311_token_read(
    token: str, fmt: FormatDep, _parameters: ParametersDep, session: ReadSessionDep
) -> Response:
    """Ids are given at once, so none is needed; a receipt stands for its item's id too, and an id for itself."""
    facts = await feedback.find_by_receipt(session, token.strip().upper())
    found = facts.id if facts else read_id(token)
    if found is None or not await repository.fetch_items(session, [found]):
        raise NotFoundProblem("token: there is no request for it")
    return answer([Token(service_request_id=str(found), token=token)], fmt, root="service_requests", item="request")


@router.get(
    **_open311(
        "/servicerequestupdates.{fmt}",
        summary="List what happened to published requests",
        openapi_extra=_query("service_request_id", "start_date", "end_date"),
    ),
    responses=_documented(RequestUpdate, is_list=True, description="Updates, oldest first."),
)
async def open311_update_list(
    request: Request, fmt: FormatDep, parameters: ParametersDep, session: ReadSessionDep
) -> Response:
    """FixMyStreet's extension: each step of published requests, from `start_date` to `end_date`."""
    query = read_query(parameters, settings_of(request), now=now() + timedelta(seconds=1))
    limit = settings_of(request).open311_page_size_max
    rows = await repository.fetch_published_events(session, query.ids, query.start, query.end, limit)
    found = [presenter.update_of(event, publication) for event, publication in rows]
    updates = [update for update in found if update is not None]
    return answer(updates, fmt, root="service_request_updates", item="request_update")


@router.post(
    **_open311(
        "/servicerequestupdates.{fmt}",
        summary="Send a later word on a request",
        openapi_extra=_form(
            *("api_key", "service_request_id", "update_id", "description", "status", "updated_datetime"),
            *("email", "first_name", "last_name", "title", "media_url", "jurisdiction_id"),
        ),
    ),
    responses=_documented(UpdateCreated, is_list=True, description="The update's id, one in a list."),
)
async def open311_update_post(
    request: Request, response: Response, fmt: FormatDep, form: PostedDep, session: SessionDep
) -> Response:
    """FixMyStreet's extension: the words are added for staff to read. A status that comes with them changes nothing
    here. The same `update_id` again is the same update.
    """
    parameters = Parameters(form.pairs)
    sender = await sender_of(request, parameters)
    feedback_id = read_id(parameters.text("service_request_id") or "")
    if feedback_id is None:
        raise NotFoundProblem("service_request_id: is missing, or there is no such request")
    words = _words_of(parameters, settings_of(request))
    update_id = parameters.text("update_id")
    key = f"open311-update-{update_id}"[:200] if update_id else None
    idempotency = Idempotency(request, response, session, str(sender.key_id), key)

    async def work() -> UpdateCreated:
        event_id = await service.post_update(session, feedback_id, words, actor=sender.name, now=now())
        return UpdateCreated(update_id=str(event_id), service_request_id=str(feedback_id))

    body = UpdateCreated(update_id=words, service_request_id=str(feedback_id))
    created = await idempotency.answer(body, UpdateCreated, work)
    return answer([created], fmt, root="service_request_updates", item="request_update")


@router.get(
    "/media/{service_request_id}/{position}",
    summary="Read a published picture",
    response_class=StreamingResponse,
    responses=ERROR_RESPONSES,
)
async def open311_media_read(
    service_request_id: UUID,
    position: Annotated[int, Path(ge=1, le=1000)],
    session: ReadSessionDep,
    storage: StorageDep,
) -> StreamingResponse:
    """A file that a moderator has published with its request."""
    items = await repository.fetch_items(session, [service_request_id])
    found = await attachment_rows.find(session, service_request_id, position)
    if not items or not items[0].is_published or not items[0].publication.has_attachments or found is None:
        raise NotFoundProblem("there is no such published picture")
    return await stream(storage, found)


def _words_of(parameters: Parameters, settings: Settings) -> str:
    words = parameters.text("description")
    if words is None:
        raise wrong("description", "is missing or empty; say what is new")
    if len(words) > settings.open311_description_max or "\x00" in words:
        raise wrong("description", f"shorten it to {settings.open311_description_max} characters, none of them NUL")
    return words


async def _shown(
    request: Request,
    session: AsyncSession,
    catalogue: Catalogue,
    parameters: Parameters,
    items: Sequence[PublicItem],
) -> list[ServiceRequest]:
    language = language_of(parameters)
    # CitySDK's servers take a list of extensions; ours has one kind, so any word but "false" asks for it.
    is_extended = parameters.text("extensions") is not None and parameters.flag("extensions") is not False
    ids = [item.facts.id for item in items]
    due = await deadlines.fetch_deadlines(session, ids)
    events = await feedback.fetch_events(session, ids) if is_extended else {}
    shown = []
    for item in items:
        media = await _media_of(request, session, item)
        extended = (
            presenter.extended_of(item, catalogue, language, events[item.facts.id], media) if is_extended else None
        )
        shown.append(presenter.request_of(item, catalogue, language, due.get(item.facts.id), media, extended))
    return shown


async def _media_of(request: Request, session: AsyncSession, item: PublicItem) -> list[str]:
    """Where the published pictures of an item are: ours, and the one its sender's client has elsewhere."""
    if not item.is_published or not item.publication.has_attachments:
        return []
    rows = await attachment_rows.fetch(session, item.facts.id)
    ours = [
        str(request.url_for("open311_media_read", service_request_id=row.feedback_id, position=row.position))
        for row in rows
    ]
    elsewhere = ((item.content and item.content.attributes) or {}).get("media_url")
    return [*ours, *([elsewhere] if isinstance(elsewhere, str) and elsewhere.startswith("https://") else [])]

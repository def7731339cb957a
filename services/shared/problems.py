"""Errors: domain exceptions, and the one exit that renders them as RFC 9457 ``application/problem+json``.

Problem                     status, stable code, title; raised by services, never by endpoints' callers
├── BadRequestProblem       400  the request cannot be read at all
├── UnauthorizedProblem     401  no key, or one that is unknown, expired or revoked
├── ForbiddenProblem        403  the key lacks the scope
├── NotFoundProblem         404
├── ConflictProblem         409  the request is right, the world said no
├── PayloadTooLargeProblem  413
├── UnsupportedMediaTypeProblem 415
├── TooManyRequestsProblem  429  wait as long as ``Retry-After`` says
├── InvalidRequestProblem   422  a field is wrong; ``invalid_params`` says which and how to mend it
└── UnavailableProblem      503  another part is down; try again later
"""

import traceback
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, ClassVar

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.shared.database import cause_of
from services.shared.reasons import field_name, reason_of
from services.shared.request_context import current_request_id

log = structlog.get_logger(__name__)

PROBLEM_MEDIA_TYPE = "application/problem+json"

RETRY_SECONDS = "1"
"""Where the database is busy: what is under way is done by then, or the client is told so again."""

AWAY_SECONDS = "5"
"""Where the database is away: as long as one takes to start again."""

_AWAY_STATES = ("08", "57P01", "57P02", "57P03", "57P05", "53", "58030")
"""How the codes of a database begin that is stopping, starting, cut off, full, or without room for a connection."""


class InvalidParam(BaseModel):
    """One field that is wrong, and how to mend it."""

    name: str = Field(examples=["text"])
    reason: str = Field(examples=["is too short; write at least 1 character"])


class ProblemDocument(BaseModel):
    """An error, as RFC 9457 has it. Branch on ``code``; ``detail`` is for people."""

    type: str = Field(examples=["urn:katsaus:problem:invalid_request"])
    title: str = Field(examples=["The request has fields that are wrong"])
    status: int = Field(examples=[422])
    code: str = Field(examples=["invalid_request"])
    detail: str | None = Field(examples=["1 field is wrong"])
    request_id: str = Field(examples=["01926f3e-7b44-7c5e-9c1a-3f2f6f1f0d11"])
    invalid_params: list[InvalidParam]


class Problem(Exception):  # noqa: N818 (RFC 9457's word)
    """An expected refusal. Subclasses set the status, the stable code and the title."""

    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR
    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "The service failed"

    def __init__(
        self,
        detail: str | None = None,
        *,
        invalid_params: Sequence[InvalidParam] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.invalid_params = list(invalid_params)
        self.headers = headers or {}


class BadRequestProblem(Problem):
    """The request cannot be read."""

    status = HTTPStatus.BAD_REQUEST
    code = "bad_request"
    title = "The request cannot be read"


class UnauthorizedProblem(Problem):
    """A key is needed, or the one given is not valid."""

    status = HTTPStatus.UNAUTHORIZED
    code = "unauthorized"
    title = "A valid API key is needed"


class ForbiddenProblem(Problem):
    """The key is valid but lacks the scope."""

    status = HTTPStatus.FORBIDDEN
    code = "forbidden"
    title = "The API key lacks the scope this needs"


class NotFoundProblem(Problem):
    """What the address names does not exist."""

    status = HTTPStatus.NOT_FOUND
    code = "not_found"
    title = "There is nothing at this address"


class ConflictProblem(Problem):
    """The request is right but the state of things does not allow it."""

    status = HTTPStatus.CONFLICT
    code = "conflict"
    title = "The present state does not allow this"


class PayloadTooLargeProblem(Problem):
    """The body is over the limit."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "payload_too_large"
    title = "The request body is too large"


class UnsupportedMediaTypeProblem(Problem):
    """The body's content type is not accepted here."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "unsupported_media_type"
    title = "The content type of the body is not accepted here"


class TooManyRequestsProblem(Problem):
    """More requests than one caller may make in the time."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_requests"
    title = "Too many requests"


class InvalidRequestProblem(Problem):
    """Fields are wrong; each is named with its remedy."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid_request"
    title = "The request has fields that are wrong"


class IdempotencyKeyReusedProblem(Problem):
    """The same Idempotency-Key came with another body."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "idempotency_key_reused"
    title = "This Idempotency-Key was used for another request"


class AnswerOutdatedProblem(Problem):
    """A repeated request was first answered by another version of the service."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "answer_outdated"
    title = "The request was carried out before the service changed"


class UnavailableProblem(Problem):
    """Another part is down."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "unavailable"
    title = "A part this needs cannot be reached now"


def invalid(name: str, reason: str) -> InvalidRequestProblem:
    """The problem of one wrong field."""
    return wrong_fields([InvalidParam(name=name, reason=reason)])


def problem_responses(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The ``responses=`` of an endpoint that may raise ``problems``, for the OpenAPI document."""
    titles: dict[int, list[str]] = {}
    for problem in problems:
        titles.setdefault(int(problem.status), []).append(f"`{problem.code}`: {problem.title}")
    return {
        status: {
            "description": "; ".join(lines),
            "content": {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
        }
        for status, lines in titles.items()
    }


def problem_response(problem: Problem) -> JSONResponse:
    """``problem`` as an HTTP answer."""
    document = ProblemDocument(
        type=f"urn:katsaus:problem:{problem.code}",
        title=problem.title,
        status=int(problem.status),
        code=problem.code,
        detail=problem.detail,
        request_id=current_request_id(),
        invalid_params=problem.invalid_params,
    )
    return JSONResponse(
        document.model_dump(mode="json"),
        status_code=int(problem.status),
        media_type=PROBLEM_MEDIA_TYPE,
        headers=problem.headers,
    )


def invalid_params_of(errors: Sequence[Any]) -> list[InvalidParam]:
    """Pydantic's errors as our list: dotted field names and reasons that say how to mend them."""
    return [InvalidParam(name=field_name(error["loc"]), reason=reason_of(error)) for error in errors]


def validation_problem(errors: Sequence[Any]) -> Problem:
    """Pydantic's errors as one problem: 400 where it was not even JSON, else 422 with every field that is wrong."""
    if any(error["type"] == "json_invalid" for error in errors):
        return BadRequestProblem("the body is not valid JSON in UTF-8; check quotes, commas, brackets and encoding")
    return wrong_fields(invalid_params_of(errors))


def wrong_fields(params: Sequence[InvalidParam]) -> InvalidRequestProblem:
    """The problem of one or more wrong fields."""
    count = f"{len(params)} fields are wrong" if len(params) > 1 else f"{params[0].name}: {params[0].reason}"
    return InvalidRequestProblem(count, invalid_params=params)


async def _handle_problem(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)  # noqa: S101 (registered for Problem only)
    log.info("refused", code=error.code, status=int(error.status))
    return problem_response(error)


async def _handle_no_connection(request: Request, error: Exception) -> JSONResponse:
    """All connections to the database are in use, and have been for as long as a request may wait for one."""
    assert isinstance(error, PoolTimeoutError)  # noqa: S101 (registered for it only)
    detail = "the database is busy; send it again after Retry-After seconds"
    return await _handle_problem(request, UnavailableProblem(detail, headers={"Retry-After": RETRY_SECONDS}))


async def _handle_database(request: Request, error: Exception) -> JSONResponse:
    """The database is away or full: nobody's request is wrong, and it may be sent again."""
    assert isinstance(error, DBAPIError)  # noqa: S101 (registered for it only)
    state = getattr(error.orig, "sqlstate", None)
    # Without a code it was not the database that answered: nobody listens there, or the connection broke.
    if not error.connection_invalidated and not (state or "08").startswith(_AWAY_STATES):
        raise error
    log.error("the database is away", kind=_kind_of(error), cause=cause_of(error))
    detail = "the database cannot be reached or is full; send it again after Retry-After seconds"
    return await _handle_problem(request, UnavailableProblem(detail, headers={"Retry-After": AWAY_SECONDS}))


async def _handle_validation(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for it only)
    problem = validation_problem(error.errors())
    log.info("refused", code=problem.code, status=int(problem.status))
    return problem_response(problem)


def _plain_http_problem(status: int, detail: str | None, headers: dict[str, str] | None) -> Problem:
    """404, 405 and the like, raised by the framework itself."""
    phrase = HTTPStatus(status)
    kind: type[Problem] = type(
        "PlainHttpProblem",
        (Problem,),
        {"status": phrase, "code": phrase.name.lower(), "title": phrase.phrase},
    )
    return kind(None if detail == phrase.phrase else detail, headers=headers)


async def _handle_http_exception(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for it only)
    if isinstance(error.__cause__, Problem):
        # Raised while the framework read the body, such as a body over the limit.
        return problem_response(error.__cause__)
    if error.status_code == HTTPStatus.BAD_REQUEST:
        # The framework's one 400: a body that is not UTF-8, or nested too deep to read.
        return problem_response(BadRequestProblem("the body cannot be read; send valid UTF-8"))
    headers = dict(error.headers) if error.headers else None
    return problem_response(_plain_http_problem(error.status_code, error.detail, headers))


class CrashMiddleware:
    """Turns an exception nobody expected into a 500 problem; the cause is logged, never sent."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI call."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_answered = False

        async def watch_answer(message: Message) -> None:
            nonlocal has_answered
            has_answered = True
            await send(message)

        try:
            await self.app(scope, receive, watch_answer)
        except Exception as error:
            # Not log.exception, which would write the message: it may hold what a resident wrote.
            log.error("crashed", kind=_kind_of(error), where=traceback.format_tb(error.__traceback__))  # noqa: TRY400 (as said above)
            if has_answered:
                raise
            problem = Problem("the cause is in the service's log under this request_id")
            await problem_response(problem)(scope, receive, send)


def _kind_of(error: Exception) -> str:
    """The exception's type, and a database error's code. Messages stay out of the log: they may hold a text."""
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    return f"{type(error).__name__} {state}" if state else type(error).__name__


def install_problem_handlers(app: FastAPI) -> None:
    """Make every refusal of ``app`` a problem document. Crashes are :class:`CrashMiddleware`'s."""
    app.add_exception_handler(Problem, _handle_problem)
    app.add_exception_handler(PoolTimeoutError, _handle_no_connection)
    app.add_exception_handler(DBAPIError, _handle_database)
    app.add_exception_handler(RequestValidationError, _handle_validation)
    app.add_exception_handler(HTTPException, _handle_http_exception)

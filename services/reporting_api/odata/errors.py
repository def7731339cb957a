"""What can be wrong with a question to the feed, and OData's own shape of an error."""

from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import Field

from services.shared.problems import BadRequestProblem, InvalidParam, NotFoundProblem, Problem, validation_problem
from services.shared.schemas import ResponseModel

VERSION_HEADER = {"OData-Version": "4.0"}


class QueryOptionProblem(BadRequestProblem):
    """A query option cannot be read, or is not offered."""

    code = "invalid_query_option"
    title = "A query option cannot be carried out"


class UnknownEntitySetProblem(NotFoundProblem):
    """There is no entity set of the name."""

    code = "unknown_entity_set"
    title = "There is no entity set of this name"


def wrong_option(option: str, reason: str) -> QueryOptionProblem:
    """The problem of one query option."""
    return QueryOptionProblem(f"{option}: {reason}", invalid_params=[InvalidParam(name=option, reason=reason)])


class ODataErrorBody(ResponseModel):
    """What is wrong, and where."""

    code: str = Field(examples=["invalid_query_option"])
    message: str = Field(examples=["$top: give a whole number of at least 0"])
    target: str | None = Field(examples=["$top"])


class ODataError(ResponseModel):
    """An error as OData writes it."""

    error: ODataErrorBody


ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {
    400: {"model": ODataError, "description": "A query option is wrong; the message says how to mend it."},
    401: {"model": ODataError, "description": "The API key is unknown, expired or revoked."},
    404: {"model": ODataError, "description": "There is no entity set of the name."},
}


class ODataRoute(APIRoute):
    """Answers refusals in OData's shape."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler that turns problems into OData's errors."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except Problem as problem:
                return error_response(problem)
            except RequestValidationError as error:
                found = validation_problem(error.errors())
                return error_response(QueryOptionProblem(found.detail, invalid_params=found.invalid_params))

        return answer


def error_response(problem: Problem) -> Response:
    """The problem in OData's shape."""
    target = problem.invalid_params[0].name if problem.invalid_params else None
    error = ODataErrorBody(code=problem.code, message=problem.detail or problem.title, target=target)
    return Response(
        orjson.dumps(ODataError(error=error).model_dump()),
        status_code=int(problem.status),
        media_type="application/json",
        headers=VERSION_HEADER | problem.headers,
    )

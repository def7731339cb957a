"""Unknown query parameters are refused below ``/v1/`` by every operation; what it takes is what its document says."""

import importlib
import re
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.conftest import attach, client_of
from tests.shared.test_openapi import APIS, operations

pytestmark = pytest.mark.anyio


def app_of(api: str) -> FastAPI:
    """Without a database: nothing that is refused here needs one."""
    app: FastAPI = importlib.import_module(f"services.{api}.main").create()
    return app


async def refusal(client: httpx.AsyncClient, path: str, method: str = "GET") -> list[dict[str, str]]:
    answer = await client.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), (method, path)
    assert answer.json()["code"] == "invalid_request"
    params: list[dict[str, str]] = answer.json()["invalid_params"]
    return params


@pytest.mark.parametrize("api", APIS)
async def test_every_operation_refuses_what_its_document_does_not_have(api: str) -> None:
    found = [one for one in operations(api) if one[0].startswith("/v1/")]
    assert len(found) > 30
    async with client_of(app_of(api)) as client:
        for path, method, operation in found:
            names = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
            known = re.escape(", ".join(names)) or "none"
            filled = re.sub(r"\{.*?\}", "x", path)
            query = "&".join(f"{name}=1" for name in [*names, "xyzzy", "xyzzy"])
            (param,) = await refusal(client, f"{filled}?{query}", method.upper())
            assert param["name"] == "xyzzy"
            assert re.fullmatch(f"is not a query parameter of this operation; it takes {known}", param["reason"]), path
            assert "`invalid_request`" in operation["responses"]["422"]["description"]


async def test_a_near_miss_is_told() -> None:
    async with client_of(app_of("reporting_api")) as client:
        (param,) = await refusal(client, "/v1/quarters/2021-Q2?unti=helsinki")
        assert "did you mean unit? it takes " in param["reason"]
        assert [one["name"] for one in await refusal(client, "/v1/measures?a&b=&c=1")] == ["a", "b", "c"]
        head = await client.head("/v1/measures?a=1")
        assert (head.status_code, head.content) == (422, b"")


async def test_a_refusal_is_no_larger_than_it_must_be() -> None:
    many = "&".join(f"p{number}{quote('ä' * 200)}" for number in range(40))
    async with client_of(app_of("reporting_api")) as client:
        params = await refusal(client, f"/v1/measures?{many}")
    assert len(params) == 20
    assert {len(param["name"]) for param in params} == {100}


@pytest.mark.parametrize(
    ("api", "path"),
    [
        ("feedback_api", "/health/live?x=1"),
        ("feedback_api", "/form?utm_source=x"),
        ("reporting_api", "/reviews/definitions?utm_source=x"),
        ("reporting_api", "/openapi.json?x=1"),
        ("survey_api", "/widget.js?v=1"),
    ],
)
async def test_pages_take_what_they_are_given(connection: AsyncConnection, api: str, path: str) -> None:
    async with client_of(attach(app_of(api), connection)) as client:
        assert (await client.get(path)).status_code < 400


async def test_addresses_that_do_not_exist_stay_so() -> None:
    async with client_of(app_of("reporting_api")) as client:
        assert (await client.get("/v1/nowhere?x=1")).status_code == 404
        assert (await client.delete("/v1/measures?x=1")).status_code == 405

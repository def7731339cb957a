"""Who has no key: refused by every address that is not public, and shown no more by asking for more."""

import re
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.reporting_api.odata.presenter import PREFIX as ODATA
from services.reporting_api.pxweb.endpoints import PREFIX as PXWEB

pytestmark = pytest.mark.anyio

PUBLIC = {
    *(f"GET /v1/{kind}s/{{{kind}}}" for kind in ("quarter", "month", "week", "year")),
    "GET /v1/{kind}/{label}/smileys",
    "GET /v1/{kind}/{label}/tables",
    "GET /v1/{kind}/{label}/tables/{table}",
    "GET /v1/quarters/{quarter}/participation",
    "GET /v1/quarters/{quarter}/comments",
    "GET /v1/measures",
    "GET /v1/disclosure-policy",
    "GET /v1/editions",
    "GET /v1/corrections",
    "GET /v1/editions/{quarter}",
    "GET /v1/editions/{quarter}/{version}",
    "GET /v1/editions/{quarter}/{version}/tables",
    "GET /v1/editions/{quarter}/{version}/tables/{table}",
    "GET /v1/editions/{quarter}/{version}/comparison",
    f"GET {PXWEB}/config",
    f"GET {PXWEB}/tables",
    *(f"GET {PXWEB}/tables/{{id}}{rest}" for rest in ("", "/metadata", "/defaultselection", "/data")),
    f"POST {PXWEB}/tables/{{id}}/data",
    f"GET {ODATA}/",
    f"GET {ODATA}/$metadata",
    f"GET {ODATA}/{{entity_set}}",
    "GET /health/live",
    "GET /health/ready",
}
"""All that anyone may ask. A new address is either refused without a key or named here."""

NAMED = {"quarter": "2019-Q2", "month": "2019-05", "week": "2019-W20", "year": "2019", "label": "2019-Q2"} | {
    "kind": "quarters",
    "table": "feedback",
    "entity_set": "feedback",
    "version": "1",
    "chapter": "feedback",
    "language": "fi",
    "action_id": "018f0000-0000-7000-8000-000000000000",
}


def operations(app: FastAPI) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in app.openapi()["paths"].items()
        for method, operation in methods.items()
    }


async def ask(client: httpx.AsyncClient, name: str, app: FastAPI) -> httpx.Response:
    method, path = name.split(" ", 1)
    address = re.sub(r"\{(\w+)\}", lambda found: NAMED.get(found[1], "feedback"), path)
    required = {
        it["name"]: "2019-05-01" if it["name"] in ("from", "to") else "csv"
        for it in operations(app)[name].get("parameters", [])
        if it["in"] == "query" and it.get("required")
    }
    return await client.request(method, address, params=required, json={} if method in ("POST", "PUT") else None)


async def test_everything_else_is_refused(app: FastAPI, anyone: httpx.AsyncClient) -> None:
    answers = {name: (await ask(anyone, name, app)).status_code for name in operations(app) if name not in PUBLIC}

    assert len(answers) > 10
    assert {name: status for name, status in answers.items() if status not in (401, 403)} == {}


async def test_what_is_public_is_there(app: FastAPI, anyone: httpx.AsyncClient) -> None:
    assert set(operations(app)) >= PUBLIC
    answers = {name: (await ask(anyone, name, app)).status_code for name in PUBLIC}

    assert {name: status for name, status in answers.items() if status in (401, 403)} == {}

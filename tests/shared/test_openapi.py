"""The committed OpenAPI documents equal what the apps generate, and keep the promises of the API's conventions."""

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
APIS = ("feedback_api", "survey_api", "reporting_api")
METHODS = {"get", "post", "put", "patch", "delete"}


def document(api: str) -> dict[str, Any]:
    app = importlib.import_module(f"services.{api}.main").create()
    generated: dict[str, Any] = app.openapi()
    return generated


def operations(api: str) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in document(api)["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


@pytest.mark.parametrize("api", APIS)
def test_the_committed_document_is_the_apps(api: str) -> None:
    committed = json.loads((ROOT / "openapi" / f"{api}.json").read_text(encoding="utf-8"))
    assert committed == document(api), "run `make openapi` and commit what changed"


@pytest.mark.parametrize("api", APIS)
def test_every_operation_is_named_and_summarised(api: str) -> None:
    found = operations(api)
    ids = [operation["operationId"] for _, _, operation in found]
    assert len(ids) == len(set(ids))
    for path, method, operation in found:
        assert operation.get("summary"), (path, method)
        assert operation.get("description"), (path, method)
        assert operation.get("tags"), (path, method)
        for parameter in operation.get("parameters", []):
            assert parameter.get("description"), (path, method, parameter["name"])


@pytest.mark.parametrize("api", APIS)
def test_no_two_schemas_share_a_name(api: str) -> None:
    """FastAPI then names them by our modules, and generators of clients leave one of them out."""
    assert [name for name in document(api)["components"]["schemas"] if "__" in name] == []


@pytest.mark.parametrize("api", APIS)
def test_every_error_is_a_problem_document(api: str) -> None:
    for path, method, operation in operations(api):
        for status, answer in operation["responses"].items():
            if status >= "400" and path.startswith("/open311/"):
                schema = answer["content"]["application/json"]["schema"]
                assert schema["items"] == {"$ref": "#/components/schemas/Open311Error"}, (path, method, status)
                assert "text/xml" in answer["content"]
            elif status >= "400" and path.startswith("/odata/"):
                schema = answer["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/ODataError"}, (path, method, status)
            elif status >= "400" and not path.startswith("/health"):
                assert "application/problem+json" in answer["content"], (path, method, status)


@pytest.mark.parametrize("api", APIS)
def test_every_property_of_an_answer_is_always_present(api: str) -> None:
    whole = document(api)
    schemas = whole["components"]["schemas"]
    pending = [
        content["schema"]
        for _, _, operation in operations(api)
        for answer in operation["responses"].values()
        for content in answer.get("content", {}).values()
        if "schema" in content
    ]
    seen: set[str] = set()
    while pending:
        schema = pending.pop()
        if isinstance(schema, list):
            pending += schema
            continue
        if not isinstance(schema, dict):
            continue
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        if name and name not in seen:
            seen.add(name)
            target = schemas[name]
            assert set(target.get("properties", {})) == set(target.get("required", [])), name
            pending.append(target)
        pending += [value for key, value in schema.items() if key != "$ref" and isinstance(value, dict | list)]
    assert "ProblemDocument" in seen

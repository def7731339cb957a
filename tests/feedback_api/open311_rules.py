"""The field rules of GeoReport v2, from the standard alone: every answer in the tests goes through them.

``check`` raises an AssertionError that names the rule. Both formats are read into the same plain structure.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import httpx

Rule = Callable[[Any], bool]

W3C_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")
MEDIA_TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
LISTS = {"attributes", "values", "endpoints", "formats", "locales", "media_urls", "tasks"}
NUMBERS = {"lat", "long", "order", "code_number"}
BOOLEANS = {"metadata", "variable", "required"}


def read(response: httpx.Response, fmt: str, root: str) -> Any:
    """The answer's content; XML as JSON would have it."""
    assert response.headers["content-type"] == MEDIA_TYPES[fmt], "the content type is the standard's"
    if fmt == "json":
        return json.loads(response.content.decode("utf-8"))
    assert response.content.startswith(b"<?xml"), "XML has a declaration"
    assert b"encoding='utf-8'" in response.content[:60].lower().replace(b'"', b"'")
    element = ET.fromstring(response.content)  # noqa: S314 (our own answer)
    assert element.tag == root, f"the root is {root}, without a namespace"
    return plain(element)


def plain(element: ET.Element) -> Any:
    if element.tag in LISTS or element.tag in LIST_ROOTS:
        return [plain(child) for child in element]
    if len(element):
        return {child.tag: plain(child) for child in element}
    words = element.text
    if words is None:
        return None
    if element.tag in BOOLEANS:
        assert words in ("true", "false")
        return words == "true"
    return float(words) if element.tag in NUMBERS else words


LIST_ROOTS = {"services", "service_requests", "errors", "service_request_updates"}


def text(value: Any) -> bool:
    return isinstance(value, str)


def filled(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def optional(rule: Rule) -> Rule:
    return lambda value: value is None or value == "" or rule(value)


def time(value: Any) -> bool:
    return isinstance(value, str) and W3C_TIME.fullmatch(value) is not None


def one_of(*allowed: Any) -> Rule:
    return lambda value: value in allowed


def degrees(limit: float) -> Rule:
    return lambda value: isinstance(value, int | float) and -limit <= value <= limit


def boolean(value: Any) -> bool:
    return isinstance(value, bool)


RULES: dict[str, dict[str, Rule]] = {
    "service": {
        "service_code": filled,
        "service_name": filled,
        "description": filled,
        "metadata": boolean,
        "type": one_of("realtime", "batch", "blackbox"),
        "keywords": optional(text),
        "group": optional(text),
    },
    "attribute": {
        "variable": boolean,
        "code": filled,
        "datatype": one_of("string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"),
        "required": boolean,
        "datatype_description": optional(text),
        "order": lambda value: float(value) >= 1,
        "description": filled,
        "values": lambda value: all(set(one) == {"key", "name"} for one in value or []),
    },
    "request": {
        "service_request_id": filled,
        "status": one_of("open", "closed"),
        "status_notes": optional(text),
        "service_name": filled,
        "service_code": filled,
        "description": optional(text),
        "agency_responsible": optional(text),
        "service_notice": optional(text),
        "requested_datetime": time,
        "updated_datetime": time,
        "expected_datetime": optional(time),
        "address": optional(text),
        "address_id": optional(text),
        "zipcode": optional(text),
        "lat": optional(degrees(90)),
        "long": optional(degrees(180)),
        "media_url": optional(lambda value: value.startswith("http")),
    },
    "created": {"service_request_id": filled, "service_notice": optional(text), "account_id": optional(text)},
    "token": {"service_request_id": filled, "token": filled},
    "update": {
        "update_id": filled,
        "service_request_id": filled,
        "status": one_of(
            *("OPEN", "CLOSED", "FIXED", "IN_PROGRESS", "ACTION_SCHEDULED", "INVESTIGATING", "DUPLICATE", "REOPEN"),
            *("NOT_COUNCILS_RESPONSIBILITY", "NO_FURTHER_ACTION", "INTERNAL_REFERRAL", "FOR_TRIAGE", "CANCELLED"),
        ),
        "updated_datetime": time,
        "description": optional(text),
        "media_url": optional(text),
    },
    "posted_update": {"update_id": filled, "service_request_id": filled},
    "error": {"code": lambda value: int(value) >= 400, "description": filled},
    "endpoint": {
        "specification": one_of("http://wiki.open311.org/GeoReport_v2"),
        "url": lambda value: value.startswith("http"),
        "changeset": time,
        "type": one_of("production", "test"),
        "formats": lambda value: {"text/xml", "application/json"} <= set(value),
    },
}


def check_fields(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """All fields of the standard are there, and each keeps its rule."""
    for name, rule in RULES[kind].items():
        assert name in content, f"{kind} lacks {name}"
        assert rule(content[name]), f"{name} of {kind}: {content[name]!r}"
    return content


ROOTS = {
    "service": "services",
    "request": "service_requests",
    "created": "service_requests",
    "token": "service_requests",
    "update": "service_request_updates",
    "posted_update": "service_request_updates",
    "error": "errors",
}


def check_list(response: httpx.Response, fmt: str, kind: str) -> list[dict[str, Any]]:
    """A list of ``kind``: bare in JSON, under its root in XML."""
    content = read(response, fmt, ROOTS[kind])
    assert isinstance(content, list), "lists are bare arrays"
    return [check_fields(kind, one) for one in content]


def check_definition(response: httpx.Response, fmt: str) -> dict[str, Any]:
    """A service definition: not in a list."""
    content = read(response, fmt, "service_definition")
    assert filled(content["service_code"])
    attributes = content["attributes"] or []
    for attribute in attributes:
        check_fields("attribute", attribute)
    orders = [float(attribute["order"]) for attribute in attributes]
    assert len(set(orders)) == len(orders), "orders are unique"
    assert isinstance(content, dict)
    return content


def check_discovery(response: httpx.Response, fmt: str) -> dict[str, Any]:
    """The discovery document: not in a list, its changesets times that have been."""
    content = read(response, fmt, "discovery")
    for name in ("contact", "key_service"):
        assert filled(content[name])
    for endpoint in content["endpoints"]:
        check_fields("endpoint", endpoint)
        assert datetime.fromisoformat(endpoint["changeset"]) <= datetime.now(UTC)
    assert datetime.fromisoformat(content["changeset"]) <= datetime.now(UTC)
    assert isinstance(content, dict)
    return content

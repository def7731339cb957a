"""Refusals of requests that a JSON Schema lets pass, by operation and field, each with the reason it cannot say so."""

from typing import Any

from schemathesis import Response

CATALOGUE = "codes are the catalogue's, which the operator changes without a release"
CURSOR = "a cursor is one that this list gave out before"
SETTING = "the bound is a setting"
CLOCK = "times lie between the setting earliest_year and now"
RELATION = "it depends on another field, which is a relation and no schema of one"

PAGED = {"limit": SETTING, "cursor": CURSOR}
SPAN = {"from": RELATION, "to": RELATION, "body": RELATION}

EVENT = {
    **dict.fromkeys(("hold", "hold_reason", "recipient", "note", "is_sensitive"), RELATION),
    **dict.fromkeys(("type", "topic", "unit", "themes"), CATALOGUE),
    "body": RELATION,
    "occurred_at": CLOCK,
}
"""Each kind of event has its own fields."""

QUESTIONS = {"questions": "kinds have their own fields, and earlier versions bind later ones"}

BEYOND: dict[str, dict[str, str]] = {
    "GET /v1/feedback": {**PAGED, "type": CATALOGUE, "topic": CATALOGUE, "unit": CATALOGUE, "received_to": RELATION},
    "GET /v1/mail": PAGED,
    "GET /v1/ombudsman-contacts": PAGED | SPAN,
    "GET /v1/ombudsman-contacts/counts": SPAN,
    "GET /v1/publications": PAGED,
    "GET /v1/retention/runs": PAGED,
    "POST /v1/feedback": {
        **dict.fromkeys(("type", "topic", "unit", "channel"), CATALOGUE),
        "location": RELATION,
        "received_at": CLOCK,
        "text": SETTING,
        "attachments": SETTING,
    },
    "POST /v1/feedback/events": EVENT | {"feedback_ids": SETTING},
    "POST /v1/feedback/{feedback_id}/events": EVENT,
    "POST /v1/ombudsman-contacts": {
        "contacted_on": CLOCK,
        "reasons": CATALOGUE,
        "service": CATALOGUE,
        "unit": CATALOGUE,
    },
    "POST /v1/themes/reassignments": {"body": RELATION},
    "GET /v1/handovers": PAGED,
    "GET /v1/responses": PAGED | SPAN,
    "POST /v1/surveys": QUESTIONS | {"body": RELATION, "unit": CATALOGUE, "opens_at": CLOCK, "closes_at": RELATION},
    "POST /v1/surveys/{code}/versions": QUESTIONS,
    "POST /v1/surveys/{code}/responses": {
        "answers": "each survey has its own questions",
        "service_point": CATALOGUE,
        "body": RELATION,
        "please_handle": RELATION,
        "given_at": CLOCK,
        "version": "versions are those published",
    },
}

CODES = {
    "idempotency_key_reused": "an Idempotency-Key is known to be used only where it was used",
    "statements_are_not_by_unit": RELATION,
    "unknown_unit": CATALOGUE,
}
"""Problem codes that say it all, whatever the operation."""


def is_beyond_the_schema(operation: str, response: Response) -> bool:
    """Whether the refusal is of fields that the operation may refuse though the schema allows them."""
    document: dict[str, Any] = response.json()
    if document.get("code") in CODES:
        return True
    fields = {one["name"].partition(".")[0] for one in document.get("invalid_params", [])}
    return bool(fields) and fields <= set(BEYOND.get(operation, {}))

"""Refusals of requests that a JSON Schema lets pass, by field and operation, each with the reason it cannot say so."""

import re
from typing import Any

from schemathesis import Response

CATALOGUE = "codes are the catalogue's, which the operator changes without a release"
CLOCK = "times lie between the setting earliest_year and now"
CURSOR = "a cursor is one that this list gave out before"
FILES = "what a file is shows in its content; how many and how large they may be are settings"
RELATION = "it depends on another field or on what is stored, which is a relation and no schema of one field"
SETTING = "the bound is a setting"

EVERYWHERE = {
    "limit": SETTING,
    "cursor": CURSOR,
    **dict.fromkeys(("unit", "type", "topic", "channel", "service", "service_point", "reasons", "barriers"), CATALOGUE),
    **dict.fromkeys(
        (
            "received_at",
            "given_at",
            "occurred_at",
            "contacted_on",
            "held_on",
            "observed_on",
            "opens_at",
            "proposed_on",
            "received_on",
            "from_day",
            "retired_at",
            "valid_from",
            "to_day",
        ),
        CLOCK,
    ),
    **dict.fromkeys(("from", "to", "received_to", "closes_at", "valid_to", "decided_on", "answered_on"), RELATION),
    # The field that a model's own validators are named by.
    "body": RELATION,
    **dict.fromkeys(("source", "reference", "panel_id", "meeting_id"), RELATION),
    # What a space is differs between the regular expressions of Python, Rust and JSON Schema.
    **dict.fromkeys(("email", "sender_email", "contact_email"), "spaces beyond ASCII are no part of an address"),
}

EVENT = {
    **dict.fromkeys(("hold", "hold_reason", "recipient", "note", "is_sensitive"), RELATION),
    "themes": CATALOGUE,
}
"""Each kind of event has its own fields."""

QUESTIONS = {"questions": "kinds have their own fields, and earlier versions bind later ones"}

BEYOND: dict[str, dict[str, str]] = {
    "POST /v1/feedback": {"location": RELATION, "text": SETTING, "attachments": FILES},
    "POST /v1/feedback/events": EVENT | {"feedback_ids": SETTING},
    "POST /v1/feedback/{feedback_id}/events": EVENT,
    "POST /v1/surveys": QUESTIONS,
    # What makes it another survey cannot change of one that is here.
    "PUT /v1/surveys/{code}": QUESTIONS
    | dict.fromkeys(("kind", "collection_mode", "respondent_role", "is_demonstration"), RELATION),
    "POST /v1/surveys/{code}/versions": QUESTIONS,
    "PUT /v1/surveys/{code}/versions/{number}": QUESTIONS,
    "POST /v1/surveys/{code}/responses": {
        "answers": "each survey has its own questions",
        "please_handle": RELATION,
        "version": "versions are those published",
    },
    "POST /v1/surveys/{code}/invitations": {"items": RELATION},
    "PUT /v1/source-points": {"source": "the pattern is of what is left when spaces around it are taken off"},
    "POST /v1/panel-proposals": {"answer": RELATION},
    "PUT /v1/panel-proposals/{proposal_id}": {"answer": RELATION},
    "POST /v1/quarters/{quarter}/actions": {"done_on": RELATION},
    "PUT /v1/connectors/happy-or-not/mapping": dict.fromkeys(("surveys",), CATALOGUE),
    "POST /v1/panel-meetings": {"participants": "721.0 is an integer to JSON Schema, and none to Python"},
    "PUT /v1/panel-meetings/{meeting_id}": {"participants": "721.0 is an integer to JSON Schema, and none to Python"},
}

CODES = {
    "idempotency_key_reused": "an Idempotency-Key is known to be used only where it was used",
    "statements_are_not_by_unit": RELATION,
    "unknown_unit": CATALOGUE,
    "invalid_query_option": "a filter is a language of its own, over the properties of each set",
    "invalid_selection": "each table has its own variables and values",
    "unsupported_output_format": "parameters of formats are written with commas too",
    "invalid_period": "a label is of the kind of period that is asked for, in the years that figures are made for",
}
"""Problem codes that say it all, whatever the operation."""


def is_beyond_the_schema(operation: str, response: Response) -> bool:
    """Whether the refusal is of fields that the operation may refuse though the schema allows them."""
    document: dict[str, Any] = response.json()
    if document.get("error", document).get("code") in CODES:
        return True
    fields = {re.split(r"[.\[]", one["name"])[0] for one in document.get("invalid_params", [])}
    return bool(fields) and fields <= set(EVERYWHERE) | set(BEYOND.get(operation, {}))

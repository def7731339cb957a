"""Reading a submission's body: JSON or a form, told apart by its content type."""

from urllib.parse import parse_qsl

from fastapi import Request
from pydantic import ValidationError

from services.feedback_api.feedback.schemas import FeedbackCreate
from services.shared.problems import (
    BadRequestProblem,
    UnsupportedMediaTypeProblem,
    invalid,
    validation_problem,
)

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

FORM_MAX_FIELDS = 100
"""A form has a dozen fields; more is an attack on the parser."""

CHECKED_VALUES = frozenset({"on", "yes", "1", "true"})
"""What browsers and form libraries send for a ticked box."""

REQUEST_BODY = {
    "required": True,
    "content": {
        media_type: {"schema": FeedbackCreate.model_json_schema(ref_template="#/components/schemas/{model}")}
        for media_type in (JSON, FORM)
    },
}
"""The body in the OpenAPI document: the endpoint reads it itself, so FastAPI cannot know it."""


async def read_submission(request: Request) -> FeedbackCreate:
    """The submission in the request's body; raises a problem that names each wrong field."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    try:
        if media_type == JSON:
            return FeedbackCreate.model_validate_json(body)
        if media_type == FORM:
            return FeedbackCreate.model_validate(_form_fields(body))
    except ValidationError as error:
        raise validation_problem(error.errors()) from None
    raise UnsupportedMediaTypeProblem(f"send the feedback as {JSON} or {FORM}, not {media_type or 'without a type'!r}")


def _form_fields(body: bytes) -> dict[str, str | bool]:
    """The fields we know, blank ones left out: a form may have more inputs than concern us."""
    try:
        pairs = parse_qsl(body.decode(), errors="strict", max_num_fields=FORM_MAX_FIELDS)
    except ValueError as error:
        raise BadRequestProblem("the form is not valid UTF-8 or has too many fields") from error
    fields: dict[str, str | bool] = {}
    for name, value in pairs:
        if name not in FeedbackCreate.model_fields or not value.strip():
            continue
        if name in fields:
            raise invalid(name, "is given more than once; give it once")
        fields[name] = value.lower() in CHECKED_VALUES if name == "reply_wanted" else value
    return fields

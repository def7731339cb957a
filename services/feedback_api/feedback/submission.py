"""Reading a submission's body: JSON, a form, or a form with files, told apart by its content type."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from services.feedback_api.feedback.schemas import FeedbackCreate
from services.shared.problems import (
    BadRequestProblem,
    UnsupportedMediaTypeProblem,
    invalid,
    validation_problem,
)
from services.shared.settings import Settings, settings_of

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"

FORM_MAX_FIELDS = 100
"""A form has a dozen fields; more is an attack on the parser."""

FORM_MAX_FILES = 100
"""No form has so many file inputs; their bytes together are bounded by ``upload_limit``."""

CHECKED_VALUES = frozenset({"on", "yes", "1", "true"})
"""What browsers and form libraries send for a ticked box."""

UNCHECKED_VALUES = frozenset({"off", "no", "0", "false"})
"""What form libraries send for a box that is not ticked; browsers send nothing."""

CHECKBOXES = frozenset({"reply_wanted", "publication_permitted", "sender_identified"})
LOCATION_FIELDS = frozenset({"latitude", "longitude", "address", "address_id", "zip_code"})
"""Fields of a form that make up ``location``."""

FILES_FIELD = "attachments"

FORM_FIELDS = frozenset(FeedbackCreate.model_fields) - {"location", "attributes"} | LOCATION_FIELDS


_ANNOTATIONS = frozenset({"title", "description", "examples", "default"})
"""Keywords of a schema that say something of a value and hold it to nothing."""


def _request_body() -> dict[str, Any]:
    schema = FeedbackCreate.model_json_schema(ref_template="#/components/schemas/{model}")
    definitions = schema.pop("$defs", {})
    file = {"type": "string", "format": "binary"}
    files = {FILES_FIELD: {"type": "array", "items": file, "maxItems": FORM_MAX_FILES}}
    properties = {
        name: schema["properties"][name] for name in schema["properties"] if name not in {"location", "attributes"}
    }
    place = definitions["Location"]["properties"]
    inputs = {name: _as_input(value, name in schema["required"]) for name, value in (properties | place).items()}
    form = schema | {"properties": inputs, "additionalProperties": True}
    return {
        "required": True,
        "content": {
            JSON: {"schema": _inlined(schema, definitions)},
            FORM: {"schema": form},
            MULTIPART: {"schema": form | {"properties": form["properties"] | files}},
        },
    }


def _as_input(schema: dict[str, Any], is_required: bool) -> dict[str, Any]:
    """The schema of a form's input: blank where JSON has null or leaves the field out."""
    if is_required:
        return schema
    said = {name: value for name, value in schema.items() if name in _ANNOTATIONS and value is not None}
    held = {name: value for name, value in schema.items() if name not in _ANNOTATIONS}
    kinds = [kind for kind in schema.get("anyOf", [held]) if kind != {"type": "null"}]
    return said | {"anyOf": [*kinds, {"type": "string", "maxLength": 0}]}


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """The schema with its definitions in their places: the document's components are FastAPI's to fill."""
    if isinstance(schema, dict):
        reference = schema.get("$ref")
        if reference is not None:
            return _inlined(definitions[reference.rpartition("/")[2]], definitions)
        return {key: _inlined(value, definitions) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_inlined(value, definitions) for value in schema]
    return schema


REQUEST_BODY = _request_body()
"""The body in the OpenAPI document: the endpoint reads it itself, so FastAPI cannot know it."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What a request brought: the feedback, and the files with it, which are closed when the request ends."""

    fields: FeedbackCreate
    uploads: list[UploadFile] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FormContent:
    """The inputs of a form in their order, and its files."""

    pairs: list[tuple[str, str]]
    uploads: list[UploadFile]


def is_multipart(content_type: str) -> bool:
    """Whether a body of the content type brings files."""
    return media_type_of(content_type) == MULTIPART


def media_type_of(content_type: str) -> str:
    """The content type without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def upload_limit(settings: Settings) -> int:
    """The largest body with files: all files of the largest size, and a form's usual body besides."""
    return settings.body_max_bytes + settings.attachment_max_count * settings.attachment_max_bytes


async def _form_content(request: Request) -> AsyncIterator[FormContent | None]:
    """The form in the body, or None where it is something else. Files lie on disk and are closed afterwards."""
    media_type = media_type_of(request.headers.get("content-type", ""))
    if media_type == FORM:
        yield FormContent(_urlencoded_pairs(await request.body()), [])
    elif media_type == MULTIPART:
        settings = settings_of(request)
        reading = request.form(
            # As many as may be read at all: attachment_max_count, a setting, is told of by the field's name.
            max_files=FORM_MAX_FILES,
            max_fields=FORM_MAX_FIELDS,
            max_part_size=settings.body_max_bytes,
        )
        try:
            form = await reading
        except HTTPException as error:
            raise BadRequestProblem(f"the form cannot be read: {error.detail}") from None
        try:
            items = form.multi_items()
            yield FormContent(
                [(name, value) for name, value in items if isinstance(value, str)],
                # A file input that was left empty comes as a file without a name.
                [value for _, value in items if isinstance(value, UploadFile) and (value.filename or value.size)],
            )
        finally:
            await form.close()
    else:
        yield None


FormContentDep = Annotated[FormContent | None, Depends(_form_content)]
"""The form that the request brought, if it did."""


async def read_submission(request: Request, form: FormContentDep) -> Submission:
    """The submission in the request's body; raises a problem that names each wrong field."""
    try:
        if form is not None:
            return Submission(FeedbackCreate.model_validate(form_fields(form.pairs)), form.uploads)
        media_type = media_type_of(request.headers.get("content-type", ""))
        if media_type == JSON:
            return Submission(FeedbackCreate.model_validate_json(await request.body()))
    except ValidationError as error:
        raise validation_problem(error.errors()) from None
    raise UnsupportedMediaTypeProblem(
        f"send the feedback as {JSON}, {FORM} or {MULTIPART}, not {media_type or 'without a type'!r}"
    )


SubmissionDep = Annotated[Submission, Depends(read_submission)]


def read_form(body: bytes) -> FeedbackCreate:
    """The submission in the body of a form without files."""
    return FeedbackCreate.model_validate(form_fields(_urlencoded_pairs(body)))


def _urlencoded_pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode(), errors="strict", max_num_fields=FORM_MAX_FIELDS)
    except ValueError as error:
        raise BadRequestProblem("the form is not valid UTF-8 or has too many fields") from error


def form_fields(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The fields we know, blank ones left out: a form may have more inputs than concern us."""
    fields: dict[str, Any] = {}
    location: dict[str, str] = {}
    for name, value in pairs:
        if name == FILES_FIELD and value.strip():
            raise invalid(name, f"came as a name without its file; send the form as {MULTIPART} (its enctype)")
        if name not in FORM_FIELDS or not value.strip():
            continue
        if name in fields or name in location:
            raise invalid(name, "is given more than once; give it once")
        if name in LOCATION_FIELDS:
            location[name] = value
        else:
            fields[name] = _is_checked(name, value) if name in CHECKBOXES else value
    return fields | ({"location": location} if location else {})


def _is_checked(name: str, value: str) -> bool:
    word = value.strip().lower()
    if word not in CHECKED_VALUES | UNCHECKED_VALUES:
        raise invalid(name, "is neither ticked nor unticked; send true or false, or leave the field out for false")
    return word in CHECKED_VALUES

"""What is wrong with a field and how to mend it, in words for whoever wrote the request."""

import re
from collections.abc import Sequence
from typing import Any

_REQUEST_PARTS = {"body", "query", "path", "header", "cookie"}

_OBJECT = "is not a JSON object; give one, in braces"
_TEXT = "is not a text; give one, in quotes"
_NUMBER = "is not a number; give one with a decimal point, such as 60.17"
_WHOLE_NUMBER = "is not a whole number; give one, such as 5"
_TRUTH = "is neither true nor false; give one of them"
_LIST = "is not a list; give one, in brackets"
_ID = "is not an id; give one such as 01926f3e-7b44-7c5e-9c1a-3f2f6f1f0d11"

_WORDINGS = {
    "missing": "is missing; give a value",
    "extra_forbidden": "is not a field of this request; remove it or check its spelling",
    "timezone_aware": "give the time with its offset from UTC, such as 2021-05-04T09:30:00+03:00",
    "string_unicode": "holds characters that are not valid Unicode; send valid UTF-8",
    "string_type": _TEXT,
    "string_too_short": "is too short; write at least {min_length} character{plural}",
    "string_too_long": "is too long; write at most {max_length} characters",
    "too_short": "has {actual_length}; give at least {min_length}",
    "too_long": "has {actual_length}; give at most {max_length}",
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "int_type": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "greater_than_equal": "is too small; the least is {ge}",
    "less_than_equal": "is too large; the most is {le}",
    "greater_than": "is too small; give more than {gt}",
    "less_than": "is too large; give less than {lt}",
    "literal_error": "is none of those known here; give {expected}",
    "enum": "is none of those known here; give {expected}",
    "uuid_type": _ID,
    "uuid_parsing": _ID,
    "list_type": _LIST,
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
}
"""By Pydantic's type of error; in braces what it knows of it. Others keep its own words."""

_of_pattern: dict[str, str] = {}


def told_of(pattern: str, reason: str) -> str:
    """The pattern, which a text that does not match is refused for with ``reason`` instead of the pattern itself."""
    _of_pattern[pattern] = reason
    return pattern


def field_name(location: Sequence[str | int]) -> str:
    """The dotted name of a field by its place in the request."""
    parts = [str(part) for part in location]
    if len(parts) > 1 and parts[0] in _REQUEST_PARTS:
        parts = parts[1:]
    return ".".join(parts) or "body"


def reason_of(error: Any) -> str:
    """What is wrong by one of Pydantic's errors."""
    about = error.get("ctx", {})
    if error["type"] == "string_pattern_mismatch" and about["pattern"] in _of_pattern:
        return _of_pattern[about["pattern"]]
    wording = _WORDINGS.get(error["type"])
    if wording is not None:
        return wording.format_map({**about, "plural": "" if about.get("min_length") == 1 else "s"})
    message = re.sub(r"^(Value error|Assertion failed), ", "", str(error["msg"]))
    return message[:1].lower() + message[1:]

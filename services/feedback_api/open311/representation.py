"""One structure, two formats: JSON without wrappers, XML with the standard's element names."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from xml.etree import ElementTree as ET

import orjson
from fastapi import Response
from pydantic import BaseModel

from services.shared.problems import NotFoundProblem


class Format(StrEnum):
    """What an answer is written in."""

    XML = "xml"
    JSON = "json"


MEDIA_TYPES = {Format.XML: "text/xml; charset=utf-8", Format.JSON: "application/json; charset=utf-8"}

CHILD_NAMES = {
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "locales": "locale",
    "media_urls": "media_url",
    "tasks": "task",
}
"""What the elements of a list within an item are called."""

_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to write."""


def read_format(name: str) -> Format:
    """The format that the address ends in; raises :class:`NotFoundProblem` for another one."""
    try:
        return Format(name)
    except ValueError:
        raise NotFoundProblem(f"there is no {name!r}; end the address in .json or .xml") from None


def answer(
    content: BaseModel | Sequence[BaseModel],
    fmt: Format,
    *,
    root: str,
    item: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer. A sequence is a bare array in JSON, and ``root`` with an ``item`` for each in XML."""
    plain = [_plain(one) for one in content] if isinstance(content, Sequence) else _plain(content)
    body = orjson.dumps(plain) if fmt is Format.JSON else _xml(plain, root, item)
    return Response(body, status_code=status, headers=headers, media_type=MEDIA_TYPES[fmt])


def _plain(model: BaseModel) -> dict[str, Any]:
    content = model.model_dump(mode="python")
    if content.get("extended_attributes", ...) is None:
        # The one member that is absent unless it was asked for.
        del content["extended_attributes"]
    return content


def _xml(content: Any, root: str, item: str) -> bytes:
    element = ET.Element(root)
    if isinstance(content, list):
        for one in content:
            _fill(ET.SubElement(element, item), one)
    else:
        _fill(element, content)
    written: bytes = ET.tostring(element, encoding="utf-8", xml_declaration=True)
    return written


def _fill(element: ET.Element, value: Any) -> None:
    match value:
        case dict():
            for name, part in value.items():
                _fill(ET.SubElement(element, name), part)
        case list():
            for part in value:
                _fill(ET.SubElement(element, CHILD_NAMES[element.tag]), part)
        case bool():
            element.text = "true" if value else "false"
        case datetime():
            element.text = value.isoformat()
        case None:
            pass
        case _:
            element.text = _NOT_IN_XML.sub("\ufffd", str(value))

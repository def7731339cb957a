"""Answers that a client need not fetch again: an ETag from the content, and 304 when it has not changed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import Request, Response
from pydantic import BaseModel

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "The content is still that of the ETag sent in `If-None-Match`."}
}


def conditional_answer(
    request: Request, answer: BaseModel, *, passing: frozenset[str] = frozenset(), is_private: bool = False
) -> Response:
    """``answer`` as JSON, or 304 when the client has it already.

    ``passing`` are properties that differ each time without the content changing, so the ETag is a weak one.
    ``is_private`` keeps what a key may see out of shared caches.
    """
    return conditional_json(request, answer.model_dump(mode="json"), passing=passing, is_private=is_private)


def conditional_json(
    request: Request,
    content: Mapping[str, Any],
    *,
    passing: frozenset[str] = frozenset(),
    is_private: bool = False,
    media_type: str = "application/json",
) -> Response:
    """As :func:`conditional_answer`, of a document whose shape is another standard's."""
    lasting = {name: value for name, value in content.items() if name not in passing}
    not_modified, headers = _conditional(request, orjson.dumps(lasting), is_private=is_private)
    return not_modified or Response(orjson.dumps(content), media_type=media_type, headers=headers)


@dataclass(frozen=True, slots=True)
class Lasting:
    """A JSON object without what differs each time, ready to be sent, and its tag."""

    content: bytes
    tag: str

    @classmethod
    def of(cls, content: bytes) -> "Lasting":
        """Of a JSON object that has properties."""
        return cls(content, _tag_of(content))


def conditional_lasting(
    request: Request, lasting: Lasting, passing: Mapping[str, str], *, is_private: bool = False
) -> Response:
    """As :func:`conditional_answer`, of content that is written already; ``passing`` are the properties it lacks."""
    not_modified, headers = _conditional_by_tag(request, lasting.tag, is_private=is_private)
    if not_modified is not None:
        return not_modified
    return Response(
        orjson.dumps(passing)[:-1] + b"," + lasting.content[1:], media_type="application/json", headers=headers
    )


def conditional_text(request: Request, text: str, *, media_type: str, is_private: bool = False) -> Response:
    """As :func:`conditional_answer`, of a text that nothing passing is in."""
    content = text.encode()
    not_modified, headers = _conditional(request, content, is_private=is_private)
    return not_modified or Response(content, media_type=media_type, headers=headers)


def conditional_file(
    request: Request,
    content: bytes,
    made_from: BaseModel,
    *,
    media_type: str,
    filename: str,
    passing: frozenset[str] = frozenset(),
    is_private: bool = False,
) -> Response:
    """``content`` as a file to download, or 304 when the client has what it was made from, ``made_from``, already.

    A file of the same figures may differ in its bytes, as the time of making is in it.
    """
    lasting = made_from.model_dump_json(exclude=set(passing)).encode() + filename.encode()
    not_modified, headers = _conditional(request, lasting, is_private=is_private)
    headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return not_modified or Response(content, media_type=media_type, headers=headers)


def conditional_content(
    request: Request,
    content: bytes,
    *,
    media_type: str,
    headers: Mapping[str, str],
    is_private: bool = False,
    is_kept: bool = True,
) -> Response:
    """``content`` as a page shows it, or 304 when the client has the same bytes already; not ``is_kept``, no copy."""
    not_modified, conditional = _conditional(request, content, is_private=is_private)
    if not is_kept:
        kept_nowhere = {"Cache-Control": "private, no-store"}
        return Response(content, media_type=media_type, headers={**headers, **kept_nowhere})
    return not_modified or Response(content, media_type=media_type, headers={**headers, **conditional})


def _conditional(request: Request, lasting: bytes, *, is_private: bool) -> tuple[Response | None, dict[str, str]]:
    return _conditional_by_tag(request, _tag_of(lasting), is_private=is_private)


def _tag_of(lasting: bytes) -> str:
    return f'W/"{hashlib.sha256(lasting).hexdigest()[:32]}"'


def _conditional_by_tag(request: Request, tag: str, *, is_private: bool) -> tuple[Response | None, dict[str, str]]:
    headers = {
        "ETag": tag,
        "Cache-Control": "private, no-cache" if is_private else "no-cache",
        "Vary": "Authorization, X-API-Key",
    }
    if _has_already(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers), headers
    return None, headers


def _has_already(if_none_match: str, tag: str) -> bool:
    known = {candidate.strip().removeprefix("W/") for candidate in if_none_match.split(",")}
    return "*" in known or tag.removeprefix("W/") in known

"""Rendering the pages."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from http import HTTPStatus
from importlib import resources
from typing import Any

from babel.numbers import format_decimal
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from services.feedback_api.form import choices
from services.feedback_api.form.texts import read_texts
from services.feedback_api.gate.signs import Matter
from services.feedback_api.gate.wording import words_of
from services.feedback_api.receipts.schemas import ReceiptStatus
from services.shared.catalogue import Catalogue
from services.shared.clock import local_day
from services.shared.settings import Settings

ASSETS = {"form.css": "text/css; charset=utf-8", "form.js": "text/javascript; charset=utf-8"}

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Language",
}
"""Of every page: it runs nothing but its own script, tells nobody its address, and is kept nowhere."""

VALUES = (
    *("type", "title", "text", "topic", "branch", "unit", "address", "latitude", "longitude"),
    *("sender_email", "sender_name", "sender_phone", "reply_wanted", "publication_permitted"),
)
"""What of a form is kept when the page is shown again."""

TARGETS = {"type": f"type-{choices.ALIASES[0]}", "location": "address"} | {
    name: name
    for name in ("title", "text", "topic", "unit", "attachments", "sender_email", "sender_name", "sender_phone")
}
"""The fields that may be wrong, and what the error summary leads to."""

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Filled:
    """What somebody had written, and what is wrong with it: field to words, or ``other`` where it is at no field."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    is_shown_again: bool = False


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("services.feedback_api.form"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = _asset_address
    environment.globals["day"] = _day
    return environment


@cache
def read_asset(name: str) -> bytes:
    """The bytes of a style sheet or script."""
    return (resources.files(__package__) / "assets" / name).read_bytes()


@cache
def _asset_address(name: str) -> str:
    # The address changes with the content, so that it can be kept for ever.
    return f"/form/assets/{hashlib.sha256(read_asset(name)).hexdigest()[:12]}/{name}"


def _day(moment: date) -> str:
    day = local_day(moment) if isinstance(moment, datetime) else moment
    return f"{day.day}.{day.month}.{day.year}"


def form_page(
    settings: Settings,
    catalogue: Catalogue,
    language: str,
    *,
    form_token: str,
    idempotency_key: str,
    filled: Filled,
    status: int = HTTPStatus.OK,
) -> HTMLResponse:
    """The form, with what had been written and what is wrong with it."""
    texts = limited(language, settings)
    words = {name: texts[name] for name in _WORDS_OF_SCRIPT} | {
        "proof_of_work_required": settings.proof_of_work_required,
        "attachment_max_count": settings.attachment_max_count,
        "attachment_max_bytes": settings.attachment_max_bytes,
        "targets": TARGETS,
    }
    values = {name: filled.values.get(name, "") for name in VALUES}
    branches = choices.branches(catalogue, language)
    narrowed = [branch for branch in branches if branch.code == values["branch"]] or branches
    return _page(
        "form.html",
        language,
        texts,
        status=status,
        values=values,
        errors=filled.errors,
        is_shown_again=filled.is_shown_again,
        targets=TARGETS,
        form_token=form_token,
        idempotency_key=idempotency_key,
        types=choices.types(catalogue, language),
        topics=choices.topics(catalogue, language),
        branches=branches,
        narrowed=narrowed,
        limit=settings.text_max_length,
        takes_files=settings.attachments_url is not None,
        words=words,
    )


_WORDS_OF_SCRIPT = (
    *("title", "error_prefix", "characters_left", "located", "not_located", "sending", "offline", "failed"),
    *("narrowed", "errors"),
)


def error_page(
    settings: Settings, language: str, kind: str, *, status: int, request_id: str, written: Mapping[str, str]
) -> HTMLResponse:
    """That something went wrong, by the kind of it, with a way to send again what had been written."""
    texts = limited(language, settings)
    words = texts["pages"].get(kind, texts["pages"]["bad_request"])
    kept = {name: written[name] for name in (*VALUES, *_HIDDEN) if written.get(name)}
    text = kept.pop("text", "")
    return _page("error.html", language, texts, status=status, words=words, request_id=request_id, kept=kept, text=text)


_HIDDEN = ("lang", "language", "form_token", "idempotency_key")


def receipt_page(language: str, status: ReceiptStatus | None, *, is_sent: bool, notices: Sequence[str]) -> HTMLResponse:
    """Where a piece of feedback stands; just sent, with thanks. Without a status, that there is none."""
    texts = read_texts()[language]
    title = "not_found_title" if status is None else "thanks_title" if is_sent else "status_title"
    return _page(
        "receipt.html",
        language,
        texts,
        status=404 if status is None else 200,
        title=texts[title],
        is_sent=is_sent,
        notices=notices,
        receipt=status,
    )


def notices_of(language: str, *, masked: str, is_duplicate: bool, matter: str, is_withdrawn: bool) -> list[str]:
    """What the sender is told besides: only what we have words for, as the address may be anybody's."""
    texts = read_texts()[language]
    kinds = [texts["kinds"][kind] for kind in masked.split(",") if kind in texts["kinds"]]
    notices = [texts["masked"].format(kinds=", ".join(kinds))] if kinds else []
    if is_withdrawn:
        notices.append(texts["withdrawn"])
    if is_duplicate:
        notices.append(texts["duplicate"])
    if matter in set(Matter):
        notices.append(words_of(Matter(matter))[language])
    return notices


def limited(language: str, settings: Settings) -> dict[str, Any]:
    """The words with the settings' limits in them."""
    texts = dict(read_texts()[language])
    limit = format_decimal(settings.text_max_length, locale=language)
    texts["text_hint"] = texts["text_hint"].format(limit=limit)
    files = {"count": settings.attachment_max_count, "megabytes": settings.attachment_max_bytes // _MEGABYTE}
    texts["attachments_hint"] = texts["attachments_hint"].format(**files)
    errors = texts["errors"]
    texts["errors"] = errors | {
        "text": errors["text"].format(limit=limit),
        "attachments": errors["attachments"].format(**files),
    }
    too_large = texts["pages"]["payload_too_large"]
    texts["pages"] = texts["pages"] | {"payload_too_large": too_large | {"text": too_large["text"].format(**files)}}
    return texts


def _page(template: str, language: str, texts: Mapping[str, Any], *, status: int, **context: Any) -> HTMLResponse:
    languages = {code: content["language_name"] for code, content in read_texts().items()}
    html = _environment().get_template(template).render(lang=language, t=texts, languages=languages, **context)
    return HTMLResponse(html, status_code=status, headers=HEADERS | {"Content-Language": language})

"""Rendering the review's pages: server-side, without any script, with a policy that lets nothing else in."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from importlib import resources
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from services.reporting_api.language import Language
from services.reporting_api.review.changes import Changes
from services.reporting_api.review.definitions import Definitions
from services.reporting_api.review.document import Review
from services.reporting_api.review.phrases import words_of
from services.reporting_api.review.reasons import ReasonLine
from services.reporting_api.review.typography import plain, unbroken
from services.reporting_api.texts.markdown import render

ASSETS = {"review.css": "text/css; charset=utf-8"}

LANGUAGES = {Language.FI: "Suomi", Language.SV: "Svenska", Language.EN: "English"}

DOWNLOADS = {"csv-fi": "CSV (Excel)", "csv": "CSV", "xlsx": "XLSX", "json-stat": "JSON-stat"}

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'self'"
    ),
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the page is, where its tables are, and where feedback on it goes."""

    base_url: str
    tables_url: str
    feedback_form: str


@dataclass(frozen=True, slots=True)
class ArchivedReview:
    """A line of the archive."""

    quarter: str
    name: str
    status: str


@dataclass(frozen=True, slots=True)
class CorrectedReview:
    """A line of the log of corrections."""

    quarter: str
    version: int
    name: str
    told: ReasonLine
    has_changes: bool


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("services.reporting_api.review"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = asset_address
    environment.filters["markdown"] = _rendered
    environment.filters["unbroken"] = unbroken
    environment.filters["plain"] = plain
    return environment


def _rendered(markdown: str) -> Markup:
    return Markup(render(markdown))  # noqa: S704 (sanitised by render)


@cache
def read_asset(name: str) -> bytes:
    """The bytes of a style sheet."""
    return (resources.files(__package__) / "assets" / name).read_bytes()


@cache
def asset_address(name: str) -> str:
    """The asset's address, which changes with its content, so that it can be kept for ever."""
    return f"/reviews/assets/{hashlib.sha256(read_asset(name)).hexdigest()[:12]}/{name}"


def render_review(
    review: Review, addresses: Addresses, *, corrections: Sequence[ReasonLine], newer_version: bool
) -> bytes:
    """The review itself, in UTF-8; served with :func:`headers_of`."""
    return _render(
        "review.html",
        review.language,
        addresses,
        review=review,
        corrections=corrections,
        newer_version=newer_version,
        downloads=DOWNLOADS,
        quality=words_of(review.language)["quality"],
        tables_url=addresses.tables_url,
        base_url=addresses.base_url,
    ).encode()


def headers_of(language: Language) -> dict[str, str]:
    """Of every page in a language."""
    return HEADERS | {"Content-Language": language}


def archive_page(language: Language, reviews: Sequence[ArchivedReview], addresses: Addresses) -> HTMLResponse:
    """All published reviews."""
    return _page("archive.html", language, addresses, reviews=reviews)


def not_found_page(language: Language, addresses: Addresses) -> HTMLResponse:
    """That there is no such review, with the way to those there are."""
    words = words_of(language)["review"]
    return _page(
        "message.html",
        language,
        addresses,
        status=HTTPStatus.NOT_FOUND,
        heading=words["not_found"],
        paragraphs=[words["not_found_text"]],
        link=f"/reviews/?lang={language}",
        link_text=words["archive"],
    )


def corrections_page(language: Language, lines: Sequence[CorrectedReview], addresses: Addresses) -> HTMLResponse:
    """The log of corrections and withdrawals of all reviews."""
    return _page("corrections.html", language, addresses, lines=lines)


def changes_page(language: Language, changes: Changes, addresses: Addresses) -> HTMLResponse:
    """What a correction changed, number by number."""
    return _page("changes.html", language, addresses, changes=changes)


def definitions_page(language: Language, definitions: Definitions, addresses: Addresses) -> HTMLResponse:
    """What each figure is, and the rules that hold for all."""
    quality = words_of(language)["quality"]
    return _page("definitions.html", language, addresses, definitions=definitions, quality=quality)


def statement_page(language: Language, addresses: Addresses) -> HTMLResponse:
    """The accessibility statement, with its way to give feedback."""
    statement: Mapping[str, Any] = words_of(language)["statement"]
    return _page(
        "message.html",
        language,
        addresses,
        heading=statement["title"],
        paragraphs=statement["paragraphs"],
        link=addresses.feedback_form,
        link_text=statement["feedback"],
    )


def _page(
    template: str, language: Language, addresses: Addresses, *, status: int = HTTPStatus.OK, **values: Any
) -> HTMLResponse:
    html = _render(template, language, addresses, **values)
    return HTMLResponse(html, status_code=status, headers=headers_of(language))


def _render(template: str, language: Language, addresses: Addresses, **values: Any) -> str:
    return (
        _environment()
        .get_template(template)
        .render(
            lang=language,
            languages=LANGUAGES,
            words=words_of(language)["review"],
            feedback_form=addresses.feedback_form,
            **values,
        )
    )

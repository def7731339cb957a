"""Rendering the page for iframes and the demonstration chat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from services.shared.identifiers import new_uuid
from services.survey_api.surveys.definitions import SurveyDefinition, Version
from services.survey_api.widget.fields import field_of, in_language
from services.survey_api.widget.script import read_page_asset, read_script
from services.survey_api.widget.texts import read_faces, read_texts

_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'"

_HEADERS = {
    "Cache-Control": "no-store",
    # To ourselves the address is told: without it a browser hides the Origin of the form it posts.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Language",
}

EMAIL, HANDLE, EMPTY = "contact_email", "please_handle", "answers"
"""What can be wrong besides the questions: the address, the consent without a comment, nothing answered."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What somebody had answered, by input name, and what is wrong with it: input name to words."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("services.survey_api.widget"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        asset=_asset_address, widget_address=widget_address, faces=read_faces(), integrity=read_script().integrity
    )
    return environment


def widget_address() -> str:
    """The address of the widget's present version, for ever."""
    return f"/widget/{read_script().digest}/widget.js"


def _asset_address(name: str) -> str:
    asset = read_page_asset(name)
    assert asset is not None  # noqa: S101 (the templates name our own)
    return f"/embed/assets/{asset.digest}/{name}"


def embed_policy(allowed_origins: Sequence[str] | None) -> str:
    """The Content-Security-Policy of a survey's page: it stands in frames of its own list of origins only."""
    ancestors = "*" if allowed_origins is None else " ".join(["'self'", *allowed_origins])
    return f"{_POLICY}; form-action 'self'; frame-ancestors {ancestors}"


def form_page(
    survey: SurveyDefinition, version: Version, language: str, *, interaction: str | None, filled: Filled
) -> HTMLResponse:
    """The survey's questions, with what had been answered and what is wrong with it."""
    words = read_texts()[language]["widget"]
    return _embed_page(
        "embed.html",
        survey,
        language,
        status=422 if filled.errors else 200,
        fields=[field_of(question, language, words) for question in version.questions.values()],
        version=version.number,
        response_id=(filled.values.get("id") or [str(new_uuid())])[0],
        interaction=interaction,
        values=filled.values,
        errors=filled.errors,
    )


def note_page(survey: SurveyDefinition, language: str, words: Sequence[str], *, is_done: bool) -> HTMLResponse:
    """The survey's page with words in the questions' place: thanks, or why there are no questions."""
    return _embed_page("note.html", survey, language, status=200, words=words, is_done=is_done)


def demo_page(survey: SurveyDefinition, language: str) -> HTMLResponse:
    """A chat that has come to its end, and the widget."""
    policy = f"{_POLICY}; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    html = _render("demo.html", language, survey=survey, interaction=f"demo-{new_uuid()}")
    return HTMLResponse(html, headers=_HEADERS | {"Content-Security-Policy": policy, "Content-Language": language})


def _embed_page(template: str, survey: SurveyDefinition, language: str, *, status: int, **context: Any) -> HTMLResponse:
    html = _render(template, language, survey=survey, title=in_language(survey.names, language), **context)
    headers = {
        "Content-Security-Policy": embed_policy(survey.allowed_origins),
        # Also for pages that isolate themselves; whose pages may frame it, the policy says.
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Content-Language": language,
    }
    return HTMLResponse(html, status_code=status, headers=_HEADERS | headers)


def _render(template: str, language: str, **context: Any) -> str:
    texts = read_texts()
    languages = {code: content["language_name"] for code, content in texts.items()}
    page = _environment().get_template(template)
    return page.render(lang=language, t=texts[language], w=texts[language]["widget"], languages=languages, **context)

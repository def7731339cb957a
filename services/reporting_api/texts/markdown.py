"""Markdown as officers may write it: CommonMark without HTML and pictures, sanitised once more after rendering."""

from functools import cache
from typing import TYPE_CHECKING

import nh3

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_TAGS = {"p", "h3", "h4", "h5", "ul", "ol", "li", "em", "strong", "a", "blockquote", "br", "code", "hr"}
_SCHEMES = {"https", "http", "mailto", "tel"}

_CHAPTER_LEVEL = 2
"""A chapter's own heading is h2, so the highest heading within its text becomes h3."""
_DEEPEST = 5


@cache
def _markdown(*, shows_all: bool = False) -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415 (slow)

    return MarkdownIt("commonmark") if shows_all else MarkdownIt("commonmark", {"html": False}).disable("image")


def render(markdown: str) -> str:
    """HTML of a chapter's text: its headings one level below the chapter's, links to the schemes above only."""
    html: str = _markdown().renderer.render(parse(markdown), _markdown().options, {})
    return nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes=_SCHEMES)


def parse(markdown: str) -> "list[Token]":
    """The text's tokens; its headings are below the chapter's and skip no level, as readers step through them."""
    tokens = _markdown().parse(markdown)
    above = _CHAPTER_LEVEL
    for token in tokens:
        if token.type == "heading_open":
            above = min(int(token.tag[1]) + _CHAPTER_LEVEL, above + 1, _DEEPEST)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{above}"
    return tokens


def refuse_unsafe(markdown: str) -> str:
    """The text as it is; raises ValueError naming what the review does not take: HTML, pictures, other links."""
    for token in _walk(_markdown(shows_all=True).parse(markdown)):
        if token.type in ("html_block", "html_inline"):
            raise ValueError(f"holds HTML ({_shortened(token.content)}); write Markdown only")
        if token.type == "image":
            raise ValueError("holds a picture; the review draws its charts itself, describe the matter in words")
        href = str(token.attrs.get("href", ""))
        if token.type == "link_open" and not _is_allowed(href):
            raise ValueError(f"links to {_shortened(href)}; link to https, http, mailto or tel addresses")
    return markdown


def _is_allowed(href: str) -> bool:
    scheme, colon, _ = href.partition(":")
    return href.startswith("#") or (bool(colon) and scheme.lower() in _SCHEMES)


def _walk(tokens: "list[Token]") -> "list[Token]":
    return [one for token in tokens for one in (token, *_walk(token.children or []))]


def _shortened(text: str, length: int = 40) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= length else f"{flat[:length]}…"

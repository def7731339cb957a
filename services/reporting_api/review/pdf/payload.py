"""What the typesetter is given: the review's words as data, and its charts as drawings in the file's own ink."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.reporting_api.review.charts.style import INK, WIDE
from services.reporting_api.review.document import Review, ReviewAct, ReviewChapter, ReviewFigure
from services.reporting_api.review.pdf.blocks import blocks_of
from services.reporting_api.review.pdf.glyphs import FONTS, readable
from services.reporting_api.review.phrases import words_of
from services.reporting_api.review.reasons import ReasonLine
from services.shared.tables.editions import Chapter

Payload = Mapping[str, Any]
Words = Mapping[str, Any]

INK_COLOUR = "#1a1a1a"
TEXT_WIDTH = 467.7
TALLEST_CHART = 560.0
"""In points: the text's width on the page, and what leaves room on it for the chart's title."""

ROW_HEIGHT = 19.0
TALLEST_WHOLE = 260.0
"""In points: a row of a table, and the chart with its table that are kept together. Taller ones may part: pages would
be left half empty before them."""

LONGEST_WHOLE = 26
"""Rows of a table that is kept on one page, of the thirty and more that a page has room for."""

_VIEW_BOX = re.compile(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')
_FONT_FAMILY = re.compile(r'font-family="[^"]*"')


def payload_of(review: Review, *, corrections: Sequence[ReasonLine], has_newer: bool, base_url: str) -> Payload:
    """All that the file says, in its order; every text of characters that the fonts have."""
    words = words_of(review.language)["review"]
    payload = {
        "language": review.language.value,
        "fonts": list(FONTS),
        "title": review.title,
        "subtitle": review.subtitle,
        "organisation": words["organisation"],
        "edition": review.embargo or words["draft"]
        if review.is_draft or review.embargo
        else words["published"].format(day=review.published_on, version=review.version),
        "mark": review.mark,
        "notices": list(_notices(review, words, has_newer=has_newer)),
        "digest": {"heading": words["digest"], "sentences": list(review.digest)},
        "contents": words["contents"],
        "chapters": [_chapter(chapter, review, words, corrections, base_url) for chapter in review.chapters],
    }
    return {name: _readable(value) for name, value in payload.items()}


def _notices(review: Review, words: Words, *, has_newer: bool) -> Iterator[dict[str, Any]]:
    if review.is_internal:
        yield _line(words["internal"]) | {"is_grave": True}
    if review.withdrawal is not None:
        yield _line(review.withdrawal) | {"is_grave": True}
    if has_newer:
        yield _line(words["newer"]) | {"is_grave": False}
    if review.correction is not None:
        yield _line(review.correction) | {"is_grave": False}
    if review.demonstration_note:
        yield _line(review.demonstration_note) | {"is_grave": False}


def _line(told: str | ReasonLine) -> dict[str, Any]:
    if isinstance(told, str):
        return {"lead": told, "reason": None}
    return {"lead": told.lead, "reason": told.reason, "language": told.language.value, "note": told.note}


def _chapter(
    chapter: ReviewChapter, review: Review, words: Words, corrections: Sequence[ReasonLine], base_url: str
) -> dict[str, Any]:
    text = chapter.text
    is_other = text is not None and text.language is not review.language
    return {
        "heading": chapter.heading,
        "note": words["only_in"][text.language] if text is not None and is_other else None,
        "text": None if text is None else {"language": text.language.value, "blocks": blocks_of(text.markdown)},
        "paragraphs": list(chapter.paragraphs),
        "quotations": _quotations(chapter, words),
        "figures": [_figure(figure, words) for figure in chapter.figures],
        "definitions": _definitions(chapter, review, base_url),
        "acts": [_act(act, words) for act in review.actions] if chapter.code is Chapter.ACTIONS else [],
        "methods": _methods(review, words, corrections, base_url) if chapter.code is Chapter.METHODS else None,
    }


def _definitions(chapter: ReviewChapter, review: Review, base_url: str) -> dict[str, str] | None:
    link = chapter.definitions
    if link is None:
        return None
    return {"text": link.name, "href": f"{base_url}/reviews/definitions?lang={review.language}#{link.anchor}"}


def _quotations(chapter: ReviewChapter, words: Words) -> dict[str, Any] | None:
    if not chapter.quotations and not chapter.has_lost_quotations:
        return None
    return {
        "heading": words["quotations"],
        "quoted": [
            {"words": it.words, "language": it.language.partition("-")[0], "source": it.source}
            for it in chapter.quotations
        ],
        "lost": words["quotations_lost"] if chapter.has_lost_quotations else None,
    }


def _figure(figure: ReviewFigure, words: Words) -> dict[str, Any]:
    svg = figure.wide
    return {
        "title": words["figure"].format(number=figure.number, title=figure.title),
        "caption": figure.caption,
        "alt": f"{figure.title}. {figure.caption} {words['table_follows']}",
        "svg": _FONT_FAMILY.sub(f'font-family="{FONTS[0]}"', svg).replace(INK, INK_COLOUR),
        "width": _width(svg),
        "columns": [figure.table.name_heading, *figure.table.headings],
        "rows": [[name, *cells] for name, cells in figure.table.rows],
        "is_whole": _height(svg) + ROW_HEIGHT * len(figure.table.rows) < TALLEST_WHOLE,
        "is_long": len(figure.table.rows) > LONGEST_WHOLE,
    }


def _width(svg: str) -> float:
    """In points: the text's, or less where the chart would be taller than a page."""
    found = _VIEW_BOX.search(svg)
    if found is None:
        return TEXT_WIDTH
    width, height = float(found[1]), float(found[2])
    return min(TEXT_WIDTH * min(1, width / WIDE), TALLEST_CHART * width / height)


def _height(svg: str) -> float:
    """In points, as set on the page."""
    found = _VIEW_BOX.search(svg)
    return 0 if found is None else _width(svg) * float(found[2]) / float(found[1])


def _act(act: ReviewAct, words: Words) -> dict[str, str]:
    return {
        "said_heading": words["you_said"],
        "said": act.said,
        "did_heading": words["we_did"],
        "did": act.did,
        "done_on": act.done_on,
        "language": act.language.value,
    }


def _methods(review: Review, words: Words, corrections: Sequence[ReasonLine], base_url: str) -> dict[str, Any]:
    quarter = f"{review.quarter.label}/{review.version}"
    return {
        "lines": list(review.methods),
        "management": words["management"],
        "links": [
            {"text": words["definitions"], "href": f"{base_url}/reviews/definitions?lang={review.language}"},
            {"text": words["open_data"], "href": f"{base_url}/v1/editions/{quarter}/tables"},
        ],
        "corrections_heading": words["corrections"],
        "corrections": [_line(it) for it in corrections or (words["no_corrections"],)],
        "all_corrections": {
            "text": words["corrections_title"],
            "href": f"{base_url}/reviews/corrections?lang={review.language}",
        },
        "identity": words["identity"],
        "hash": review.content_hash,
    }


def _readable(value: Any) -> Any:
    if isinstance(value, str):
        return readable(value)
    if isinstance(value, Mapping):
        return {name: _readable(one) for name, one in value.items()}
    return [_readable(one) for one in value] if isinstance(value, list) else value

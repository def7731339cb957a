"""The Atom feed (RFC 4287) of published reviews."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from xml.etree.ElementTree import Element, SubElement, tostring

from services.reporting_api.language import Language
from services.reporting_api.review.phrases import quarter_words, words_of
from services.reporting_api.review.reasons import ReasonLine, correction_of, withdrawal_of
from services.reporting_api.review.typography import plain
from services.shared.periods import PeriodKind, parse_period
from services.shared.tables import Edition

_NAMESPACE = "http://www.w3.org/2005/Atom"

_EPOCH = "1970-01-01T00:00:00+00:00"
"""A feed needs a time even before the first review."""


def to_atom(editions: Sequence[Edition], language: Language, base_url: str) -> bytes:
    """The feed of the editions, newest first; a corrected edition is a new entry of its own."""
    words = words_of(language)["review"]
    address = f"{base_url}/reviews/"
    feed = Element("feed", {"xmlns": _NAMESPACE, "xml:lang": language})
    _add(feed, "id", address)
    _add(feed, "title", plain(words["archive_title"]))
    _add(feed, "updated", max((_shown_at(it).isoformat() for it in editions), default=_EPOCH))
    SubElement(feed, "link", {"rel": "self", "href": f"{base_url}/reviews/feed.atom?lang={language}"})
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": f"{address}?lang={language}"})
    author = SubElement(feed, "author")
    _add(author, "name", words["organisation"])
    for edition in editions:
        feed.append(_entry(edition, language, base_url))
    written: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _entry(edition: Edition, language: Language, base_url: str) -> Element:
    words = words_of(language)["review"]
    quarter = parse_period(PeriodKind.QUARTER, edition.quarter)
    address = f"{base_url}/reviews/{edition.quarter}?lang={language}&version={edition.version}"
    entry = Element("entry")
    _add(entry, "id", f"urn:katsaus:edition:{edition.quarter}:{edition.version}")
    _add(
        entry,
        "title",
        f"{words['title']} {words['subtitle'].format(quarter=quarter_words(quarter, language, 'name'))}",
    )
    _add(entry, "updated", _shown_at(edition).isoformat())
    SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": address})
    told = withdrawal_of(edition, "feed_withdrawn", language) or correction_of(edition, language)
    if told is not None:
        _add_reason(entry, told)
    return entry


def _shown_at(edition: Edition) -> datetime:
    times = (edition.withdrawn_at, edition.embargo_until, edition.published_at)
    return next(moment for moment in times if moment is not None)


def _add_reason(entry: Element, told: ReasonLine) -> None:
    """As text, or as HTML where a part is in another language."""
    if told.note is None:
        _add(entry, "summary", str(told))
        return
    html = f'{escape(told.lead)}<span lang="{told.language}">{escape(told.reason)}</span> {escape(told.note)}'
    SubElement(entry, "summary", {"type": "html"}).text = html


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text

"""What is made of an edition and kept in memory: a published one never changes, and making it takes a second.

A rendering is known by everything that it shows, so nothing old is ever found: a withdrawal, a correction or a newer
version is another rendering.
"""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from anyio import CapacityLimiter, to_thread

from services.reporting_api.comments.repository import ReleasedWords
from services.reporting_api.editions.contents import Contents
from services.reporting_api.language import Language
from services.reporting_api.memory import Memory
from services.reporting_api.review.card import draw_card
from services.reporting_api.review.document import Review, put_together
from services.reporting_api.review.pages import Addresses, render_review
from services.reporting_api.review.reasons import ReasonLine
from services.shared.tables import Edition


class Medium(StrEnum):
    """What a review is made into; the value is its media type."""

    PAGE = "text/html"
    PDF = "application/pdf"
    CARD = "image/png"


@dataclass(frozen=True, slots=True)
class Sight:
    """Who looks at an edition, and what stands beside it."""

    language: Language
    is_internal: bool
    corrections: tuple[ReasonLine, ...]
    has_newer: bool
    is_embargoed: bool
    addresses: Addresses
    quoted: tuple[ReleasedWords, ...] = ()
    """The words of the edition's comments that are released now."""


class Renderings:
    """The newest ``kept`` renderings; made in a thread, one at a time.

    The page and the file of a language share the review and its drawings.
    """

    def __init__(self, kept: int, contents: Contents) -> None:
        self._contents = contents
        self._made = Memory[bytes](kept)
        self._reviews = Memory[Review](len(Language))
        self._limiter = CapacityLimiter(1)

    async def of(
        self, medium: Medium, edition: Edition, sight: Sight, whole: Callable[[Edition], Awaitable[Edition]]
    ) -> bytes:
        """The edition in a medium, as ``sight`` shows it; ``whole`` reads its content where it must be made."""
        key = (medium, sight, *_identity(edition))
        # What quotes words that are not released any more is not even kept in memory.
        for memory in (self._made, self._reviews):
            memory.drop(partial(_is_outdated, edition=_identity(edition), quoted=sight.quoted))
        made = self._made.find(key)
        if made is None:
            edition = await whole(edition)
            # Another request may have made it while this one waits.
            made = await to_thread.run_sync(
                lambda: self._made.find(key) or self.make(medium, edition, sight), limiter=self._limiter
            )
            self._made.keep(key, made)
        return made

    def make(self, medium: Medium, edition: Edition, sight: Sight) -> bytes:
        """Make it anew, of a review that may have been put together already."""
        looks = (sight.language, sight.is_internal, sight.is_embargoed)
        key = (looks, sight.quoted, *_identity(edition))
        review = self._reviews.find(key)
        if review is None:
            review = put_together(
                edition,
                self._contents.read(edition, is_internal=sight.is_internal),
                sight.language,
                is_internal=sight.is_internal,
                is_embargoed=sight.is_embargoed,
                quoted=sight.quoted,
            )
            self._reviews.keep(key, review)
        return _MAKERS[medium](review, sight)


def _is_outdated(key: Hashable, edition: tuple[object, ...], quoted: tuple[ReleasedWords, ...]) -> bool:
    if not isinstance(key, tuple):
        return False
    _, seen, *of = key
    return tuple(of) == edition and (seen.quoted if isinstance(seen, Sight) else seen) != quoted


def _identity(edition: Edition) -> tuple[object, ...]:
    return (
        edition.quarter,
        edition.version,
        edition.state,
        edition.content_hash,
        edition.internal_hash,
        edition.published_at,
        edition.embargo_until,
        edition.reason,
        *sorted(edition.reason_translations.items()),
        edition.withdrawal_reason,
        *sorted(edition.withdrawal_reason_translations.items()),
    )


def _page(review: Review, sight: Sight) -> bytes:
    return render_review(review, sight.addresses, corrections=sight.corrections, newer_version=sight.has_newer)


def _pdf(review: Review, sight: Sight) -> bytes:
    from services.reporting_api.review.pdf.typesetter import render_pdf  # noqa: PLC0415 (slow)

    return render_pdf(
        review, corrections=sight.corrections, has_newer=sight.has_newer, base_url=sight.addresses.base_url
    )


def _card(review: Review, _sight: Sight) -> bytes:
    return draw_card(review)


_MAKERS: dict[Medium, Callable[[Review, Sight], bytes]] = {
    Medium.PAGE: _page,
    Medium.PDF: _pdf,
    Medium.CARD: _card,
}

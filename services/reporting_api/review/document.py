"""The review in one language, put together: what the page and the PDF both show, figures numbered in their order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from services.reporting_api.comments.repository import ReleasedWords
from services.reporting_api.editions.content import EditionContent
from services.reporting_api.language import Language
from services.reporting_api.review.chapters.digest import digest_phrases
from services.reporting_api.review.chapters.registry import paragraphs_of
from services.reporting_api.review.charts.style import NARROW, WIDE
from services.reporting_api.review.days import write_day, write_embargo
from services.reporting_api.review.definition_links import DefinitionLink, link_of_chapter, links_of
from services.reporting_api.review.illustration import Illustration
from services.reporting_api.review.illustrations import illustrations_of
from services.reporting_api.review.phrases import quarter_words, say, words_of
from services.reporting_api.review.reasons import ReasonLine, correction_of, withdrawal_of
from services.reporting_api.review.table_view import TableView, view_series, view_table
from services.reporting_api.review.week import view_week
from services.shared.periods import Period, PeriodKind, parse_period
from services.shared.tables import Edition
from services.shared.tables.base import Labels
from services.shared.tables.editions import Chapter, ReviewLanguage


@dataclass(frozen=True)
class ReviewFigure:
    """A numbered chart with the table of its cells, drawn once for all that show it."""

    number: int
    illustration: Illustration
    title: str
    caption: str
    table: TableView
    definitions: tuple[DefinitionLink, ...]
    """To those of the measures in the table."""
    language: Language

    @cached_property
    def wide(self) -> str:
        """The chart as SVG, for desktops and paper."""
        return self.illustration.svg(self.language, WIDE)

    @cached_property
    def narrow(self) -> str:
        """The chart as SVG, for telephones."""
        return self.illustration.svg(self.language, NARROW)


@dataclass(frozen=True, slots=True)
class OfficerText:
    """An officer's text; ``language`` is another than the review's where it was not written in that."""

    markdown: str
    language: Language


@dataclass(frozen=True, slots=True)
class ReviewAct:
    """What residents said and what was done, with the day it was done; in Finnish where it was not translated."""

    said: str
    did: str
    done_on: str
    language: Language


UNKNOWN_LANGUAGE = "und"
"""The code of words whose language was not told (ISO 639-2)."""


@dataclass(frozen=True, slots=True)
class ReviewQuotation:
    """A resident's own words, in their language, and the survey they were written in."""

    words: str
    language: str
    source: str


@dataclass(frozen=True, slots=True)
class ReviewChapter:
    """A chapter: the officer's text, what the figures say, residents' words, and its charts."""

    code: Chapter
    heading: str
    text: OfficerText | None
    paragraphs: tuple[str, ...]
    quotations: tuple[ReviewQuotation, ...]
    has_lost_quotations: bool
    """Whether words that the edition quoted have been erased or withdrawn since."""
    figures: tuple[ReviewFigure, ...]
    definitions: DefinitionLink | None
    """To those of the figures it tells."""


@dataclass(frozen=True, slots=True)
class Review:
    """The whole review in one language."""

    language: Language
    quarter: Period
    title: str
    subtitle: str
    version: int
    published_on: str | None
    embargo: str | None
    """That the public sees it from a time to come only."""
    withdrawal: ReasonLine | None
    correction: ReasonLine | None
    content_hash: str
    is_internal: bool
    is_draft: bool
    demonstration_note: str | None
    mark: str | None
    """What stands on every page of what is not for the public."""
    digest: tuple[str, ...]
    chapters: tuple[ReviewChapter, ...]
    actions: tuple[ReviewAct, ...]
    methods: tuple[str, ...]


def put_together(
    edition: Edition,
    content: EditionContent,
    language: Language,
    *,
    is_internal: bool = False,
    is_embargoed: bool = False,
    quoted: Sequence[ReleasedWords] = (),
) -> Review:
    """The review of an edition's content; ``is_embargoed`` while the public does not see it yet, ``quoted`` the words
    of its comments that are still released."""
    words = words_of(language)
    quarter = parse_period(PeriodKind.QUARTER, content.quarter)
    report = content.figures
    note = report.demonstration.note
    embargo = write_embargo(edition, language) if is_embargoed else None
    is_draft = edition.published_at is None
    marks = [words["review"]["internal_mark"]] * is_internal + [words["review"]["draft"]] * is_draft
    return Review(
        language=language,
        quarter=quarter,
        title=words["review"]["title"],
        subtitle=words["review"]["subtitle"].format(quarter=quarter_words(quarter, language, "name")),
        version=edition.version,
        published_on=write_day(edition.embargo_until or edition.published_at, language),
        embargo=embargo,
        withdrawal=withdrawal_of(edition, "withdrawn", language),
        correction=correction_of(edition, language),
        content_hash=edition.internal_hash if is_internal else edition.content_hash,
        is_internal=is_internal,
        is_draft=is_draft,
        demonstration_note=_in(note, language) if note else None,
        mark=" · ".join([*marks, embargo] if embargo else marks) or None,
        digest=tuple(say(phrase, language) for phrase in digest_phrases(report)),
        chapters=tuple(_chapters(content, language, quoted)),
        actions=tuple(_acts(content, language)),
        methods=tuple(words["methods"]),
    )


def _chapters(content: EditionContent, language: Language, quoted: Sequence[ReleasedWords]) -> Iterator[ReviewChapter]:
    numbered = list(enumerate(illustrations_of(content), start=1))
    for chapter in Chapter:
        text = _text(content, chapter, language)
        told = paragraphs_of(chapter, content.figures)
        paragraphs = tuple(" ".join(say(phrase, language) for phrase in phrases) for phrases in told)
        figures = tuple(_figure(number, it, content, language) for number, it in numbered if it.chapter is chapter)
        has_actions = chapter is Chapter.ACTIONS and content.actions
        if text or paragraphs or figures or has_actions or chapter is Chapter.METHODS:
            heading = words_of(language)["headings"][chapter]
            quotations, has_lost = _quotations(content, chapter, language, quoted)
            has_facts = bool(figures) or any(phrase.facts() for phrases in told for phrase in phrases)
            definitions = link_of_chapter(chapter, language) if has_facts else None
            yield ReviewChapter(chapter, heading, text, paragraphs, quotations, has_lost, figures, definitions)


def _quotations(
    content: EditionContent, chapter: Chapter, language: Language, quoted: Sequence[ReleasedWords]
) -> tuple[tuple[ReviewQuotation, ...], bool]:
    """Of the chapter's surveys, and whether some that were chosen are no more."""
    figures = content.figures
    labels = {
        Chapter.CHATS: {chat.code: chat.labels for chat in figures.chats},
        Chapter.SURVEYS: {survey.code: survey.labels for survey in figures.surveys},
    }
    names = {code: _in(it, language) for code, it in labels.get(chapter, {}).items()}
    shown = tuple(
        ReviewQuotation(it.comment, it.language or UNKNOWN_LANGUAGE, names[it.survey])
        for it in quoted
        if it.survey in names
    )
    return shown, len(shown) < sum(key.survey in names for key in content.comments)


def _figure(number: int, illustration: Illustration, content: EditionContent, language: Language) -> ReviewFigure:
    table = _table(illustration, content, language)
    return ReviewFigure(
        number=number,
        illustration=illustration,
        title=say(illustration.title, language),
        caption=say(illustration.caption, language),
        table=table,
        definitions=links_of(table.measures, language),
        language=language,
    )


def _table(illustration: Illustration, content: EditionContent, language: Language) -> TableView:
    if illustration.is_week:
        return view_week(content.tables[illustration.table], language)
    if illustration.measure is not None:
        return view_series(content.series[illustration.table], illustration.measure, language)
    return view_table(content.tables[illustration.table], illustration.shown, language, content.definitions)


def _text(content: EditionContent, chapter: Chapter, language: Language) -> OfficerText | None:
    texts = content.texts.get(chapter, {})
    for wanted in (language, *Language):
        markdown = texts.get(ReviewLanguage(wanted))
        if markdown is not None:
            return OfficerText(markdown, wanted)
    return None


def _acts(content: EditionContent, language: Language) -> Iterator[ReviewAct]:
    for action in content.actions:
        has_words = language in action.said and language in action.did
        shown = language if has_words else Language.FI
        done_on = write_day(action.done_on, language) or ""
        yield ReviewAct(action.said[shown], action.did[shown], done_on, shown)


def _in(labels: Labels, language: Language) -> str:
    return labels.get(language, labels["fi"])

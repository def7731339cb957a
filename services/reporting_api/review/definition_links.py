"""Links from the review to the page of definitions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.reporting_api.language import Language
from services.reporting_api.measures.registry import MEASURES
from services.reporting_api.measures.texts import data_sources
from services.reporting_api.review.phrases import words_of
from services.shared.tables.editions import Chapter

_SOURCES: Mapping[Chapter, str] = {
    Chapter.PARTICIPATION: "participation",
    Chapter.FEEDBACK: "feedback",
    Chapter.TOPICS: "feedback",
    Chapter.THEMES: "themes",
    Chapter.ACCESSIBILITY: "feedback",
    Chapter.CHATS: "surveys",
    Chapter.SMILEYS: "smileys",
    Chapter.OMBUDSMAN: "ombudsmen",
    Chapter.SURVEYS: "surveys",
}
"""Where the data come from of the figures that a chapter tells."""


@dataclass(frozen=True, slots=True)
class DefinitionLink:
    """The end of an address on the page of definitions, and what the link is called."""

    anchor: str
    name: str


def links_of(slugs: Iterable[str], language: Language) -> tuple[DefinitionLink, ...]:
    """To the definitions of measures, but of those that there are no more."""
    found = [MEASURES[slug] for slug in slugs if slug in MEASURES]
    return tuple(DefinitionLink(measure.slug, measure.names[language]) for measure in found)


def link_of_chapter(chapter: Chapter, language: Language) -> DefinitionLink | None:
    """To the definitions of the figures that a chapter tells; None where it tells none."""
    code = _SOURCES.get(chapter)
    if code is None:
        return None
    name = words_of(language)["quality"]["of_chapter"].format(source=data_sources()[code].names[language])
    return DefinitionLink(anchor_of(code), name)


def anchor_of(source: str) -> str:
    """Where the measures of a source begin."""
    return f"source-{source}"

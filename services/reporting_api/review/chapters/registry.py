"""The chapters in their order, and what each says of the figures besides the officer's own text."""

from collections.abc import Callable, Mapping

from services.reporting_api.periods.schemas import QuarterReport
from services.reporting_api.review.chapters.feedback import (
    accessibility_phrases,
    feedback_phrases,
    theme_phrases,
    topic_phrases,
)
from services.reporting_api.review.chapters.ombudsman import ombudsman_phrases
from services.reporting_api.review.chapters.participation import participation_phrases
from services.reporting_api.review.chapters.surveys import chat_phrases, smiley_phrases, survey_phrases
from services.reporting_api.review.phrases import Phrase
from services.shared.tables.editions import Chapter

CHAPTER_PHRASES: Mapping[Chapter, Callable[[QuarterReport], list[Phrase]]] = {
    Chapter.PARTICIPATION: participation_phrases,
    Chapter.FEEDBACK: feedback_phrases,
    Chapter.TOPICS: topic_phrases,
    Chapter.THEMES: theme_phrases,
    Chapter.ACCESSIBILITY: accessibility_phrases,
    Chapter.CHATS: chat_phrases,
    Chapter.SMILEYS: smiley_phrases,
    Chapter.OMBUDSMAN: ombudsman_phrases,
    Chapter.SURVEYS: survey_phrases,
}


OPENERS = frozenset(
    {
        "participation.proposals",
        "participation.initiatives",
        "participation.social_reports",
        "feedback.left_out",
        "feedback.handling_time",
        "feedback.types",
        "themes.received",
        "chats.satisfaction",
        "chats.satisfaction_suppressed",
        "chats.satisfaction_missing",
        "ombudsman.services",
        "ombudsman.reasons_recorded",
        "surveys.grade",
        "surveys.nps",
        "surveys.respondents",
        "surveys.suppressed",
        "surveys.response_rate",
    }
)
"""The phrases that begin a paragraph, besides a chapter's first."""


def phrases_of(chapter: Chapter, report: QuarterReport) -> list[Phrase]:
    """What the chapter says of the figures; nothing for those that are an officer's text alone."""
    tell = CHAPTER_PHRASES.get(chapter)
    return tell(report) if tell else []


def paragraphs_of(chapter: Chapter, report: QuarterReport) -> list[list[Phrase]]:
    """The same in paragraphs, each about one thing."""
    paragraphs: list[list[Phrase]] = []
    for phrase in phrases_of(chapter, report):
        if not paragraphs or phrase.key in OPENERS:
            paragraphs.append([])
        paragraphs[-1].append(phrase)
    return paragraphs

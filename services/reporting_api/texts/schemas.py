"""Requests and answers about chapter texts."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from services.reporting_api.texts.markdown import refuse_unsafe
from services.shared.reasons import told_of
from services.shared.schemas import FreeText, RequestModel, ResponseModel
from services.shared.tables.editions import Chapter, ReviewLanguage

Quarter = Annotated[
    str,
    StringConstraints(pattern=told_of(r"^20[0-9]{2}-Q[1-4]$", "is no quarter; write it as 2021-Q2, years 2000-2099")),
]


class ChapterTextInput(RequestModel):
    """A chapter's text as Markdown: paragraphs, headings, lists, emphasis, links, quotations. No pictures, no HTML."""

    markdown: Annotated[FreeText, AfterValidator(refuse_unsafe)] = Field(
        examples=["Lautakunta käsitteli kesäkuussa osallisuussuunnitelmien toteutumista."]
    )


class ChapterTextPublic(ResponseModel):
    """A chapter's text in one language."""

    quarter: str
    chapter: Chapter
    language: ReviewLanguage
    markdown: str
    html: str = Field(description="As the review shows it, sanitised.")
    updated_at: datetime
    updated_by: str
    missing_languages: list[ReviewLanguage] = Field(
        description="Languages in which the chapter has no text yet: the review would lack it there."
    )
    unknown_numbers: list[str] = Field(
        description="Numbers of the text that no figure shown to the public has now: mend them, or the figures.",
        examples=[["915 %"]],
    )


class ChapterTextList(ResponseModel):
    """All texts of a quarter, by chapter and language."""

    texts: list[ChapterTextPublic]

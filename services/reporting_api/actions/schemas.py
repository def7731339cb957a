"""Requests and answers about actions."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.shared.schemas import Code, FreeText, PastDay, RequestModel, ResponseModel


class WordsInLanguages(RequestModel):
    """The same words in the review's languages; Finnish always."""

    fi: FreeText
    sv: FreeText | None = None
    en: FreeText | None = None


class ActionInput(RequestModel):
    """What residents said, and what was done."""

    topic: Code | None = Field(default=None, description="The topic the feedback was about.", examples=["home_care"])
    unit: Code | None = Field(default=None, description="The unit that acted.", examples=["home-care"])
    done_on: Annotated[PastDay, Field(examples=["2021-06-10"])]
    said: WordsInLanguages
    did: WordsInLanguages


class ActionPublic(ResponseModel):
    """An action as the review shows it."""

    id: UUID
    quarter: str
    topic: str | None
    unit: str | None
    done_on: date
    said: dict[str, str]
    did: dict[str, str]
    created_at: datetime
    created_by: str


class ActionList(ResponseModel):
    """The actions of a quarter, by the day they were done."""

    actions: list[ActionPublic]

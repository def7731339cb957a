"""Surveys as the rules see them: immutable values without a database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from services.shared.tables.base import Labels
from services.shared.tables.surveys import (
    CollectionMode,
    QuestionKind,
    QuestionPurpose,
    RespondentRole,
    SurveyKind,
)

Answer = bool | int | float | str | list[str]
"""An answer as it comes: everything JSON has but null, objects, and lists of other things than texts."""

ConditionValue = bool | int | str
"""An answer after which a follow-up question is asked: a code, a number, or true or false."""

CHOICE_KINDS = frozenset({QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE})
"""The kinds whose answers are options of the question."""

SCALE_TOP = 100
"""Scales run from 0 to this in steps of whole numbers."""


@dataclass(frozen=True)
class Option:
    """An option of a choice question; ``number`` is its histogram value in every version."""

    code: str
    number: int
    labels: Labels


@dataclass(frozen=True)
class Condition:
    """When a follow-up is asked: after one of ``values`` was answered to ``question``, or chosen among others."""

    question: str
    values: tuple[ConditionValue, ...]

    def is_met(self, answers: Mapping[str, Answer]) -> bool:
        """Whether the answers so far call for the follow-up."""
        answer = answers.get(self.question)
        given = answer if isinstance(answer, list) else [answer]
        return any(one in self.values for one in given)


@dataclass(frozen=True)
class Question:
    """A question of one version; ``scale_steps`` only of scales, ``options`` only of choices.

    ``shown_when`` only of follow-ups. ``question_set`` names the set it was taken from, ``replaces`` the question it
    follows without being comparable; ``change_note`` says why it is comparable although its words changed.
    """

    code: str
    kind: QuestionKind
    purpose: QuestionPurpose
    labels: Labels
    scale_steps: int | None
    is_required: bool
    options: tuple[Option, ...]
    shown_when: Condition | None = None
    question_set: str | None = None
    replaces: str | None = None
    change_note: str | None = None

    def is_asked(self, answers: Mapping[str, Answer]) -> bool:
        """Whether one who gave ``answers`` is asked it."""
        return self.shown_when is None or self.shown_when.is_met(answers)

    @cached_property
    def option_numbers(self) -> Mapping[str, int]:
        """Option code to histogram value, in the options' order."""
        return {option.code: option.number for option in self.options}

    @cached_property
    def scale_values(self) -> tuple[int, ...]:
        """The values of a scale, evenly placed on 0-100."""
        assert self.scale_steps is not None  # noqa: S101 (the database holds scales to it)
        return tuple(range(0, SCALE_TOP + 1, SCALE_TOP // (self.scale_steps - 1)))


@dataclass(frozen=True)
class Version:
    """One set of questions, by code, in their order; immutable once it is published."""

    number: int
    published_at: datetime | None
    questions: Mapping[str, Question]


@dataclass(frozen=True)
class SurveyDefinition:
    """A survey with its published versions, the oldest first, and its draft, if it has one.

    ``allowed_origins`` None: any page may show it.
    """

    code: str
    kind: SurveyKind
    names: Labels
    unit_code: str
    collection_mode: CollectionMode
    opens_at: datetime
    closes_at: datetime | None
    is_demonstration: bool
    allowed_origins: tuple[str, ...] | None
    versions: tuple[Version, ...]
    draft: Version | None = None
    respondent_role: RespondentRole = RespondentRole.CLIENT
    allows_several_per_interaction: bool = False
    widget_sends_partial: bool = False
    revision: int = 1

    @property
    def is_published(self) -> bool:
        """Whether there is a version to answer."""
        return bool(self.versions)

    @property
    def newest(self) -> Version:
        """The version published last."""
        return self.versions[-1]

    @cached_property
    def text_codes(self) -> frozenset[str]:
        """The codes of the questions answered by a text in any version."""
        questions = (question for version in self.versions for question in version.questions.values())
        return frozenset(question.code for question in questions if question.kind is QuestionKind.TEXT)

    def is_open(self, instant: datetime) -> bool:
        """Whether answers given at ``instant`` are taken; the closing instant itself no longer is."""
        return self.opens_at <= instant and (self.closes_at is None or instant < self.closes_at)

    def find_version(self, number: int) -> Version | None:
        """The version of that number; numbers run from 1 without a gap."""
        return self.versions[number - 1] if 1 <= number <= len(self.versions) else None

    def version_at(self, instant: datetime) -> Version:
        """The version an answer given at ``instant`` belongs to when it names none: the newest published by then.

        Answers older than the survey's registration here, such as imported ones, belong to the first.
        """
        if len(self.versions) == 1:
            return self.versions[0]
        published = [
            version for version in self.versions if version.published_at is not None and version.published_at <= instant
        ]
        return published[-1] if published else self.versions[0]

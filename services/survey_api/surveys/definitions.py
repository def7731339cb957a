"""Surveys as the rules see them: immutable values without a database, and what a new version may say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from services.shared.tables.base import Labels
from services.shared.tables.surveys import CollectionMode, QuestionKind, QuestionPurpose, SurveyKind

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
class Question:
    """A question of one version; ``scale_steps`` only of scales, ``options`` only of choices."""

    code: str
    kind: QuestionKind
    purpose: QuestionPurpose
    labels: Labels
    scale_steps: int | None
    is_required: bool
    options: tuple[Option, ...]

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
    """One immutable set of questions, by code, in their order."""

    number: int
    published_at: datetime
    questions: Mapping[str, Question]

    @cached_property
    def required_codes(self) -> tuple[str, ...]:
        """The codes of the questions that must be answered."""
        return tuple(question.code for question in self.questions.values() if question.is_required)


@dataclass(frozen=True)
class SurveyDefinition:
    """A survey with all its versions, the oldest first; ``allowed_origins`` None: any page may show it."""

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
        published = [version for version in self.versions if version.published_at <= instant]
        return published[-1] if published else self.versions[0]


@dataclass(frozen=True)
class OptionDraft:
    """An option as its author wrote it; without a ``number`` it gets its old one, or the next."""

    code: str
    number: int | None
    labels: Labels


@dataclass(frozen=True)
class QuestionDraft:
    """A question as its author wrote it."""

    code: str
    kind: QuestionKind
    purpose: QuestionPurpose
    labels: Labels
    scale_steps: int | None
    is_required: bool
    options: tuple[OptionDraft, ...]


class InvalidDefinitionError(ValueError):
    """Questions that cannot be published: ``faults`` are (field, reason) pairs, the reason saying how to mend it."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{field}: {reason}" for field, reason in faults))
        self.faults = tuple(faults)


def make_questions(drafts: Sequence[QuestionDraft], earlier: Sequence[Version]) -> tuple[Question, ...]:
    """The questions of a new version after the ``earlier`` ones; raises :class:`InvalidDefinitionError`.

    A question code of an earlier version is the same question, so it keeps its kind. An option's number never means
    another option: known options keep theirs, new ones get the next that was never used.
    """
    faults: list[tuple[str, str]] = []
    seen: set[str] = set()
    questions: list[Question] = []
    for position, draft in enumerate(drafts):
        field = f"questions.{position}"
        known = [version.questions[draft.code] for version in earlier if draft.code in version.questions]
        found = [*_code_faults(field, draft.code, seen), *_kind_faults(field, draft, known)]
        numbers, number_faults = _number_options(f"{field}.options", draft.options, known)
        faults += [*found, *number_faults]
        seen.add(draft.code)
        questions.append(_question(draft, numbers))
    if faults:
        raise InvalidDefinitionError(faults)
    return tuple(questions)


def _code_faults(field: str, code: str, seen: set[str]) -> list[tuple[str, str]]:
    if code in seen:
        return [(f"{field}.code", f"{code!r} is the code of another question of this version; give each its own")]
    return []


def _kind_faults(field: str, draft: QuestionDraft, known: Sequence[Question]) -> list[tuple[str, str]]:
    faults = []
    if known and known[0].kind is not draft.kind:
        reason = f"was {known[0].kind} in an earlier version; keep the kind, or give the new question another code"
        faults.append((f"{field}.kind", reason))
    if draft.kind is QuestionKind.SCALE:
        faults += _scale_faults(f"{field}.scale_steps", draft.scale_steps)
    elif draft.scale_steps is not None:
        faults.append((f"{field}.scale_steps", "belongs to questions of kind scale only; leave it out"))
    if draft.kind in CHOICE_KINDS and not draft.options:
        faults.append((f"{field}.options", "are missing; a choice needs at least one option"))
    if draft.kind not in CHOICE_KINDS and draft.options:
        faults.append((f"{field}.options", "belong to single_choice and multiple_choice only; leave them out"))
    return faults


def _scale_faults(field: str, steps: int | None) -> list[tuple[str, str]]:
    allowed = [count for count in range(2, SCALE_TOP + 2) if SCALE_TOP % (count - 1) == 0]
    if steps in allowed:
        return []
    return [(field, f"give how many steps the scale has, one of {', '.join(map(str, allowed))}")]


def _number_options(
    field: str, drafts: Sequence[OptionDraft], known: Sequence[Question]
) -> tuple[list[int], list[tuple[str, str]]]:
    taken = {option.code: option.number for question in known for option in question.options}
    faults: list[tuple[str, str]] = []
    seen: set[str] = set()
    for position, draft in enumerate(drafts):
        if draft.code in seen:
            faults.append((f"{field}.{position}.code", f"{draft.code!r} comes twice; give each option its own code"))
        seen.add(draft.code)
        fault = _number_fault(draft, taken)
        if fault:
            faults.append((f"{field}.{position}.number", fault))
        elif draft.number is not None:
            taken[draft.code] = draft.number
    for draft in drafts:
        taken.setdefault(draft.code, max(taken.values(), default=0) + 1)
    return [taken[draft.code] for draft in drafts], faults


def _number_fault(draft: OptionDraft, taken: Mapping[str, int]) -> str | None:
    if draft.number is None:
        return None
    if draft.code in taken:
        number = taken[draft.code]
        return None if number == draft.number else f"{draft.code!r} has the number {number}; keep it or leave it out"
    other = next((code for code, number in taken.items() if number == draft.number), None)
    return f"is the number of {other!r}; give another or leave it out" if other else None


def _question(draft: QuestionDraft, numbers: Sequence[int]) -> Question:
    return Question(
        code=draft.code,
        kind=draft.kind,
        purpose=draft.purpose,
        labels=draft.labels,
        scale_steps=draft.scale_steps,
        is_required=draft.is_required,
        options=tuple(
            Option(option.code, number, option.labels) for option, number in zip(draft.options, numbers, strict=True)
        ),
    )

"""What a new version of a survey may say, after the versions before it."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from services.shared.tables.base import Labels
from services.shared.tables.surveys import QuestionKind, QuestionPurpose
from services.survey_api.surveys.continuity import Fault, condition_faults, continuity_faults
from services.survey_api.surveys.definitions import CHOICE_KINDS, SCALE_TOP, Condition, Option, Question, Version


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
    shown_when: Condition | None = None
    question_set: str | None = None
    replaces: str | None = None
    change_note: str | None = None


class InvalidDefinitionError(ValueError):
    """Questions that cannot be published: ``faults`` are (field, reason) pairs, the reason saying how to mend it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{field}: {reason}" for field, reason in faults))
        self.faults = tuple(faults)


def make_questions(drafts: Sequence[QuestionDraft], earlier: Sequence[Version]) -> tuple[Question, ...]:
    """The questions of a new version after the ``earlier`` ones; raises :class:`InvalidDefinitionError`.

    A question code of an earlier version is the same question, so it keeps its kind and its scale, and its words unless
    ``change_note`` says why it stays comparable. An option's number never means another option: known options keep
    theirs, new ones get the next that was never used.
    """
    faults: list[Fault] = []
    questions: dict[str, Question] = {}
    codes = {draft.code for draft in drafts}
    for position, draft in enumerate(drafts):
        field = f"questions.{position}"
        known = [version.questions[draft.code] for version in earlier if draft.code in version.questions]
        numbers, number_faults = _number_options(f"{field}.options", draft.options, known)
        question = _question(draft, numbers)
        faults += _code_faults(field, draft.code, questions)
        faults += _kind_faults(field, draft, known)
        faults += number_faults
        faults += continuity_faults(field, question, known, earlier, codes)
        if draft.shown_when is not None:
            faults += condition_faults(f"{field}.shown_when", draft.shown_when, questions)
        questions.setdefault(draft.code, question)
    if faults:
        raise InvalidDefinitionError(faults)
    return tuple(questions.values())


def _code_faults(field: str, code: str, seen: Container[str]) -> list[Fault]:
    if code in seen:
        return [(f"{field}.code", f"{code!r} is the code of another question of this version; give each its own")]
    return []


def _kind_faults(field: str, draft: QuestionDraft, known: Sequence[Question]) -> list[Fault]:
    faults = []
    if known and known[0].kind is not draft.kind:
        reason = f"was {known[0].kind} in an earlier version; keep the kind, or give the new question another code"
        faults.append((f"{field}.kind", reason))
    elif known and known[-1].scale_steps != draft.scale_steps:
        reason = (
            f"was {known[-1].scale_steps} in an earlier version, and another scale is another question: "
            f"give it another code, and {draft.code!r} in `replaces`"
        )
        faults.append((f"{field}.scale_steps", reason))
    if draft.kind is QuestionKind.SCALE:
        faults += _scale_faults(f"{field}.scale_steps", draft.scale_steps)
    elif draft.scale_steps is not None:
        faults.append((f"{field}.scale_steps", "belongs to questions of kind scale only; leave it out"))
    if draft.kind in CHOICE_KINDS and not draft.options:
        faults.append((f"{field}.options", "are missing; a choice needs at least one option"))
    if draft.kind not in CHOICE_KINDS and draft.options:
        faults.append((f"{field}.options", "belong to single_choice and multiple_choice only; leave them out"))
    return faults


def _scale_faults(field: str, steps: int | None) -> list[Fault]:
    allowed = [count for count in range(2, SCALE_TOP + 2) if SCALE_TOP % (count - 1) == 0]
    if steps in allowed:
        return []
    return [(field, f"give how many steps the scale has, one of {', '.join(map(str, allowed))}")]


def _number_options(
    field: str, drafts: Sequence[OptionDraft], known: Sequence[Question]
) -> tuple[list[int], list[Fault]]:
    taken = {option.code: option.number for question in known for option in question.options}
    faults: list[Fault] = []
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
        shown_when=draft.shown_when,
        question_set=draft.question_set,
        replaces=draft.replaces,
        change_note=draft.change_note,
        options=tuple(
            Option(option.code, number, option.labels) for option, number in zip(draft.options, numbers, strict=True)
        ),
    )

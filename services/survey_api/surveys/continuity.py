"""What ties a question to others: its own earlier wordings, the question it replaces, the one it follows up."""

from collections.abc import Container, Mapping, Sequence

from services.shared.tables.surveys import QuestionKind
from services.survey_api.surveys.answers import WrongAnswerError, read_answer
from services.survey_api.surveys.definitions import Condition, ConditionValue, Question, Version

Fault = tuple[str, str]
"""A field and what is wrong with it, saying how to mend it."""


def continuity_faults(
    field: str,
    question: Question,
    known: Sequence[Question],
    earlier: Sequence[Version],
    codes: Container[str],
) -> list[Fault]:
    """What breaks the question's identity: ``known`` are its earlier wordings, ``codes`` those of its own version."""
    faults = []
    if known and question.shown_when != known[-1].shown_when:
        reason = (
            "differs from the version before, so others would be asked; keep it, or give the question another code "
            f"and {question.code!r} in `replaces`"
        )
        faults.append((f"{field}.shown_when", reason))
    if known and question.change_note is None and _has_other_words(question, known[-1]):
        reason = (
            "differ from the version before; say in `change_note` why the answers stay comparable, or give the "
            f"question another code and {question.code!r} in `replaces`"
        )
        faults.append((f"{field}.labels", reason))
    if question.replaces is not None:
        faults += _replacement_faults(f"{field}.replaces", question, earlier, codes)
    return faults


def _has_other_words(question: Question, before: Question) -> bool:
    options = {option.code: option.labels for option in before.options}
    pairs = [(question.labels, before.labels)]
    pairs += [(option.labels, options[option.code]) for option in question.options if option.code in options]
    # A language that is new, or no longer asked in, changes nobody's question.
    return any(now[language] != then[language] for now, then in pairs for language in now.keys() & then.keys())


def _replacement_faults(
    field: str, question: Question, earlier: Sequence[Version], codes: Container[str]
) -> list[Fault]:
    replaced = question.replaces
    if replaced in codes:
        return [(field, f"{replaced!r} is still asked in this version; leave one of the two out")]
    if not any(replaced in version.questions for version in earlier):
        return [(field, f"{replaced!r} is no question of an earlier version; name one, or leave it out")]
    return []


def condition_faults(field: str, condition: Condition, before: Mapping[str, Question]) -> list[Fault]:
    """What is wrong with a follow-up's condition; ``before`` are the questions asked before it."""
    asked = before.get(condition.question)
    if asked is None:
        reason = f"{condition.question!r} is not asked before it; name an earlier question of this version"
        return [(f"{field}.question", reason)]
    if asked.kind is QuestionKind.TEXT:
        return [(f"{field}.question", f"{asked.code!r} is answered by a text; name a question with fixed answers")]
    if len(set(condition.values)) < len(condition.values):
        return [(f"{field}.values", "hold the same value twice; give each once")]
    faults = [
        (f"{field}.values.{position}", _value_fault(asked, value)) for position, value in enumerate(condition.values)
    ]
    return [(name, reason) for name, reason in faults if reason is not None]


def _value_fault(asked: Question, value: ConditionValue) -> str | None:
    try:
        read_answer(asked, [str(value)] if asked.kind is QuestionKind.MULTIPLE_CHOICE else value)
    except WrongAnswerError as error:
        return f"is no answer to {asked.code!r}: {error}"
    return None

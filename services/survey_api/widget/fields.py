"""A survey's questions as a page shows them without a script: what the widget draws, in the server's hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.shared.languages import DEFAULT_LANGUAGE
from services.shared.tables.base import Labels
from services.shared.tables.surveys import QuestionKind
from services.survey_api.surveys.answers import GRADES, NPS_SCORES, SMILEYS
from services.survey_api.surveys.definitions import CHOICE_KINDS, SCALE_TOP, Answer, Question
from services.survey_api.widget.texts import Texts

TILES_MAX = 11
"""Most buttons of a scale. A finer scale shows some of its steps (0, 10, … or 0, 20, …) and a field for all of them, as
the widget does."""

_WIDE_STEPS = (10, 20, 50, 100)

FIELD_PREFIX = "q."
"""What the names of the questions' inputs begin with, so that no code is another field's name."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text and its language where that is not the page's."""

    text: str
    lang: str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A button or box of a question."""

    value: str
    words: Words


@dataclass(frozen=True, slots=True)
class Field:
    """A question as the template takes it. ``look`` is one of tiles, words, faces, radios, checkboxes, text.

    ``exact`` labels the field beside the buttons of a fine scale.
    """

    name: str
    look: str
    label: Words
    hint: str | None
    is_required: bool
    choices: Sequence[Choice]
    exact: str | None


def in_language(labels: Labels, language: str) -> Words:
    """The label in the page's language, else in Finnish, which every label has."""
    if language in labels:
        return Words(labels[language], None)
    return Words(labels[DEFAULT_LANGUAGE], DEFAULT_LANGUAGE)


def field_of(question: Question, language: str, words: Texts) -> Field:
    """The question in the page's language."""
    return Field(
        name=FIELD_PREFIX + question.code,
        look=_LOOKS[question.kind],
        label=in_language(question.labels, language),
        hint=words["hints"].get(question.kind),
        # A page without a script shows follow-ups to all: who is not asked must be able to leave them.
        is_required=question.is_required and question.shown_when is None,
        choices=_choices(question, language, words),
        exact=_exact(question, words),
    )


def answer_of(question: Question, values: Sequence[str]) -> Answer | None:
    """The answer that the inputs' values make; None for none. What is no answer is left for the survey to judge."""
    given = [value for value in values if value.strip()]
    if not given:
        return None
    if question.kind is QuestionKind.MULTIPLE_CHOICE:
        return given
    if question.kind is QuestionKind.YES_NO:
        return {"true": True, "false": False}.get(given[0], given[0])
    # What is written into a fine scale's field, the last of its inputs, is more exact than its buttons.
    if question.kind in _NUMBERS and given[-1].strip().isdecimal():
        return int(given[-1].strip()[:_NUMBER_DIGITS])
    return given[-1]


def _exact(question: Question, words: Texts) -> str | None:
    if question.kind is not QuestionKind.SCALE or len(question.scale_values) <= TILES_MAX:
        return None
    step = question.scale_values[1]
    steps = f"0–{SCALE_TOP}" if step == 1 else f"0, {step}, {2 * step} … {SCALE_TOP}"
    return f"{words['or_number']} ({steps})"


_NUMBERS = frozenset({QuestionKind.SCALE, QuestionKind.GRADE, QuestionKind.NPS})
_NUMBER_DIGITS = 9

_LOOKS = {
    QuestionKind.SCALE: "tiles",
    QuestionKind.GRADE: "tiles",
    QuestionKind.NPS: "tiles",
    QuestionKind.YES_NO: "words",
    QuestionKind.SMILEY_4: "faces",
    QuestionKind.SMILEY_5: "faces",
    QuestionKind.SINGLE_CHOICE: "radios",
    QuestionKind.MULTIPLE_CHOICE: "checkboxes",
    QuestionKind.TEXT: "text",
}


def shown_scale_values(question: Question) -> Sequence[int]:
    """The steps of a scale that have a button: all, or of a fine scale some of its own."""
    values = question.scale_values
    if len(values) <= TILES_MAX:
        return values
    wide = next(step for step in _WIDE_STEPS if step % values[1] == 0)
    return range(0, SCALE_TOP + 1, wide)


def _choices(question: Question, language: str, words: Texts) -> list[Choice]:
    if question.kind in CHOICE_KINDS:
        return [Choice(option.code, in_language(option.labels, language)) for option in question.options]
    if question.kind in SMILEYS:
        return _named({code: words["smileys"][code] for code in SMILEYS[question.kind]})
    if question.kind is QuestionKind.YES_NO:
        return _named({"true": words["yes"], "false": words["no"]})
    numbers: Mapping[QuestionKind, Sequence[int]] = {QuestionKind.GRADE: GRADES, QuestionKind.NPS: NPS_SCORES}
    if question.kind is QuestionKind.SCALE:
        return _named({str(value): str(value) for value in shown_scale_values(question)})
    return _named({str(value): str(value) for value in numbers.get(question.kind, ())})


def _named(words: Mapping[str, str]) -> list[Choice]:
    return [Choice(value, Words(text, None)) for value, text in words.items()]

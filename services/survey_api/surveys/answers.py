"""What an answer to each kind of question may be, how it is stored, and what it counts as in the histogram."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.shared.settings import get_settings
from services.shared.tables.surveys import (
    ASKED_PREFIX,
    PARTIAL_QUESTION,
    RESPONDENTS_VALUE,
    RESPONSE_VALUE,
    RESPONSES_QUESTION,
    QuestionKind,
)
from services.survey_api.surveys.definitions import Answer, Condition, Question, Version

SMILEYS = {
    QuestionKind.SMILEY_4: {"very_happy": 3, "happy": 2, "unhappy": 1, "very_unhappy": 0},
    QuestionKind.SMILEY_5: {"very_happy": 4, "happy": 3, "neutral": 2, "unhappy": 1, "very_unhappy": 0},
}
"""Smiley code to histogram value, evenly placed from 0."""

GRADES = tuple(range(4, 11))
"""Finnish school grades (kouluarvosana)."""

NPS_SCORES = tuple(range(11))
"""Scores of the question how likely one is to recommend."""

YES_NO_VALUES = {True: 1, False: 0}

TEXT_GIVEN = True
"""What stands for a text in the stored answers: the text itself is content, kept apart."""

NAMED_MAX = 20
"""Most codes a reason lists: a client sees its typing mistake without the answer growing with the survey."""


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """A right answer: how it is stored, the histogram values it adds one to, and its text, if it is one."""

    stored: Answer
    values: tuple[int, ...]
    text: str | None = None


@dataclass(frozen=True, slots=True)
class ReadAnswers:
    """A response's right answers: stored answers, texts by question, and (question, value) pairs to count."""

    stored: Mapping[str, Answer]
    texts: Mapping[str, str]
    counted: Sequence[tuple[str, int]]


class WrongAnswerError(ValueError):
    """An answer the question does not take; the message says what it takes."""


class WrongAnswersError(ValueError):
    """``faults`` are (field, reason) pairs; fields are ``answers.<question>``."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{field}: {reason}" for field, reason in faults))
        self.faults = tuple(faults)


def read_answers(version: Version, answers: Mapping[str, Answer], *, is_complete: bool = True) -> ReadAnswers:
    """All answers of a response to ``version``; raises :class:`WrongAnswersError` with every fault.

    A response that is not complete may leave required questions for later. A follow-up is answered by those only who
    were asked it.
    """
    asked = [question for question in version.questions.values() if question.is_asked(answers)]
    faults = _missing(asked, answers) if is_complete else []
    if not answers and not faults:
        faults.append(("answers", "holds no answer; answer at least one question"))
    stored: dict[str, Answer] = {}
    texts: dict[str, str] = {}
    counted = [(RESPONSES_QUESTION, RESPONSE_VALUE)]
    counted += [] if is_complete else [(PARTIAL_QUESTION, RESPONSE_VALUE)]
    counted += [(f"{ASKED_PREFIX}{question.code}", RESPONSE_VALUE) for question in asked if question.shown_when]
    for code in answers:
        try:
            read = _read_one(version, code, answers)
        except WrongAnswerError as error:
            faults.append((f"answers.{code}", str(error)))
            continue
        stored[code] = read.stored
        counted += [(code, value) for value in read.values]
        if read.text is not None:
            texts[code] = read.text
    if faults:
        raise WrongAnswersError(faults)
    return ReadAnswers(stored, texts, counted)


def counted_of_stored(
    version: Version, stored: Mapping[str, Answer], *, is_complete: bool
) -> Sequence[tuple[str, int]]:
    """The (question, value) pairs that answers as they are stored were counted in."""
    given = {
        code: "given" if version.questions[code].kind is QuestionKind.TEXT else answer
        for code, answer in stored.items()
    }
    return read_answers(version, given, is_complete=is_complete).counted


def _missing(asked: Sequence[Question], answers: Mapping[str, Answer]) -> list[tuple[str, str]]:
    return [
        (f"answers.{question.code}", "is missing; this question must be answered")
        for question in asked
        if question.is_required and question.code not in answers
    ]


def _read_one(version: Version, code: str, answers: Mapping[str, Answer]) -> ReadAnswer:
    question = version.questions.get(code)
    if question is None:
        raise WrongAnswerError(
            f"is not a question of version {version.number}; its questions are {_named(version.questions)}"
        )
    if question.shown_when is not None and not question.is_asked(answers):
        raise WrongAnswerError(_not_asked(question.shown_when))
    return read_answer(question, answers[code])


def _not_asked(condition: Condition) -> str:
    values = ", ".join(str(value).lower() if isinstance(value, bool) else str(value) for value in condition.values)
    return f"was not asked: it follows only the answers {values} to {condition.question!r}; leave it out"


def read_answer(question: Question, answer: Answer) -> ReadAnswer:
    """The answer to ``question``; raises :class:`WrongAnswerError` saying what the question takes."""
    return _READERS[question.kind](question, answer)


def possible_values(question: Question) -> tuple[int, ...]:
    """Every histogram value an answer to ``question`` can add to."""
    return _VALUES[question.kind](question)


def plain_answers(question: Question) -> Sequence[Answer]:
    """Every answer to ``question``, where they are few: not lists and texts."""
    if question.kind is QuestionKind.YES_NO:
        return tuple(YES_NO_VALUES)
    if question.kind in SMILEYS:
        return tuple(SMILEYS[question.kind])
    if question.kind is QuestionKind.SINGLE_CHOICE:
        return tuple(question.option_numbers)
    if question.kind in {QuestionKind.MULTIPLE_CHOICE, QuestionKind.TEXT}:
        return ()
    return possible_values(question)


def _read_number(allowed: Sequence[int], answer: Answer) -> ReadAnswer:
    # Python takes true for 1.
    if isinstance(answer, bool) or not isinstance(answer, int | float) or answer not in allowed:
        raise WrongAnswerError(f"give {_numbers_named(allowed)}")
    # 50.0 is the same JSON number as 50.
    value = int(answer)
    return ReadAnswer(value, (value,))


def _numbers_named(allowed: Sequence[int]) -> str:
    if len(allowed) == allowed[-1] - allowed[0] + 1:
        return f"a whole number from {allowed[0]} to {allowed[-1]}"
    if len(allowed) > NAMED_MAX:
        return f"a number from {allowed[0]} to {allowed[-1]} in steps of {allowed[1] - allowed[0]}"
    return f"one of the numbers {', '.join(map(str, allowed))}"


def _read_scale(question: Question, answer: Answer) -> ReadAnswer:
    return _read_number(question.scale_values, answer)


def _read_grade(_question: Question, answer: Answer) -> ReadAnswer:
    return _read_number(GRADES, answer)


def _read_nps(_question: Question, answer: Answer) -> ReadAnswer:
    return _read_number(NPS_SCORES, answer)


def _read_smiley(question: Question, answer: Answer) -> ReadAnswer:
    smileys = SMILEYS[question.kind]
    if not isinstance(answer, str) or answer not in smileys:
        raise WrongAnswerError(f"give one of {_named(smileys)}")
    return ReadAnswer(answer, (smileys[answer],))


def _read_yes_no(_question: Question, answer: Answer) -> ReadAnswer:
    if not isinstance(answer, bool):
        raise WrongAnswerError("give true for yes or false for no")
    return ReadAnswer(answer, (YES_NO_VALUES[answer],))


def _read_single_choice(question: Question, answer: Answer) -> ReadAnswer:
    numbers = question.option_numbers
    if not isinstance(answer, str):
        raise WrongAnswerError(f"give one option's code, one of {_named(numbers)}")
    if answer not in numbers:
        raise WrongAnswerError(f"{_shown(answer)} is not an option; give one of {_named(numbers)}")
    return ReadAnswer(answer, (numbers[answer],))


def _read_multiple_choice(question: Question, answer: Answer) -> ReadAnswer:
    numbers = question.option_numbers
    if not isinstance(answer, list) or not answer:
        raise WrongAnswerError(f"give a list of one or more of {_named(numbers)}; leave the question out if none")
    for code in answer:
        if code not in numbers:
            raise WrongAnswerError(f"{_shown(code)} is not an option; give some of {_named(numbers)}")
    if len(set(answer)) < len(answer):
        raise WrongAnswerError("holds the same option twice; give each once")
    return ReadAnswer(answer, (RESPONDENTS_VALUE, *(numbers[code] for code in answer)))


def _read_text(_question: Question, answer: Answer) -> ReadAnswer:
    if not isinstance(answer, str):
        raise WrongAnswerError("give a text")
    text, limit = answer.strip(), get_settings().text_max_length
    if not text:
        raise WrongAnswerError("is empty; write at least 1 character, or leave the question out")
    if "\x00" in text:
        raise WrongAnswerError("holds a NUL character; remove it")
    if len(text) > limit:
        raise WrongAnswerError(f"has {len(text)} characters; the limit is {limit}, shorten it")
    return ReadAnswer(TEXT_GIVEN, (RESPONSE_VALUE,), text)


def _shown(code: str) -> str:
    return repr(code if len(code) <= NAMED_MAX else f"{code[:NAMED_MAX]}…")


def _named(codes: Mapping[str, object]) -> str:
    listed = list(codes)
    more = f" and {len(listed) - NAMED_MAX} more" if len(listed) > NAMED_MAX else ""
    return ", ".join(listed[:NAMED_MAX]) + more


_READERS: Mapping[QuestionKind, Callable[[Question, Answer], ReadAnswer]] = {
    QuestionKind.SCALE: _read_scale,
    QuestionKind.SMILEY_4: _read_smiley,
    QuestionKind.SMILEY_5: _read_smiley,
    QuestionKind.SINGLE_CHOICE: _read_single_choice,
    QuestionKind.MULTIPLE_CHOICE: _read_multiple_choice,
    QuestionKind.YES_NO: _read_yes_no,
    QuestionKind.GRADE: _read_grade,
    QuestionKind.NPS: _read_nps,
    QuestionKind.TEXT: _read_text,
}

_VALUES: Mapping[QuestionKind, Callable[[Question], tuple[int, ...]]] = {
    QuestionKind.SCALE: lambda question: question.scale_values,
    QuestionKind.SMILEY_4: lambda question: tuple(sorted(SMILEYS[question.kind].values())),
    QuestionKind.SMILEY_5: lambda question: tuple(sorted(SMILEYS[question.kind].values())),
    QuestionKind.SINGLE_CHOICE: lambda question: tuple(sorted(question.option_numbers.values())),
    QuestionKind.MULTIPLE_CHOICE: lambda question: (RESPONDENTS_VALUE, *sorted(question.option_numbers.values())),
    QuestionKind.YES_NO: lambda _question: tuple(sorted(YES_NO_VALUES.values())),
    QuestionKind.GRADE: lambda _question: GRADES,
    QuestionKind.NPS: lambda _question: NPS_SCORES,
    QuestionKind.TEXT: lambda _question: (RESPONSE_VALUE,),
}

"""The answers to one version, read from tables that were made by its rules."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from services.shared.tables.surveys import RESPONSE_VALUE, RESPONSES_QUESTION
from services.survey_api.responses.submission import hashable, masked_answer
from services.survey_api.surveys.answers import (
    WrongAnswerError,
    plain_answers,
    read_answer,
    read_answers,
)
from services.survey_api.surveys.definitions import Answer, Question, SurveyDefinition, Version


class PlainReading(NamedTuple):
    """Right answers: as they are hashed, as they are stored, their texts, and what they count as."""

    hashed: Mapping[str, str | list[str]]
    stored: Mapping[str, Answer]
    texts: Mapping[str, str]
    counted: Sequence[tuple[str, int]]


class _PlainAnswer(NamedTuple):
    hashed: str | list[str]
    stored: Answer
    counted: tuple[tuple[str, int], ...]


class _PlainQuestion(NamedTuple):
    question: Question
    answers: Mapping[tuple[type, Answer], _PlainAnswer]
    """By type as well: true is not 1."""


class PlainAnswers:
    """Reads answers to a version as :func:`read_answers` does, where they are right."""

    def __init__(self, survey: SurveyDefinition, version: Version) -> None:
        self._text_codes = survey.text_codes
        self._version = version
        self._has_follow_ups = any(question.shown_when for question in version.questions.values())
        self._required = {code for code, question in version.questions.items() if question.is_required}
        self._questions = {
            code: _plain(question, is_masked=code in survey.text_codes) for code, question in version.questions.items()
        }

    def read(self, answers: Any) -> PlainReading | None:
        """The answers, texts masked; None where any is wrong, missing, or no answer at all."""
        if type(answers) is not dict or not answers or not self._required <= answers.keys():
            return None
        try:
            return self._read_all(answers) if self._has_follow_ups else self._read_each(answers)
        except (WrongAnswerError, ValueError):
            return None

    def _read_all(self, answers: Mapping[str, Answer]) -> PlainReading | None:
        if not all(map(_is_answer, answers.values())):
            return None
        said = {code: self._masked(code, answer) for code, answer in answers.items()}
        read = read_answers(self._version, said)
        hashed = {code: hashable(answer) for code, answer in said.items()}
        return PlainReading(hashed, read.stored, read.texts, read.counted)

    def _read_each(self, answers: Mapping[str, Answer]) -> PlainReading | None:
        hashed: dict[str, str | list[str]] = {}
        stored: dict[str, Answer] = {}
        texts: dict[str, str] = {}
        counted = [_RESPONSE]
        for code, answer in answers.items():
            question = self._questions.get(code)
            if question is None:
                return None
            plain = question.answers.get((type(answer), answer)) if type(answer) is not list else None
            if plain is not None:
                hashed[code], stored[code], values = plain
                counted += values
                continue
            if not _is_answer(answer):
                return None
            said = self._masked(code, answer)
            read = read_answer(question.question, said)
            hashed[code], stored[code] = hashable(said), read.stored
            counted += [(code, value) for value in read.values]
            if read.text is not None:
                texts[code] = read.text
        return PlainReading(hashed, stored, texts, counted)

    def _masked(self, code: str, answer: Answer) -> Answer:
        return masked_answer(answer) if code in self._text_codes else answer


def _plain(question: Question, *, is_masked: bool) -> _PlainQuestion:
    answers: dict[tuple[type, Answer], _PlainAnswer] = {}
    for answer in () if is_masked else plain_answers(question):
        read = read_answer(question, answer)
        counted = tuple((question.code, value) for value in read.values)
        answers[type(answer), answer] = _PlainAnswer(hashable(answer), read.stored, counted)
    return _PlainQuestion(question, answers)


def _is_answer(value: object) -> bool:
    return isinstance(value, bool | int | float | str) or (
        isinstance(value, list) and all(isinstance(item, str) for item in value)
    )


_RESPONSE = (RESPONSES_QUESTION, RESPONSE_VALUE)

"""What a browser without a script posts, as the response it means."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from pydantic import ValidationError

from services.shared.problems import BadRequestProblem, InvalidParam, InvalidRequestProblem, validation_problem
from services.shared.tables.surveys import QuestionKind
from services.survey_api.responses.schemas import ResponseCreate
from services.survey_api.surveys.definitions import Answer, Question, Version
from services.survey_api.widget.fields import FIELD_PREFIX, answer_of
from services.survey_api.widget.pages import EMAIL, EMPTY, HANDLE
from services.survey_api.widget.texts import Texts

FIELDS_MAX = 1000
"""Boxes of a long form, all ticked; a bound for reading what anybody may post."""

Inputs = Mapping[str, Sequence[str]]
"""Input name to the values it was sent with."""


def read_inputs(body: bytes) -> Inputs:
    """The form's inputs; raises :class:`BadRequestProblem` for what no browser sends."""
    inputs: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except ValueError as error:
        raise BadRequestProblem("the form cannot be read; post it as a browser does, in UTF-8") from error
    for name, value in pairs:
        inputs.setdefault(name, []).append(value)
    return inputs


def response_of(version: Version, inputs: Inputs, language: str) -> ResponseCreate:
    """The response; raises :class:`InvalidRequestProblem`, naming fields as the API does."""
    answers: dict[str, Answer] = {}
    for question in version.questions.values():
        answer = answer_of(question, inputs.get(FIELD_PREFIX + question.code, ()))
        # Without a script a page shows every follow-up; only those that were asked are answered.
        if answer is not None and question.is_asked(answers):
            answers[question.code] = answer
    is_to_handle = first(inputs, HANDLE) is not None
    fields = {
        "id": first(inputs, "id"),
        "version": version.number,
        "language": language,
        "interaction_id": first(inputs, "interaction"),
        "answers": answers,
        "please_handle": is_to_handle,
        "contact_email": first(inputs, EMAIL) if is_to_handle else None,
    }
    try:
        return ResponseCreate.model_validate(fields)
    except ValidationError as error:
        raise validation_problem(error.errors()) from None


def first(inputs: Inputs, name: str) -> str | None:
    """The input's first value; None for none or an empty one."""
    return next((value.strip() for value in inputs.get(name, ()) if value.strip()), None)


def errors_of(problem: InvalidRequestProblem, version: Version, words: Texts) -> dict[str, str]:
    """What is wrong in the page's words, by input name."""
    errors: dict[str, str] = {}
    for param in problem.invalid_params:
        part, _, code = param.name.partition(".")
        if part == "answers" and code in version.questions:
            errors[FIELD_PREFIX + code] = words["errors"][_kind_of(param, version.questions[code])]
        elif part in (EMAIL, HANDLE, EMPTY):
            errors[part] = words["errors"][{EMAIL: "email", HANDLE: "handle", EMPTY: "empty"}[part]]
        else:
            errors[EMPTY] = words["refused"]["other"]
    return errors


def _kind_of(param: InvalidParam, question: Question) -> str:
    if not param.reason.startswith("is missing"):
        return "answer"
    return "text" if question.kind is QuestionKind.TEXT else "choice"

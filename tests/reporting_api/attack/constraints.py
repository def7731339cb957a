"""Turns what was said into linear statements about the numbers of answers, question by question."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from services.reporting_api.measures.scales import ALL_FACES
from tests.reporting_api.attack.collect import ANSWERS, HOURS, Said

FACES = tuple(face.code for face in ALL_FACES if face.code != "neutral")
"""Of four smileys, the best first."""

SATISFIED = tuple(face.code for face in ALL_FACES if face.is_satisfied)
FACE_SCORES = dict(zip(FACES, (100.0, 200 / 3, 100 / 3, 0.0), strict=True))
YES, NO = "yes", "no"
CHOSEN, LEFT_OUT = "chosen", "left_out"
SKIPPED = "skipped"
"""The cell of those who answered the survey, but not the question."""

SMILEYS = "smileys"
FEEDBACK = "feedback"
COMPLAINT = "complaint"

Answers = Mapping[tuple[str, date, str], int]
"""By unit, day and cell."""


@dataclass(frozen=True)
class Question:
    """What excludes each other: an answerer is in one of the cells. ``answers`` is what nobody outside sees."""

    cells: tuple[str, ...]
    answers: Answers
    scores: Mapping[str, float] = field(default_factory=dict)
    """By cell, where means are said of it."""
    is_simple: bool = True
    """Whether an integer program is soon done: cells of one classification, in days and units."""
    by_hour: Answers = field(default_factory=dict)
    """The same answers, by hour of the week instead of by unit, where that is told apart."""


Questions = Mapping[str, Question]
"""By ``survey/question``, ``survey/question#option`` where several may be chosen, or the names above."""


@dataclass(frozen=True)
class Claim:
    """Of a question, in an area: so many are of the cells, of so many altogether; or so is their mean."""

    question: str
    said: Said
    cells: tuple[str, ...]
    among: tuple[str, ...] = ()
    is_mean: bool = False
    is_least: bool = False
    """Whether there may be more of the cells."""


def scores_of(measure: str, question: Question) -> Mapping[str, float]:
    """What each answer weighs in a mean."""
    if measure == "smiley_mean":
        return {cell: 1 + score / 25 for cell, score in question.scores.items()}
    return question.scores


Claims = Callable[[Said, Questions], Iterator[Claim]]


def claims_of(said: Said, questions: Questions) -> Iterator[Claim]:
    """What a figure claims of the questions."""
    if said.table in _CLAIMS:
        yield from _CLAIMS[said.table](said, questions)


def _smileys(said: Said, questions: Questions) -> Iterator[Claim]:
    if SMILEYS not in questions:
        return
    if said.measure in ("happy_index", "smiley_mean"):
        yield Claim(SMILEYS, said, FACES, is_mean=True)
        return
    cells = {"smiley_presses": FACES, "satisfied_share": SATISFIED}.get(said.measure, said.key)
    yield Claim(SMILEYS, said, cells, FACES)


def _surveys(said: Said, questions: Questions) -> Iterator[Claim]:
    for name, question in questions.items():
        if name.startswith(f"{said.key[0]}/") and said.measure in ("respondents", "response_rate"):
            yield Claim(name, said, (*question.cells, SKIPPED), is_least=said.measure == "response_rate")


def _chats(said: Said, questions: Questions) -> Iterator[Claim]:
    if said.measure != "satisfaction_mean":
        yield from _surveys(said, questions)
    elif (name := f"{said.key[0]}/satisfaction") in questions:
        yield Claim(name, said, questions[name].cells, (*questions[name].cells, SKIPPED), is_mean=True)


def _statements(said: Said, questions: Questions) -> Iterator[Claim]:
    yield from _cell("/".join(said.key), YES, said, questions)


def _options(said: Said, questions: Questions) -> Iterator[Claim]:
    survey, question, option = said.key
    yield from _cell(f"{survey}/{question}", option, said, questions)
    yield from _cell(f"{survey}/{question}#{option}", CHOSEN, said, questions)


def _cell(name: str, cell: str, said: Said, questions: Questions) -> Iterator[Claim]:
    if name in questions:
        yield Claim(name, said, (cell,), questions[name].cells)


def _figures(said: Said, questions: Questions) -> Iterator[Claim]:
    named = "/".join(said.key)
    for name, question in questions.items():
        if name.partition("#")[0] != named:
            continue
        if said.measure == ANSWERS:
            yield Claim(name, said, question.cells)
        elif said.measure == "yes_share":
            yield Claim(name, said, (YES,), question.cells)
        elif question.scores:
            yield Claim(name, said, question.cells, (*question.cells, SKIPPED), is_mean=True)


def _whole(*names: str) -> Claims:
    def claims(said: Said, questions: Questions) -> Iterator[Claim]:
        for name in names:
            if name in questions:
                yield Claim(name, said, questions[name].cells)

    return claims


def _register(name: str) -> Claims:
    return lambda said, questions: _cell(name, said.key[-1], said, questions)


def _ombudsman(said: Said, questions: Questions) -> Iterator[Claim]:
    name = "ombudsman/service" if said.measure == "ombudsman_contacts" else "ombudsman/reason"
    yield from _whole(name)(said, questions)


def _participation(said: Said, questions: Questions) -> Iterator[Claim]:
    names = {"help_reasons": "social-reports/reason", "help_barriers": "social-reports/barrier"}
    if said.measure in names:
        yield from _whole(names[said.measure])(said, questions)


def _themes(said: Said, questions: Questions) -> Iterator[Claim]:
    yield from _whole(f"theme/{said.key[0]}")(said, questions)


def _themes_by_type(said: Said, questions: Questions) -> Iterator[Claim]:
    yield from _cell(f"theme/{said.key[0]}", said.key[1], said, questions)


def _feedback(said: Said, questions: Questions) -> Iterator[Claim]:
    if FEEDBACK not in questions or said.measure not in _OF_CASES:
        return
    every = questions[FEEDBACK].cells
    topic, type_code = {
        "feedback": (None, None),
        "feedback-by-type": (None, said.key[-1:]),
        "feedback-by-topic": (said.key[:1], None),
        "feedback-by-topic-and-type": (said.key[:1], said.key[-1:]),
        "causes-of-dissatisfaction": (said.key[:1], (COMPLAINT,)),
    }[said.table]
    asked = [(cell, cell.partition("|")[::2]) for cell in every]
    cells = tuple(
        cell for cell, (of, kind) in asked if (not topic or of in topic) and (not type_code or kind in type_code)
    )
    yield Claim(FEEDBACK, said, cells)


_OF_CASES = (
    "feedback_counted",
    "feedback_by_type",
    "feedback_by_topic",
    "feedback_by_topic_and_type",
    "dissatisfaction_cause",
)
"""Their shares are of the same numbers."""

_CLAIMS: Mapping[str, Claims] = {
    "smileys": _smileys,
    "smileys-distribution": _smileys,
    "smileys-by-service-point": _smileys,
    HOURS: _smileys,
    "surveys": _surveys,
    "chats": _chats,
    "chat-statements": _statements,
    "survey-options": _options,
    "survey-questions": _figures,
    "ombudsman": _ombudsman,
    "ombudsman-by-service": _register("ombudsman/service"),
    "ombudsman-by-reason": _register("ombudsman/reason"),
    "participation": _participation,
    "social-reports-by-reason": _register("social-reports/reason"),
    "social-reports-by-barrier": _register("social-reports/barrier"),
    "themes": _themes,
    "themes-by-type": _themes_by_type,
    **dict.fromkeys(
        (
            "feedback",
            "feedback-by-type",
            "feedback-by-topic",
            "feedback-by-topic-and-type",
            "causes-of-dissatisfaction",
        ),
        _feedback,
    ),
}

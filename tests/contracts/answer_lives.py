"""Lives of answers, drawn at random: begun, added to, completed, judged misuse; presses again and again; and noise."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.survey_api.factories import every_kind, options, question

POINT = "kallio-health-station"

CHOICES = ["booking", "advice", "other"]
FOUR = ["very_unhappy", "unhappy", "happy", "very_happy"]
FIVE = ["very_unhappy", "unhappy", "neutral", "happy", "very_happy"]

ASKED_AFTER: dict[str, tuple[str, list[Any]]] = {
    "why": ("smiley_4", ["unhappy", "very_unhappy"]),
    "what": ("why", ["other"]),
    "again": ("multiple", ["advice", "other"]),
    "low": ("scale", [0, 25]),
}
"""Follow-up question to the answers it follows; the second follows a follow-up."""


def questions() -> list[dict[str, Any]]:
    """A question of each kind, and follow-ups."""
    kinds: dict[str, dict[str, Any]] = {
        "why": {"kind": "single_choice", "options": options(*CHOICES)},
        "what": {"kind": "text"},
        "again": {"kind": "yes_no"},
        "low": {"kind": "multiple_choice", "options": options(*CHOICES)},
    }
    followed = [
        question(code, **kinds[code], shown_when={"question": before, "values": values})
        for code, (before, values) in ASKED_AFTER.items()
    ]
    return [*every_kind(), *followed]


def is_asked(code: str, answers: dict[str, Any]) -> bool:
    before, values = ASKED_AFTER[code]
    given = answers.get(before)
    return any(one in values for one in (given if isinstance(given, list) else [given]))


def _without_unasked(answers: dict[str, Any]) -> dict[str, Any]:
    kept = dict(answers)
    for code in ASKED_AFTER:  # in their order: the end of a chain goes with its middle
        if code in kept and not is_asked(code, kept):
            del kept[code]
    return kept


several = st.lists(st.sampled_from(CHOICES), min_size=1, unique=True)
answers = (
    st.fixed_dictionaries(
        {},
        optional={
            "scale": st.sampled_from([0, 25, 50, 75, 100]),
            "smiley_4": st.sampled_from(FOUR),
            "smiley_5": st.sampled_from(FIVE),
            "single": st.sampled_from(CHOICES),
            "multiple": several,
            "yes_no": st.booleans(),
            "grade": st.integers(4, 10),
            "nps": st.integers(0, 10),
            "comment": st.sampled_from(["Kiitos", "Kiitos vielä"]),
            "why": st.sampled_from(CHOICES),
            "what": st.just("Ovi"),
            "again": st.booleans(),
            "low": several,
        },
    )
    .map(_without_unasked)
    .map(lambda kept: kept or {"nps": 9})  # an empty response is none
)


TURNS = 4
"""Most steps of a life."""


class Part(NamedTuple):
    """Answers that are sent; all of them each time."""

    answers: dict[str, Any]
    is_complete: bool
    is_streamed: bool


class Judgement(NamedTuple):
    """What its sender says of the response as it was taken last."""

    is_misuse: bool


class Press(NamedTuple):
    """A press at a device, and what its sender says of it, each time anew."""

    second: int
    button: int
    judgements: list[bool]


class Drawn(NamedTuple):
    """What one example does."""

    lives: list[tuple[datetime, str | None, list[Part | Judgement]]]
    presses: list[Press]
    pressed_from: datetime
    noise: list[int]


def drawn(instants: st.SearchStrategy[datetime]) -> st.SearchStrategy[Drawn]:
    """Examples whose answers are given at ``instants``."""
    step = st.one_of(
        st.builds(Part, answers, st.booleans(), st.booleans()),
        st.builds(Part, answers, st.just(False), st.booleans()),
        st.builds(Judgement, st.booleans()),
    )
    lives = st.lists(
        st.tuples(instants, st.sampled_from([None, POINT]), st.lists(step, min_size=1, max_size=TURNS)), max_size=10
    )
    press = st.builds(Press, st.integers(0, 25), st.integers(0, 4), st.lists(st.booleans(), max_size=2))
    noise = st.lists(st.integers(0, len(NOISE) - 1), max_size=3)
    return st.builds(Drawn, lives, st.lists(press, max_size=10), instants, noise)


NOISE: Sequence[tuple[str, dict[str, Any]]] = [
    ("refused", {"answers": {"scale": 30}}),
    ("refused", {"answers": {"single": "parking", "nps": 9}}),
    ("refused", {"answers": {"smiley_4": "happy", "why": "other"}}),
    ("refused", {"answers": {}}),
    ("refused", {"answers": {"nps": 9}, "given_at": "2014-12-31T23:59:59+02:00"}),
    ("refused", {"answers": {"nps": 9}, "service_point": "the-moon"}),
    ("held", {"button": 0, "device": "nobodys-device"}),
]
"""What becomes of lines that must not count, and what they hold."""

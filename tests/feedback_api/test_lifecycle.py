"""The life of an item: which events a state allows, both clocks, and the balance that no sequence can break."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.feedback_api.feedback.errors import EventNotAllowedProblem, EventOutOfOrderProblem
from services.feedback_api.feedback.lifecycle import ALLOWED_IN, Happening, Standing, after, at_intake, check_fields
from services.shared.problems import InvalidRequestProblem
from services.shared.tables.feedback import FeedbackEventKind as Kind
from services.shared.tables.feedback import FeedbackState as State

RECEIVED_AT = datetime(2021, 5, 4, 6, 30, tzinfo=UTC)


def received() -> Standing:
    return at_intake(RECEIVED_AT, unit_code="sote", type_code="other", topic_code=None)


def story(*kinds: Kind | str, hours: float = 1) -> Standing:
    """Events ``hours`` apart; "outside" is a transfer out."""
    standing = received()
    for number, kind in enumerate(kinds, start=1):
        recipient = "toinen toimiala" if kind == "outside" else None
        actual = Kind.TRANSFERRED if kind == "outside" else Kind(kind)
        standing = after(
            standing, Happening(actual, RECEIVED_AT + timedelta(hours=hours * number), recipient=recipient)
        )
    return standing


class TestClocks:
    def test_an_answer_stops_both(self) -> None:
        standing = story(Kind.ANSWERED)
        assert standing.reacted_at == standing.handled_at == RECEIVED_AT + timedelta(hours=1)

    def test_an_interim_answer_stops_only_the_reaction_clock(self) -> None:
        standing = story(Kind.INTERIM_ANSWERED, Kind.ANSWERED)
        assert standing.reacted_at == RECEIVED_AT + timedelta(hours=1)
        assert standing.handled_at == RECEIVED_AT + timedelta(hours=2)

    def test_marking_handled_stops_both(self) -> None:
        assert story(Kind.CLOSED).handled_at == RECEIVED_AT + timedelta(hours=1)

    def test_no_later_touch_moves_them(self) -> None:
        once = story(Kind.ANSWERED)
        touched = story(Kind.ANSWERED, Kind.ANSWERED, Kind.CLOSED, Kind.CLASSIFIED, Kind.REOPENED, Kind.CLOSED)
        assert (touched.reacted_at, touched.handled_at) == (once.reacted_at, once.handled_at)

    def test_work_inside_the_house_stops_neither(self) -> None:
        standing = story(Kind.CLASSIFIED, Kind.ASSIGNED, Kind.TRANSFERRED)
        assert (standing.reacted_at, standing.handled_at) == (None, None)


class TestStates:
    @pytest.mark.parametrize(
        ("kinds", "state"),
        [
            ([], State.RECEIVED),
            ([Kind.CLASSIFIED], State.IN_PROGRESS),
            ([Kind.TRANSFERRED], State.IN_PROGRESS),
            (["outside"], State.TRANSFERRED_OUT),
            ([Kind.INTERIM_ANSWERED], State.IN_PROGRESS),
            ([Kind.ANSWERED], State.ANSWERED),
            ([Kind.ANSWERED, Kind.CLASSIFIED], State.ANSWERED),
            ([Kind.ANSWERED, Kind.CLOSED], State.CLOSED),
            ([Kind.REJECTED], State.REJECTED),
            ([Kind.REJECTED, Kind.REOPENED], State.IN_PROGRESS),
            (["outside", Kind.REOPENED, Kind.ANSWERED], State.ANSWERED),
        ],
    )
    def test_what_follows(self, kinds: list[Kind | str], state: State) -> None:
        assert story(*kinds).state is state

    @pytest.mark.parametrize(
        "kinds",
        [
            [Kind.REOPENED],
            [Kind.ANSWERED, Kind.INTERIM_ANSWERED],
            [Kind.ANSWERED, Kind.REJECTED],
            [Kind.CLOSED, Kind.ANSWERED],
            [Kind.CLOSED, Kind.CLOSED],
            [Kind.REJECTED, Kind.CLASSIFIED],
            ["outside", Kind.ASSIGNED],
        ],
    )
    def test_what_is_not_allowed_says_what_is(self, kinds: list[Kind | str]) -> None:
        with pytest.raises(EventNotAllowedProblem, match="it is possible while"):
            story(*kinds)

    def test_an_event_before_the_latest_is_refused(self) -> None:
        with pytest.raises(EventOutOfOrderProblem, match="record events in the order"):
            story(Kind.CLASSIFIED, Kind.ANSWERED, hours=-1)


class TestFields:
    @pytest.mark.parametrize(
        ("kind", "given_fields", "named"),
        [
            (Kind.ASSIGNED, set(), "unit"),
            (Kind.CLASSIFIED, set(), "themes"),
            (Kind.TRANSFERRED, {"unit", "recipient"}, "recipient"),
            (Kind.ANSWERED, {"unit"}, "unit"),
            (Kind.ASSIGNED, {"unit", "topic"}, "topic"),
        ],
    )
    def test_a_field_too_many_or_too_few_is_named(self, kind: Kind, given_fields: set[str], named: str) -> None:
        with pytest.raises(InvalidRequestProblem) as refusal:
            check_fields(kind, frozenset(given_fields))
        assert [param.name for param in refusal.value.invalid_params] == [named]


steps = st.lists(
    st.tuples(st.sampled_from([*ALLOWED_IN, "outside"]), st.integers(min_value=0, max_value=500)), max_size=15
)


def live(moves: list[tuple[Kind | str, int]]) -> tuple[Standing, list[Happening]]:
    """Lead an item through the moves its states allow, and say which those were."""
    standing, happened, at = received(), [], RECEIVED_AT
    for kind, hours in moves:
        at += timedelta(hours=hours)
        happening = Happening(
            Kind.TRANSFERRED if kind == "outside" else Kind(kind), at, recipient="muu" if kind == "outside" else None
        )
        try:
            standing = after(standing, happening)
        except EventNotAllowedProblem:
            continue
        happened.append(happening)
    return standing, happened


@given(st.lists(steps, max_size=8))
def test_no_sequence_of_allowed_events_breaks_the_balance(items: list[list[tuple[Kind | str, int]]]) -> None:
    lives = [live(moves) for moves in items]
    standings = [standing for standing, _ in lives]
    transferred_out = [s for s in standings if s.state is State.TRANSFERRED_OUT]
    inappropriate = [s for s in standings if s.state is State.REJECTED]
    counted = [s for s in standings if s.state not in (State.TRANSFERRED_OUT, State.REJECTED)]
    handled = [s for s in counted if s.handled_at is not None]
    still_open = [s for s in counted if s.handled_at is None]
    assert len(standings) == len(counted) + len(transferred_out) + len(inappropriate)
    assert len(counted) == len(handled) + len(still_open)
    for standing, happened in lives:
        answers = [h.occurred_at for h in happened if h.kind in (Kind.ANSWERED, Kind.CLOSED)]
        reactions = [h.occurred_at for h in happened if h.kind in (Kind.INTERIM_ANSWERED, Kind.ANSWERED, Kind.CLOSED)]
        assert standing.handled_at == min(answers, default=None)
        assert standing.reacted_at == min(reactions, default=None)
        assert standing.event_count == len(happened) + 1
        if standing.state in (State.ANSWERED, State.CLOSED):
            assert standing.handled_at is not None

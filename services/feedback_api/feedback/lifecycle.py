"""The life of a piece of feedback: which events a state allows, and what follows from them. Pure; asks no database.

State        counts as         comes from
received     counted           intake
in_progress  counted           classified, assigned, transferred to a unit, interim_answered, reopened
answered     counted           answered
closed       counted           closed (marked handled)
transferred_out  transferred out   transferred to a recipient outside the organisation
rejected     inappropriate     rejected

A second question is whether the item is kept apart from the figures (its hold): held begins it, released ends it, and
confirmed says that a person agrees. None of these, nor a word added (noted, commented), nor a permission taken back,
moves the state or a clock, and an item that is kept apart goes through its states like any other.

The clocks are the first event of their kind ever: reacted_at the first of interim answer, final answer and marked
handled; handled_at the first of final answer and marked handled. No later event, not even reopening, moves them.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from services.feedback_api.feedback.errors import EventNotAllowedProblem, EventOutOfOrderProblem
from services.shared.problems import invalid
from services.shared.tables.feedback import FeedbackEventKind as Kind
from services.shared.tables.feedback import FeedbackState as State
from services.shared.tables.feedback import Hold

OPEN = frozenset({State.RECEIVED, State.IN_PROGRESS})
HANDLED = frozenset({State.ANSWERED, State.CLOSED})
EVERY_STATE = frozenset(State)

ALLOWED_IN: dict[Kind, frozenset[State]] = {
    Kind.CLASSIFIED: OPEN | HANDLED,
    Kind.ASSIGNED: OPEN,
    Kind.TRANSFERRED: OPEN,
    Kind.INTERIM_ANSWERED: OPEN,
    Kind.ANSWERED: OPEN | {State.ANSWERED},
    Kind.CLOSED: OPEN | {State.ANSWERED},
    Kind.REJECTED: OPEN,
    Kind.REOPENED: HANDLED | {State.TRANSFERRED_OUT, State.REJECTED},
    Kind.HELD: EVERY_STATE,
    Kind.RELEASED: EVERY_STATE,
    Kind.CONFIRMED: EVERY_STATE,
    Kind.NOTED: EVERY_STATE,
    Kind.COMMENTED: EVERY_STATE,
    Kind.PERMISSION_WITHDRAWN: EVERY_STATE,
}

BESIDE_THE_STATE = frozenset(
    {Kind.HELD, Kind.RELEASED, Kind.CONFIRMED, Kind.NOTED, Kind.COMMENTED, Kind.PERMISSION_WITHDRAWN}
)
"""Events that leave the state and both clocks as they are."""

FIELDS_OF: dict[Kind, frozenset[str]] = {
    Kind.CLASSIFIED: frozenset({"type", "topic", "themes"}),
    Kind.ASSIGNED: frozenset({"unit"}),
    Kind.TRANSFERRED: frozenset({"unit", "recipient"}),
    Kind.HELD: frozenset({"hold", "hold_reason"}),
    Kind.NOTED: frozenset({"note"}),
    Kind.COMMENTED: frozenset({"note"}),
}
"""Which fields an event of the kind takes besides its time and note; it needs at least one of them."""

NEEDS_ALL = frozenset({Kind.HELD})
"""Kinds that need every one of their fields."""

STATE_AFTER = {Kind.ANSWERED: State.ANSWERED, Kind.CLOSED: State.CLOSED, Kind.REJECTED: State.REJECTED}
"""The state that an event of the kind makes; all others put the item in progress."""

MAY_BE_SENSITIVE = frozenset({Kind.INTERIM_ANSWERED, Kind.ANSWERED})


@dataclass(frozen=True, slots=True)
class Happening:
    """An event that is to be added to an item."""

    kind: Kind
    occurred_at: datetime
    unit_code: str | None = None
    type_code: str | None = None
    topic_code: str | None = None
    recipient: str | None = None
    hold: Hold | None = None
    hold_reason: str | None = None
    is_sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an item stands, after all its events."""

    state: State
    unit_code: str
    type_code: str
    topic_code: str | None
    reacted_at: datetime | None
    handled_at: datetime | None
    last_event_at: datetime
    event_count: int
    hold: Hold | None = None
    hold_reason: str | None = None
    hold_confirmed_at: datetime | None = None


def at_intake(received_at: datetime, *, unit_code: str, type_code: str, topic_code: str | None) -> Standing:
    """Where an item stands when it has just been received."""
    return Standing(State.RECEIVED, unit_code, type_code, topic_code, None, None, received_at, 1)


def after(standing: Standing, happening: Happening) -> Standing:
    """Where the item stands after ``happening``.

    Raises :class:`EventNotAllowedProblem` where its state does not allow it, and :class:`EventOutOfOrderProblem` where
    it would lie before the item's latest event.
    """
    allowed_in = ALLOWED_IN[happening.kind]
    if standing.state not in allowed_in:
        raise EventNotAllowedProblem(
            f"{happening.kind} is not possible while the feedback is {standing.state}; "
            f"it is possible while {_listed(allowed_in)}"
        )
    _check_hold(standing, happening.kind)
    if happening.occurred_at < standing.last_event_at:
        raise EventOutOfOrderProblem(
            f"occurred_at lies before the item's latest event at {standing.last_event_at.isoformat()}; "
            "record events in the order they happened"
        )
    hold, hold_reason, hold_confirmed_at = _hold_after(standing, happening)
    is_reaction = happening.kind in (Kind.INTERIM_ANSWERED, Kind.ANSWERED, Kind.CLOSED)
    is_handling = happening.kind in (Kind.ANSWERED, Kind.CLOSED)
    return replace(
        standing,
        state=_state_after(standing.state, happening),
        unit_code=happening.unit_code or standing.unit_code,
        type_code=happening.type_code or standing.type_code,
        topic_code=happening.topic_code or standing.topic_code,
        reacted_at=standing.reacted_at or (happening.occurred_at if is_reaction else None),
        handled_at=standing.handled_at or (happening.occurred_at if is_handling else None),
        last_event_at=happening.occurred_at,
        event_count=standing.event_count + 1,
        hold=hold,
        hold_reason=hold_reason,
        hold_confirmed_at=hold_confirmed_at,
    )


def check_fields(kind: Kind, given: frozenset[str]) -> None:
    """Refuse an event with a field its kind does not take, or without one it needs."""
    takes = FIELDS_OF.get(kind, frozenset())
    for field in sorted(given - takes - {"note"}):
        if field == "is_sensitive" and kind in MAY_BE_SENSITIVE:
            continue
        remedy = f"{kind} takes {_listed(takes)}" if takes else f"{kind} takes only a time and a note"
        raise invalid(field, f"does not belong to the event {kind}; remove it ({remedy})")
    if takes and not given & takes:
        raise invalid(min(takes), f"the event {kind} needs {_listed(takes, ' or ')}")
    if kind in NEEDS_ALL and not takes <= given:
        raise invalid(min(takes - given), f"the event {kind} needs {_listed(takes, ' and ')}")
    if kind is Kind.TRANSFERRED and takes <= given:
        raise invalid("recipient", "give either a unit (transferred inside) or a recipient (outside), not both")


def _check_hold(standing: Standing, kind: Kind) -> None:
    if kind in (Kind.RELEASED, Kind.CONFIRMED) and standing.hold is None:
        raise EventNotAllowedProblem(
            f"{kind} is not possible: the feedback is not kept apart; only what is held can be"
        )
    if kind is Kind.CONFIRMED and standing.hold_confirmed_at is not None:
        raise EventNotAllowedProblem("confirmed is not possible twice; release it if the confirmation was wrong")


def _hold_after(standing: Standing, happening: Happening) -> tuple[Hold | None, str | None, datetime | None]:
    match happening.kind:
        case Kind.HELD:
            return happening.hold, happening.hold_reason, None
        case Kind.RELEASED:
            return None, None, None
        case Kind.CONFIRMED:
            return standing.hold, standing.hold_reason, happening.occurred_at
    return standing.hold, standing.hold_reason, standing.hold_confirmed_at


def _state_after(state: State, happening: Happening) -> State:
    is_correction = happening.kind is Kind.CLASSIFIED and state in HANDLED
    if happening.kind in BESIDE_THE_STATE or is_correction:
        return state
    if happening.kind is Kind.TRANSFERRED and happening.recipient is not None:
        return State.TRANSFERRED_OUT
    return STATE_AFTER.get(happening.kind, State.IN_PROGRESS)


def _listed(values: frozenset[str] | frozenset[State], separator: str = ", ") -> str:
    return separator.join(sorted(values))

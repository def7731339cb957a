"""From an Open311 record with its tasks to one line of ``POST /v1/feedback/import``.

The item
  received at ``requested_datetime``, by the unit of the first task's owner (else of ``agency_responsible``), on the
  channel open311, with the type other; its topic is the one that has the service code as an alias, if any. Its text is
  the description, or the title where there is none. (source, ``service_request_id``) identifies it.

The tasks, in the order of time
  An owner who gets an ``assigned`` or ``wait_for_answer`` task has the item from ``task_created`` on: the first one is
  ``assigned``, another owner than before ``transferred``.
  ``wait_for_answer``/``completed`` answers it at ``task_modified``.
  ``wait_for_answer``/``closed`` and ``assigned``/``closed`` mark it handled (``closed``) at ``task_modified``, unless
  it was answered already: then they only tidy up.
  ``assigned``/``completed`` is no end: the task lasts no time, and the waiting for the answer begins with it.
  ``transferred_out`` takes it out of the organisation at ``task_created``; the record does not say to whom.
  Work on an item that was answered, closed or transferred out, and that leads to one of these again, or is still
  open, begins with ``reopened``. Work that leads to nothing is a later touch and left out.
  ``informed``, ``wait_for_comment`` and ``moved_to_other_system`` change neither state nor clock, and are left out.

The end
  A record that is ``open`` stays open: if need be it is reopened where its last open task began. A record that is
  ``closed`` ends: if no task ended it, it is closed at the last ``task_modified``, never at ``updated_datetime``,
  which is any later touch.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

Record = Mapping[str, Any]
Event = dict[str, Any]

CHANNEL = "open311"
TYPE = "other"
RECIPIENT_NOT_NAMED = "Recipient not named in the record"
TITLE_MAX_LENGTH = 300

_WORK = {"assigned", "wait_for_answer"}
_OPEN_STATES = {"received", "in_progress"}


class RecordError(ValueError):
    """A record that lacks what an item needs; the message names it."""


class _Step(IntEnum):
    """What a task does to the item; at the same instant the lower number comes first."""

    BEGIN = 0
    TRANSFER_OUT = 1
    ANSWER = 2
    CLOSE = 3


@dataclass(frozen=True, slots=True)
class _Moment:
    at: datetime
    step: _Step
    position: int
    began_at: datetime
    owner: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The unit and topic codes by every name and code that other systems call them."""

    units: Mapping[str, str]
    topics: Mapping[str, str]

    @classmethod
    def of(cls, answer: Record) -> "Catalogue":
        """From the answer of ``GET /v1/catalogue``."""
        return cls(_codes_by_name(answer["units"]), _codes_by_name(answer["topics"]))


def _codes_by_name(entries: Iterable[Record]) -> dict[str, str]:
    codes: dict[str, str] = {}
    for entry in entries:
        for name in (entry["code"], *entry["names"].values(), *entry.get("aliases", [])):
            codes.setdefault(name, entry["code"])
    return codes


def import_line(record: Record, catalogue: Catalogue, source: str) -> dict[str, Any]:
    """The import line of one record; raises :class:`RecordError` where it lacks its id, time or text."""
    tasks = record.get("tasks") or []
    owners = [task.get("owner_name") for task in tasks[:1]] + [record.get("agency_responsible")]
    unit = next((catalogue.units[owner] for owner in owners if owner in catalogue.units), None)
    title = _text(record.get("title"))
    line = {
        "source": source,
        "reference": _required(record, "service_request_id"),
        "received_at": _required(record, "requested_datetime"),
        "type": TYPE,
        "topic": catalogue.topics.get(str(record.get("service_code") or "")),
        "unit": unit,
        "channel": CHANNEL,
        "title": title[:TITLE_MAX_LENGTH] if title else None,
        "text": _text(record.get("description")) or title,
        "events": events_of(record, catalogue),
    }
    if line["text"] is None:
        raise RecordError("has neither description nor title")
    return {name: value for name, value in line.items() if value is not None}


def _required(record: Record, field: str) -> str:
    value = _text(record.get(field))
    if value is None:
        raise RecordError(f"has no {field}")
    return value


def _text(value: object) -> str | None:
    return value.replace("\x00", "").strip() or None if isinstance(value, str) else None


def events_of(record: Record, catalogue: Catalogue) -> list[Event]:
    """The item's events after it was received, in the order of time."""
    tasks: Sequence[Record] = record.get("tasks") or []
    history = _History(catalogue, tasks)
    for moment in sorted(_moments(tasks), key=lambda m: (m.at, m.step, m.position)):
        history.take(moment)
    history.end_as(str(record.get("status", "")), _required(record, "requested_datetime"))
    return history.events


def _moments(tasks: Iterable[Record]) -> Iterable[_Moment]:
    for position, task in enumerate(tasks):
        began_at, ended_at = _instant(task["task_created"]), _instant(task["task_modified"])
        owner = task.get("owner_name") or ""
        kind, state = task["task_type"], task["task_state"]
        if kind in _WORK:
            yield _Moment(began_at, _Step.BEGIN, position, began_at, owner)
        if kind == "transferred_out":
            yield _Moment(began_at, _Step.TRANSFER_OUT, position, began_at, owner)
        elif (kind, state) == ("wait_for_answer", "completed"):
            yield _Moment(ended_at, _Step.ANSWER, position, began_at, owner)
        elif kind in _WORK and state == "closed":
            yield _Moment(ended_at, _Step.CLOSE, position, began_at, owner)


class _History:
    """The item's events so far, and the state they brought it to."""

    def __init__(self, catalogue: Catalogue, tasks: Sequence[Record]) -> None:
        self.events: list[Event] = []
        self._catalogue = catalogue
        self._tasks = tasks
        self._state = "received"
        self._owner: str | None = None
        self._last_at: datetime | None = None
        self._work_that_leads_somewhere = [
            _instant(task["task_created"])
            for task in tasks
            if task["task_type"] == "transferred_out"
            or (task["task_type"] in _WORK and task["task_state"] in ("closed", "open"))
            or (task["task_type"], task["task_state"]) == ("wait_for_answer", "completed")
        ]

    def take(self, moment: _Moment) -> None:
        """Let one moment of a task happen to the item."""
        if moment.step is _Step.BEGIN:
            self._begin(moment)
        elif moment.step is _Step.TRANSFER_OUT:
            self._reopen_if_ended(moment.at)
            self._add("transferred", moment.at, "transferred_out", recipient=RECIPIENT_NOT_NAMED)
        elif moment.step is _Step.ANSWER:
            if self._state != "answered":
                self._reopen_if_ended(moment.at)
            self._add("answered", moment.at, "answered")
        elif self._is_open:
            self._add("closed", moment.at, "closed")

    def end_as(self, status: str, received_at: str) -> None:
        """Bring the item to the end the record states."""
        last_touch = max((_instant(task["task_modified"]) for task in self._tasks), default=_instant(received_at))
        if status == "open" and not self._is_open:
            open_since = [_instant(task["task_created"]) for task in self._tasks if task["task_state"] == "open"]
            self._reopen_if_ended(max(open_since, default=last_touch))
        elif status == "closed" and self._is_open:
            self._add("closed", last_touch, "closed")

    @property
    def _is_open(self) -> bool:
        return self._state in _OPEN_STATES

    def _begin(self, moment: _Moment) -> None:
        if not self._is_open:
            if not any(began_at >= moment.at for began_at in self._work_that_leads_somewhere):
                return
            self._reopen_if_ended(moment.at)
        unit = self._catalogue.units.get(moment.owner)
        if unit is None or unit == self._owner:
            return
        kind = "assigned" if self._owner is None else "transferred"
        self._owner = unit
        self._add(kind, moment.at, "in_progress", unit=unit)

    def _reopen_if_ended(self, at: datetime) -> None:
        if not self._is_open:
            self._add("reopened", at, "in_progress")

    def _add(self, kind: str, at: datetime, state: str, **details: str) -> None:
        # Events never go back in time, whatever order a record's clocks give.
        at = at if self._last_at is None else max(at, self._last_at)
        self.events.append({"kind": kind, "occurred_at": at.isoformat(), **details})
        self._last_at = at
        self._state = state


def _instant(value: str) -> datetime:
    return datetime.fromisoformat(value)

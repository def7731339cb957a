"""Keeping the deadlines of items in step with their receipt and types."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.deadlines import repository
from services.feedback_api.deadlines.policies import policy_for, policy_for_matter
from services.feedback_api.deadlines.rules import Reason, ReasonCode, Rule, deadline_of
from services.shared.catalogue import Catalogue
from services.shared.clock import local_day
from services.shared.tables import DeadlinePolicy
from services.shared.tables.feedback import FeedbackEventKind

Row = Mapping[str, Any]


async def keep(
    session: AsyncSession, catalogue: Catalogue, facts: Sequence[Row], events: Sequence[Row], *, at: datetime
) -> None:
    """Give new items their deadline, and items that were given another type the deadline of that type.

    ``facts`` are the rows of the new items (id, received_at, reply_wanted, hold_reason); ``events`` the event rows just
    written, of new and of earlier items, in each item's order. The policy is the one in force on the day of receipt:
    of the type, or of the matter that the item is kept apart as.
    """
    new_ids = {item["id"] for item in facts}
    changed_ids = {event["feedback_id"] for event in events if _may_change_policy(event)} - new_ids
    await repository.insert(session, rows_of(catalogue, facts, events, at=at))
    if changed_ids:
        await _compute_again(session, catalogue, changed_ids, at=at)


def _may_change_policy(event: Row) -> bool:
    return event["type_code"] is not None or event["kind"] in (FeedbackEventKind.HELD, FeedbackEventKind.RELEASED)


async def _compute_again(
    session: AsyncSession, catalogue: Catalogue, feedback_ids: Collection[UUID], *, at: datetime
) -> None:
    items = await repository.fetch_items(session, feedback_ids)
    type_events = await repository.fetch_type_events(session, feedback_ids)
    await repository.remove(session, feedback_ids)
    await repository.insert(session, rows_of(catalogue, items, type_events, at=at))


def rows_of(catalogue: Catalogue, items: Sequence[Row], events: Sequence[Row], *, at: datetime) -> list[dict[str, Any]]:
    """The rows of the deadlines of those items that have one, by all their events in each item's order."""
    events_of: dict[UUID, list[Row]] = defaultdict(list)
    for event in events:
        if event["type_code"] is not None:
            events_of[event["feedback_id"]].append(event)
    counting = _Counting(catalogue)
    rows = []
    for item in items:
        policy, changes = _policy_and_changes(counting, item, events_of[item["id"]])
        if policy is None:
            continue
        due_on, reasons = counting.deadline(item["received_at"], policy)
        rows.append(
            {
                "feedback_id": item["id"],
                "policy_kind": policy.kind,
                "policy_valid_from": policy.valid_from,
                "due_on": due_on,
                "reasons": [*(asdict(reason) for reason in changes), *reasons],
                "computed_at": at,
            }
        )
    return rows


class _Counting:
    """Policies and deadlines found once for each day of receipt: an import has many items of the same day."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._policies: dict[tuple[str, bool, date], DeadlinePolicy | None] = {}
        self._deadlines: dict[tuple[str, date, date], tuple[date, list[dict[str, Any]]]] = {}

    def policy(self, type_code: str, *, reply_wanted: bool, on: date) -> DeadlinePolicy | None:
        key = (type_code, reply_wanted, on)
        if key not in self._policies:
            self._policies[key] = policy_for(
                self.catalogue.deadline_policies, type_code=type_code, reply_wanted=reply_wanted, on=on
            )
        return self._policies[key]

    def deadline(self, received_at: datetime, policy: DeadlinePolicy) -> tuple[date, list[dict[str, Any]]]:
        """The last day and the reasons as they are stored."""
        key = (policy.kind, policy.valid_from, local_day(received_at))
        if key not in self._deadlines:
            deadline = deadline_of(received_at, policy, self.catalogue.public_holidays)
            self._deadlines[key] = (deadline.due_on, [asdict(reason) for reason in deadline.reasons])
        return self._deadlines[key]


def _policy_and_changes(
    counting: _Counting, item: Row, type_events: Sequence[Row]
) -> tuple[DeadlinePolicy | None, list[Reason]]:
    """The policy of the item's last type, and the last change of type that made it so, if any did."""
    policy: DeadlinePolicy | None = None
    changes: list[Reason] = []
    received_on = local_day(item["received_at"])
    if item["hold_reason"] is not None:
        return policy_for_matter(counting.catalogue.deadline_policies, reason=item["hold_reason"], on=received_on), []
    for number, event in enumerate(type_events):
        type_code = event["type_code"]
        found = counting.policy(type_code, reply_wanted=item["reply_wanted"], on=received_on)
        if number > 0 and found is not policy:
            names = counting.catalogue.feedback_types[type_code].names
            changes = [Reason(ReasonCode.RECLASSIFIED, local_day(event["occurred_at"]), Rule.POLICY, names)]
        policy = found
    return policy, changes

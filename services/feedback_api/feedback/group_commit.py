"""Submissions that arrive together are stored together, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.deadlines import service as deadlines
from services.feedback_api.feedback import group_repository, intake, presenter
from services.feedback_api.feedback.group_repository import GroupRows, Sent
from services.feedback_api.feedback.intake import Accepted, Judged
from services.feedback_api.feedback.screening import duplicate_window
from services.feedback_api.publication import service as publication
from services.shared.catalogue import Catalogue
from services.shared.clock import now
from services.shared.group_commit import GroupCommit
from services.shared.group_keys import RequestKey
from services.shared.metrics.instruments import Metrics
from services.shared.settings import Settings


@dataclass(frozen=True, slots=True)
class Arrival:
    """A submission that waits for its commit, judged by the catalogue. ``base_url`` is where its receipt is shown."""

    judged: Judged
    key: RequestKey | None
    base_url: str
    catalogue: Catalogue
    settings: Settings


FeedbackGroups = GroupCommit[Arrival, str]
"""The queue of submissions, which tells each its receipt, as JSON."""


def feedback_groups(*, waiting_max: int, group_max: int, metrics: Metrics) -> FeedbackGroups:
    """A queue of submissions."""
    return GroupCommit("submissions", _write, waiting_max=waiting_max, group_max=group_max, metrics=metrics)


async def _write(session: AsyncSession, arrivals: Sequence[Arrival]) -> Sequence[str | None]:
    """The receipt of each that was stored; None for one that is a double, or whose key came before."""
    # One catalogue for all: between two loadings of it, policies and holidays are the newer one's.
    catalogue, settings, at = arrivals[-1].catalogue, arrivals[-1].settings, now()
    taken = _without_doubles(arrivals)
    rows = intake.rows_of([arrival.judged for arrival in taken], at=at)
    accepted = [
        intake.accepted_of(item, item["id"], arrival.judged.held)
        for item, arrival in zip(rows.facts, taken, strict=True)
    ]
    sent = [_sent(arrival, one) for arrival, one in zip(taken, accepted, strict=True)]
    group = GroupRows(
        rows,
        deadlines.rows_of(catalogue, rows.facts, rows.events, at=at),
        publication.services_of(catalogue, settings, accepted),
    )
    stored = await group_repository.store(session, sent, group, at=at, window=duplicate_window(settings))
    answers = {id(arrival): one.answer for arrival, one in zip(taken, sent, strict=True) if one.id in stored}
    return [answers.get(id(arrival)) for arrival in arrivals]


def _sent(arrival: Arrival, accepted: Accepted) -> Sent:
    receipt = presenter.receipt_of(arrival.base_url, accepted, arrival.judged.fields.masked)
    return Sent(accepted.id, arrival.judged.fingerprint, arrival.key, receipt.model_dump_json())


def _without_doubles(arrivals: Sequence[Arrival]) -> list[Arrival]:
    """The arrivals, of each fingerprint and each key only the first."""
    taken, prints, keys = list[Arrival](), set[str](), set[str]()
    for arrival in arrivals:
        mark, key = arrival.judged.fingerprint, arrival.key and arrival.key.key
        if mark not in prints and key not in keys:
            taken.append(arrival)
            prints |= {mark} if mark else set()
            keys |= {key} if key else set()
    return taken

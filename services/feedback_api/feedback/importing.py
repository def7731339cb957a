"""Import: items of other systems with their events, many at a time, safe to repeat.

(source, reference) identifies an item. A line whose events are all stored changes nothing; one that continues the
stored events extends the item; one that contradicts them is refused. Batches are written in a few statements; where
the database refuses a batch, its lines are tried one by one, so that one bad line fails alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.deadlines import service as deadlines
from services.feedback_api.feedback import intake, lifecycle, repository
from services.feedback_api.feedback.errors import ImportConflictProblem, ImportFailedProblem
from services.feedback_api.feedback.handling import happening_of
from services.feedback_api.feedback.lifecycle import Happening, Standing
from services.feedback_api.feedback.repository import NewRows
from services.feedback_api.feedback.schemas import FeedbackImportLine
from services.feedback_api.publication import service as publication
from services.feedback_api.themes import repository as themes
from services.shared.catalogue import Catalogue
from services.shared.database import Sessions
from services.shared.ndjson import Line, LineResult, accepted, read_as, refused
from services.shared.problems import Problem
from services.shared.settings import get_settings
from services.shared.tables import Feedback, FeedbackEvent

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A line that can be stored, as far as can be told without the database."""

    line: int
    record: FeedbackImportLine
    first: Standing
    happenings: tuple[Happening, ...]

    @property
    def key(self) -> tuple[str, str]:
        return self.record.source, self.record.reference


async def take_batch(
    sessions: Sessions, catalogue: Catalogue, lines: Sequence[Line], *, actor: str, now: datetime
) -> list[LineResult]:
    """Store the lines in one transaction and say what became of each, in their order."""
    results: dict[int, LineResult] = {}
    candidates: list[_Candidate] = []
    for line in lines:
        try:
            candidates.append(_read(catalogue, line))
        except Problem as problem:
            results[line.number] = refused(line.number, problem)
    # The same item twice in a batch: the later line continues what the earlier one wrote.
    for group in _without_repeats(candidates):
        for result in await _store_or_split(sessions, catalogue, group, actor=actor, now=now):
            results[result.line] = result
    return [results[line.number] for line in lines]


def _read(catalogue: Catalogue, line: Line) -> _Candidate:
    record = read_as(FeedbackImportLine, line)
    if isinstance(record, Problem):
        raise record
    first = intake.first_standing(catalogue, record, record.received_at)
    happenings = tuple(happening_of(catalogue, event, event.occurred_at) for event in record.events)
    _fold(first, happenings)
    return _Candidate(line.number, record, first, happenings)


def _fold(first: Standing, happenings: Sequence[Happening]) -> Standing:
    standing = first
    for happening in happenings:
        standing = lifecycle.after(standing, happening)
    return standing


def _without_repeats(candidates: Sequence[_Candidate]) -> list[list[_Candidate]]:
    groups: list[list[_Candidate]] = []
    seen: list[set[tuple[str, str]]] = []
    for candidate in candidates:
        place = next((i for i, keys in enumerate(seen) if candidate.key not in keys), len(groups))
        if place == len(groups):
            groups.append([])
            seen.append(set())
        groups[place].append(candidate)
        seen[place].add(candidate.key)
    return groups


async def _store_or_split(
    sessions: Sessions, catalogue: Catalogue, candidates: Sequence[_Candidate], *, actor: str, now: datetime
) -> list[LineResult]:
    try:
        async with sessions.session() as session, session.begin():
            return await _store(session, catalogue, candidates, actor=actor, now=now)
    except DBAPIError as error:
        log.warning("import_batch_refused", lines=len(candidates), kind=type(error.orig).__name__)
        if len(candidates) == 1:
            problem = ImportFailedProblem("the database refused it; send the line again, then tell the operator")
            return [refused(candidates[0].line, problem)]
    results = []
    for candidate in candidates:
        results += await _store_or_split(sessions, catalogue, [candidate], actor=actor, now=now)
    return results


async def _store(
    session: AsyncSession, catalogue: Catalogue, candidates: Sequence[_Candidate], *, actor: str, now: datetime
) -> list[LineResult]:
    stored = await repository.fetch_by_reference(session, [candidate.key for candidate in candidates])
    stored_events = await repository.fetch_events(session, [facts.id for facts in stored.values()])
    rows = NewRows()
    moved: list[tuple[UUID, Standing]] = []
    results = []
    for candidate in candidates:
        facts = stored.get(candidate.key)
        if facts is None:
            results.append(_add(rows, candidate, actor=actor, now=now))
            continue
        try:
            results.append(_extend(rows, moved, candidate, facts, stored_events[facts.id], actor=actor, now=now))
        except Problem as problem:
            results.append(refused(candidate.line, problem))
    await repository.write(session, rows)
    new = [Feedback(**facts) for facts in rows.facts]
    await publication.await_moderation_of_all(session, catalogue, get_settings(), new)
    for feedback_id, standing in moved:
        await repository.update_standing(session, feedback_id, standing, at=now)
    await deadlines.keep(session, catalogue, rows.facts, rows.events, at=now)
    await themes.assign(session, [facts["id"] for facts in rows.facts], at=now)
    return results


def _add(rows: NewRows, candidate: _Candidate, *, actor: str, now: datetime) -> LineResult:
    record = candidate.record
    feedback_id = intake.add_new(
        rows, record, candidate.first, actor=actor, source=record.source, reference=record.reference, now=now
    )
    _add_events(rows, feedback_id, candidate, 0, stored=1, actor=actor, now=now)
    rows.facts[-1] |= repository.standing_values(_fold(candidate.first, candidate.happenings))
    rows.facts[-1]["publication_permitted"] = record.publication_permitted
    return accepted(candidate.line, "created", feedback_id)


def _extend(
    rows: NewRows,
    moved: list[tuple[UUID, Standing]],
    candidate: _Candidate,
    facts: Feedback,
    events: Sequence[FeedbackEvent],
    *,
    actor: str,
    now: datetime,
) -> LineResult:
    if facts.received_at != candidate.record.received_at:
        raise ImportConflictProblem(f"it is here with received_at {facts.received_at.isoformat()}")
    # What staff added here beside the state (a note, a hold) is not of the other system and contradicts nothing.
    known = [_identity_of_row(event) for event in events[1:] if event.kind not in lifecycle.BESIDE_THE_STATE]
    given = [_identity(happening) for happening in candidate.happenings]
    shared = min(len(known), len(given))
    if known[:shared] != given[:shared]:
        raise ImportConflictProblem("the events it has here are not the first events of this line")
    if len(given) <= len(known):
        return accepted(candidate.line, "unchanged", facts.id)
    standing = repository.standing_of(facts)
    moved.append((facts.id, _fold(standing, candidate.happenings[len(known) :])))
    _add_events(rows, facts.id, candidate, len(known), stored=len(events), actor=actor, now=now)
    return accepted(candidate.line, "extended", facts.id)


def _add_events(
    rows: NewRows, feedback_id: UUID, candidate: _Candidate, known: int, *, stored: int, actor: str, now: datetime
) -> None:
    """Add the candidate's events from the ``known``-th on, behind the ``stored`` ones that the item has."""
    for number, happening in enumerate(candidate.happenings[known:]):
        note = candidate.record.events[known + number].note
        rows.add_event(feedback_id, stored + number + 1, happening, actor=actor, at=now, note=note)


def _identity(happening: Happening) -> tuple[str, datetime, str | None, str | None, str | None, str | None]:
    return (
        happening.kind.value,
        happening.occurred_at,
        happening.unit_code,
        happening.type_code,
        happening.topic_code,
        happening.recipient,
    )


def _identity_of_row(event: FeedbackEvent) -> tuple[str, datetime, str | None, str | None, str | None, str | None]:
    return (event.kind, event.occurred_at, event.unit_code, event.type_code, event.topic_code, event.recipient)

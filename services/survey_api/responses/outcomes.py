"""Storing judged lines, and what each line is told: created, unchanged, updated, held or refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.ndjson import LineResult, accepted, held, refused
from services.shared.problems import Problem
from services.shared.tables.surveys import MisuseReason
from services.survey_api.held_answers import repository as held_answers
from services.survey_api.responses import misuse, repository
from services.survey_api.responses.completion import conflict
from services.survey_api.responses.counted_hours import refuse_counted_hours
from services.survey_api.responses.lines import HeldLine, JudgedLine
from services.survey_api.responses.service import interaction_answered, store
from services.survey_api.responses.submission import JudgedResponse, ResponseKey


async def store_lines(session: AsyncSession, lines: Sequence[JudgedLine], *, at: datetime) -> list[LineResult]:
    """Store what can be stored; one result a line, in order."""
    lines = await refuse_counted_hours(session, lines)
    responses = _Responses.of(lines)
    await responses.store(session, at)
    kept = _HeldLines.of(lines)
    await kept.store(session, at)
    results = []
    for line in lines:
        if isinstance(line.outcome, Problem):
            results.append(refused(line.number, line.outcome))
        elif isinstance(line.outcome, HeldLine):
            results.append(kept.result(line.number, line.outcome))
        else:
            results.append(responses.result(line, line.outcome))
    return results


@dataclass
class _Responses:
    """The responses of a batch by key; of several lines with one id and content, the last judgement counts."""

    first: dict[ResponseKey, JudgedResponse]
    told: dict[ResponseKey, MisuseReason | None]
    count: int
    are_all_created: bool = False
    created: set[ResponseKey] = field(default_factory=set)
    hashes: dict[ResponseKey, str] = field(default_factory=dict)
    flags: dict[ResponseKey, MisuseReason | None] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Sequence[JudgedLine]) -> "_Responses":
        first: dict[ResponseKey, JudgedResponse] = {}
        told: dict[ResponseKey, MisuseReason | None] = {}
        count = 0
        for line in lines:
            response = line.outcome
            if not isinstance(response, JudgedResponse):
                continue
            count += 1
            same = first.setdefault(response.key, response)
            if line.tells_misuse and same.content_hash == response.content_hash:
                told[response.key] = response.origin.source_misuse
        return cls(first, told, count)

    async def store(self, session: AsyncSession, at: datetime) -> None:
        """Store the new ones and update the judgements of those that are here."""
        if not self.first:
            return
        responses = list(self.first.values())
        if self.told:
            responses = [self._as_told(response) for response in responses]
        self.created = await store(session, responses, at=at)
        sources = [one.key.id for one in responses if one.origin.device or one.origin.source]
        await held_answers.delete(session, sources)
        self.are_all_created = len(self.created) == self.count
        if self.are_all_created:
            return
        self.hashes = {key: self.first[key].content_hash for key in self.created}
        known = await repository.fetch_stored(session, [key for key in self.first if key not in self.created])
        self.hashes |= {key: stored.content_hash for key, stored in known.items()}
        self.flags = {key: stored.source_misuse for key, stored in known.items()}
        changed = {
            key: reason
            for key, reason in self.told.items()
            if key in known and self._is_same(key) and known[key].source_misuse != reason
        }
        await misuse.flag_by_source(session, changed)

    def _as_told(self, response: JudgedResponse) -> JudgedResponse:
        reason = self.told.get(response.key, response.origin.source_misuse)
        if reason == response.origin.source_misuse:
            return response
        return response._replace(origin=replace(response.origin, source_misuse=reason))

    def _is_same(self, key: ResponseKey) -> bool:
        return self.hashes[key] == self.first[key].content_hash

    def result(self, line: JudgedLine, response: JudgedResponse) -> LineResult:
        """What the line is told; lines are to be asked in their order."""
        key, reason = response.key, response.origin.source_misuse
        if self.are_all_created:
            return accepted(line.number, "created", key.id)
        if key not in self.hashes:
            return refused(line.number, interaction_answered(response))
        if self.hashes[key] != response.content_hash:
            return refused(line.number, conflict(key))
        if key in self.created:
            # Only the first line of the key is the one that was created.
            self.created.discard(key)
            self.flags[key] = reason
            return accepted(line.number, "created", key.id)
        if line.tells_misuse and self.flags[key] != reason:
            self.flags[key] = reason
            return accepted(line.number, "updated", key.id)
        return accepted(line.number, "unchanged", key.id)


@dataclass
class _HeldLines:
    """The lines of a batch that wait, by id."""

    last: dict[str, HeldLine]
    stored: Mapping[str, held_answers.Stored] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Sequence[JudgedLine]) -> "_HeldLines":
        last: dict[str, HeldLine] = {}
        for line in lines:
            outcome = line.outcome
            if not isinstance(outcome, HeldLine):
                continue
            key = str(outcome.line.id)
            if key not in last or last[key].content_hash() == outcome.content_hash():
                last[key] = outcome
        return cls(last)

    async def store(self, session: AsyncSession, at: datetime) -> None:
        """Keep the new ones, and the newest judgement of misuse of the others."""
        rows = [
            held_answers.HeldRow(
                id=held_line.line.id,
                reason=held_line.hold.reason,
                key=held_line.hold.key,
                given_at=held_line.line.given_at,
                content_hash=held_line.content_hash(),
                line=held_line.stored(),
            )
            for held_line in self.last.values()
        ]
        self.stored = await held_answers.keep(session, rows, at=at)

    def result(self, number: int, line: HeldLine) -> LineResult:
        """What the line is told."""
        stored = self.stored[str(line.line.id)]
        if stored.content_hash != line.content_hash():
            return refused(number, conflict(ResponseKey("", line.line.id)))
        return held(number, line.line.id, line.hold.reason, line.hold.detail)

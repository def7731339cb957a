"""Taking hourly counts: an hour's count takes the place of the one before, and the histogram follows."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.catalogue import Catalogue
from services.shared.clock import local_day
from services.shared.ndjson import LineResult, accepted, held, refused
from services.shared.problems import Problem
from services.shared.tables.devices import HeldKind
from services.survey_api.devices import repository as devices
from services.survey_api.devices.repository import Sighting
from services.survey_api.held_answers import repository as held_answers
from services.survey_api.hourly_counts import repository
from services.survey_api.hourly_counts.errors import HourHasPressesProblem
from services.survey_api.hourly_counts.hours import CountedHour, HourKey, differences_between, judge_counts
from services.survey_api.hourly_counts.schemas import CountsLine
from services.survey_api.responses import places
from services.survey_api.responses.histogram import change_histogram
from services.survey_api.responses.lines import place_line
from services.survey_api.responses.origins import Hold, Place
from services.survey_api.surveys.cache import SurveyCache

NumberedLine = tuple[int, CountsLine | Problem]

_HELD_IDS = uuid5(NAMESPACE_URL, "katsaus:hourly-counts")


@dataclass(frozen=True, slots=True)
class HeldHour:
    """Counts that wait."""

    line: CountsLine
    hold: Hold

    @property
    def id(self) -> UUID:
        """The same for every count of this hour, as the newest takes the place of the others."""
        return uuid5(_HELD_IDS, f"{self.line.survey}|{self.hold.key}|{self.line.hour.astimezone(UTC).isoformat()}")

    def row(self) -> held_answers.HeldRow:
        """What is kept."""
        line = self.line.model_dump(mode="json", exclude_unset=True)
        return held_answers.HeldRow(
            id=self.id,
            kind=HeldKind.COUNTS,
            reason=self.hold.reason,
            key=self.hold.key,
            given_at=self.line.hour,
            content_hash=hashlib.sha256(orjson.dumps(line, option=orjson.OPT_SORT_KEYS)).hexdigest(),
            line=line,
        )


Outcome = CountedHour | HeldHour | Problem


@dataclass
class _Stored:
    """What became of the hours."""

    statuses: dict[HourKey, str] = field(default_factory=dict)
    pressed: set[HourKey] = field(default_factory=set)


async def take_lines(
    session: AsyncSession, catalogue: Catalogue, surveys: SurveyCache, lines: Sequence[NumberedLine], *, at: datetime
) -> list[LineResult]:
    """Store the counts within the session's transaction; one result a line, in order."""
    judged = await _judge_all(session, catalogue, surveys, lines, at)
    results: dict[int, LineResult] = {}
    waiting = list(judged)
    while waiting:
        # The same hour twice: the later line takes the place of the earlier, so it has to wait for it.
        seen: set[HourKey] = set()
        now_taken: list[tuple[int, Outcome]] = []
        later: list[tuple[int, Outcome]] = []
        for number, outcome in waiting:
            is_repeated = isinstance(outcome, CountedHour) and outcome.key in seen
            (later if is_repeated else now_taken).append((number, outcome))
            if isinstance(outcome, CountedHour):
                seen.add(outcome.key)
        stored = await _store(session, [hour for _, hour in now_taken if isinstance(hour, CountedHour)], at)
        results |= {number: _result(number, outcome, stored) for number, outcome in now_taken}
        waiting = later
    await _hold(session, [outcome for _, outcome in judged if isinstance(outcome, HeldHour)], at)
    return [results[number] for number, _ in lines]


async def _judge_all(
    session: AsyncSession,
    catalogue: Catalogue,
    surveys: SurveyCache,
    lines: Sequence[NumberedLine],
    at: datetime,
) -> list[tuple[int, Outcome]]:
    readable = [line for _, line in lines if isinstance(line, CountsLine)]
    known_places = await places.fetch(session, readable)
    placed = [
        (number, line, line if isinstance(line, Problem) else place_line(line, known_places, at))
        for number, line in lines
    ]
    codes = {place.survey for _, _, place in placed if isinstance(place, Place)}
    codes |= {line.survey for line in readable if line.survey is not None}
    known_surveys = await surveys.find_all(session, codes) if codes else {}
    judged: list[tuple[int, Outcome]] = []
    for number, line, place in placed:
        if isinstance(line, Problem):
            judged.append((number, line))
        elif isinstance(place, Problem):
            judged.append((number, place))
        elif isinstance(place, Hold):
            judged.append((number, HeldHour(line, place)))
        else:
            judged.append((number, judge_counts(line, place, known_surveys, catalogue)))
    return judged


async def _store(session: AsyncSession, hours: Sequence[CountedHour], at: datetime) -> _Stored:
    if not hours:
        return _Stored()
    for survey in sorted({hour.key.survey for hour in hours}):
        await repository.lock_survey(session, survey, is_for_counts=True)
    keys = sorted(hour.key for hour in hours)
    pressed = await repository.fetch_pressed(session, keys)
    current = await repository.fetch_current(session, keys)
    stored = _Stored(pressed=pressed)
    before, after = [], []
    for hour in hours:
        if hour.key in pressed:
            continue
        known = current.get(hour.key)
        if known is None:
            stored.statuses[hour.key] = "created"
            after.append((1, hour))
        elif known.hour == hour:
            stored.statuses[hour.key] = "unchanged"
        else:
            stored.statuses[hour.key] = "updated"
            before.append(known.hour)
            after.append((known.revision + 1, hour))
    if after:
        await repository.add_revisions(session, after, at=at)
        await change_histogram(session, differences_between(before, [hour for _, hour in after]))
        await _note_devices(session, [hour for _, hour in after], {hour.key: hour for hour in before}, at)
    return stored


async def _note_devices(
    session: AsyncSession, hours: Sequence[CountedHour], before: Mapping[HourKey, CountedHour], at: datetime
) -> None:
    sightings = []
    days: Counter[tuple[str, date]] = Counter()
    for hour in hours:
        kind, _, code = hour.key.origin.partition(":")
        if kind != "device" or not hour.presses:
            continue
        sightings.append(Sighting(code, None, hour.key.hour))
        more = hour.presses - (before[hour.key].presses if hour.key in before else 0)
        # Days tell that a device lived; presses counted away again do not tell that it did not.
        days[code, local_day(hour.key.hour)] += max(more, 0)
    if sightings:
        await devices.note_sightings(session, sightings, at=at)
        await devices.add_days(session, days)


async def _hold(session: AsyncSession, hours: Sequence[HeldHour], at: datetime) -> None:
    # The last line of an hour takes the place of those before it, here too.
    rows = {hour.id: hour.row() for hour in hours}
    await held_answers.keep(session, list(rows.values()), at=at)


def _result(number: int, outcome: Outcome, stored: _Stored) -> LineResult:
    if isinstance(outcome, Problem):
        return refused(number, outcome)
    if isinstance(outcome, HeldHour):
        return held(number, outcome.id, outcome.hold.reason, outcome.hold.detail)
    if outcome.key in stored.pressed:
        return refused(
            number,
            HourHasPressesProblem(
                "single presses of this hour came from the same place and are counted; an hour is one or the other"
            ),
        )
    return accepted(number, stored.statuses[outcome.key], None)

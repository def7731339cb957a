"""Those who answer a survey in random ways, and what must be stored and counted of it, told without our own rules."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.contracts.answer_lives import (
    ASKED_AFTER,
    CHOICES,
    FIVE,
    FOUR,
    NOISE,
    TURNS,
    Drawn,
    Judgement,
    Part,
    Press,
    is_asked,
)

HELSINKI = ZoneInfo("Europe/Helsinki")
OWN_UNIT = "oral-health"
TEXTS = {"comment", "what"}
WINDOW, MOST = timedelta(seconds=10), 3
"""The rule on repeated presses, as docs/devices.md tells it."""


@dataclass
class Response:
    """What must be stored of a life."""

    service_point: str
    given_at: datetime
    answers: dict[str, Any]
    is_complete: bool
    is_flagged: bool = False
    is_repeated: bool = False

    def stored(self, own: UUID) -> "Row":
        """Its row, which holds no texts."""
        answers = {code: True if code in TEXTS else answer for code, answer in self.answers.items()}
        return Row(own, self.service_point, self.given_at, answers, self.is_complete, self.is_flagged, self.is_repeated)


async def send(client: httpx.AsyncClient, path: str, lines: list[dict[str, Any]]) -> list[str]:
    """What becomes of each line."""
    if not lines:
        return []  # a body without a line is refused
    answer = await client.post(path, content="\n".join(json.dumps(line) for line in lines))
    return [json.loads(result)["status"] for result in answer.text.splitlines()]


@dataclass
class Residents:
    """Those who answer the survey ``code``, and what must be stored of what they say."""

    surveys: httpx.AsyncClient
    code: str
    expected: dict[UUID, Response] = field(default_factory=dict)

    async def live(self, example: Drawn) -> None:
        """Send all of it; every answer of the service is the one to expect."""
        lives = [(uuid4(), *life) for life in example.lives]
        for turn in range(TURNS):
            due = [(own, at, point, steps[turn]) for own, at, point, steps in lives if turn < len(steps)]
            await self._stream([one for one in due if isinstance(one[3], Part) and one[3].is_streamed])
            for own, at, point, step in due:
                if isinstance(step, Part) and not step.is_streamed:
                    await self._post(own, at, point, step)
            await self._judge([(own, at, point, step) for own, at, point, step in due if isinstance(step, Judgement)])
        await self._press(example.presses, example.pressed_from)
        await self._disturb(example)

    async def _disturb(self, example: Drawn) -> None:
        noise = [NOISE[number] for number in example.noise]
        lines = [self._line(uuid4(), example.pressed_from, None) | more for _, more in noise]
        assert await send(self.surveys, "/v1/responses/import", lines) == [outcome for outcome, _ in noise]

    def _line(self, own: UUID, at: datetime, point: str | None) -> dict[str, Any]:
        place = {"service_point": point} if point else {}
        return {"survey": self.code, "id": str(own), "given_at": at.isoformat()} | place

    async def _stream(self, due: list[tuple[UUID, datetime, str | None, Any]]) -> None:
        lines = []
        outcomes = []
        for own, at, point, part in due:
            lines.append(self._line(own, at, point) | {"answers": part.answers, "complete": part.is_complete})
            before = self.expected.get(own)
            if before is None:
                self.expected[own] = Response(point or OWN_UNIT, at, part.answers, part.is_complete)
                outcomes.append("created")
            else:
                is_same = (before.answers, before.is_complete) == (part.answers, part.is_complete)
                outcomes.append("unchanged" if is_same else "refused")
        assert await send(self.surveys, "/v1/responses/import", lines) == outcomes
        again = ["unchanged" if outcome == "created" else outcome for outcome in outcomes]
        assert await send(self.surveys, "/v1/responses/import", lines) == again

    async def _post(self, own: UUID, at: datetime, point: str | None, part: Part) -> None:
        body = self._line(own, at, point) | {"answers": part.answers, "complete": part.is_complete}
        del body["survey"]
        before = self.expected.get(own)
        status = 201
        if before is None:
            self.expected[own] = Response(point or OWN_UNIT, at, part.answers, part.is_complete)
        elif not before.is_complete:
            before.answers, before.is_complete = part.answers, part.is_complete
        elif part.is_complete and part.answers != before.answers:
            status = 409
        assert (await self.surveys.post(f"/v1/surveys/{self.code}/responses", json=body)).status_code == status

    async def _judge(self, due: list[tuple[UUID, datetime, str | None, Judgement]]) -> None:
        lines = []
        outcomes = []
        for own, at, point, judgement in due:
            response = self.expected.get(own)
            if response is None:
                continue
            said = {"answers": response.answers, "complete": response.is_complete, "misuse": _misuse(judgement)}
            lines.append(self._line(own, at, point) | said)
            outcomes.append("unchanged" if response.is_flagged == judgement.is_misuse else "updated")
            response.is_flagged = judgement.is_misuse
        assert await send(self.surveys, "/v1/responses/import", lines) == outcomes

    async def _press(self, presses: list[Press], since: datetime) -> None:
        if not presses:
            return
        device = f"D-{uuid4().hex[:12]}"
        body = {"code": device, "name": "In the hall", "kind": "terminal", "survey": self.code}
        assert (await self.surveys.post("/v1/devices", json=body)).status_code == 201
        placed = {"service_point": OWN_UNIT, "valid_from": "2016-01-01T00:00:00Z"}
        assert (await self.surveys.post(f"/v1/devices/{device}/assignments", json=placed)).status_code == 201
        lines = []
        pressed: list[tuple[datetime, UUID]] = []
        for press in presses:
            own, at = uuid4(), since + timedelta(seconds=press.second)
            pressed.append((at, own))
            line = {"id": str(own), "given_at": at.isoformat(), "device": device, "button": press.button}
            lines += [line, *(line | {"misuse": _misuse(Judgement(told))} for told in press.judgements)]
            is_flagged = bool(press.judgements and press.judgements[-1])
            self.expected[own] = Response(OWN_UNIT, at, {"scale": press.button * 25}, True, is_flagged)
        half = len(lines) // 2
        # What was pressed first comes last; then all come again, and what was said last of each counts.
        for batch in (lines[half:], lines[:half], lines):
            assert not {"refused", "held"} & set(await send(self.surveys, "/v1/responses/import", batch))
        for at, own in pressed:
            before = [one for one in pressed if at - WINDOW < one[0] and one < (at, own)]
            self.expected[own].is_repeated = len(before) >= MOST


def _misuse(judgement: Judgement) -> dict[str, str] | None:
    return {"reason": "vendor_flag"} if judgement.is_misuse else None


def values_of(answers: dict[str, Any], *, is_complete: bool) -> Iterator[tuple[str, int]]:
    """What answers as they are stored count as, by question."""
    yield "_responses", 1
    if not is_complete:
        yield "_partial", 1
    for code in ASKED_AFTER:
        if is_asked(code, answers):
            yield f"_asked_{code}", 1
    for code, answer in answers.items():
        match code:
            case "smiley_4":
                yield code, FOUR.index(answer)
            case "smiley_5":
                yield code, FIVE.index(answer)
            case "single" | "why":
                yield code, CHOICES.index(answer) + 1
            case "multiple" | "low":
                yield code, 0
                yield from ((code, CHOICES.index(one) + 1) for one in answer)
            case _:
                yield code, int(answer)


class Row(NamedTuple):
    """A response as it is stored."""

    id: UUID
    service_point: str
    given_at: datetime
    answers: dict[str, Any]
    is_complete: bool
    is_flagged: bool
    is_repeated: bool


async def stored_of(session: AsyncSession, code: str) -> list[Row]:
    """The survey's raw rows."""
    rows = await session.execute(
        text(
            "SELECT id, service_point_code, given_at, answers, is_complete, source_misuse_reason IS NOT NULL,"
            " misuse_reason IS NOT NULL FROM survey_response WHERE survey_code = :code"
        ),
        {"code": code},
    )
    return [Row(*row) for row in rows]


def recount(rows: Iterable[Row]) -> Counter[tuple[str, str, int, str, int]]:
    """How many of each (service point, local day, local hour, question, value) the rows hold."""
    counted: Counter[tuple[str, str, int, str, int]] = Counter()
    for row in rows:
        local = row.given_at.astimezone(HELSINKI)
        is_misuse = row.is_flagged or row.is_repeated
        for question, value in [("_misuse", 1)] if is_misuse else values_of(row.answers, is_complete=row.is_complete):
            counted[row.service_point, local.date().isoformat(), local.hour, question, value] += 1
    return counted

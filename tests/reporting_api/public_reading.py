"""What the public API says about opinions, as statements an attacker can use."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import httpx

from services.reporting_api.measures.scales import ALL_FACES
from services.shared.periods import Period, PeriodKind, parse_period
from tests.reporting_api.attack import Area, Attacker, Finding

Json = dict[str, Any]

FACES = tuple(face.code for face in ALL_FACES if face.code != "neutral")
SATISFIED = tuple(face.code for face in ALL_FACES if face.is_satisfied)
FACE_SCORES = dict(zip(FACES, (100.0, 200 / 3, 100 / 3, 0.0), strict=True))
HALF_A_TENTH = 0.05
"""How far a value of one decimal may be from the unrounded one."""


@dataclass(frozen=True)
class Said:
    """A figure of some cells of a question, in some units and a period; all None where it is hidden."""

    question: str
    units: frozenset[str]
    period: Period
    cells: tuple[str, ...]
    value: float | None
    count: int | None
    base: int | None
    is_hidden: bool
    is_index: bool = False
    """Whether the value is the mean of the faces' scores."""


async def listen(client: httpx.AsyncClient, kind: PeriodKind, label: str, **query: str) -> Json:
    """The public report."""
    answer = await client.get(f"/v1/{kind}s/{label}", params=query)
    assert answer.status_code == 200, answer.text
    report: Json = answer.json()
    return report


def said_in(report: Json, units: frozenset[str]) -> Iterator[Said]:
    """Everything a report of the units says about the cells of questions."""
    period = parse_period(PeriodKind(report["period"]["kind"]), report["period"]["label"])
    smileys = report["smileys"]
    yield from _about("smileys", smileys["presses"], FACES, units, period)
    yield from _about("smileys", smileys["satisfied_share"], SATISFIED, units, period)
    yield from _about("smileys", smileys["happy_index"], FACES, units, period, is_index=True)
    for face in smileys["distribution"]:
        yield from _about("smileys", face["share"], (face["code"],), units, period)
    for point in smileys["service_points"]:
        alone = frozenset({point["code"]})
        yield from _about("smileys", point["presses"], FACES, alone, period)
        yield from _about("smileys", point["satisfied_share"], SATISFIED, alone, period)
        yield from _about("smileys", point["happy_index"], FACES, alone, period, is_index=True)
    for survey in [*report["chats"], *report["surveys"]]:
        for question in survey["questions"]:
            for option in question["options"]:
                yield from _about(
                    f"{survey['code']}/{question['code']}", option["share"], (option["code"],), units, period
                )


def _about(
    question: str,
    figure: Json,
    cells: tuple[str, ...],
    units: frozenset[str],
    period: Period,
    *,
    is_index: bool = False,
) -> Iterator[Said]:
    told: dict[Period, Json] = {period: figure}
    told[period.previous()] = figure[f"previous_{period.kind}"]
    told[period.same_last_year()] = figure.get(f"same_{period.kind}_last_year", told[period.previous()])
    for when, one in told.items():
        is_hidden = one.get("status") == "suppressed" or one.get("reason") == "suppressed"
        yield Said(question, units, when, cells, one["value"], one["count"], one["base"], is_hidden, is_index)


@dataclass
class Listener:
    """Gathers what was said and attacks it, question by question. ``truth`` is answers by unit, day and cell."""

    truth: Mapping[str, Mapping[tuple[str, date, str], int]]
    heard: dict[Said, None] = field(default_factory=dict)

    def hear(self, report: Json, units: frozenset[str]) -> None:
        """Remember all of a report."""
        for said in said_in(report, units):
            self.heard[said] = None

    def attack(self) -> list[Finding]:
        """Bounds everything that was hidden."""
        return [finding for question in self.truth for finding in self._attack(question)]

    def _attack(self, question: str) -> Iterator[Finding]:
        answers = self.truth[question]
        heard = [said for said in self.heard if said.question == question]
        blocks = _blocks(sorted({day for _, day, _ in answers}), {said.period for said in heard})
        cells = sorted({cell for said in heard for cell in said.cells})
        units = sorted({unit for unit, _, _ in answers})
        attacker = Attacker(cells, [(unit, block) for unit in units for block in sorted(set(blocks.values()))])
        for said in heard:
            _learn(attacker, said, _area(said, blocks))
        wanted = {
            (_area(said, blocks), said.cells) for said in heard if said.is_hidden and len(said.cells) < len(cells)
        }
        for area, hidden in sorted(wanted, key=repr):
            truth = sum(
                number
                for (unit, day, cell), number in answers.items()
                if unit in area.units and blocks[day] in area.blocks and cell in hidden
            )
            if truth:
                yield Finding(f"{question} {area} {hidden}", truth, *attacker.bounds(area, hidden))


def _blocks(days: Sequence[date], periods: set[Period]) -> dict[date, str]:
    """Days that no period tells apart are one block."""
    edges = sorted({edge for period in periods for edge in (period.starts_on, period.ends_on)})
    return {day: str(sum(edge <= day for edge in edges)) for day in days}


def _area(said: Said, blocks: Mapping[date, str]) -> Area:
    period = said.period
    return Area(
        said.units, frozenset(block for day, block in blocks.items() if period.starts_on <= day < period.ends_on)
    )


def _learn(attacker: Attacker, said: Said, area: Area) -> None:
    everyone = attacker.cells
    if said.is_index:
        if said.value is not None and said.count is not None:
            attacker.learn(area, everyone, said.count)
            slack = HALF_A_TENTH * said.count
            attacker.learn_weighted(area, FACE_SCORES, said.value * said.count - slack, said.value * said.count + slack)
        return
    if said.base is not None:
        attacker.learn(area, everyone, said.base)
    if said.count is not None:
        attacker.learn(area, said.cells, said.count)
    elif said.value is not None and said.base is not None:
        share, slack = said.value * said.base / 100, HALF_A_TENTH * said.base / 100
        attacker.learn(area, said.cells, share - slack, share + slack)


def days_of(period: Period) -> list[date]:
    """Its days."""
    return [period.starts_on + timedelta(days=number) for number in range(period.days)]

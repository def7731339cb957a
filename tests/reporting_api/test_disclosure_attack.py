"""Hidden counts recovered: none. An attacker with an integer program reads all that is public and bounds what is not.

KATSAUS_ATTACK_CITIES=1000 python -m pytest tests/reporting_api/test_disclosure_attack.py -k Random
"""

import os
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import product

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.cli.demo import surveys as demo
from services.reporting_api.disclosure.policy import PUBLIC_3
from services.shared.catalogue import read_catalogue
from services.shared.clock import local_day
from services.shared.periods import PeriodKind
from tests.reporting_api.attack import Finding
from tests.reporting_api.factories import add_answers, add_presses, add_survey
from tests.reporting_api.public_reading import FACES, Listener, listen
from tests.reporting_api.random_cities import (
    City,
    PatternOf,
    attack,
    attack_correction,
    each_distribution_alone,
    invent,
    rules_in_force,
    shown_whole,
    small_cells_only,
)
from tests.reporting_api.test_survey_figures import SMILEYS
from tests.reporting_api.test_units_in_time import unit

CITIES = range(int(os.environ.get("KATSAUS_ATTACK_CITIES", "40")))


def betrayed(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.betrays(PUBLIC_3.minimum_cell)]


class TestRandomCities:
    def test_no_small_count_is_known_or_known_to_be_small(self) -> None:
        findings = [
            (seed, found) for seed in CITIES for found in betrayed(attack(invent(seed), rules_in_force(invent(seed))))
        ]

        assert findings == []

    def test_much_is_shown_nevertheless(self) -> None:
        shown = [shown_whole(city, rules_in_force(city)) for city in map(invent, range(40))]

        assert sum(parts for parts, _ in shown) > 100
        assert sum(months for _, months in shown) > 50

    @pytest.mark.parametrize("weaker", [each_distribution_alone, small_cells_only])
    def test_the_attack_finds_what_weaker_rules_hide(self, weaker: Callable[[City], PatternOf]) -> None:
        findings = [found for city in map(invent, range(5)) for found in attack(city, weaker(city))]

        assert len(betrayed(findings)) > 20


class TestRandomCorrections:
    def test_two_editions_betray_nobody_who_was_late(self) -> None:
        findings = [
            found for seed in CITIES for found in betrayed(attack_correction(invent(seed), seed, is_guarded=True))
        ]

        assert findings == []

    def test_the_attack_finds_what_two_editions_by_themselves_tell(self) -> None:
        findings = [
            found for seed in range(5) for found in betrayed(attack_correction(invent(seed), seed, is_guarded=False))
        ]

        assert len(findings) >= 10


POINTS = {
    "kallio-health-station": ("helsinki", "sote", "sote-health", "health-stations", "kallio-health-station"),
    "malmi-health-station": ("helsinki", "sote", "sote-health", "health-stations", "malmi-health-station"),
    "ruskeasuo-dental-clinic": ("helsinki", "sote", "sote-health", "oral-health", "ruskeasuo-dental-clinic"),
    "kinapori-service-centre": ("helsinki", "sote", "sote-hospital", "service-centres", "kinapori-service-centre"),
    "old-clinic": ("helsinki", "sote", "sote-hospital", "service-centres", "old-clinic"),
}
"""Where answers are given, and the units above. The old clinic's work is carried on in another branch."""

SUCCESSOR = "ruskeasuo-dental-clinic"


@pytest.mark.anyio
class TestPublicApi:
    @pytest.fixture(autouse=True)
    async def surveys(self, session: AsyncSession) -> None:
        await add_survey(session, "terminals", "smiley", SMILEYS)
        session.add(unit("old-clinic", "service-centres", SUCCESSOR, date(2019, 4, 1)))
        await session.flush()

    @pytest.mark.parametrize("seed", range(1 + len(CITIES) // 500))
    async def test_all_reports_together_betray_no_press(
        self, session: AsyncSession, anyone: httpx.AsyncClient, insider: httpx.AsyncClient, seed: int
    ) -> None:
        truth = await press(session, random.Random(seed))
        listener = Listener({"smileys": truth})
        for kind, label in READ:
            listener.hear(await listen(anyone, kind, label), frozenset(POINTS))
            for code, units, branch in branches():
                if kind in (PeriodKind.QUARTER, PeriodKind.YEAR) or code == "sote-health":
                    listener.hear(await listen(anyone, kind, label, unit=code, units=units), branch)

        findings = listener.attack()

        assert any(said.count for said in listener.heard), "nothing is shown"
        assert len(findings) > 50
        assert betrayed(findings) == []
        for month in range(1, 7):
            listener.hear(await listen(insider, PeriodKind.MONTH, f"2019-{month:02}"), frozenset(POINTS))
        assert betrayed(listener.attack()), "with what staff see of months, the attack should find some"

    async def test_nor_do_those_of_the_demonstration(self, session: AsyncSession, anyone: httpx.AsyncClient) -> None:
        truth = await load_demonstration(session)
        listener = Listener(truth)
        points = {point for answers in truth.values() for point, _, _ in answers}
        catalogue = await read_catalogue(session)
        for kind, label in READ_OF_DEMONSTRATION:
            listener.hear(await listen(anyone, kind, label), frozenset(points))
            for code in catalogue.units:
                branch = catalogue.branch(code) & points
                if branch and kind is PeriodKind.QUARTER:
                    listener.hear(await listen(anyone, kind, label, unit=code), branch)

        findings = listener.attack()

        assert sum(said.count is not None for said in listener.heard) > 300
        assert len(findings) > 100
        assert betrayed(findings) == []


READ_OF_DEMONSTRATION = [
    *((PeriodKind.QUARTER, label) for label in ("2020-Q2", "2021-Q1", "2021-Q2")),
    *((PeriodKind.MONTH, f"2021-{number:02}") for number in range(1, 7)),
    *((PeriodKind.WEEK, f"2021-W{number:02}") for number in (13, 20)),
    (PeriodKind.YEAR, "2021"),
]


async def load_demonstration(session: AsyncSession) -> dict[str, Counter[tuple[str, date, str]]]:
    """The demonstration's answers to smileys and questions of one choice, as what was said names their cells."""
    truth: dict[str, Counter[tuple[str, date, str]]] = defaultdict(Counter)
    units = {definition["code"]: definition["unit"] for definition in demo.DEFINITIONS}
    for line in demo.response_lines():
        survey = line["survey"]
        day = local_day(datetime.fromisoformat(line["given_at"]))
        for question in ("satisfaction", "contact_topic"):
            cell = line["answers"].get(question)
            if isinstance(cell, str):
                name = "smileys" if survey == demo.SMILEY_SURVEY else f"{survey}/{question}"
                truth[name][line.get("service_point", units[survey]), day, cell] += 1
    for name, answers in truth.items():
        await _add_truth(session, name, answers)
    return dict(truth)


async def _add_truth(session: AsyncSession, name: str, answers: Counter[tuple[str, date, str]]) -> None:
    survey, _, question = name.partition("/")
    cells = sorted({cell for _, _, cell in answers})
    numbers = {cell: number for number, cell in enumerate(cells, 1)}
    if name == "smileys":
        question, numbers = "mood", {face: 3 - FACES.index(face) for face in FACES}
    else:
        options = {number: cell for cell, number in numbers.items()}
        definition = {question: {"kind": "single_choice", "purpose": "contact_topic", "options": options}}
        await add_survey(session, survey, "chat", definition)
    for (point, day, cell), number in answers.items():
        await add_answers(
            session,
            "terminals" if name == "smileys" else survey,
            question,
            {numbers[cell]: number},
            on=day,
            point=point,
        )


READ = [
    *((PeriodKind.QUARTER, f"2019-Q{number}") for number in (1, 2)),
    (PeriodKind.QUARTER, "2020-Q2"),
    (PeriodKind.YEAR, "2019"),
    *((PeriodKind.MONTH, f"2019-{number:02}") for number in range(1, 7)),
    (PeriodKind.WEEK, "2019-W13"),
]


def branches() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Every unit above the points, by both organisations."""
    codes = sorted({code for above in POINTS.values() for code in above})
    today = {**POINTS, "old-clinic": POINTS[SUCCESSOR]}
    for code in codes:
        for units, above in (("as_then", POINTS), ("as_today", today)):
            if (code, units) != ("old-clinic", "as_today"):
                yield code, units, frozenset(point for point in POINTS if code in above[point])


async def press(session: AsyncSession, dice: random.Random) -> dict[tuple[str, date, str], int]:
    """Presses of two quarters: some points have many, some few, some hardly any of one face."""
    truth: dict[tuple[str, date, str], int] = {}
    for month, point in product(range(1, 7), POINTS):
        day = date(2019, month, dice.randint(1, 28))
        rich = point not in ("malmi-health-station", "old-clinic") or dice.random() < 0.3
        presses = {face: dice.randint(5, 60) if rich else dice.choice([0, 0, 1, 2, 7]) for face in FACES}
        await add_presses(
            session, "terminals", point, {3 - FACES.index(face): n for face, n in presses.items()}, on=day
        )
        truth |= {(point, day, face): number for face, number in presses.items()}
    return truth

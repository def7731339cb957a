"""Our rule on repeated presses: kept, flagged, left out, the same whatever the order presses come in."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.settings import get_settings
from services.survey_api.responses.misuse_rule import MisuseRule, Press
from services.survey_api.responses.submission import ResponseKey
from tests.survey_api.factories import add_device, add_survey, assign, histogram, line, map_point, send_lines

pytestmark = pytest.mark.anyio

START = datetime(2021, 5, 4, 9, 0, tzinfo=UTC)
RULE = MisuseRule(timedelta(seconds=10), 3)


def presses_at(*seconds: float) -> list[Press]:
    return [(START + timedelta(seconds=second), ResponseKey("x", UUID(int=n))) for n, second in enumerate(seconds)]


def misused(*seconds: float) -> list[int]:
    return sorted(key.id.int for key in RULE.misused(presses_at(*seconds)))


class TestRule:
    @pytest.mark.parametrize(
        ("seconds", "expected"),
        [
            ((0, 1, 2), []),
            ((0, 1, 2, 3), [3]),
            ((0, 1, 2, 9.999), [3]),
            ((0, 1, 2, 10), []),
            ((0, 0, 0, 0), [3]),
            ((0, 1, 2, 3, 4, 13), [3, 4]),
            ((0, 1, 2, 3, 4, 10, 14), [3, 4, 5]),
        ],
    )
    def test_a_press_with_three_before_it_in_the_window_is_misuse(
        self, seconds: tuple[float, ...], expected: list[int]
    ) -> None:
        assert misused(*seconds) == expected

    @given(st.lists(st.integers(0, 60), max_size=30), st.randoms())
    def test_it_is_what_the_definition_says_in_any_order(self, seconds: list[int], chance: random.Random) -> None:
        presses = presses_at(*seconds)
        expected = {
            key
            for instant, key in presses
            if sum(1 for other in presses if instant - RULE.window < other[0] and other < (instant, key)) >= RULE.most
        }
        chance.shuffle(presses)
        assert RULE.misused(presses) == expected

    def test_its_version_names_its_numbers(self) -> None:
        assert RULE.name == "repeated_press/1 window=10s most=3"


@pytest.fixture
async def device(staff: httpx.AsyncClient) -> dict[str, Any]:
    await add_survey(staff)
    await add_device(staff)
    return await assign(staff, valid_from="2021-01-01T00:00:00Z")


@pytest.fixture
def wider_rule(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes the rule another: two presses in a minute count."""

    def change() -> None:
        changed = get_settings().model_copy(update={"misuse_window_seconds": 60.0, "misuse_presses_max": 2})
        for module in ("services.survey_api.misuse.service", "services.survey_api.responses.misuse"):
            monkeypatch.setattr(f"{module}.get_settings", lambda: changed)

    return change


def press(second: float, **more: Any) -> dict[str, Any]:
    given_at = (START + timedelta(seconds=second)).isoformat()
    sent = line(device="T-1", button=3, given_at=given_at, **more)
    del sent["survey"], sent["answers"]
    return sent


async def flagged(session: AsyncSession) -> set[str]:
    rows = await session.execute(text("SELECT id::text FROM survey_response WHERE misuse_reason = 'repeated_press'"))
    return set(rows.scalars())


@pytest.mark.usefixtures("device")
class TestImport:
    async def test_repeated_presses_are_kept_and_not_counted(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        sent = [press(second) for second in (0, 1, 2, 3, 4)]
        assert {result["status"] for result in await send_lines(staff, sent)} == {"created"}
        assert await flagged(session) == {sent[3]["id"], sent[4]["id"]}
        assert await histogram(session) == {("_responses", 1): 3, ("scale", 75): 3, ("_misuse", 1): 2}
        [*_, last] = (await staff.get("/v1/responses")).json()["items"]
        assert {last["misuse"], last["source_misuse"]} <= {None, "repeated_press"}
        rules = await session.execute(text("SELECT DISTINCT misuse_rule FROM survey_response WHERE misuse_rule <> ''"))
        assert list(rules.scalars()) == ["repeated_press/1 window=10s most=3"]

    async def test_a_late_press_before_others_flags_what_it_makes_misuse(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        sent = [press(second) for second in (0, 2, 9, 11)]
        await send_lines(staff, sent)
        assert await flagged(session) == set()
        await send_lines(staff, [press(3)])
        # In order 0 2 3 9 11: the press at 9 has three before it, that at 11 has two and that at 9.
        assert await flagged(session) == {sent[2]["id"], sent[3]["id"]}
        assert await histogram(session) == {("_responses", 1): 3, ("scale", 75): 3, ("_misuse", 1): 2}

    @pytest.mark.parametrize("seed", range(4))
    async def test_any_order_and_any_batches_give_the_same_flags(
        self, staff: httpx.AsyncClient, session: AsyncSession, seed: int
    ) -> None:
        chance = random.Random(seed)
        sent = [press(chance.randrange(0, 240)) for _ in range(60)]
        keys = {one["id"]: ResponseKey("oral-health", UUID(one["id"])) for one in sent}
        expected = RULE.misused((datetime.fromisoformat(one["given_at"]), keys[one["id"]]) for one in sent)
        chance.shuffle(sent)
        while sent:
            size = chance.randint(1, 15)
            await send_lines(staff, sent[:size] + chance.sample(sent[:size], 1))
            sent = sent[size:]
        assert await flagged(session) == {str(key.id) for key in expected}
        counted = await histogram(session)
        assert counted["_responses", 1] == 60 - len(expected)
        assert counted["scale", 75] == 60 - len(expected)
        assert counted["_misuse", 1] == len(expected)
        numbers = (await staff.get("/v1/quarters/2021-Q2/statement")).json()["numbers"]
        assert numbers["surveys.chat.misuse"] == len(expected)
        assert numbers["surveys.chat.responses"] == 60 - len(expected)

    async def test_presses_of_an_hour_are_not_judged(self, staff: httpx.AsyncClient, session: AsyncSession) -> None:
        await send_lines(staff, [press(0, precision="hour") for _ in range(9)])
        assert await flagged(session) == set()

    async def test_other_devices_and_points_are_apart(self, staff: httpx.AsyncClient, session: AsyncSession) -> None:
        await add_device(staff, "T-2")
        await assign(staff, device="T-2", valid_from="2021-01-01T00:00:00Z")
        await map_point(staff)
        both = [press(second) | {"device": code} for second in (0, 1, 2) for code in ("T-1", "T-2")]
        vendor = [
            {key: value for key, value in press(second).items() if key != "device"}
            | {"source": "happy_or_not", "source_point": "11:42"}
            for second in range(6)
        ]
        await send_lines(staff, [*both, *vendor])
        assert await flagged(session) == set()

    async def test_both_judgements_are_kept_apart(self, staff: httpx.AsyncClient, session: AsyncSession) -> None:
        sent = [press(second, misuse=None) for second in (0, 1, 2, 3)]
        await send_lines(staff, sent)
        [told] = await send_lines(staff, [sent[3] | {"misuse": {"reason": "vendor_flag"}}])
        assert told["status"] == "updated"
        assert await histogram(session) == {("_responses", 1): 3, ("scale", 75): 3, ("_misuse", 1): 1}
        await send_lines(staff, [sent[3]])
        assert await histogram(session) == {("_responses", 1): 3, ("scale", 75): 3, ("_misuse", 1): 1}


DAYS = {"from": "2021-05-04", "to": "2021-05-04"}


@pytest.mark.usefixtures("device")
class TestRecomputation:
    async def test_another_rule_changes_flags_and_figures_together(
        self, staff: httpx.AsyncClient, session: AsyncSession, wider_rule: Callable[[], None]
    ) -> None:
        await send_lines(staff, [press(second) for second in (0, 1, 2, 3, 30, 100)])
        assert await histogram(session) == {("_responses", 1): 5, ("scale", 75): 5, ("_misuse", 1): 1}
        wider_rule()
        answer = (await staff.post("/v1/misuse/recomputations", json=DAYS)).json()
        rule = "repeated_press/1 window=60s most=2"
        assert answer == DAYS | {"rule": rule, "presses": 6, "flagged": 2, "cleared": 0}
        assert await histogram(session) == {("_responses", 1): 3, ("scale", 75): 3, ("_misuse", 1): 3}
        again = (await staff.post("/v1/misuse/recomputations", json=DAYS)).json()
        assert (again["flagged"], again["cleared"]) == (0, 0)

    async def test_a_milder_rule_clears(
        self,
        staff: httpx.AsyncClient,
        session: AsyncSession,
        wider_rule: Callable[[], None],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        wider_rule()
        await send_lines(staff, [press(second) for second in (0, 1, 2, 30, 100)])
        assert await histogram(session) == {("_responses", 1): 3, ("scale", 75): 3, ("_misuse", 1): 2}
        monkeypatch.undo()
        answer = (await staff.post("/v1/misuse/recomputations", json=DAYS)).json()
        assert (answer["flagged"], answer["cleared"]) == (0, 2)
        assert await histogram(session) == {("_responses", 1): 5, ("scale", 75): 5, ("_misuse", 1): 0}

    @pytest.mark.parametrize(
        "days", [{"from": "2021-05-05", "to": "2021-05-04"}, {"from": "2021-01-01", "to": "2021-05-04"}]
    )
    async def test_wrong_days_are_refused(self, staff: httpx.AsyncClient, days: dict[str, str]) -> None:
        answer = await staff.post("/v1/misuse/recomputations", json=days)
        assert (answer.status_code, answer.json()["invalid_params"][0]["name"]) == (422, "to")

"""What stands in the way of publishing a quarter: each check fails by its own cause, and by no other."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.measures.registry import MEASURES
from services.reporting_api.readiness.checks import changed_measures
from services.reporting_api.readiness.coverage import CoverageRule, Span
from services.shared.identifiers import new_uuid
from services.shared.scopes import Scope
from services.shared.tables import Device, DeviceDay, HeldAnswer
from tests.conftest import add_key, client_of
from tests.contracts.conftest import City, city
from tests.reporting_api.conftest import Read
from tests.reporting_api.factories import IN_PREVIOUS, IN_QUARTER, add_answers, add_feedback, add_survey

pytestmark = pytest.mark.anyio

__all__ = ["city"]
"""The other two services, on the test's database."""

BEFORE, PERIOD = Span(date(2019, 1, 1), date(2019, 4, 1)), Span(date(2019, 4, 1), date(2019, 7, 1))
Check = Callable[[], Awaitable[dict[str, Any]]]

CIRCUMSTANCES = (
    "days_covered",
    "no_held_answers",
    "no_silent_devices",
    "survey_versions_unchanged",
    "collection_modes_unchanged",
    "units_unchanged",
    "measures_unchanged",
)


class TestCoverage:
    def uncovered(self, with_data: set[date], *closed: date) -> list[date]:
        return CoverageRule(0.8, closed).uncovered(with_data, BEFORE, PERIOD)

    def test_a_usual_weekday_without_data_is_uncovered(self) -> None:
        mondays = {day for span in (BEFORE, PERIOD) for day in span.days() if day.isoweekday() == 1}
        assert self.uncovered(mondays) == []
        assert self.uncovered(mondays - {date(2019, 5, 13)}) == [date(2019, 5, 13)]

    def test_public_holidays_are_not(self) -> None:
        mondays = {day for span in (BEFORE, PERIOD) for day in span.days() if day.isoweekday() == 1}
        assert self.uncovered(mondays - {date(2019, 4, 22)}, date(2019, 4, 22)) == []

    def test_a_source_that_comes_now_and_then_misses_nothing(self) -> None:
        every_other = {day for day in BEFORE.days() if day.isoweekday() == 1 and day.isocalendar().week % 2}
        assert self.uncovered(every_other) == []

    def test_four_of_five_is_usual(self) -> None:
        mondays = sorted(day for day in BEFORE.days() if day.isoweekday() == 1)
        assert len(mondays) == 12
        assert len(self.uncovered(set(mondays[:10]))) == 13
        assert self.uncovered(set(mondays[:9])) == []


@pytest.fixture
async def check(city: City, app: FastAPI, session: AsyncSession) -> AsyncIterator[Check]:
    app.state.statement_clients = city.clients
    async with client_of(app, key=await add_key(session, Scope.REPORT_PUBLISH)) as client:

        async def read() -> dict[str, Any]:
            answer = await client.get("/v1/quarters/2019-Q2/readiness")
            assert answer.status_code == 200, answer.text
            return {it["code"]: it for it in answer.json()["checks"]}

        yield read


async def test_a_quarter_with_nothing_around_it_fails_no_circumstance(session: AsyncSession, check: Check) -> None:
    await add_feedback(session, handled_days=1, topic_code=None)
    checks = await check()
    assert [checks[code]["passed"] for code in CIRCUMSTANCES] == [True] * len(CIRCUMSTANCES)
    unclassified = checks["few_unclassified"]
    assert (unclassified["passed"], unclassified["severity"]) == (False, "warning")
    assert unclassified["numbers"] == {"unclassified": 1, "counted": 1, "limit_percent": 5.0}
    assert checks["survey_statement_agrees"]["passed"]
    assert (checks["period_is_over"]["passed"], checks["period_is_over"]["severity"]) == (True, "blocking")


async def test_days_without_the_usual_feedback_are_told_to_all(
    session: AsyncSession, check: Check, read_publicly: Read
) -> None:
    days = [day for span in (BEFORE, PERIOD) for day in span.days() if day.isoweekday() == 3]
    for day in days:
        if day not in (IN_QUARTER, date(2019, 6, 19)):
            await add_feedback(session, received_at=datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
    checks = await check()
    assert not checks["days_covered"]["passed"]
    assert checks["days_covered"]["numbers"]["days"] == 2
    assert checks["days_covered"]["numbers"]["channels"] == 1
    ripening = (await read_publicly())["ripening"]
    assert ripening["share_open"] == 100.0
    assert ripening["uncovered"] == [{"kind": "channel", "code": "web_form", "days": ["2019-05-15", "2019-06-19"]}]
    assert (await read_publicly("/v1/months/2019-06"))["ripening"]["days_uncovered"] == 1
    assert (await read_publicly(unit="health-stations"))["ripening"]["days_uncovered"] == 0


async def test_changed_versions_and_modes_are_named(session: AsyncSession, check: Check) -> None:
    await add_survey(session, "grades", "questionnaire", {"grade": {"kind": "grade"}}, versions=2)
    await add_survey(session, "same", "questionnaire", {"grade": {"kind": "grade"}})
    for survey, version, mode in (("grades", 2, "paper"), ("same", 1, "web")):
        await add_answers(session, survey, "grade", {9: 10}, on=IN_PREVIOUS)
        await add_answers(session, survey, "grade", {9: 10}, version=version, mode=mode)
    checks = await check()
    assert checks["survey_versions_unchanged"]["detail"] == "answered in other versions than before: grades"
    assert not checks["collection_modes_unchanged"]["passed"]
    assert "grades/grade (100.0 %)" in checks["collection_modes_unchanged"]["detail"]


async def test_ways_of_collection_warn_where_figures_are_not_compared(
    session: AsyncSession, check: Check, read_publicly: Read
) -> None:
    # On paper, of 50 answers before all on the web: five is a tenth, six is more; thirty is most of them.
    on_paper = {"tenth": 5, "more": 6, "unlike": 30}
    await add_survey(session, "asked", "questionnaire", {code: {"kind": "grade"} for code in on_paper})
    for code, number in on_paper.items():
        await add_answers(session, "asked", code, {8: 25, 9: 25}, on=IN_PREVIOUS)
        await add_answers(session, "asked", code, {9: 50 - number})
        await add_answers(session, "asked", code, {8: number}, mode="paper")
    # Presses are never compared, whatever they are pressed on.
    await add_survey(session, "mood", "smiley", {"mood": {"kind": "smiley_4"}})
    await add_answers(session, "mood", "mood", {3: 9}, on=IN_PREVIOUS, mode="physical")
    await add_answers(session, "mood", "mood", {3: 9}, mode="device")

    warned = (await check())["collection_modes_unchanged"]

    asked = next(survey for survey in (await read_publicly())["surveys"] if survey["code"] == "asked")
    not_compared = {
        question["code"]
        for question in asked["questions"]
        if question["figure"]["previous_quarter"]["reason"] == "collection_mode_changed"
    }
    assert not_compared == {"more", "unlike"}
    assert warned["detail"].endswith(": asked/unlike (60.0 %), asked/more (12.0 %)")
    assert warned["numbers"] == {"number": 2, "largest_percent": 60.0, "limit_percent": 10.0}


async def test_held_answers_are_counted_by_reason(session: AsyncSession, check: Check) -> None:
    given_at = datetime(2019, 6, 30, 21, 30, tzinfo=UTC)
    for moment in (given_at, given_at - timedelta(hours=1)):
        session.add(
            HeldAnswer(
                id=new_uuid(),
                kind="response",
                reason="unregistered_device",
                key="d1",
                given_at=moment,
                received_at=moment,
                content_hash="0",
                line={},
            )
        )
    await session.flush()
    held = (await check())["no_held_answers"]
    # Half past nine in the evening in UTC is already July in Helsinki.
    assert (held["passed"], held["numbers"]) == (False, {"held": 1, "unregistered_device": 1})


async def test_a_device_that_fell_silent_is_named_unless_it_was_taken_away(session: AsyncSession, check: Check) -> None:
    await add_survey(session, "smileys", "smiley", {"mood": {"kind": "smiley_4"}})
    for code, retired_at in (("hall", None), ("gone", datetime(2019, 4, 2, tzinfo=UTC))):
        session.add(
            Device(
                code=code,
                name=code,
                kind="terminal",
                survey_code="smileys",
                created_at=datetime(2018, 1, 1, tzinfo=UTC),
                retired_at=retired_at,
            )
        )
        await session.flush()
        session.add(DeviceDay(device_code=code, given_on=IN_PREVIOUS, presses=3))
    await session.flush()
    silent = (await check())["no_silent_devices"]
    assert silent["detail"] == "pressed in the quarter before and never in this one: hall"


def test_a_measure_defined_anew_is_named() -> None:
    now = {slug: measure.version for slug, measure in MEASURES.items()}
    assert changed_measures(now) == ()
    assert changed_measures(now | {"nps": 0, "no_longer": 1}) == ("nps", "no_longer")


async def test_it_is_for_officers(anyone: httpx.AsyncClient, app: FastAPI, session: AsyncSession) -> None:
    assert (await anyone.get("/v1/quarters/2019-Q2/readiness")).status_code == 401
    async with client_of(app, key=await add_key(session, Scope.SURVEY_READ)) as client:
        assert (await client.get("/v1/quarters/2019-Q2/readiness")).status_code == 403

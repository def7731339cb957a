"""Deadlines: the counting by hand-made calendars, which policy applies, and what lists and receipts show of it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.cli.catalogue.public_holidays import public_holiday_rows
from services.feedback_api.deadlines.due_lists import Due, window_of
from services.feedback_api.deadlines.policies import policy_for
from services.feedback_api.deadlines.rules import (
    WEEKEND_NAMES,
    Deadline,
    ReasonCode,
    Rule,
    closure_of,
    deadline_of,
    due_at_of,
)
from services.feedback_api.deadlines.wording import words_of
from services.shared.clock import local_day
from services.shared.tables import DeadlinePolicy, PublicHoliday
from services.shared.tables.catalogue import DeadlineUnit

pytestmark = pytest.mark.anyio

HELSINKI = ZoneInfo("Europe/Helsinki")

CLOSED: Mapping[date, PublicHoliday] = {row["day"]: PublicHoliday(**row) for row in public_holiday_rows()}


def policy(amount: int, unit: str, **fields: Any) -> DeadlinePolicy:
    row: dict[str, Any] = {
        "kind": "feedback",
        "valid_from": date(2000, 1, 1),
        "basis": "city_promise",
        "is_general": True,
        "type_codes": [],
        "only_reply_wanted": False,
        "names": {"fi": "x"},
        "source": "x",
    } | fields
    return DeadlinePolicy(amount=amount, unit=unit, **row)


WEEK = policy(5, "working_days")
FORTNIGHT = policy(14, "calendar_days", basis="statute")
MONTH = policy(1, "months", basis="guideline")


def at_noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=HELSINKI)


def days_passed(deadline: Deadline) -> list[tuple[str, str]]:
    """Every reason but the first, as its day and code."""
    return [(reason.on.isoformat(), reason.code.value) for reason in deadline.reasons[1:]]


class TestWorkingDays:
    @pytest.mark.parametrize(
        ("received", "due", "passed"),
        [
            pytest.param(
                "2021-03-08", "2021-03-15", ["13 weekend", "14 weekend"], id="an ordinary week, Monday to Monday"
            ),
            pytest.param(
                "2021-03-31",
                "2021-04-09",
                ["2 public_holiday", "3 weekend", "4 public_holiday", "5 public_holiday"],
                id="Easter 2021",
            ),
            pytest.param(
                "2021-06-22",
                "2021-06-30",
                ["25 eve", "26 public_holiday", "27 weekend"],
                id="Midsummer 2021",
            ),
            pytest.param(
                "2021-12-22",
                "2021-12-30",
                ["24 eve", "25 public_holiday", "26 public_holiday"],
                id="Christmas 2021, all of it at a weekend but the eve",
            ),
            pytest.param(
                "2022-12-22",
                "2022-12-30",
                ["24 eve", "25 public_holiday", "26 public_holiday"],
                id="Christmas 2022, Monday closed as well",
            ),
            pytest.param(
                "2021-12-03",
                "2021-12-13",
                ["4 weekend", "5 weekend", "6 public_holiday", "11 weekend", "12 weekend"],
                id="Independence Day 2021 on a Monday",
            ),
            pytest.param(
                "2020-12-04",
                "2020-12-11",
                ["5 weekend", "6 public_holiday"],
                id="Independence Day 2020 on a Sunday",
            ),
            pytest.param(
                "2023-04-27",
                "2023-05-05",
                ["29 weekend", "30 weekend", "1 public_holiday"],
                id="May Day 2023 on a Monday",
            ),
            pytest.param(
                "2021-04-28", "2021-05-05", ["1 public_holiday", "2 weekend"], id="May Day 2021 on a Saturday"
            ),
            pytest.param("2021-03-13", "2021-03-19", ["14 weekend"], id="received on a Saturday"),
        ],
    )
    def test_a_real_calendar(self, received: str, due: str, passed: list[str]) -> None:
        deadline = deadline_of(at_noon(received), WEEK, CLOSED)
        assert deadline.due_on.isoformat() == due
        assert [f"{reason.on.day} {reason.code}" for reason in deadline.reasons[1:]] == passed

    def test_the_day_of_receipt_comes_first_and_nothing_is_called_law(self) -> None:
        reasons = deadline_of(at_noon("2021-03-31"), WEEK, CLOSED).reasons
        assert (reasons[0].code, reasons[0].on) == (ReasonCode.EVENT_DAY_NOT_COUNTED, date(2021, 3, 31))
        assert {reason.rule for reason in reasons} == {Rule.POLICY}

    def test_a_holiday_bears_its_name(self) -> None:
        reason = deadline_of(at_noon("2021-03-31"), WEEK, CLOSED).reasons[1]
        assert reason.names == {"fi": "Pitkäperjantai", "sv": "Långfredagen", "en": "Good Friday"}


class TestCalendarDays:
    @pytest.mark.parametrize(
        ("received", "due", "passed"),
        [
            pytest.param("2021-03-09", "2021-03-23", [], id="an open last day stays, closed days between do not count"),
            pytest.param(
                "2021-03-19",
                "2021-04-06",
                [
                    ("2021-04-02", "public_holiday"),
                    ("2021-04-03", "weekend"),
                    ("2021-04-04", "public_holiday"),
                    ("2021-04-05", "public_holiday"),
                ],
                id="Good Friday 2021",
            ),
            pytest.param(
                "2021-06-11",
                "2021-06-28",
                [("2021-06-25", "eve"), ("2021-06-26", "public_holiday"), ("2021-06-27", "weekend")],
                id="Midsummer Eve 2021",
            ),
            pytest.param(
                "2021-12-10",
                "2021-12-27",
                [("2021-12-24", "eve"), ("2021-12-25", "public_holiday"), ("2021-12-26", "public_holiday")],
                id="Christmas Eve 2021",
            ),
            pytest.param("2022-11-22", "2022-12-07", [("2022-12-06", "public_holiday")], id="Independence Day 2022"),
            pytest.param(
                "2021-04-17",
                "2021-05-03",
                [("2021-05-01", "public_holiday"), ("2021-05-02", "weekend")],
                id="May Day 2021",
            ),
            pytest.param(
                "2021-03-06", "2021-03-22", [("2021-03-20", "weekend"), ("2021-03-21", "weekend")], id="a plain weekend"
            ),
        ],
    )
    def test_only_a_closed_last_day_moves(self, received: str, due: str, passed: list[tuple[str, str]]) -> None:
        deadline = deadline_of(at_noon(received), FORTNIGHT, CLOSED)
        assert (deadline.due_on.isoformat(), days_passed(deadline)) == (due, passed)

    def test_a_statutory_time_names_the_sections(self) -> None:
        reasons = deadline_of(at_noon("2022-11-22"), FORTNIGHT, CLOSED).reasons
        assert [reason.rule for reason in reasons] == [Rule.ACT_150_1930_S2, Rule.ACT_150_1930_S5]


class TestMonths:
    @pytest.mark.parametrize(
        ("received", "due", "passed"),
        [
            ("2021-02-10", "2021-03-10", []),
            ("2021-12-15", "2022-01-17", [("2022-01-15", "weekend"), ("2022-01-16", "weekend")]),
            ("2022-01-31", "2022-02-28", [("2022-02-28", "shorter_month")]),
            ("2024-01-31", "2024-02-29", [("2024-02-29", "shorter_month")]),
            ("2021-11-24", "2021-12-27", [(f"2021-12-{day}", code) for day, code in
                                          ((24, "eve"), (25, "public_holiday"), (26, "public_holiday"))]),
        ],
    )  # fmt: skip
    def test_the_day_of_the_same_number(self, received: str, due: str, passed: list[tuple[str, str]]) -> None:
        deadline = deadline_of(at_noon(received), MONTH, CLOSED)
        assert (deadline.due_on.isoformat(), days_passed(deadline)) == (due, passed)


class TestClock:
    def test_the_local_day_of_receipt_decides(self) -> None:
        late = datetime(2021, 3, 8, 21, 59, tzinfo=UTC)
        assert deadline_of(late, WEEK, CLOSED).due_on == date(2021, 3, 15)
        assert deadline_of(late + timedelta(minutes=1), WEEK, CLOSED).due_on == date(2021, 3, 16)

    @pytest.mark.parametrize(
        ("received", "due_at"),
        [
            ("2021-03-19", "2021-03-26T22:00:00Z"),
            ("2021-03-22", "2021-03-29T21:00:00Z"),
            ("2021-10-22", "2021-10-29T21:00:00Z"),
            ("2021-10-25", "2021-11-01T22:00:00Z"),
        ],
        ids=["winter time", "summer time begins within", "summer time", "winter time begins before"],
    )
    def test_it_ends_at_local_midnight_whatever_the_clocks_do(self, received: str, due_at: str) -> None:
        assert due_at_of(deadline_of(at_noon(received), WEEK, CLOSED).due_on) == datetime.fromisoformat(due_at)


POLICIES = st.builds(
    policy,
    st.integers(min_value=1, max_value=60),
    st.sampled_from([unit.value for unit in DeadlineUnit]),
    basis=st.sampled_from(["statute", "city_promise", "guideline"]),
)
INSTANTS = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 (Hypothesis adds the zone)
    max_value=datetime(2044, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)


class TestProperties:
    @given(INSTANTS, POLICIES)
    def test_it_falls_on_a_working_day_after_the_receipt(self, received_at: datetime, policy: DeadlinePolicy) -> None:
        deadline = deadline_of(received_at, policy, CLOSED)
        assert closure_of(deadline.due_on, CLOSED) is None
        assert deadline.due_on > local_day(received_at)
        assert due_at_of(deadline.due_on) > received_at

    @given(INSTANTS, POLICIES)
    def test_each_closed_day_passed_over_has_one_reason(self, received_at: datetime, policy: DeadlinePolicy) -> None:
        deadline = deadline_of(received_at, policy, CLOSED)
        first, *rest = deadline.reasons
        assert (first.code, first.on) == (ReasonCode.EVENT_DAY_NOT_COUNTED, local_day(received_at))
        passed = [reason for reason in rest if reason.code is not ReasonCode.SHORTER_MONTH]
        assert all(closure_of(reason.on, CLOSED) == (reason.code, reason.names) for reason in passed)
        days = [reason.on for reason in passed]
        assert days == sorted(set(days))

    @given(INSTANTS, st.integers(min_value=1, max_value=60))
    def test_working_days_add_up(self, received_at: datetime, amount: int) -> None:
        deadline = deadline_of(received_at, policy(amount, "working_days"), CLOSED)
        span = (deadline.due_on - local_day(received_at)).days
        assert span == amount + len(deadline.reasons) - 1

    @given(INSTANTS, st.integers(min_value=1, max_value=60))
    def test_a_last_day_moves_by_as_many_days_as_have_a_reason(self, received_at: datetime, amount: int) -> None:
        deadline = deadline_of(received_at, policy(amount, "calendar_days"), CLOSED)
        span = (deadline.due_on - local_day(received_at)).days
        assert span == amount + len(deadline.reasons) - 1

    @given(INSTANTS, st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=40)), POLICIES)
    def test_what_comes_later_is_not_due_earlier(
        self, received_at: datetime, later: timedelta, policy: DeadlinePolicy
    ) -> None:
        earlier = deadline_of(received_at, policy, CLOSED).due_on
        assert earlier <= deadline_of(received_at + later, policy, CLOSED).due_on


class TestPolicies:
    old = policy(10, "working_days", valid_from=date(2015, 1, 1))
    new = policy(5, "working_days", valid_from=date(2023, 4, 1), only_reply_wanted=True)
    digital = policy(
        14, "calendar_days", kind="accessibility", is_general=False, type_codes=["accessibility"],
        valid_from=date(2019, 9, 23),
    )  # fmt: skip
    matter = policy(1, "months", kind="objection", is_general=False)
    every = (new, matter, digital, old)

    def found(self, type_code: str, on: date, *, reply_wanted: bool = True) -> DeadlinePolicy | None:
        return policy_for(self.every, type_code=type_code, reply_wanted=reply_wanted, on=on)

    def test_the_one_in_force_on_the_day(self) -> None:
        assert self.found("complaint", date(2014, 12, 31)) is None
        assert self.found("complaint", date(2023, 3, 31)) is self.old
        assert self.found("complaint", date(2023, 4, 1)) is self.new

    def test_a_promise_only_where_a_reply_is_wanted(self) -> None:
        assert self.found("complaint", date(2023, 4, 1), reply_wanted=False) is None

    def test_the_type_named_before_the_general_one(self) -> None:
        assert self.found("accessibility", date(2023, 4, 1), reply_wanted=False) is self.digital
        assert self.found("accessibility", date(2019, 9, 22)) is self.old

    def test_a_matter_apart_never_applies_to_feedback(self) -> None:
        assert policy_for([self.matter], type_code="complaint", reply_wanted=True, on=date(2023, 4, 1)) is None


class TestWords:
    @pytest.mark.parametrize("code", ReasonCode)
    def test_every_reason_has_a_sentence_in_three_languages(self, code: ReasonCode) -> None:
        words = words_of(code, WEEKEND_NAMES[5])
        assert set(words) == {"fi", "sv", "en"}
        assert all(sentence.endswith(".") and "{" not in sentence for sentence in words.values())

    def test_a_name_lacking_in_a_language_is_told_in_finnish(self) -> None:
        assert words_of(ReasonCode.RECLASSIFIED, {"fi": "Moite"})["en"].startswith("The feedback type changed: Moite.")


class TestDueLists:
    def test_windows_do_not_overlap(self) -> None:
        today = date(2023, 5, 5)
        overdue, soon = (window_of(due, today=today, soon_days=3) for due in (Due.OVERDUE, Due.SOON))
        assert (overdue.first, overdue.last) == (None, date(2023, 5, 4))
        assert (soon.first, soon.last) == (today, date(2023, 5, 8))


async def send(client: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    sent = {"text": "Palautetta", "received_at": "2023-04-27T12:00:00+03:00", "reply_wanted": True} | fields
    response = await client.post("/v1/feedback", json=sent)
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def read(staff: httpx.AsyncClient, feedback_id: str) -> dict[str, Any]:
    item: dict[str, Any] = (await staff.get(f"/v1/feedback/{feedback_id}")).json()
    return item


async def record(staff: httpx.AsyncClient, feedback_id: str, **event: Any) -> dict[str, Any]:
    response = await staff.post(f"/v1/feedback/{feedback_id}/events", json=event)
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer


class TestIntake:
    async def test_a_wanted_reply_is_due_within_the_promise(self, staff: httpx.AsyncClient) -> None:
        deadline = (await read(staff, (await send(staff))["id"]))["deadline"]
        reasons = deadline.pop("moved_because")
        assert deadline == {
            "due_on": "2023-05-05",
            "due_at": "2023-05-05T21:00:00Z",
            "policy": "feedback",
            "policy_valid_from": "2023-04-01",
            "basis": "city_promise",
            "names": {
                "fi": "Vastaus viidessä työpäivässä",
                "sv": "Svar inom fem arbetsdagar",
                "en": "Answer within five working days",
            },
        }
        assert [(reason["on"], reason["code"]) for reason in reasons] == [
            ("2023-04-27", "event_day_not_counted"),
            ("2023-04-29", "weekend"),
            ("2023-04-30", "weekend"),
            ("2023-05-01", "public_holiday"),
        ]
        assert reasons[3] == {
            "code": "public_holiday",
            "on": "2023-05-01",
            "rule": "policy",
            "names": {"fi": "Vappu", "sv": "Första maj", "en": "May Day"},
            "words": {
                "fi": "Vappu ei ole työpäivä.",
                "sv": "Första maj är ingen arbetsdag.",
                "en": "May Day is not a working day.",
            },
        }

    @pytest.mark.parametrize(
        "fields",
        [{"reply_wanted": False}, {"received_at": "2023-03-31T12:00:00+03:00"}],
        ids=["no reply wanted", "before the promise"],
    )
    async def test_no_deadline_where_no_policy_applies(self, staff: httpx.AsyncClient, fields: dict[str, Any]) -> None:
        sent = await send(staff, **fields)
        assert (await read(staff, sent["id"]))["deadline"] is None
        assert (await staff.get(f"/v1/receipts/{sent['receipt']}")).json()["due_on"] is None

    async def test_accessibility_feedback_is_due_by_law(self, staff: httpx.AsyncClient) -> None:
        sent = await send(staff, type="accessibility", reply_wanted=False, received_at="2021-12-10T12:00:00+02:00")
        deadline = (await read(staff, sent["id"]))["deadline"]
        assert (deadline["due_on"], deadline["basis"]) == ("2021-12-27", "statute")
        assert {reason["rule"] for reason in deadline["moved_because"]} == {"act_150_1930_s2", "act_150_1930_s5"}

    async def test_the_receipt_shows_the_day(self, staff: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
        sent = await send(staff)
        assert (await public.get(f"/v1/receipts/{sent['receipt']}")).json()["due_on"] == "2023-05-05"


class TestReclassification:
    async def test_another_type_brings_another_deadline(self, staff: httpx.AsyncClient) -> None:
        sent = await send(staff)
        answer = await record(
            staff, sent["id"], kind="classified", type="accessibility", occurred_at="2023-05-03T09:00:00+03:00"
        )
        deadline = answer["feedback"]["deadline"]
        assert (deadline["policy"], deadline["due_on"]) == ("accessibility", "2023-05-11")
        assert [(reason["on"], reason["code"]) for reason in deadline["moved_because"]] == [
            ("2023-05-03", "reclassified"),
            ("2023-04-27", "event_day_not_counted"),
        ]
        assert deadline["moved_because"][0]["names"]["sv"] == "Respons om tillgänglighet (digital)"

    async def test_a_type_under_the_same_policy_changes_nothing(self, staff: httpx.AsyncClient) -> None:
        sent = await send(staff, type="complaint")
        before = (await read(staff, sent["id"]))["deadline"]
        await record(staff, sent["id"], kind="classified", type="question")
        assert (await read(staff, sent["id"]))["deadline"] == before

    async def test_it_may_come_and_go(self, staff: httpx.AsyncClient) -> None:
        sent = await send(staff, reply_wanted=False)
        await record(staff, sent["id"], kind="classified", type="accessibility")
        assert (await read(staff, sent["id"]))["deadline"]["policy"] == "accessibility"
        await record(staff, sent["id"], kind="classified", type="other")
        assert (await read(staff, sent["id"]))["deadline"] is None

    async def test_other_events_leave_it(self, staff: httpx.AsyncClient) -> None:
        sent = await send(staff)
        before = (await read(staff, sent["id"]))["deadline"]
        for event in ({"kind": "classified", "topic": "apotti"}, {"kind": "answered"}, {"kind": "reopened"}):
            await record(staff, sent["id"], **event)
        assert (await read(staff, sent["id"]))["deadline"] == before


class TestImport:
    line = '{"source": "old", "reference": "%s", "received_at": "2023-04-27T12:00:00+03:00", "text": "x", %s}'
    classified = '{"kind": "classified", "type": "%s", "occurred_at": "2023-05-0%dT09:00:00+03:00"}'

    async def load(self, staff: httpx.AsyncClient, *lines: str) -> None:
        response = await staff.post("/v1/feedback/import", content="\n".join(lines).encode())
        assert '"refused"' not in response.text, response.text

    async def found(self, session: AsyncSession) -> dict[str, tuple[str, list[str]]]:
        rows = await session.execute(
            text(
                "SELECT source_reference, due_on, reasons FROM feedback_deadline"
                " JOIN feedback ON id = feedback_id WHERE source = 'old'"
            )
        )
        return {row[0]: (row[1].isoformat(), [reason["code"] for reason in row[2]]) for row in rows}

    async def test_items_get_the_deadline_of_their_last_type(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        to_digital = self.classified % ("accessibility", 2)
        await self.load(
            staff,
            self.line % ("plain", '"reply_wanted": true'),
            self.line % ("unasked", '"reply_wanted": false'),
            self.line % ("digital", '"type": "accessibility"'),
            self.line % ("changed", f'"events": [{to_digital}]'),
        )
        found = await self.found(session)
        assert set(found) == {"plain", "digital", "changed"}
        assert found["plain"][0] == "2023-05-05"
        assert found["digital"] == ("2023-05-11", ["event_day_not_counted"])
        assert found["changed"] == ("2023-05-11", ["reclassified", "event_day_not_counted"])

    async def test_a_further_line_changes_it_and_a_repeated_one_does_not(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        plain = self.line % ("1", '"reply_wanted": true')
        extended = self.line % (
            "1",
            f'"reply_wanted": true, "events": [{self.classified % ("accessibility", 2)}]',
        )
        await self.load(staff, plain, plain)
        assert (await self.found(session))["1"][0] == "2023-05-05"
        await self.load(staff, extended, extended)
        assert (await self.found(session))["1"] == ("2023-05-11", ["reclassified", "event_day_not_counted"])


class TestList:
    async def ids(self, staff: httpx.AsyncClient, due: str) -> list[str]:
        response = await staff.get("/v1/feedback", params={"due": due})
        assert response.status_code == 200, response.text
        return [item["id"] for item in response.json()["items"]]

    async def test_overdue_are_open_items_whose_day_is_over(self, staff: httpx.AsyncClient) -> None:
        late = (await send(staff))["id"]
        answered = (await send(staff))["id"]
        await record(staff, answered, kind="answered")
        rejected = (await send(staff))["id"]
        await record(staff, rejected, kind="rejected")
        await send(staff, reply_wanted=False)
        await send(staff, received_at=datetime.now(UTC).isoformat())
        assert await self.ids(staff, "overdue") == [late]

    async def test_a_reopened_item_is_overdue_again(self, staff: httpx.AsyncClient) -> None:
        sent = (await send(staff))["id"]
        await record(staff, sent, kind="answered")
        await record(staff, sent, kind="reopened")
        assert await self.ids(staff, "overdue") == [sent]

    async def test_soon_is_today_and_the_days_of_the_setting(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        today = local_day(datetime.now(UTC))
        by_day = {}
        for days in (-1, 0, 3, 4):
            by_day[days] = (await send(staff))["id"]
            await session.execute(
                text("UPDATE feedback_deadline SET due_on = :day WHERE feedback_id = :id"),
                {"day": today + timedelta(days=days), "id": by_day[days]},
            )
        await session.commit()
        assert await self.ids(staff, "soon") == [by_day[0], by_day[3]]
        assert await self.ids(staff, "overdue") == [by_day[-1]]

    async def test_the_list_shows_deadlines(self, staff: httpx.AsyncClient) -> None:
        await send(staff)
        await send(staff, reply_wanted=False)
        items = (await staff.get("/v1/feedback")).json()["items"]
        assert [item["deadline"] and item["deadline"]["due_on"] for item in items] == ["2023-05-05", None]

    async def test_another_word_is_refused(self, staff: httpx.AsyncClient) -> None:
        response = await staff.get("/v1/feedback", params={"due": "someday"})
        assert response.status_code == 422
        assert response.json()["invalid_params"][0]["name"] == "due"


class TestCatalogue:
    async def test_it_shows_the_policies_with_what_makes_them_binding(self, public: httpx.AsyncClient) -> None:
        policies = (await public.get("/v1/catalogue")).json()["deadline_policies"]
        assert {policy["kind"]: policy["basis"] for policy in policies} == {
            "accessibility": "statute",
            "feedback": "city_promise",
            "objection": "guideline",
        }
        assert all("Our reading" in policy["source"] for policy in policies)

"""Pulls: what becomes of presses, texts and follow-ups, of what comes late or changes, and of what is not mapped."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.clock import local_day, now
from services.survey_api.happy_or_not.worker import puller_of
from tests.survey_api.factories import add_survey, count, histogram, question, reasons
from tests.survey_api.happy_or_not import (
    PATH,
    POINT,
    configure,
    entry,
    pull,
    put_mapping,
    run_queued,
    snapshot,
    state,
    terminal_survey,
    waiting,
)
from tests.survey_api.vendor_server import TOKEN, Vendor, running

pytestmark = pytest.mark.anyio

YESTERDAY = (local_day(now()) - timedelta(days=1)).isoformat()
NEVER_READ = ("contact-details", "demographics", "metadata", "users")


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    vendor = Vendor(
        points=[
            {"experiencePointId": 1, "name": "Helsinki", "type": "GROUP"},
            {"experiencePointId": 42, "name": "Ruskeasuo, exit", "parent": 1, "type": "EXPERIENCE-POINT"},
            {"experiencePointId": 43, "name": "Kallio, exit", "parent": 1, "type": "EXPERIENCE-POINT"},
        ],
        surveys=[{"surveyId": 11, "questionId": 5, "feedbackScale": "four", "indexType": "HAPPY", "state": "active"}],
        questions=[{"questionId": 5, "questionTextInDefaultLocale": "How was it?"}],
        follow_up_questions=[{"followupQuestionId": 50, "surveyId": 11, "positive": False}],
        follow_up_options=[
            {"followupOptionId": 501, "followupQuestionId": 50, "optionTextInDefaultLocale": "Queue"},
            {"followupOptionId": 502, "followupQuestionId": 50, "optionTextInDefaultLocale": "Staff"},
            {"followupOptionId": 503, "followupQuestionId": 50, "optionTextInDefaultLocale": "Place"},
        ],
    )
    with running(vendor):
        yield vendor


@pytest.fixture(autouse=True)
async def survey(app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor) -> None:
    configure(app, vendor)
    await add_survey(staff, **terminal_survey())


async def scalars(session: AsyncSession, statement: str) -> list[Any]:
    return list((await session.execute(text(statement))).scalars())


async def counted(session: AsyncSession) -> dict[tuple[str, int], int]:
    return {key: number for key, number in (await histogram(session, "terminals")).items() if number}


class TestPull:
    async def test_presses_are_counted_as_answers(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        await put_mapping(staff, entry())
        for number in range(25):
            vendor.press(f"p{number}", f"{YESTERDAY}T09:{number:02}:00", number % 4)
        ended = await pull(app, staff)
        assert (ended["state"], ended["failure_code"], ended["requested_by"]) == ("finished", None, "staff")
        assert (ended["counts"]["read"], ended["counts"]["new"], ended["counts"]["created"]) == (25, 25, 25)
        assert await histogram(session, "terminals") == {
            ("_responses", 1): 25,
            ("satisfaction", 0): 7,
            ("satisfaction", 1): 6,
            ("satisfaction", 2): 6,
            ("satisfaction", 3): 6,
        }
        [row] = (await staff.get("/v1/responses", params={"survey": "terminals", "limit": 1})).json()["items"]
        assert (row["source"], row["source_point"], row["collection_mode"]) == ("happy_or_not", "v2:11:42", "physical")
        assert row["service_point"] == POINT

    async def test_pulling_again_changes_nothing(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        await put_mapping(staff, entry())
        press = vendor.press("p", f"{YESTERDAY}T09:00:00", 0)
        vendor.follow_up(press, 501)
        vendor.text(press, "Jono oli pitkä")
        await pull(app, staff)
        before = await snapshot(session)
        again = await pull(app, staff)
        assert await snapshot(session) == before
        assert (again["counts"]["new"], again["counts"].get("created", 0)) == (0, 0)

    async def test_texts_are_masked_before_the_first_write_and_follow_ups_mapped(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        press = vendor.press("p", f"{YESTERDAY}T09:00:00", 0)
        vendor.follow_up(press, 501)
        vendor.follow_up(press, 502)
        vendor.text(press, "Soittakaa 040 123 4567, hetu 131052-308T")
        await pull(app, staff)
        [staged] = await scalars(session, "SELECT comment FROM happy_or_not_text")
        assert "4567" not in staged
        assert "308T" not in staged
        await put_mapping(staff, entry())
        await run_queued(app)
        [comments] = await scalars(session, "SELECT comments FROM survey_response_content")
        assert comments == {"comment": staged}
        assert await histogram(session, "terminals") == {
            ("_responses", 1): 1,
            ("satisfaction", 0): 1,
            ("reason", 0): 1,
            ("reason", 1): 1,
            ("reason", 2): 1,
            ("comment", 1): 1,
        }

    async def test_nothing_about_persons_is_asked_for(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        await put_mapping(staff, entry())
        press = vendor.press("p", f"{YESTERDAY}T09:00:00", 0, name="Matti", email="matti@example.org", gender="male")
        vendor.text(press, "Hei", name="Matti", email="matti@example.org")
        await pull(app, staff)
        assert not [path for path in vendor.resources for name in NEVER_READ if name in path]
        assert "atti" not in str(await snapshot(session))

    async def test_spam_is_counted_as_a_press_and_its_text_is_left_out(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        await put_mapping(staff, entry())
        vendor.text(vendor.press("p", f"{YESTERDAY}T09:00:00", 3), "buy this", spam=True)
        ended = await pull(app, staff)
        assert ended["counts"]["spam_texts"] == 1
        assert await histogram(session, "terminals") == {("_responses", 1): 1, ("satisfaction", 3): 1}

    async def test_misuse_is_kept_and_not_counted_and_follows_the_vendor(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        await put_mapping(staff, entry())
        vendor.press("honest", f"{YESTERDAY}T09:00:00", 3)
        child = vendor.press("child", f"{YESTERDAY}T09:00:01", 0, misuse=True)
        await pull(app, staff)
        assert await counted(session) == {("_responses", 1): 1, ("satisfaction", 3): 1, ("_misuse", 1): 1}
        assert await count(session, "survey_response") == 2
        child["misuse"] = False
        ended = await pull(app, staff)
        assert ended["counts"]["updated"] == 1
        assert await counted(session) == {
            ("_responses", 1): 2,
            ("satisfaction", 3): 1,
            ("satisfaction", 0): 1,
        }
        child["misuse"] = True
        await pull(app, staff)
        assert (await histogram(session, "terminals"))["_responses", 1] == 1

    async def test_what_comes_late_is_added_to_its_press(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        await put_mapping(staff, entry())
        press = vendor.press("p", f"{YESTERDAY}T09:00:00", 0)
        await pull(app, staff)
        vendor.follow_up(press, 502)
        vendor.text(press, "Jono oli pitkä")
        press["misuse"] = False
        vendor.press("late", (local_day(now()) - timedelta(days=13)).isoformat() + "T09:00:00", 3)
        ended = await pull(app, staff)
        assert (ended["counts"]["amended"], ended["counts"]["created"]) == (1, 1)
        assert await count(session, "survey_response") == 2
        assert await histogram(session, "terminals") == {
            ("_responses", 1): 2,
            ("satisfaction", 0): 1,
            ("satisfaction", 3): 1,
            ("reason", 0): 1,
            ("reason", 2): 1,
            ("comment", 1): 1,
        }

    async def test_a_text_that_changes_there_loses_its_release(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        await put_mapping(staff, entry())
        vendor.text(vendor.press("p", f"{YESTERDAY}T09:00:00", 0), "Jono oli pitkä")
        await pull(app, staff)
        (read,) = (await staff.get("/v1/comments")).json()["items"]
        body = {key: read[key] for key in ("service_point", "fingerprint")} | {
            "decision": "release",
            "reason": "Asiaa.",
        }
        path = f"/v1/comments/{read['response_id']}/{read['question']}/decision"
        assert (await staff.put(path, json=body)).status_code == 200
        await pull(app, staff)
        assert await count(session, "released_comment") == 1
        vendor.texts[0]["text"] = "Jotain muuta"
        await pull(app, staff)
        (changed,) = (await staff.get("/v1/comments")).json()["items"]
        assert (changed["comment"], changed["state"]) == ("Jotain muuta", "pending")
        assert await count(session, "released_comment") == 0

    async def test_a_text_that_is_added_to_misuse_is_not_counted(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        await put_mapping(staff, entry())
        press = vendor.press("p", f"{YESTERDAY}T09:00:00", 0, misuse=True)
        await pull(app, staff)
        vendor.text(press, "hihi")
        await pull(app, staff)
        assert await counted(session) == {("_misuse", 1): 1}
        press["misuse"] = False
        await pull(app, staff)
        assert await counted(session) == {
            ("_responses", 1): 1,
            ("satisfaction", 0): 1,
            ("comment", 1): 1,
        }

    async def test_an_erased_comment_does_not_come_back(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        await put_mapping(staff, entry())
        press = vendor.press("p", f"{YESTERDAY}T09:00:00", 0)
        vendor.text(press, "Jono oli pitkä")
        await pull(app, staff)
        await session.execute(text("DELETE FROM survey_response_content"))
        await session.commit()
        vendor.follow_up(press, 501)
        await pull(app, staff)
        assert await count(session, "survey_response_content") == 0

    async def test_a_row_that_moves_the_pages_is_in_the_next_pull(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        await put_mapping(staff, entry())
        for number in range(25):
            vendor.press(f"p{number}", f"{YESTERDAY}T09:{number:02}:00", number % 4)

        def deliver_late(resource: str, offset: int) -> None:
            if resource == "results/button-feedbacks" and offset == 10 and len(vendor.buttons) == 25:
                vendor.press("late", f"{YESTERDAY}T08:00:00", 3)

        vendor.before_page = deliver_late
        first = await pull(app, staff)
        assert first["counts"]["created"] == 25
        second = await pull(app, staff)
        assert second["counts"]["created"] == 1
        assert (await histogram(session, "terminals"))["_responses", 1] == 26

    async def test_rows_that_cannot_be_read_are_told_and_cost_no_others(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        await put_mapping(staff, entry())
        vendor.press("good", f"{YESTERDAY}T09:00:00", 3)
        vendor.press("no such button", f"{YESTERDAY}T09:00:00", 11)
        vendor.press("no time", f"{YESTERDAY}X", 3)
        ended = await pull(app, staff)
        assert (ended["state"], ended["counts"]["unreadable"], ended["counts"]["created"]) == ("finished", 2, 1)

    async def test_the_repeated_hour_of_autumn_is_one_local_hour(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        await put_mapping(staff, entry())
        for number, time in enumerate(["02:30:00", "03:15:00", "03:15:00", "04:30:00"]):
            vendor.press(f"p{number}", f"2025-10-26T{time}", 3)
        vendor.press("skipped", "2026-03-29T03:30:00", 3)
        await pull(app, staff, from_day="2025-10-26", to_day="2026-03-29")
        rows = await session.execute(
            text(
                "SELECT given_on::text, given_hour, count FROM answer_histogram"
                " WHERE question_code = 'satisfaction' ORDER BY 1, 2"
            )
        )
        assert [tuple(row) for row in rows] == [
            ("2025-10-26", 2, 1),
            ("2025-10-26", 3, 2),
            ("2025-10-26", 4, 1),
            # No clock shows half past three that morning: it is the time an hour later.
            ("2026-03-29", 4, 1),
        ]


class TestWaiting:
    async def test_unknown_points_wait_and_are_counted_once_mapped(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        vendor.press("p1", f"{YESTERDAY}T09:00:00", 3)
        vendor.press("p2", f"{YESTERDAY}T09:00:00", 2, experiencePointId=43)
        await pull(app, staff)
        assert await waiting(staff) == {"unmapped_survey": 1} | {"unmapped_survey": 1}
        assert await count(session, "survey_response") == 0
        report = await put_mapping(staff, entry())
        assert report["unmapped_points"] == ["v2:11:43"]
        await run_queued(app)
        assert await waiting(staff) == {"unmapped_point": 1}
        [row] = (await state(staff))["waiting"]
        assert (row["point"], row["question"], row["point_id"]) == ("Kallio, exit", "How was it?", "43")
        await put_mapping(staff, entry(points={"42": POINT, "43": "oral-health"}))
        await run_queued(app)
        assert await waiting(staff) == {}
        assert await histogram(session, "terminals") == {
            ("_responses", 1): 2,
            ("satisfaction", 3): 1,
            ("satisfaction", 2): 1,
        }

    async def test_a_proposed_entry_counts_nothing(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        vendor.press("p1", f"{YESTERDAY}T09:00:00", 3)
        report = await put_mapping(staff, entry(reviewed_by=None))
        assert report["proposed"] == ["v2:11"]
        await pull(app, staff)
        assert await waiting(staff) == {"mapping_proposed": 1}
        assert await count(session, "survey_response") == 0

    async def test_an_unmapped_option_waits_while_its_press_is_counted(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        await put_mapping(staff, entry())
        press = vendor.press("p1", f"{YESTERDAY}T09:00:00", 0)
        vendor.follow_up(press, 501)
        vendor.follow_up(press, 503)
        await pull(app, staff)
        assert await waiting(staff) == {"unmapped_option": 1}
        assert [
            row["option_id"] for row in (await state(staff))["options"] if row["waiting"] and not row["is_mapped"]
        ] == ["503"]
        assert (await histogram(session, "terminals"))["reason", 1] == 1
        await put_mapping(staff, entry(options={"501": "queue", "503": "place"}))
        await run_queued(app)
        assert await waiting(staff) == {}
        assert await histogram(session, "terminals") == {
            ("_responses", 1): 1,
            ("satisfaction", 0): 1,
            ("reason", 0): 1,
            ("reason", 1): 1,
            ("reason", 3): 1,
        }

    async def test_what_is_left_out_on_purpose_does_not_wait(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        await put_mapping(staff, entry(comment=None, options={"501": "queue", "503": None}))
        press = vendor.press("p1", f"{YESTERDAY}T09:00:00", 0)
        vendor.follow_up(press, 503)
        vendor.text(press, "Hei")
        await pull(app, staff)
        assert await waiting(staff) == {}
        assert await histogram(session, "terminals") == {("_responses", 1): 1, ("satisfaction", 0): 1}

    async def test_a_text_without_its_press_waits_for_it(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        await put_mapping(staff, entry())
        press = vendor.press("p1", f"{YESTERDAY}T09:00:00", 0)
        vendor.text(press, "Hei", localTime=f"{YESTERDAY}T10:00:30")
        vendor.buttons.clear()
        await pull(app, staff)
        assert await waiting(staff) == {"no_button_row": 1}
        vendor.buttons.append(press)
        await pull(app, staff)
        assert await waiting(staff) == {}
        assert await scalars(session, "SELECT given_hour FROM survey_response") == [9]

    async def test_presses_beyond_the_scale_wait(self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor) -> None:
        await put_mapping(staff, entry())
        vendor.press("p1", f"{YESTERDAY}T09:00:00", 4)
        await pull(app, staff)
        assert await waiting(staff) == {"scale_mismatch": 1}

    async def test_what_the_survey_refuses_waits_with_the_reason(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor
    ) -> None:
        await add_survey(staff, **terminal_survey("closed", closes_at="2016-01-01T00:00:00+02:00"))
        await put_mapping(staff, entry(survey="closed"))
        vendor.press("p1", f"{YESTERDAY}T09:00:00", 3)
        await pull(app, staff)
        assert await waiting(staff) == {"survey_closed": 1}


class TestMapping:
    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"survey": "nowhere"}, "surveys.0.survey"),
            ({"rating": "comment"}, "surveys.0.rating"),
            ({"comment": "reason"}, "surveys.0.comment"),
            ({"follow_up": "comment"}, "surveys.0.follow_up"),
            ({"follow_up": None}, "surveys.0.options"),
            ({"options": {"501": "nothing"}}, "surveys.0.options.501"),
            ({"points": {"42": "atlantis"}}, "surveys.0.points.42"),
            ({"points": {}}, "surveys.0.points"),
            ({"survey_id": "../.."}, "surveys.0.survey_id"),
            ({"colour": "red"}, "surveys.0.colour"),
        ],
    )
    async def test_faults_are_named(self, staff: httpx.AsyncClient, wrong: dict[str, Any], field: str) -> None:
        answer = await staff.put(f"{PATH}/mapping", json={"surveys": [entry(**wrong)]})
        assert answer.status_code == 422
        assert field in reasons(answer)

    @pytest.mark.parametrize(
        ("scale", "more", "field"),
        [
            ("four", {}, None),
            ("five", {}, "surveys.0.rating"),
            ("nps", {}, "surveys.0.rating"),
            ("seven", {}, "surveys.0.rating"),
            ("five_reversed", {}, "surveys.0.index_order"),
        ],
    )
    async def test_scales_must_agree(
        self,
        app: FastAPI,
        staff: httpx.AsyncClient,
        vendor: Vendor,
        scale: str,
        more: dict[str, Any],
        field: str | None,
    ) -> None:
        vendor.surveys[0]["feedbackScale"] = scale
        await pull(app, staff)
        answer = await staff.put(f"{PATH}/mapping", params={"dry_run": True}, json={"surveys": [entry(**more)]})
        found = [fault["name"] for fault in answer.json()["faults"]]
        assert field in found if field else found == []
        assert answer.json()["is_stored"] is False

    async def test_both_generations_at_one_place_would_count_twice(self, staff: httpx.AsyncClient) -> None:
        both = [entry(), entry(generation="v1", survey_id="S1", points={"library": POINT})]
        answer = await staff.put(f"{PATH}/mapping", json={"surveys": both})
        assert answer.status_code == 422
        assert "surveys.1.points.library" in reasons(answer)

    async def test_what_is_counted_cannot_be_mapped_elsewhere(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor
    ) -> None:
        await put_mapping(staff, entry())
        vendor.press("p1", f"{YESTERDAY}T09:00:00", 3)
        await pull(app, staff)
        answer = await staff.put(f"{PATH}/mapping", json={"surveys": [entry(points={"42": "oral-health"})]})
        assert (answer.status_code, answer.json()["code"]) == (409, "mapping_counted")

    async def test_a_five_step_scale_and_nps_are_read_from_the_most_negative(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        questions = [question("five", "smiley_5"), question("nps", "nps")]
        await add_survey(staff, "more", questions=questions)
        plain: dict[str, Any] = {"comment": None, "follow_up": None, "options": {}, "survey": "more"}
        await put_mapping(
            staff,
            entry(survey_id="12", rating="five", **plain),
            entry(survey_id="13", rating="nps", **plain),
            entry(survey_id="14", rating="five", index_order="positive_first", **plain),
        )
        vendor.press("a", f"{YESTERDAY}T09:00:00", 4, surveyId=12)
        vendor.press("b", f"{YESTERDAY}T09:00:00", 10, surveyId=13)
        vendor.press("c", f"{YESTERDAY}T09:00:00", 4, surveyId=14)
        await pull(app, staff)
        assert await histogram(session, "more") == {
            ("_responses", 1): 3,
            ("five", 4): 1,
            ("five", 0): 1,
            ("nps", 10): 1,
        }


class TestWindows:
    async def test_the_first_pull_reads_a_year_and_later_ones_a_few_days_again(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor
    ) -> None:
        today = local_day(now())
        await pull(app, staff)
        await pull(app, staff)
        asked = [request for request in vendor.requests if "button-feedbacks" in request]
        starts = [request.partition("startDate=")[2][:10] for request in asked]
        assert starts[0] == (today - timedelta(days=365)).isoformat()
        assert starts[-1] == (today - timedelta(days=14)).isoformat()
        assert f"endDate={(today + timedelta(days=1)).isoformat()}" in asked[-1]
        assert (await state(staff))["read_until"] == {"v1": None, "v2": today.isoformat()}

    async def test_long_times_are_read_in_spans(self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor) -> None:
        configure(app, vendor, happy_or_not_window_days=31)
        ended = await pull(app, staff, from_day="2024-01-01", to_day="2024-03-01")
        assert ended["counts"]["spans"] == 2
        assert (ended["from_day"], ended["to_day"]) == ("2024-01-01", "2024-03-01")
        # Old days that somebody asked for do not make the days since read.
        assert (await state(staff))["read_until"]["v2"] is None

    async def test_what_is_counted_and_old_is_forgotten(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        await put_mapping(staff, entry())
        old = vendor.press("old", (local_day(now()) - timedelta(days=100)).isoformat() + "T09:00:00", 3)
        vendor.text(old, "Hei")
        vendor.press("new", f"{YESTERDAY}T09:00:00", 3)
        await pull(app, staff)
        assert await count(session, "happy_or_not_feedback") == 1
        assert await count(session, "happy_or_not_text") == 0
        before = await histogram(session, "terminals")
        await pull(app, staff, from_day=(local_day(now()) - timedelta(days=200)).isoformat())
        assert await histogram(session, "terminals") == before


class TestFailures:
    @pytest.mark.parametrize(
        ("status", "code"),
        [
            (401, "vendor_token_refused"),
            (403, "vendor_scope_missing"),
            (400, "vendor_refused_request"),
            (503, "vendor_unavailable"),
        ],
    )
    async def test_a_failure_says_what_to_do(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, status: int, code: str
    ) -> None:
        vendor.fault = lambda _number, _path: status
        ended = await pull(app, staff)
        assert (ended["state"], ended["failure_code"]) == ("failed", code)
        assert "token/introspect" in ended["failure_detail"]
        assert TOKEN not in str(ended)
        assert len(vendor.requests) == 1

    async def test_without_a_token_nothing_is_asked(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor
    ) -> None:
        configure(app, vendor, happy_or_not_token=None)
        answer = await staff.post(f"{PATH}/pulls", json={})
        assert (answer.status_code, answer.json()["code"]) == (409, "connector_not_configured")

    async def test_presses_are_counted_even_if_texts_may_not_be_read(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        await put_mapping(staff, entry())
        vendor.press("p", f"{YESTERDAY}T09:00:00", 3)
        vendor.scopes.remove("results/text-feedbacks")
        ended = await pull(app, staff)
        assert ended["failure_code"] == "vendor_scope_missing"
        assert "results/text-feedbacks" in ended["failure_detail"]
        assert (await histogram(session, "terminals"))["_responses", 1] == 1


class TestSchedule:
    async def test_it_is_off_unless_configured(self, app: FastAPI, vendor: Vendor) -> None:
        assert not await puller_of(app).run_next()
        assert vendor.requests == []

    async def test_it_pulls_when_due_and_not_before(self, app: FastAPI, vendor: Vendor, session: AsyncSession) -> None:
        configure(app, vendor, happy_or_not_pull_minutes=60)
        assert await puller_of(app).run_next()
        assert not await puller_of(app).run_next()
        await session.execute(text("UPDATE happy_or_not_pull SET requested_at = requested_at - interval '61 minutes'"))
        await session.commit()
        assert await puller_of(app).run_next()

    async def test_a_refused_token_stops_it_until_somebody_pulls(
        self, app: FastAPI, staff: httpx.AsyncClient, vendor: Vendor, session: AsyncSession
    ) -> None:
        configure(app, vendor, happy_or_not_pull_minutes=60)
        vendor.token = "another"
        assert await puller_of(app).run_next()
        later = text("UPDATE happy_or_not_pull SET requested_at = requested_at - interval '61 minutes'")
        await session.execute(later)
        await session.commit()
        assert not await puller_of(app).run_next()
        vendor.token = TOKEN
        assert (await pull(app, staff))["state"] == "finished"
        await session.execute(later)
        await session.commit()
        assert await puller_of(app).run_next()


class TestEndpoints:
    @pytest.mark.parametrize(
        ("method", "path"), [("GET", ""), ("GET", "/pulls"), ("POST", "/pulls"), ("PUT", "/mapping")]
    )
    async def test_a_key_with_the_scope_is_needed(
        self, public: httpx.AsyncClient, stranger: httpx.AsyncClient, method: str, path: str
    ) -> None:
        body: dict[str, Any] | None = None if method == "GET" else {"surveys": []} if path == "/mapping" else {}
        assert (await public.request(method, PATH + path, json=body)).status_code == 401
        assert (await stranger.request(method, PATH + path, json=body)).status_code == 403

    async def test_asking_twice_is_asking_once(self, staff: httpx.AsyncClient) -> None:
        ids = [(await staff.post(f"{PATH}/pulls", json={})).json()["id"] for _ in range(2)]
        assert ids[0] == ids[1]
        other = await staff.post(f"{PATH}/pulls", json={"from_day": "2026-01-01"})
        assert other.json()["id"] != ids[0]

    async def test_days_must_be_a_span(self, staff: httpx.AsyncClient) -> None:
        answer = await staff.post(f"{PATH}/pulls", json={"from_day": "2026-02-01", "to_day": "2026-01-01"})
        assert answer.status_code == 422
        assert (await staff.post(f"{PATH}/pulls", json={"to_day": "2026-01-01"})).status_code == 422

    async def test_pulls_are_listed_the_newest_first(self, app: FastAPI, staff: httpx.AsyncClient) -> None:
        made = [(await pull(app, staff))["id"] for _ in range(3)]
        first = (await staff.get(f"{PATH}/pulls", params={"limit": 2})).json()
        rest = (await staff.get(f"{PATH}/pulls", params={"limit": 2, "cursor": first["next"]})).json()
        assert [row["id"] for row in first["items"] + rest["items"]] == made[::-1]
        assert rest["next"] is None

    async def test_an_unknown_pull_is_not_found(self, staff: httpx.AsyncClient) -> None:
        answer = await staff.get(f"{PATH}/pulls/{'0' * 8}-0000-0000-0000-{'0' * 12}")
        assert (answer.status_code, answer.json()["code"]) == (404, "pull_not_found")

"""Retention of comments: what is due, what a run erases, what goes with it, and what stays."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.catalogue import read_catalogue
from services.shared.clock import now
from services.shared.scopes import Scope
from services.survey_api.retention import service
from tests.conftest import add_key, client_of
from tests.survey_api.factories import add_device, add_survey, assign, count, histogram, line, send_lines

pytestmark = pytest.mark.anyio

OLD = "2021-05-04T09:30:00+03:00"


@pytest.fixture
async def eraser(app: FastAPI, session: AsyncSession) -> httpx.AsyncClient:
    return client_of(app, key=await add_key(session, Scope.SURVEY_ERASE, name="eraser"))


async def comments(session: AsyncSession) -> set[str]:
    return set((await session.execute(text("SELECT comments ->> 'comment' FROM survey_response_content"))).scalars())


async def some_comments(staff: httpx.AsyncClient) -> None:
    await add_survey(staff)
    young = (now() - timedelta(days=30)).isoformat()
    given = [("vanha 1", OLD), ("vanha 2", OLD), ("vanha 3", OLD), ("nuori", young)]
    lines = [line(given_at=at, answers={"scale": 75, "comment": words}) for words, at in given]
    assert {result["status"] for result in await send_lines(staff, [*lines, line()])} == {"created"}


async def erase(eraser: httpx.AsyncClient) -> dict[str, Any]:
    answer = await eraser.post("/v1/retention/runs", json={"dry_run": False})
    assert answer.status_code == 200, answer.text
    run: dict[str, Any] = answer.json()
    return run


async def test_a_dry_run_counts_and_a_real_one_erases_the_same(
    staff: httpx.AsyncClient, eraser: httpx.AsyncClient, session: AsyncSession
) -> None:
    await some_comments(staff)
    before = await histogram(session)
    dry = (await eraser.post("/v1/retention/runs", json={})).json()
    (counted,) = dry["policies"]
    assert (counted["policy"], counted["due"], counted["erased"]) == ("survey_comments", 3, 0)
    assert datetime.fromisoformat(counted["oldest_received_at"]) == datetime.fromisoformat(OLD)
    assert len(await comments(session)) == 4
    real = await erase(eraser)
    assert [(one["due"], one["erased"]) for one in real["policies"]] == [(3, 3)]
    assert (real["is_complete"], real["failure"]) == (True, None)
    assert await comments(session) == {"nuori"}
    assert await histogram(session) == before
    assert await count(session, "survey_response") == 5
    assert [(one["due"], one["erased"]) for one in (await erase(eraser))["policies"]] == [(0, 0)]
    runs = (await eraser.get("/v1/retention/runs")).json()["items"]
    assert [run["dry_run"] for run in runs] == [False, False, True]


async def test_one_call_erases_no_more_than_the_setting(
    app: FastAPI, staff: httpx.AsyncClient, eraser: httpx.AsyncClient, session: AsyncSession
) -> None:
    await some_comments(staff)
    app.state.settings = app.state.settings.model_copy(update={"retention_run_items_max": 2})
    runs = [await erase(eraser) for _ in range(2)]
    assert [(run["is_complete"], run["policies"][0]["erased"]) for run in runs] == [(False, 2), (True, 1)]
    assert await comments(session) == {"nuori"}


async def test_what_was_never_delivered_and_what_was_decided_go_with_the_words(
    staff: httpx.AsyncClient, eraser: httpx.AsyncClient, session: AsyncSession
) -> None:
    await add_survey(staff)
    for words, more in (("Salaisuus", {"given_at": OLD}), ("Uusi salaisuus", {})):
        body = {"answers": {"scale": 0, "comment": words}, "please_handle": True} | more
        assert (await staff.post("/v1/surveys/chat/responses", json=body)).status_code == 201
    await session.execute(
        text(
            "INSERT INTO comment_decision (service_point_code, response_id, question_code, decision, reason,"
            " decided_by, decided_at) SELECT service_point_code, response_id, 'comment', 'released', 'plain',"
            " 'staff', now() FROM survey_response_content"
        )
    )
    await session.commit()
    assert (await erase(eraser))["policies"][0]["erased"] == 1
    payloads = await session.execute(text("SELECT payload ->> 'text' FROM comment_handover"))
    assert payloads.scalars().all() == ["Uusi salaisuus"]
    assert await count(session, "comment_decision") == 1


async def held_lines(session: AsyncSession) -> list[dict[str, Any]]:
    lines = await session.execute(text("SELECT line -> 'answers' FROM held_answer ORDER BY given_at"))
    return list(lines.scalars())


async def test_comments_of_what_waits_to_be_counted_are_erased_and_the_answers_count(
    staff: httpx.AsyncClient, eraser: httpx.AsyncClient, session: AsyncSession
) -> None:
    await add_survey(staff)
    answers = {"scale": 75, "smiley_4": "happy", "comment": "liisa"}
    young = (now() - timedelta(days=30)).isoformat()
    waiting = [
        line(device="T-1", answers=answers, given_at=OLD),
        line(device="T-1", answers={"scale": 75}, given_at="2021-05-05T09:30:00+03:00"),
        line(device="T-1", answers=answers, given_at=young),
    ]
    assert {result["status"] for result in await send_lines(staff, waiting)} == {"held"}
    (dry,) = (await eraser.post("/v1/retention/runs", json={})).json()["policies"]
    assert (dry["due"], dry["erased"]) == (1, 0)
    assert datetime.fromisoformat(dry["oldest_received_at"]) == datetime.fromisoformat(OLD)
    assert [(one["due"], one["erased"]) for one in (await erase(eraser))["policies"]] == [(1, 1)]
    assert await held_lines(session) == [answers | {"comment": "…"}, {"scale": 75}, answers]
    assert [(one["due"], one["erased"]) for one in (await erase(eraser))["policies"]] == [(0, 0)]
    await add_device(staff)
    await assign(staff, valid_from="2021-05-01T00:00:00Z")
    counted = await histogram(session)
    assert (counted["_responses", 1], counted["comment", 1]) == (3, 2)
    (again, *_) = await send_lines(staff, waiting)
    assert (again["status"], again["code"]) == ("refused", "response_conflict")
    # What stands for the words is content of an old answer, and goes as such.
    assert [(one["due"], one["erased"]) for one in (await erase(eraser))["policies"]] == [(1, 1)]
    assert await comments(session) == {"liisa"}
    assert await histogram(session) == counted


async def test_texts_read_from_the_vendor_are_erased_and_their_presses_stay(
    eraser: httpx.AsyncClient, session: AsyncSession
) -> None:
    for given_at in (OLD, (now() - timedelta(days=30)).isoformat()):
        await session.execute(
            text(
                "WITH press AS (INSERT INTO happy_or_not_feedback (feedback_id, survey_id, point_id, local_time,"
                " given_at, button_index, is_misuse, has_button, state) VALUES (gen_random_uuid(), 's', 'p', '',"
                " :given_at, 0, false, true, 'waiting') RETURNING feedback_id)"
                " INSERT INTO happy_or_not_text SELECT feedback_id, 0, 'Jono oli pitkä' FROM press"
            ),
            {"given_at": datetime.fromisoformat(given_at)},
        )
    await session.commit()
    assert [(one["due"], one["erased"]) for one in (await erase(eraser))["policies"]] == [(1, 1)]
    texts = await session.execute(text("SELECT comment FROM happy_or_not_text ORDER BY comment"))
    assert sorted(texts.scalars()) == ["Jono oli pitkä", "…"]
    assert await count(session, "happy_or_not_feedback") == 2
    assert [(one["due"], one["erased"]) for one in (await erase(eraser))["policies"]] == [(0, 0)]


async def test_the_daily_run_is_this_services_own(
    app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession
) -> None:
    await some_comments(staff)
    three = datetime(2030, 1, 15, 1, tzinfo=UTC)
    await session.execute(
        text(
            "INSERT INTO retention_run (id, service, started_at, finished_at, actor, is_dry_run, counts) VALUES"
            " (gen_random_uuid(), 'feedback_api', :at, :at, 'schedule', false, '{\"policies\": []}')"
        ),
        {"at": three},
    )
    await session.commit()
    catalogue = await read_catalogue(session)

    async def run(at: datetime) -> bool:
        return await service.run_if_due(app.state.sessions, catalogue, app.state.settings, at=at)

    assert not await run(three - timedelta(minutes=1))
    assert len(await comments(session)) == 4
    assert await run(three)
    assert await comments(session) == set()
    assert not await run(three + timedelta(hours=20))
    assert await run(three + timedelta(days=1))


async def test_needs_the_scope_and_says_whose_word_a_policy_is(
    staff: httpx.AsyncClient, eraser: httpx.AsyncClient
) -> None:
    assert (await staff.post("/v1/retention/runs", json={})).status_code == 403
    (policy,) = (await eraser.get("/v1/retention/policies")).json()["items"]
    assert (policy["content"], policy["counted_from"]) == ("survey_comments", "received")
    assert policy["owner"]
    assert policy["source"]

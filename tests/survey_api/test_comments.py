"""Comments and decisions: nothing is published unless a person releases the very words."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.main import create as create_reporting
from tests.conftest import attach, client_of
from tests.survey_api.factories import add_survey, count, line, reasons, send_lines

pytestmark = pytest.mark.anyio


async def listed(staff: httpx.AsyncClient, **params: str) -> list[dict[str, Any]]:
    answer = await staff.get("/v1/comments", params=params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def decide(
    staff: httpx.AsyncClient, comment: dict[str, Any], decision: str = "release", **more: Any
) -> httpx.Response:
    return await staff.put(
        f"/v1/comments/{comment['response_id']}/{comment['question']}/decision",
        json={
            "service_point": comment["service_point"],
            "fingerprint": comment["fingerprint"],
            "decision": decision,
            "reason": "Kuvaa hyvin.",
        }
        | more,
    )


async def some_comments(staff: httpx.AsyncClient, *words: str) -> None:
    await add_survey(staff)
    lines = [line(language="fi", answers={"scale": 75, "comment": one}) for one in words]
    assert {result["status"] for result in await send_lines(staff, lines)} == {"created"}


async def published(session: AsyncSession) -> set[str]:
    return set((await session.execute(text("SELECT comment FROM released_comment"))).scalars())


async def test_only_what_a_person_released_is_published(staff: httpx.AsyncClient, session: AsyncSession) -> None:
    await some_comments(staff, "Kiitos! Soita 040 123 4567.", "Hidas.", "Odotan.")
    pending = {item["comment"]: item for item in await listed(staff, state="pending")}
    assert len(pending) == 3
    assert not any("123 4567" in words for words in pending)
    assert await published(session) == set()
    thanks = next(item for words, item in pending.items() if words.startswith("Kiitos"))
    decided = await decide(staff, thanks)
    assert decided.status_code == 200, decided.text
    assert (decided.json()["decision"], decided.json()["decided_by"]) == ("released", "staff")
    assert (await decide(staff, pending["Hidas."], "withhold")).json()["decision"] == "withheld"
    assert await published(session) == {thanks["comment"]}
    assert [item["comment"] for item in await listed(staff, state="withheld")] == ["Hidas."]
    assert [item["comment"] for item in await listed(staff, state="pending", survey="chat")] == ["Odotan."]
    assert await listed(staff, **{"from": "2021-05-05"}) == []
    assert (await decide(staff, thanks, "withhold")).status_code == 200
    assert await published(session) == set()


async def test_pages_hold_each_comment_once(staff: httpx.AsyncClient) -> None:
    await some_comments(staff, "a", "b", "c")
    first = (await staff.get("/v1/comments", params={"limit": 2})).json()
    second = (await staff.get("/v1/comments", params={"limit": 2, "cursor": first["next"]})).json()
    assert sorted(item["comment"] for item in first["items"] + second["items"]) == ["a", "b", "c"]
    assert second["next"] is None
    assert (await staff.get("/v1/comments", params={"cursor": "YQpiCmMKZA"})).status_code == 422


async def test_a_change_of_the_words_takes_the_decision_with_it(
    staff: httpx.AsyncClient, public: httpx.AsyncClient, session: AsyncSession
) -> None:
    await add_survey(staff)
    body = {"id": str(uuid4()), "answers": {"scale": 75, "comment": "Hyvä."}, "complete": False}
    assert (await public.post("/v1/surveys/chat/responses", json=body)).status_code == 201
    (read,) = await listed(staff)
    assert (await decide(staff, read)).status_code == 200
    changed = body | {"answers": {"scale": 75, "comment": "Huono."}, "complete": True}
    assert (await public.post("/v1/surveys/chat/responses", json=changed)).status_code == 201
    assert await published(session) == set()
    assert [item["state"] for item in await listed(staff)] == ["pending"]
    refused = await decide(staff, read)
    assert (refused.status_code, refused.json()["code"]) == (409, "comment_changed")


async def test_erasure_takes_the_decision_with_it(staff: httpx.AsyncClient, session: AsyncSession) -> None:
    await some_comments(staff, "Kiitos!")
    (read,) = await listed(staff)
    assert (await decide(staff, read)).status_code == 200
    await session.execute(text("DELETE FROM survey_response_content"))
    assert await published(session) == set()
    refused = await decide(staff, read)
    assert (refused.status_code, refused.json()["code"]) == (404, "comment_not_found")


async def test_what_is_released_in_other_words_leaves_the_comment_as_it_was(
    staff: httpx.AsyncClient, session: AsyncSession
) -> None:
    await some_comments(staff, "Liisa luukulla kaksi oli ystävällinen.")
    (read,) = await listed(staff)
    decided = await decide(staff, read, shown_text="Luukulla oltiin ystävällisiä, puh. 040 123 4567.")
    assert decided.status_code == 200, decided.text
    (shown,) = await published(session)
    assert shown == decided.json()["shown_text"]
    assert shown.startswith("Luukulla oltiin ystävällisiä")
    assert "123 4567" not in shown
    (after,) = await listed(staff, state="released")
    assert (after["comment"], after["fingerprint"]) == (read["comment"], read["fingerprint"])
    assert after["decision"]["shown_text"] == shown
    # A later decision takes the place of all of this one.
    assert (await decide(staff, read)).json()["shown_text"] is None
    assert await published(session) == {read["comment"]}
    for more in ({"decision": "withhold", "shown_text": "Ei tätä."}, {"shown_text": " "}):
        refused = await decide(staff, read, **more)
        assert (refused.status_code, list(reasons(refused))) == (422, ["shown_text"])
    await decide(staff, read, shown_text="Ystävällistä.")
    await session.execute(text("DELETE FROM survey_response_content"))
    assert await published(session) == set()
    assert await count(session, "comment_decision") == 0


@pytest.mark.parametrize("judge", ["source_misuse_reason = {}", "misuse_reason = {}, misuse_rule = {rule}"])
async def test_nothing_is_shown_of_misuse_for_as_long_as_it_is_judged_so(
    staff: httpx.AsyncClient, session: AsyncSession, judge: str
) -> None:
    await some_comments(staff, "Hauskaa!")
    (read,) = await listed(staff)
    assert (await decide(staff, read, shown_text="Hauskaa.")).status_code == 200
    for reason, rule, shown in (("'repeated_press'", "'3 in 10 s'", set()), ("NULL", "NULL", {"Hauskaa."})):
        await session.execute(text(f"UPDATE survey_response SET {judge.format(reason, rule=rule)}"))
        assert await published(session) == shown


async def test_needs_the_scope(stranger: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
    assert (await stranger.get("/v1/comments")).status_code == 403
    assert (await public.get("/v1/comments")).status_code == 401


@pytest.mark.parametrize(("respondents", "shown"), [(9, []), (10, ["Sana 0"])])
async def test_residents_read_released_comments_of_surveys_that_enough_answered(
    staff: httpx.AsyncClient, session: AsyncSession, respondents: int, shown: list[str]
) -> None:
    await some_comments(staff, *(f"Sana {number}" for number in range(respondents)))
    chosen = next(item for item in await listed(staff) if item["comment"] == "Sana 0")
    assert (await decide(staff, chosen)).status_code == 200
    async with client_of(attach(create_reporting(), await session.connection())) as anyone:
        answer = (await anyone.get("/v1/quarters/2021-Q2/comments")).json()
        assert [item["comment"] for item in answer["items"]] == shown
        assert answer["minimum_respondents"] == 10
        for params in ({"lang": "sv"}, {"survey": "other"}):
            assert (await anyone.get("/v1/quarters/2021-Q2/comments", params=params)).json()["items"] == []
        assert (await anyone.get("/v1/quarters/2021-Q1/comments")).json()["items"] == []

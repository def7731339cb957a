"""How many were invited: counts that replace, and never add."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.shared.clock import local_day, now
from services.survey_api.invitations.schemas import COUNT_MAX, ITEMS_MAX
from tests.survey_api.factories import survey

pytestmark = pytest.mark.anyio

PATH = "/v1/surveys/chat/invitations"
DAY = "2021-05-04"


@pytest.fixture(autouse=True)
async def chat(staff: httpx.AsyncClient) -> None:
    assert (await staff.post("/v1/surveys", json=survey())).status_code == 201


def count(number: int, **fields: Any) -> dict[str, Any]:
    return {"sent_on": DAY, "count": number, "collection_mode": "sms"} | fields


async def send(client: httpx.AsyncClient, *items: dict[str, Any]) -> httpx.Response:
    return await client.post(PATH, json={"items": items})


async def outcomes(client: httpx.AsyncClient, *items: dict[str, Any]) -> list[str]:
    answer = await send(client, *items)
    assert answer.status_code == 200, answer.text
    return [item["outcome"] for item in answer.json()["items"]]


async def listed(client: httpx.AsyncClient, **params: Any) -> list[tuple[str, str, int]]:
    page = await client.get(PATH, params=params)
    assert page.status_code == 200, page.text
    return [(item["sent_on"], item["collection_mode"], item["count"]) for item in page.json()["items"]]


async def test_a_count_takes_the_place_of_the_one_before(staff: httpx.AsyncClient) -> None:
    assert await outcomes(staff, count(250), count(40, collection_mode="email")) == ["created", "created"]
    assert await outcomes(staff, count(240), count(40, collection_mode="email")) == ["updated", "unchanged"]
    assert await listed(staff) == [(DAY, "email", 40), (DAY, "sms", 240)]
    statement = (await staff.get("/v1/quarters/2021-Q2/statement")).json()["numbers"]
    assert statement["surveys.chat.invitations"] == 280


async def test_what_is_left_out_is_the_surveys_own(staff: httpx.AsyncClient) -> None:
    item = (await send(staff, {"sent_on": DAY, "count": 1})).json()["items"][0]
    definition = (await staff.get("/v1/surveys/chat")).json()
    assert (item["service_point"], item["collection_mode"]) == (definition["unit"], definition["collection_mode"])


async def test_pages_and_days(staff: httpx.AsyncClient) -> None:
    days = ["2021-04-30", "2021-05-01", "2021-05-02", "2021-05-03"]
    await outcomes(staff, *[count(number, sent_on=day) for number, day in enumerate(days)])
    assert await listed(staff, **{"from": days[1], "to": days[2]}) == [(days[1], "sms", 1), (days[2], "sms", 2)]
    seen, cursor = [], None
    while True:
        params = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = (await staff.get(PATH, params=params)).json()
        seen += [item["sent_on"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == days


TOMORROW = (local_day(now()) + timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("items", "field", "says"),
    [
        ([count(-1)], "items.0.count", "the least is 0"),
        ([count(COUNT_MAX + 1)], "items.0.count", str(COUNT_MAX)),
        ([count(1, sent_on=TOMORROW)], "items.0.sent_on", "future"),
        ([count(1, sent_on="0021-05-04")], "items.0.sent_on", "check the year"),
        ([count(1), count(2)], "items.1", "send their sum once"),
        ([count(1, collection_mode="device")], "items.0.collection_mode", "nobody is invited to a device"),
        ([count(1, service_point="atlantis")], "items.0.service_point", "atlantis"),
        ([], "items", "at least 1"),
        ([count(1)] * (ITEMS_MAX + 1), "items", str(ITEMS_MAX)),
    ],
)
async def test_a_wrong_count_is_named_and_none_is_stored(
    staff: httpx.AsyncClient, items: list[dict[str, Any]], field: str, says: str
) -> None:
    right = [count(5, sent_on="2021-01-04")] if len(items) == 1 else []
    answer = await send(staff, *items, *right)
    assert answer.status_code == 422, answer.text
    wrong = {one["name"]: one["reason"] for one in answer.json()["invalid_params"]}
    assert says in wrong[field], wrong
    assert await listed(staff) == []


async def test_who_may(public: httpx.AsyncClient, stranger: httpx.AsyncClient, staff: httpx.AsyncClient) -> None:
    assert (await send(public, count(1))).status_code == 401
    assert (await send(stranger, count(1))).status_code == 403
    assert (await public.get(PATH)).status_code == 401
    assert (await staff.get("/v1/surveys/none/invitations")).status_code == 404
    assert (await staff.get(PATH, params={"cursor": "x"})).status_code == 422
    assert (await staff.get(PATH, params={"from": "2021-05-02", "to": "2021-05-01"})).status_code == 422

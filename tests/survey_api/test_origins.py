"""Whose pages may show and answer a survey."""

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from services.shared.settings import Settings
from services.survey_api.main import create
from tests.conftest import attach, client_of
from tests.survey_api.factories import add_survey, reasons, survey

pytestmark = pytest.mark.anyio

HEL, OTHER, OWN = "https://www.hel.fi", "https://other.example", "http://test"
ANSWER = {"answers": {"scale": 75}}
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}


@pytest.fixture
async def listed(staff: httpx.AsyncClient) -> None:
    """A survey that only HEL's pages may show."""
    await add_survey(staff, allowed_origins=[HEL])


@pytest.mark.usefixtures("listed")
class TestListed:
    async def test_a_page_of_the_list_reads_and_answers(self, public: httpx.AsyncClient) -> None:
        shown = await public.get("/v1/surveys/chat", headers={"Origin": HEL})
        sent = await public.post("/v1/surveys/chat/responses", json=ANSWER, headers={"Origin": HEL})
        assert (shown.status_code, sent.status_code) == (200, 201)
        for answer in (shown, sent):
            assert answer.headers["access-control-allow-origin"] == "*"
            assert "Origin" in answer.headers["vary"]

    async def test_another_page_is_refused_and_may_read_why(self, public: httpx.AsyncClient) -> None:
        shown = await public.get("/v1/surveys/chat", headers={"Origin": OTHER})
        sent = await public.post("/v1/surveys/chat/responses", json=ANSWER, headers={"Origin": OTHER})
        for answer in (shown, sent):
            assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed")
            assert OTHER in answer.json()["detail"]
            assert "allowed-origins" in answer.json()["detail"]
            assert answer.headers["access-control-allow-origin"] == "*"

    @pytest.mark.parametrize("origin", ["null", "https://www.hel.fi.other.example", "http://www.hel.fi", ""])
    async def test_what_only_looks_like_it_is_refused(self, public: httpx.AsyncClient, origin: str) -> None:
        answer = await public.post("/v1/surveys/chat/responses", json=ANSWER, headers={"Origin": origin})
        assert answer.status_code == 403

    async def test_a_server_and_our_own_pages_answer(self, public: httpx.AsyncClient) -> None:
        from_server = await public.post("/v1/surveys/chat/responses", json=ANSWER)
        own = await public.post("/v1/surveys/chat/responses", json=ANSWER, headers={"Origin": OWN})
        assert (from_server.status_code, own.status_code) == (201, 201)
        assert "access-control-allow-origin" not in from_server.headers

    async def test_a_changed_list_holds_at_once(self, public: httpx.AsyncClient, staff: httpx.AsyncClient) -> None:
        await public.post("/v1/surveys/chat/responses", json=ANSWER, headers={"Origin": HEL})
        changed = await staff.put("/v1/surveys/chat/allowed-origins", json={"allowed_origins": [OTHER]})
        assert (changed.status_code, changed.json()["allowed_origins"]) == (200, [OTHER])
        statuses = [
            (await public.post("/v1/surveys/chat/responses", json=ANSWER, headers={"Origin": origin})).status_code
            for origin in (HEL, OTHER)
        ]
        assert statuses == [403, 201]

    async def test_changing_the_list_needs_the_scope(self, public: httpx.AsyncClient) -> None:
        answer = await public.put("/v1/surveys/chat/allowed-origins", json={"allowed_origins": None})
        assert answer.status_code == 401


async def test_any_page_by_default(staff: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
    assert (await add_survey(staff))["allowed_origins"] is None
    answer = await public.post("/v1/surveys/chat/responses", json=ANSWER, headers={"Origin": OTHER})
    assert answer.status_code == 201


async def test_an_empty_list_is_for_our_own_pages(staff: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
    await add_survey(staff, allowed_origins=[])
    statuses = [(await public.get("/v1/surveys/chat", headers={"Origin": origin})).status_code for origin in (HEL, OWN)]
    assert statuses == [403, 200]


async def test_the_list_of_no_survey_is_not_found(staff: httpx.AsyncClient) -> None:
    answer = await staff.put("/v1/surveys/nowhere/allowed-origins", json={"allowed_origins": None})
    assert (answer.status_code, answer.json()["code"]) == (404, "survey_not_found")


@pytest.mark.parametrize(
    "origin",
    [
        *("www.hel.fi", "https://www.hel.fi/", "https://WWW.hel.fi", "https://www.hel.fi:443", "http://a:80"),
        *("ftp://hel.fi", "https://*.hel.fi", "https://hel.fi; script-src *", "null", "https://äö.fi", "https://a\nb"),
    ],
)
async def test_a_wrong_origin_is_named_with_its_remedy(staff: httpx.AsyncClient, origin: str) -> None:
    answer = await staff.post("/v1/surveys", json=survey(allowed_origins=[HEL, origin]))
    assert answer.status_code == 422
    assert "https://www.hel.fi" in reasons(answer)["allowed_origins.1"]


@pytest.mark.parametrize("origin", ["http://localhost:8000", "https://xn--4ca0b.fi", "http://[::1]:8000"])
async def test_right_origins(staff: httpx.AsyncClient, origin: str) -> None:
    assert (await add_survey(staff, allowed_origins=[origin]))["allowed_origins"] == [origin]


async def test_a_preflight_is_answered_and_other_paths_stay_closed(public: httpx.AsyncClient) -> None:
    headers = PREFLIGHT | {"Origin": OTHER}
    asked = await public.options("/v1/surveys/chat/responses", headers=headers)
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, "*")
    assert "Content-Type" in asked.headers["access-control-allow-headers"]
    closed = await public.options("/v1/responses/import", headers=headers)
    assert "access-control-allow-origin" not in closed.headers


async def test_also_beside_the_settings_origins(
    connection: AsyncConnection, staff: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_survey(staff)
    settings = Settings(cors_origins=("https://bi.example",))
    monkeypatch.setattr("services.shared.application.get_settings", lambda: settings)
    async with client_of(attach(create(), connection)) as client:
        asked = await client.options("/v1/surveys/chat/responses", headers=PREFLIGHT | {"Origin": HEL})
        sent = await client.post("/v1/surveys/chat/responses", json=ANSWER, headers={"Origin": HEL})
    assert (asked.status_code, sent.status_code) == (204, 201)
    assert sent.headers.get_list("access-control-allow-origin") == ["*"]

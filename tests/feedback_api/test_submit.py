"""POST /v1/feedback: what a form may send, and what each mistake is told."""

import json
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

pytestmark = pytest.mark.anyio

JSON = {"Content-Type": "application/json"}


async def rows(session: AsyncSession, table: str) -> int:
    found: int = (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()
    return found


def names(response: httpx.Response) -> list[str]:
    return [param["name"] for param in response.json()["invalid_params"]]


class TestJson:
    async def test_the_least_a_form_can_send(self, public: httpx.AsyncClient) -> None:
        response = await public.post("/v1/feedback", json={"text": "Kiitos hyvästä palvelusta!"})
        assert response.status_code == 201
        body = response.json()
        assert set(body) == {
            "id",
            "receipt",
            "status_url",
            "received_at",
            "masked",
            "duplicate_of",
            "belongs_elsewhere",
        }
        status = await public.get(httpx.URL(body["status_url"]).path)
        assert status.json()["state"] == "received"

    async def test_everything_a_form_can_send_is_kept(
        self, public: httpx.AsyncClient, staff: httpx.AsyncClient
    ) -> None:
        sent = {
            "text": "Jonotin puhelimessa tunnin.\nLopulta sain ajan.",
            "type": "BLAME",
            "topic": "telephone_service",
            "unit": "health-stations",
            "channel": "service_map",
            "language": "fi",
            "title": "Puhelinpalvelu",
            "sender_name": "Aino Asukas",
            "sender_email": "aino@example.org",
            "sender_phone": "040 123 4567",
            "reply_wanted": True,
            "location": {"latitude": 60.17, "longitude": 24.94, "address": "Kaikukatu 4", "zip_code": "00530"},
            "attributes": {"viewpoint": ["wheelchair"], "visit": "2021-05-04"},
        }
        created = (await public.post("/v1/feedback", json=sent)).json()
        item = (await staff.get(f"/v1/feedback/{created['id']}")).json()
        assert item["type"] == "complaint", "an alias of the city's form becomes the catalogue's code"
        assert {item[key] for key in ("topic", "unit", "channel", "language")} == {
            "telephone_service",
            "health-stations",
            "service_map",
            "fi",
        }
        assert item["content"] == {
            "title": "Puhelinpalvelu",
            "text": sent["text"],
            "sender_name": "Aino Asukas",
            "sender_email": "aino@example.org",
            "sender_phone": "040 123 4567",
            "latitude": 60.17,
            "longitude": 24.94,
            "address": "Kaikukatu 4",
            "address_id": None,
            "zip_code": "00530",
            "attributes": {"viewpoint": ["wheelchair"], "visit": "2021-05-04"},
        }
        assert [event["kind"] for event in item["events"]] == ["received"]

    @pytest.mark.parametrize(
        ("change", "name", "remedy"),
        [
            ({"type": "rant"}, "type", "complaint"),
            ({"topic": "ufo"}, "topic", "/v1/catalogue"),
            ({"unit": "atlantis"}, "unit", "/v1/catalogue"),
            ({"channel": "pigeon"}, "channel", "web_form"),
            ({"unit": "public-works"}, "unit", "urban-environment"),
            ({"language": "tlh"}, "language", "'fi'"),
            ({"text": ""}, "text", "at least 1 character"),
            ({"text": "   "}, "text", "at least 1 character"),
            ({"text": "a" * 10_001}, "text", "10000"),
            ({"text": "a\x00b"}, "text", "NUL"),
            ({"text": 5}, "text", "in quotes"),
            ({"sender_email": "no at sign"}, "sender_email", "name@example.com"),
            ({"reply_wanted": "perhaps"}, "reply_wanted", "true nor false"),
            ({"colour": "blue"}, "colour", "spelling"),
            ({"location": {"latitude": 60.17}}, "location", "together"),
            ({"location": {"latitude": 91, "longitude": 0}}, "location.latitude", "90"),
            ({"location": {"latitude": 0, "longitude": -181}}, "location.longitude", "-180"),
            ({"attributes": {"a": {"b": "c"}}}, "attributes.a", "text"),
        ],
    )
    async def test_a_wrong_field_is_named_with_its_remedy(
        self, public: httpx.AsyncClient, session: AsyncSession, change: dict[str, Any], name: str, remedy: str
    ) -> None:
        response = await public.post("/v1/feedback", json={"text": "Hyvää palvelua"} | change)
        assert response.status_code == 422
        assert response.headers["content-type"] == "application/problem+json"
        assert names(response) == [name]
        assert remedy in response.json()["invalid_params"][0]["reason"]
        assert await rows(session, "feedback") == 0

    @pytest.mark.parametrize(
        ("content", "status", "code"),
        [
            (b'{"text": "a",', 400, "bad_request"),
            (b"", 400, "bad_request"),
            (b'{"text": "\xff\xfe"}', 400, "bad_request"),
            (b"[]", 422, "invalid_request"),
            (b'"text"', 422, "invalid_request"),
            (b'{"text": "\\ud800"}', 400, "bad_request"),
            (b"[" * 10_000 + b"]" * 10_000, 400, "bad_request"),
        ],
    )
    async def test_a_body_that_cannot_be_read(
        self, public: httpx.AsyncClient, content: bytes, status: int, code: str
    ) -> None:
        response = await public.post("/v1/feedback", content=content, headers=JSON)
        assert (response.status_code, response.json()["code"]) == (status, code)

    async def test_another_content_type_is_refused(self, public: httpx.AsyncClient) -> None:
        response = await public.post("/v1/feedback", content="hei", headers={"Content-Type": "text/plain"})
        assert response.status_code == 415
        assert "application/json" in response.json()["detail"]

    async def test_a_declared_body_over_the_limit_is_refused_unread(self, public: httpx.AsyncClient) -> None:
        response = await public.post("/v1/feedback", json={"text": "a" * 2_000_000})
        assert response.status_code == 413
        assert "1048576" in response.json()["detail"]

    async def test_a_streamed_body_over_the_limit_is_refused(self, public: httpx.AsyncClient) -> None:
        sent = 0

        async def endless() -> Any:
            nonlocal sent
            for _ in range(1000):
                sent += 1
                yield b"a" * 65_536

        response = await public.post("/v1/feedback", content=endless(), headers=JSON)
        assert response.status_code == 413
        assert sent < 1000, "it stopped reading"

    async def test_nul_in_the_address_is_refused(self, public: httpx.AsyncClient) -> None:
        assert (await public.get("/v1/receipts/a%00b")).status_code == 400

    async def test_the_public_may_not_choose_the_time(self, public: httpx.AsyncClient) -> None:
        response = await public.post("/v1/feedback", json={"text": "a", "received_at": "2021-05-04T09:30:00+03:00"})
        assert response.status_code == 403


class TestKeyedIn:
    async def test_paper_carries_its_own_date(self, staff: httpx.AsyncClient) -> None:
        sent = {"text": "Laatikosta", "channel": "paper", "received_at": "2021-06-30T23:30:00+03:00"}
        created = (await staff.post("/v1/feedback", json=sent)).json()
        item = (await staff.get(f"/v1/feedback/{created['id']}")).json()
        assert item["received_at"] == "2021-06-30T20:30:00Z"

    @pytest.mark.parametrize(
        ("received_at", "remedy"),
        [
            ("2100-01-01T00:00:00Z", "future"),
            ("1999-12-31T00:00:00Z", "2000"),
            ("2021-05-04T09:30:00", "offset"),
            ("yesterday", "datetime"),
        ],
    )
    async def test_an_implausible_time_is_refused(
        self, staff: httpx.AsyncClient, received_at: str, remedy: str
    ) -> None:
        response = await staff.post("/v1/feedback", json={"text": "a", "received_at": received_at})
        assert response.status_code == 422
        assert names(response) == ["received_at"]
        assert remedy in response.json()["invalid_params"][0]["reason"]


class TestForm:
    async def test_a_plain_html_form(self, public: httpx.AsyncClient, staff: httpx.AsyncClient) -> None:
        fields = {
            "text": "Ääkköset säilyvät: åäö ÅÄÖ €",
            "type": "THANK",
            "title": "",
            "reply_wanted": "on",
            "submit_button": "Lähetä",
        }
        response = await public.post("/v1/feedback", data=fields)
        assert response.status_code == 201
        item = (await staff.get(f"/v1/feedback/{response.json()['id']}")).json()
        assert item["content"]["text"] == fields["text"]
        assert item["content"]["title"] is None, "an input left blank was not sent"
        assert (item["type"], item["reply_wanted"]) == ("compliment", True)

    @pytest.mark.parametrize(
        ("body", "status"),
        [("text=%FF%FE", 400), ("text=a&text=b", 422), ("", 422), ("&".join(["a=b"] * 200), 400)],
    )
    async def test_a_form_that_is_wrong(self, public: httpx.AsyncClient, body: str, status: int) -> None:
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        assert (await public.post("/v1/feedback", content=body, headers=headers)).status_code == status

    @pytest.mark.parametrize(
        ("sent", "is_wanted"), [("on", True), (" TRUE ", True), ("0", False), ("false", False), ("", False)]
    )
    async def test_a_box_that_is_ticked_or_not(
        self, public: httpx.AsyncClient, staff: httpx.AsyncClient, sent: str, is_wanted: bool
    ) -> None:
        fields = {"text": "Vastatkaa", "reply_wanted": sent, "email": "resident@example.org"}
        created = await public.post("/v1/feedback", data=fields)
        assert created.status_code == 201, created.text
        assert (await staff.get(f"/v1/feedback/{created.json()['id']}")).json()["reply_wanted"] is is_wanted

    async def test_a_box_that_is_neither(self, public: httpx.AsyncClient) -> None:
        refused = await public.post("/v1/feedback", data={"text": "Vastatkaa", "publication_permitted": "680"})
        assert refused.status_code == 422
        assert "true or false" in refused.json()["invalid_params"][0]["reason"]

    async def test_a_form_that_forgot_its_enctype_does_not_lose_the_files(self, public: httpx.AsyncClient) -> None:
        """A browser then sends the file's name alone."""
        refused = await public.post("/v1/feedback", data={"text": "Kuva ohessa", "attachments": "photo.jpg"})
        assert (refused.status_code, names(refused)) == (422, ["attachments"])
        assert "multipart/form-data" in refused.json()["invalid_params"][0]["reason"]


@pytest.mark.usefixtures("way")
class TestIdempotencyKey:
    async def test_a_repeat_gets_the_same_answer(self, public: httpx.AsyncClient, session: AsyncSession) -> None:
        headers = {"Idempotency-Key": "form-1"}
        first = await public.post("/v1/feedback", json={"text": "kerran"}, headers=headers)
        again = await public.post("/v1/feedback", json={"text": "kerran"}, headers=headers)
        assert (again.status_code, again.json()) == (201, first.json())
        assert again.headers["Idempotent-Replayed"] == "true"
        assert await rows(session, "feedback") == 1

    async def test_the_same_key_for_another_body_is_refused(self, public: httpx.AsyncClient) -> None:
        headers = {"Idempotency-Key": "form-2"}
        await public.post("/v1/feedback", json={"text": "yksi"}, headers=headers)
        other = await public.post("/v1/feedback", json={"text": "toinen"}, headers=headers)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")

    async def test_a_refused_request_does_not_use_the_key_up(self, public: httpx.AsyncClient) -> None:
        headers = {"Idempotency-Key": "form-3"}
        refused = await public.post("/v1/feedback", json={"text": "a", "unit": "atlantis"}, headers=headers)
        mended = await public.post("/v1/feedback", json={"text": "a"}, headers=headers)
        assert (refused.status_code, mended.status_code) == (422, 201)

    async def test_callers_do_not_share_keys(self, public: httpx.AsyncClient, staff: httpx.AsyncClient) -> None:
        headers = {"Idempotency-Key": "form-4"}
        mine = await public.post("/v1/feedback", json={"text": "a"}, headers=headers)
        theirs = await staff.post("/v1/feedback", json={"text": "b"}, headers=headers)
        assert theirs.status_code == 201
        assert theirs.json()["id"] != mine.json()["id"]


class TestSearch:
    @pytest.mark.parametrize(
        ("words", "found"),
        [
            ("hammaslääkäri", {"fi"}),
            ("hammaslääkärissä -jono", set()),
            ("tandläkare", {"sv"}),
            ("dentists", {"en"}),
            ('"kind dentist"', {"en"}),
            ("tandläkaren or dentist", {"sv", "en"}),
            ("'; DROP TABLE feedback; --", set()),
            ("&|!():*<->", set()),
        ],
    )
    async def test_words_are_found_in_any_inflection(
        self, public: httpx.AsyncClient, staff: httpx.AsyncClient, words: str, found: set[str]
    ) -> None:
        texts = {
            "fi": "Kävin hammaslääkärillä, jono oli pitkä",
            "sv": "Tandläkarna var vänliga",
            "en": "A kind dentist",
        }
        for language, body in texts.items():
            await public.post("/v1/feedback", json={"text": body, "language": language})
        listed = (await staff.get("/v1/feedback", params={"q": words})).json()["items"]
        assert {item["language"] for item in listed} == found


class TestProblemDocument:
    async def test_it_has_the_fields_of_rfc_9457_and_ours(self, public: httpx.AsyncClient) -> None:
        response = await public.post("/v1/feedback", json={}, headers={"X-Request-ID": "trace-7"})
        assert response.json() == {
            "type": "urn:katsaus:problem:invalid_request",
            "title": "The request has fields that are wrong",
            "status": 422,
            "code": "invalid_request",
            "detail": "text: is missing; give a value",
            "request_id": "trace-7",
            "invalid_params": [{"name": "text", "reason": "is missing; give a value"}],
        }
        assert response.headers["X-Request-ID"] == "trace-7"

    async def test_a_forged_request_id_is_replaced(self, public: httpx.AsyncClient) -> None:
        response = await public.get("/v1/nothing", headers={"X-Request-ID": 'x"} {"forged": "line'})
        assert "forged" not in json.dumps(response.json())

    async def test_unknown_addresses_and_methods(self, public: httpx.AsyncClient) -> None:
        assert (await public.get("/v1/nothing")).json()["code"] == "not_found"
        assert (await public.put("/v1/feedback")).json()["code"] == "method_not_allowed"


@pytest.mark.usefixtures("way")
async def test_a_repeat_of_what_an_older_version_answered_creates_nothing(
    public: httpx.AsyncClient, session: AsyncSession
) -> None:
    headers = {"Idempotency-Key": "before-the-upgrade"}
    await public.post("/v1/feedback", json={"text": "Ennen päivitystä"}, headers=headers)
    await session.execute(text("UPDATE idempotency_key SET answer = answer - 'belongs_elsewhere'"))
    await session.commit()
    again = await public.post("/v1/feedback", json={"text": "Ennen päivitystä"}, headers=headers)
    assert (again.status_code, again.json()["code"]) == (422, "answer_outdated")
    assert await rows(session, "feedback") == 1

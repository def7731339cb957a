"""Open311 GeoReport v2: the standard's rules in both formats, the fourteen interoperability points, bad input."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from services.feedback_api.main import create
from services.shared.scopes import Scope
from services.shared.settings import Settings
from tests.conftest import add_key, attach, client_of
from tests.feedback_api import open311_rules as rules
from tests.feedback_api.test_attachments import picture
from tests.feedback_api.test_events import record

pytestmark = pytest.mark.anyio

V2 = "/open311/v2"
FORMATS = pytest.mark.parametrize("fmt", ["json", "xml"])


@pytest.fixture
async def key(session: AsyncSession) -> str:
    return await add_key(session, Scope.FEEDBACK_SEND, name="service map")


@pytest.fixture
async def moderator(app: FastAPI, session: AsyncSession) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, key=await add_key(session, Scope.FEEDBACK_MODERATE, name="moderator")) as client:
        yield client


async def post(client: httpx.AsyncClient, key: str, fmt: str = "json", **fields: Any) -> httpx.Response:
    sent = {"api_key": key, "service_code": "180", "description": "Penkki on rikki"} | fields
    return await client.post(f"{V2}/requests.{fmt}", data=sent)


async def make(client: httpx.AsyncClient, key: str, **fields: Any) -> str:
    (created,) = rules.check_list(await post(client, key, **fields), "json", "created")
    request_id: str = created["service_request_id"]
    return request_id


async def publish(moderator: httpx.AsyncClient, *ids: str, **decision: Any) -> None:
    for request_id in ids:
        sent = {"decision": "publish"} | decision
        response = await moderator.put(f"/v1/feedback/{request_id}/publication", json=sent)
        assert response.status_code == 200, response.text


async def listed(client: httpx.AsyncClient, fmt: str = "json", **query: Any) -> list[dict[str, Any]]:
    return rules.check_list(await client.get(f"{V2}/requests.{fmt}", params=query), fmt, "request")


async def ids(client: httpx.AsyncClient, **query: Any) -> list[str]:
    return [item["service_request_id"] for item in await listed(client, **query)]


async def errors(response: httpx.Response, fmt: str, status: int) -> str:
    assert response.status_code == status, response.text
    found = rules.check_list(response, fmt, "error")
    assert {int(float(error["code"])) for error in found} == {status}
    return "; ".join(error["description"] for error in found)


async def test_a_page_of_an_allowed_origin_can_read_them(
    connection: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(cors_origins=("https://www.hel.fi",))
    monkeypatch.setattr("services.shared.application.get_settings", lambda: settings)
    async with client_of(attach(create(), connection)) as client:
        refused = await client.get(f"{V2}/requests/none.json", headers={"Origin": "https://www.hel.fi"})
    assert refused.status_code == 404
    assert refused.headers["access-control-allow-origin"] == "https://www.hel.fi"
    assert "Origin" in refused.headers["vary"]


@FORMATS
class TestStandard:
    async def test_discovery(self, public: httpx.AsyncClient, fmt: str) -> None:
        content = rules.check_discovery(await public.get(f"{V2}/discovery.{fmt}"), fmt)
        assert content["endpoints"][0]["url"] == f"http://test{V2}"

    async def test_services_and_definitions(self, public: httpx.AsyncClient, fmt: str) -> None:
        services = rules.check_list(await public.get(f"{V2}/services.{fmt}"), fmt, "service")
        assert {"2809", "2808", "171"} <= {service["service_code"] for service in services}
        for service in services:
            definition = rules.check_definition(await public.get(f"{V2}/services/{service['service_code']}.{fmt}"), fmt)
            assert service["metadata"] == bool(definition["attributes"])

    @pytest.mark.parametrize(("locale", "name"), [("fi", "Puistot"), ("sv_FI", "Parker"), ("en-GB", "Parks")])
    async def test_languages(self, public: httpx.AsyncClient, fmt: str, locale: str, name: str) -> None:
        response = await public.get(f"{V2}/services.{fmt}", params={"locale": locale})
        names = {one["service_code"]: one["service_name"] for one in rules.check_list(response, fmt, "service")}
        assert names["174"] == name

    async def test_a_request_from_posting_to_closing(
        self, public: httpx.AsyncClient, staff: httpx.AsyncClient, moderator: httpx.AsyncClient, key: str, fmt: str
    ) -> None:
        created = rules.check_list(
            await post(
                public, key, fmt, lat="60.17", long="24.94", address_string="Kaikukatu 4", title="Penkki", locale="fi"
            ),
            fmt,
            "created",
        )
        request_id = created[0]["service_request_id"]
        path = f"{V2}/requests/{request_id}.{fmt}"
        (before,) = rules.check_list(await public.get(path), fmt, "request")
        assert (before["status"], before["description"], before["lat"]) == ("open", None, None)
        assert await ids(public) == []
        await publish(moderator, request_id, answer="Korjaamme penkin")
        await record(staff, request_id, kind="answered", note="Korjaamme penkin")
        (after,) = await listed(public, fmt, extensions="true")
        assert (after["status"], after["description"], after["lat"], after["address"]) == (
            "closed",
            "Penkki on rikki",
            60.17,
            "Kaikukatu 4",
        )
        assert after["status_notes"] == "Korjaamme penkin"
        assert after["extended_attributes"]["detailed_status"] == "PROCESSED"
        assert after["extended_attributes"]["title"] == "Penkki"
        (token,) = rules.check_list(await public.get(f"{V2}/tokens/{request_id}.{fmt}"), fmt, "token")
        assert token["service_request_id"] == request_id

    async def test_updates(
        self, public: httpx.AsyncClient, staff: httpx.AsyncClient, moderator: httpx.AsyncClient, key: str, fmt: str
    ) -> None:
        request_id = await make(public, key)
        await publish(moderator, request_id)
        await record(staff, request_id, kind="noted", note="Sisäinen")
        await record(staff, request_id, kind="assigned", unit="health-stations")
        await record(staff, request_id, kind="closed")
        sent = {
            "api_key": key,
            "service_request_id": request_id,
            "update_id": "fms-1",
            "status": "FIXED",
            "description": "Soita 040 123 4567",
        }
        posted = [
            rules.check_list(await public.post(f"{V2}/servicerequestupdates.{fmt}", data=sent), fmt, "posted_update")
            for _ in range(2)
        ]
        assert posted[0] == posted[1], "the same update_id is the same update"
        item = (await staff.get(f"/v1/feedback/{request_id}")).json()
        assert item["state"] == "closed"
        assert [(one["kind"], one["note"]) for one in item["events"]][-1] == ("commented", "Soita [phone]")
        updates = rules.check_list(await public.get(f"{V2}/servicerequestupdates.{fmt}"), fmt, "update")
        assert [update["status"] for update in updates] == ["OPEN", "INVESTIGATING", "CLOSED"]

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("/services/none.{}", 404),
            ("/requests/none.{}", 404),
            ("/requests/01926f3e-7b44-7c5e-9c1a-3f2f6f1f0d11.{}", 404),
            ("/tokens/none.{}", 404),
            ("/services.{}?jurisdiction_id=espoo.fi", 404),
            ("/nothing.{}", 404),
            ("/services.{}?locale=tlh", 400),
            ("/requests.{}?start_date=2021-05-05T00:00:00Z&end_date=2021-05-04T00:00:00Z", 400),
            ("/requests.{}?start_date=yesterday", 400),
            ("/requests.{}?start_date=0001-01-01", 200),
            ("/requests.{}?end_date=9999-12-31T23:59:59Z", 200),
            ("/requests.{}?lat=60", 400),
            ("/requests.{}?lat=60&long=25", 400),
            ("/requests.{}?radius=100", 400),
            ("/requests.{}?lat=60&long=25&radius=-1", 400),
            ("/requests.{}?lat=91&long=25&radius=1", 400),
            ("/requests.{}?lat=nan&long=25&radius=1", 400),
            ("/requests.{}?bbox=25,60,24,61", 400),
            ("/requests.{}?bbox=1,2,3", 400),
            ("/requests.{}?status=maybe", 400),
            ("/requests.{}?page=0", 400),
            ("/requests.{}?page=%D9%A1", 400),
            ("/requests.{}?page_size=99999999999", 400),
            ("/requests.{}?status=open&status=closed", 200),
            ("/requests.{}?start_date=2021-01-01&start_date=2021-02-01", 400),
        ],
    )
    async def test_errors_have_the_standards_shape(
        self, public: httpx.AsyncClient, fmt: str, path: str, status: int
    ) -> None:
        response = await public.get(V2 + path.format(fmt))
        if status == 200:
            assert response.status_code == 200, response.text
        else:
            assert await errors(response, fmt, status)

    @pytest.mark.parametrize(
        ("fields", "status", "words"),
        [
            ({"api_key": ""}, 403, "api_key is missing"),
            ({"api_key": "katsaus_0000000000_0"}, 403, "unknown, expired or revoked"),
            ({"service_code": "9999"}, 404, "9999"),
            ({"description": " "}, 400, "description"),
            ({"description": "a" * 5001}, 400, "5000"),
            ({"lat": "60.17"}, 400, "long"),
            ({"lat": "60.17", "long": "181"}, 400, "long"),
            ({"service_object_id": "1"}, 400, "service_object_type"),
            ({"service_object_type": "unit"}, 400, "service_object_id"),
            ({"email": "nobody"}, 400, "email"),
            ({"locale": "xx"}, 400, "locale"),
            ({"jurisdiction_id": "espoo.fi"}, 404, "espoo.fi"),
            ({"service_code": ["171", "172"]}, 400, "service_code"),
        ],
    )
    async def test_bad_posts_are_refused_and_store_nothing(
        self,
        public: httpx.AsyncClient,
        session: AsyncSession,
        key: str,
        fmt: str,
        fields: dict[str, Any],
        status: int,
        words: str,
    ) -> None:
        assert words in await errors(await post(public, key, fmt, **fields), fmt, status)
        assert (await session.execute(text("SELECT count(*) FROM feedback"))).scalar_one() == 0

    async def test_a_revoked_key_and_one_without_the_scope(
        self, public: httpx.AsyncClient, session: AsyncSession, key: str, fmt: str
    ) -> None:
        other = await add_key(session, Scope.REPORT_INTERNAL, name="reader")
        assert "feedback:send" in await errors(await post(public, other, fmt), fmt, 403)
        await session.execute(text("UPDATE api_key SET revoked_at = now() WHERE name = 'service map'"))
        await session.commit()
        assert "revoked" in await errors(await post(public, key, fmt), fmt, 403)

    async def test_json_bodies_too_large_ones_and_wrong_methods(
        self, public: httpx.AsyncClient, key: str, fmt: str
    ) -> None:
        path = f"{V2}/requests.{fmt}"
        await errors(await public.post(path, json={"api_key": key}), fmt, 400)
        await errors(await public.post(path, data={"description": "a" * 2_000_000}), fmt, 400)
        await errors(await public.delete(path), fmt, 405)
        await errors(await public.post(path, data={f"f{n}": "x" for n in range(200)}), fmt, 400)


class TestInteroperability:
    """The fourteen points at which clients and servers of the field are known to fail each other."""

    async def test_01_post_answers_200(self, public: httpx.AsyncClient, key: str) -> None:
        assert (await post(public, key)).status_code == 200

    async def test_02_xml_lists_have_the_standards_root(
        self, public: httpx.AsyncClient, moderator: httpx.AsyncClient, key: str
    ) -> None:
        await publish(moderator, await make(public, key))
        response = await public.get(f"{V2}/requests.xml")
        assert b"<service_requests><request><service_request_id>" in response.content

    async def test_03_json_is_bare_arrays_and_real_booleans(self, public: httpx.AsyncClient, key: str) -> None:
        request_id = await make(public, key)
        assert isinstance((await public.get(f"{V2}/requests/{request_id}.json")).json(), list)
        assert isinstance((await public.get(f"{V2}/requests/none.json")).json(), list)
        assert all(type(one["metadata"]) is bool for one in (await public.get(f"{V2}/services.json")).json())
        assert b"<metadata>false</metadata>" in (await public.get(f"{V2}/services.xml")).content

    async def test_04_ids_and_codes_are_strings_and_degrees_come_either_way(
        self, public: httpx.AsyncClient, moderator: httpx.AsyncClient, key: str
    ) -> None:
        request_id = await make(public, key, lat="60.170", long="24.940")
        await publish(moderator, request_id)
        (item,) = (await public.get(f"{V2}/requests.json")).json()
        assert (type(item["service_request_id"]), type(item["service_code"])) == (str, str)
        assert (item["lat"], item["long"]) == (60.17, 24.94)

    async def test_05_the_content_types_are_the_standards(self, public: httpx.AsyncClient) -> None:
        for fmt, media_type in rules.MEDIA_TYPES.items():
            assert (await public.get(f"{V2}/services.{fmt}")).headers["content-type"] == media_type

    @pytest.mark.parametrize("name", ["media", "media[]", "photo1"])
    async def test_06_forms_and_photos_of_all_clients(
        self,
        app: FastAPI,
        public: httpx.AsyncClient,
        moderator: httpx.AsyncClient,
        key: str,
        tmp_path: Path,
        name: str,
    ) -> None:
        app.state.settings = app.state.settings.model_copy(update={"attachments_url": f"file://{tmp_path}/a"})
        sent = {"api_key": key, "description": "Kuvat", "media_url": "https://example.org/photo.jpg"}
        files = [(name, ("a.jpg", picture(), "image/jpeg")), (name, ("b.png", picture("PNG"), "image/png"))]
        response = await public.post(f"{V2}/requests.json", data=sent, files=files)
        (created,) = rules.check_list(response, "json", "created")
        request_id = created["service_request_id"]
        assert (await public.get(f"{V2}/media/{request_id}/1")).status_code == 404
        await publish(moderator, request_id)
        assert (await listed(public))[0]["media_url"] is None, "pictures are published by their own word"
        await publish(moderator, request_id, attachments=True)
        (item,) = await listed(public, extensions="true")
        urls = item["extended_attributes"]["media_urls"]
        assert urls[2] == "https://example.org/photo.jpg"
        shown = [await public.get(httpx.URL(url).path) for url in urls[:2]]
        assert [one.headers["content-type"] for one in shown] == ["image/jpeg", "image/png"]

    @pytest.mark.parametrize(
        "object_type", ["http://www.hel.fi/servicemap/v2", "https://www.hel.fi/servicemap/v2", "unit"]
    )
    async def test_07_object_types_and_both_spellings_of_the_postcode(
        self,
        public: httpx.AsyncClient,
        staff: httpx.AsyncClient,
        moderator: httpx.AsyncClient,
        key: str,
        object_type: str,
    ) -> None:
        request_id = await make(
            public, key, service_object_id="oral-health", service_object_type=object_type, zip_code="00530"
        )
        assert (await staff.get(f"/v1/feedback/{request_id}")).json()["unit"] == "oral-health"
        await publish(moderator, request_id)
        (item,) = await listed(public, extensions="true", service_object_id="oral-health")
        assert (item["zipcode"], item["extended_attributes"]["zip_code"]) == ("00530", "00530")
        assert item["extended_attributes"]["service_object_type"] == object_type
        unknown = await make(public, key, service_object_id="123456", service_object_type=object_type, zipcode="1")
        assert (await staff.get(f"/v1/feedback/{unknown}")).json()["unit"] == "helsinki"

    async def test_08_empty_means_absent(self, public: httpx.AsyncClient, key: str) -> None:
        await make(public, key, jurisdiction_id="", lat="", long="", email="", service_code="", locale="")
        for name in ("jurisdiction_id", "start_date", "status", "bbox", "page", "locale", "service_request_id"):
            assert (await public.get(f"{V2}/requests.json", params={name: ""})).status_code == 200

    async def test_09_unknown_fields_and_attributes_are_never_refused(
        self, public: httpx.AsyncClient, staff: httpx.AsyncClient, key: str
    ) -> None:
        request_id = await make(
            public,
            key,
            **{
                "service_code": "11",
                "internal_feedback": "true",
                "colour": "blue",
                "device_id": "x",
                "attribute[unheard_of]": "1",
                "attribute[viewpoint][]": ["wheelchair", "rollator"],
                "attribute[empty][]": "",
            },
        )
        item = (await staff.get(f"/v1/feedback/{request_id}")).json()
        assert item["type"] == "accessibility"
        assert item["content"]["attributes"] == {"unheard_of": "1", "viewpoint": ["wheelchair", "rollator"]}

    async def test_10_an_id_overrides_all_other_filters(self, public: httpx.AsyncClient, key: str) -> None:
        one, two = await make(public, key), await make(public, key, description="Toinen")
        query = {"service_request_id": f"{one},{two},none", "status": "closed", "service_code": "171"}
        assert set(await ids(public, **query, start_date="2001-01-01T00:00:00Z")) == {one, two}

    async def test_11_a_bad_key_is_403(self, public: httpx.AsyncClient) -> None:
        assert (await post(public, "wrong")).status_code == 403

    @pytest.mark.parametrize("value", ["2021-05-04T00:00:00.123456Z", "2021-05-04T00:00:00+03:00", "2021-05-04"])
    async def test_12_fractions_and_one_odd_row_break_no_list(
        self, public: httpx.AsyncClient, moderator: httpx.AsyncClient, session: AsyncSession, key: str, value: str
    ) -> None:
        odd = await make(public, key, description="\x0b <b>& ]]> \ufffe \U0001f600")
        erased = await make(public, key, description="Poistettu")
        await publish(moderator, odd, erased)
        await session.execute(text("DELETE FROM feedback_content WHERE feedback_id = :id"), {"id": erased})
        await session.commit()
        for fmt in ("json", "xml"):
            response = await public.get(f"{V2}/requests.{fmt}", params={"updated_after": value, "extensions": "true"})
            assert len(rules.check_list(response, fmt, "request")) == 2

    async def test_13_discovery_ends_in_discovery_and_its_changeset_has_been(self, public: httpx.AsyncClient) -> None:
        for fmt in ("json", "xml"):
            rules.check_discovery(await public.get(f"{V2}/discovery.{fmt}"), fmt)
        assert (await public.get(f"{V2}/discovery")).status_code == 404

    async def test_14_pages_reach_everything_once_and_say_so(
        self, public: httpx.AsyncClient, moderator: httpx.AsyncClient, key: str
    ) -> None:
        made = [await make(public, key, description=f"Penkki {number}") for number in range(7)]
        await publish(moderator, *made)
        seen: list[str] = []
        url: str | None = f"{V2}/requests.json?page_size=3"
        while url:
            response = await public.get(url)
            seen += [item["service_request_id"] for item in rules.check_list(response, "json", "request")]
            assert (response.headers["x-result-count"], response.headers["x-page-count"]) == ("7", "3")
            url = response.headers.get("x-next-page-url")
            assert (url is None) == ('rel="next"' not in response.headers["link"])
        assert seen == made[::-1]


class TestHelsinkisClients:
    async def test_the_service_maps_form_through_its_proxy(
        self, public: httpx.AsyncClient, staff: httpx.AsyncClient, key: str
    ) -> None:
        sent = {
            "api_key": key,
            "service_code": "2808",
            "description": "Kiitos hyvästä hoidosta!",
            "email": "aino@example.org",
            "can_be_published": "false",
            "service_object_id": "oral-health",
            "service_object_type": "unit",
            "service_request_type": "THANK",
            "internal_feedback": "false",
        }
        response = await public.post(f"{V2}/requests.json", data=sent)
        assert response.status_code == 200
        assert set(response.json()[0]) >= {"service_request_id", "service_notice"}
        item = (await staff.get(f"/v1/feedback/{response.json()[0]['service_request_id']}")).json()
        assert (item["type"], item["unit"], item["source"], item["channel"], item["reply_wanted"]) == (
            "compliment",
            "oral-health",
            "service map",
            "open311",
            True,
        )

    async def test_what_its_sender_keeps_private_cannot_be_published(
        self, public: httpx.AsyncClient, moderator: httpx.AsyncClient, key: str
    ) -> None:
        request_id = await make(public, key, can_be_published="false")
        refused = await moderator.put(f"/v1/feedback/{request_id}/publication", json={"decision": "publish"})
        assert (refused.status_code, refused.json()["code"]) == (409, "not_publishable")

    async def test_a_claim_is_told_where_it_belongs_and_looks_received(
        self, public: httpx.AsyncClient, moderator: httpx.AsyncClient, key: str
    ) -> None:
        response = await post(public, key, description="Teen muistutuksen hoidostani.", locale="sv")
        (created,) = rules.check_list(response, "json", "created")
        assert "anmärkning" in created["service_notice"]
        refused = await moderator.put(
            f"/v1/feedback/{created['service_request_id']}/publication", json={"decision": "publish"}
        )
        assert refused.status_code == 409

    async def test_feedback_of_the_form_is_public_only_by_its_senders_word_and_a_moderators(
        self, public: httpx.AsyncClient, moderator: httpx.AsyncClient
    ) -> None:
        private = (await public.post("/v1/feedback", json={"text": "Yksityistä"})).json()["id"]
        sent = {"text": "Puistossa on roskia", "topic": "parks", "publication_permitted": True}
        permitted = (await public.post("/v1/feedback", json=sent)).json()["id"]
        by_form = {"text": "Kiitos kaikille", "publication_permitted": "yes"}
        general = (await public.post("/v1/feedback", data=by_form)).json()["id"]
        assert (await public.get(f"{V2}/requests/{private}.json")).status_code == 404
        refused = await moderator.put(f"/v1/feedback/{private}/publication", json={"decision": "publish"})
        assert (refused.status_code, refused.json()["code"]) == (409, "not_publishable")
        waiting = (await moderator.get("/v1/publications")).json()["items"]
        assert {item["feedback_id"]: item["service_code"] for item in waiting} == {permitted: "174", general: "2809"}
        assert await ids(public) == []
        await publish(moderator, permitted)
        assert await ids(public) == [permitted]


class TestFilters:
    async def test_each_finds_what_it_names(
        self, public: httpx.AsyncClient, staff: httpx.AsyncClient, moderator: httpx.AsyncClient, key: str
    ) -> None:
        # 0.001 degrees of latitude are 111.2 metres; of longitude at 60.17° north 55.3.
        here = await make(public, key, lat="60.170", long="24.940", description="Tässä", service_code="171")
        near = await make(public, key, lat="60.171", long="24.940", description="Lähellä")
        far = await make(public, key, lat="60.170", long="24.960", description="Kaukana, roskia")
        nowhere = await make(public, key, description="Ei missään")
        await publish(moderator, here, near, far, nowhere)
        await record(staff, near, kind="closed")
        middle = {"lat": "60.170", "long": "24.940"}
        assert await ids(public, **middle, radius="0") == [here]
        assert set(await ids(public, **middle, radius="112")) == {here, near}
        assert set(await ids(public, **middle, radius="111")) == {here}
        assert set(await ids(public, **middle, radius="1107")) == {here, near, far}
        assert set(await ids(public, bbox="24.93,60.1695,24.95,60.172")) == {here, near}
        assert await ids(public, service_code="171,172") == [here]
        assert await ids(public, status="closed") == [near]
        assert set(await ids(public, status="open,closed")) == {here, near, far, nowhere}
        assert await ids(public, search="roska") == [far]
        later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        assert await ids(public, updated_after=later) == []
        assert len(await ids(public, updated_before=later)) == 4
        assert await ids(public, start_date="2021-01-01T00:00:00Z", end_date="2021-02-01T00:00:00Z") == []

    async def test_erasing_takes_the_public_words_too(
        self, app: FastAPI, public: httpx.AsyncClient, moderator: httpx.AsyncClient, session: AsyncSession, key: str
    ) -> None:
        request_id = await make(public, key)
        await publish(moderator, request_id, text="Penkki on poikki")
        eraser = client_of(app, key=await add_key(session, Scope.FEEDBACK_ERASE, name="eraser"))
        assert (await eraser.delete(f"/v1/feedback/{request_id}/content")).status_code == 200
        (item,) = await listed(public)
        assert item["description"] is None

    async def test_the_list_of_what_awaits_a_moderator(
        self, public: httpx.AsyncClient, moderator: httpx.AsyncClient, staff: httpx.AsyncClient, key: str
    ) -> None:
        made = [await make(public, key, description=f"Penkki {number}") for number in range(3)]
        first = (await moderator.get("/v1/publications", params={"limit": 2})).json()
        rest = (await moderator.get("/v1/publications", params={"limit": 2, "cursor": first["next"]})).json()
        waiting = [*first["items"], *rest["items"]]
        assert [(item["feedback_id"], item["sent_text"]) for item in waiting] == [
            (request_id, f"Penkki {number}") for number, request_id in enumerate(made)
        ]
        refused = await moderator.put(f"/v1/feedback/{made[0]}/publication", json={"decision": "refuse"})
        assert refused.json()["moderation"] == "refused"
        assert len((await moderator.get("/v1/publications")).json()["items"]) == 2
        assert (await staff.get("/v1/publications")).status_code == 403

"""A client written from GeoReport v2 alone, and Helsinki's own way of calling, against the services as they run."""

import io
import json
from xml.etree import ElementTree as ET

import httpx
import pytest
from PIL import Image

from tests.feedback_api import open311_rules as rules
from tests.journeys.conftest import Up, katsaus

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]

DISCOVERY = "/open311/v2/discovery.{}"


def make_key(up: Up, name: str, *scopes: str) -> str:
    """A key as an operator makes it."""
    options = [word for scope in scopes for word in ("--scope", scope)]
    made = katsaus("key", "create", name, *options, environ=up.environ)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


def photo() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(made, "JPEG")
    return made.getvalue()


@pytest.mark.parametrize("fmt", ["json", "xml"])
def test_from_discovery_to_updates(katsaus_up: Up, fmt: str) -> None:
    key = make_key(katsaus_up, f"client {fmt}", "feedback:send")
    moderator = make_key(katsaus_up, f"moderator {fmt}", "feedback:moderate", "feedback:handle")
    with katsaus_up.client(0) as city, katsaus_up.client(0, key=moderator) as staff:
        discovery = rules.check_discovery(city.get(DISCOVERY.format(fmt)), fmt)
        (endpoint,) = discovery["endpoints"]
        base = endpoint["url"]
        services = rules.check_list(city.get(f"{base}/services.{fmt}"), fmt, "service")
        with_definition = next(service for service in services if service["metadata"])
        code = with_definition["service_code"]
        definition = rules.check_definition(city.get(f"{base}/services/{code}.{fmt}"), fmt)
        attribute = definition["attributes"][0]
        sent = {
            "api_key": key,
            "service_code": code,
            "lat": "60.1699",
            "long": "24.9384",
            "description": f"Luiska on liian jyrkkä ({fmt})",
            "email": "aino@example.org",
            f"attribute[{attribute['code']}][]": attribute["values"][0]["key"],
        }
        posted = city.post(f"{base}/requests.{fmt}", data=sent, files={"media": ("a.jpg", photo(), "image/jpeg")})
        assert posted.status_code == 200, posted.text
        (created,) = rules.check_list(posted, fmt, "created")
        request_id = created["service_request_id"]

        def listed() -> dict[str, dict[str, object]]:
            found = rules.check_list(city.get(f"{base}/requests.{fmt}", params={"extensions": "true"}), fmt, "request")
            return {str(item["service_request_id"]): item for item in found}

        assert request_id not in listed()
        decision = {"decision": "publish", "attachments": True, "answer": "Loivennamme luiskan."}
        assert staff.put(f"/v1/feedback/{request_id}/publication", json=decision).status_code == 200
        item = listed()[request_id]
        assert item["description"] == sent["description"]
        picture = city.get(str(item["media_url"]))
        assert picture.headers["content-type"] == "image/jpeg"
        staff.post(f"/v1/feedback/{request_id}/events", json={"kind": "answered", "note": "Loivennamme luiskan."})
        (read,) = rules.check_list(city.get(f"{base}/requests/{request_id}.{fmt}"), fmt, "request")
        assert (read["status"], read["status_notes"]) == ("closed", "Loivennamme luiskan.")
        (token,) = rules.check_list(city.get(f"{base}/tokens/{request_id}.{fmt}"), fmt, "token")
        assert token["service_request_id"] == request_id
        query = {"service_request_id": request_id}
        updates = rules.check_list(city.get(f"{base}/servicerequestupdates.{fmt}", params=query), fmt, "update")
        assert [update["status"] for update in updates] == ["OPEN", "CLOSED"]


def test_helsinkis_proxy(katsaus_up: Up) -> None:
    """Posts urlencoded to the configured address as it stands; any status but 200 is a failure to the resident."""
    key = make_key(katsaus_up, "service map", "feedback:send")
    body = {
        "description": "Odotin kaksi tuntia.",
        "email": "",
        "can_be_published": "true",
        "service_request_type": "OTHER",
        "internal_feedback": "true",
        "service_code": "2809",
        "api_key": key,
    }
    url = f"http://127.0.0.1:{katsaus_up.ports[0]}/open311/v2/requests.json"
    answer = httpx.post(url, data=body, trust_env=False)
    assert answer.status_code == 200
    entries = json.loads(answer.text)
    assert isinstance(entries, list)
    assert "code" not in entries[0]
    refused = httpx.post(url, data=body | {"api_key": "wrong"}, trust_env=False)
    assert (refused.status_code, refused.json()[0]["code"]) == (403, 403)
    as_xml = httpx.post(url.replace(".json", ".xml"), data=body | {"service_code": "1"}, trust_env=False)
    assert ET.fromstring(as_xml.content).findtext("error/code") == "404"  # noqa: S314 (our own answer)

"""Ombudsman contacts: registered, imported, listed and counted."""

import json
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.anyio

CONTACT = {
    "contacted_on": "2021-05-04",
    "service": "family_and_social",
    "reasons": ["access_to_information", "other"],
    "contact_mode": "phone",
}


async def counts(staff: httpx.AsyncClient, first: str = "2021-04-01", last: str = "2021-06-30") -> dict[str, Any]:
    response = await staff.get("/v1/ombudsman-contacts/counts", params={"from": first, "to": last})
    body: dict[str, Any] = response.json()
    return body


class TestRegister:
    async def test_a_contact_with_several_reasons(self, staff: httpx.AsyncClient) -> None:
        response = await staff.post("/v1/ombudsman-contacts", json=CONTACT)
        assert response.status_code == 201
        listed = (await staff.get("/v1/ombudsman-contacts")).json()["items"]
        assert listed == [response.json()]
        assert listed[0]["reasons"] == ["access_to_information", "other"]

    @pytest.mark.parametrize(
        ("change", "name"),
        [
            ({"service": "space_travel"}, "service"),
            ({"reasons": ["boredom"]}, "reasons"),
            ({"reasons": ["other", "other"]}, "reasons"),
            ({"contact_mode": "telepathy"}, "contact_mode"),
            ({"contacted_on": "1999-12-31"}, "contacted_on"),
            ({"contacted_on": "2099-01-01"}, "contacted_on"),
            ({"contacted_on": "4.5.2021"}, "contacted_on"),
            ({"client_name": "Aino"}, "client_name"),
        ],
    )
    async def test_a_wrong_field_is_named(self, staff: httpx.AsyncClient, change: dict[str, Any], name: str) -> None:
        response = await staff.post("/v1/ombudsman-contacts", json=CONTACT | change)
        assert response.status_code == 422
        assert response.json()["invalid_params"][0]["name"] == name


class TestCount:
    async def test_contacts_and_reasons_have_their_own_bases(self, staff: httpx.AsyncClient) -> None:
        await staff.post("/v1/ombudsman-contacts", json=CONTACT)
        await staff.post("/v1/ombudsman-contacts", json=CONTACT | {"reasons": []})
        noise = CONTACT | {"contacted_on": "2021-07-01"}
        await staff.post("/v1/ombudsman-contacts", json=noise)
        body = await counts(staff)
        assert (body["contacts"], body["reasons_recorded"]) == (2, 2)
        assert body["by_service"]["family_and_social"] == 2
        assert body["by_service"]["other"] == 0
        assert body["by_reason"]["access_to_information"] == 1
        assert body["by_contact_mode"]["phone"] == 2

    async def test_days_the_wrong_way_round(self, staff: httpx.AsyncClient) -> None:
        response = await staff.get("/v1/ombudsman-contacts/counts", params={"from": "2021-06-30", "to": "2021-04-01"})
        assert response.status_code == 422


class TestImport:
    async def send(self, staff: httpx.AsyncClient, *lines: dict[str, Any]) -> list[str]:
        body = "\n".join(json.dumps(line) for line in lines)
        response = await staff.post("/v1/ombudsman-contacts/import", content=body)
        return [json.loads(line)["status"] for line in response.text.splitlines()]

    async def test_it_is_safe_to_repeat(self, staff: httpx.AsyncClient) -> None:
        lines = [CONTACT | {"source": "register", "reference": str(n)} for n in range(3)]
        assert await self.send(staff, *lines, lines[0]) == ["created", "created", "created", "unchanged"]
        assert await self.send(staff, *lines) == ["unchanged"] * 3
        assert (await counts(staff))["contacts"] == 3

    async def test_a_bad_line_fails_alone(self, staff: httpx.AsyncClient) -> None:
        good = CONTACT | {"source": "register", "reference": "1"}
        bad = CONTACT | {"source": "register", "reference": "2", "service": "space_travel"}
        differing = good | {"contact_mode": "letter"}
        assert await self.send(staff, good, bad, differing) == ["created", "refused", "refused"]

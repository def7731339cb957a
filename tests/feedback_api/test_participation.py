"""The registers of participation: registered, listed, corrected and deleted; never a word about a client."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

pytestmark = pytest.mark.anyio

Body = dict[str, Any]

IDENTITY_CODE = "131052-308T"

REPORT: Body = {
    "observed_on": "2021-05-04",
    "unit": "social-advice",
    "reasons": ["livelihood", "housing"],
    "barriers": ["waiting"],
    "note": "Moni hakee apua vasta, kun vuokra on maksamatta.",
}
PANEL: Body = {
    "kind": "council",
    "names": {"fi": "Kinaporin asiakasneuvosto", "en": "Client council of Kinapori"},
    "unit": "kinapori-service-centre",
}
MEETING: Body = {
    "held_on": "2021-05-04",
    "participants": 12,
    "memo": "Ruokalan aukiolosta keskusteltiin.",
    "memo_url": "https://www.hel.fi/muistio.pdf",
}
PROPOSAL: Body = {"proposed_on": "2021-05-04", "text": "Ruokala auki myös lauantaisin."}
INITIATIVE: Body = {
    "subject": "Lisää penkkejä terveysasemalle",
    "received_on": "2021-05-04",
    "unit": "health-stations",
    "handled_by": "Sosiaali- ja terveyslautakunta",
}

REPORTS, PANELS, MEETINGS = "/v1/social-reports", "/v1/panels", "/v1/panel-meetings"
PROPOSALS, INITIATIVES = "/v1/panel-proposals", "/v1/initiatives"
ALL_PATHS = (REPORTS, PANELS, MEETINGS, PROPOSALS, INITIATIVES)


async def make(staff: httpx.AsyncClient, path: str, body: Body) -> Body:
    response = await staff.post(path, json=body)
    assert response.status_code == 201, response.text
    made: Body = response.json()
    return made


@pytest.fixture
async def panel(staff: httpx.AsyncClient) -> Body:
    return {"panel_id": (await make(staff, PANELS, PANEL))["id"]}


async def body_of(staff: httpx.AsyncClient, path: str) -> Body:
    """A right body for the register at ``path``."""
    if path in (REPORTS, PANELS, INITIATIVES):
        return {REPORTS: REPORT, PANELS: PANEL, INITIATIVES: INITIATIVE}[path]
    made = await make(staff, PANELS, PANEL)
    return {MEETINGS: MEETING, PROPOSALS: PROPOSAL}[path] | {"panel_id": made["id"]}


def named(response: httpx.Response) -> str:
    assert response.status_code == 422, response.text
    name: str = response.json()["invalid_params"][0]["name"]
    return name


@pytest.mark.parametrize("path", ALL_PATHS)
class TestAllRegisters:
    async def test_what_is_registered_is_read_listed_corrected_and_deleted(
        self, staff: httpx.AsyncClient, path: str
    ) -> None:
        body = await body_of(staff, path)
        made = await make(staff, path, body)
        made.pop("masked", None)
        assert made["source"] == "staff"
        assert (await staff.get(f"{path}/{made['id']}")).json() == made
        assert made in (await staff.get(path)).json()["items"]

        other_unit = {"unit": "adult-social-work"} if "unit" in body else {}
        corrected = await staff.put(f"{path}/{made['id']}", json=body | other_unit)
        assert corrected.status_code == 200
        assert corrected.json() | {"masked": None} == made | other_unit | {"masked": None}

        assert (await staff.delete(f"{path}/{made['id']}")).status_code == 204
        gone = await staff.get(f"{path}/{made['id']}")
        assert (gone.status_code, gone.json()["code"]) == (404, "record_not_found")

    async def test_only_with_the_scope(self, public: httpx.AsyncClient, stranger: httpx.AsyncClient, path: str) -> None:
        for client, status in ((public, 401), (stranger, 403)):
            assert (await client.get(path)).status_code == status
            assert (await client.post(path, json={})).status_code == status
            assert (await client.delete(f"{path}/{uuid4()}")).status_code == status

    async def test_a_repeated_key_makes_one_record(self, staff: httpx.AsyncClient, path: str) -> None:
        body = await body_of(staff, path)
        first, again = [await staff.post(path, json=body, headers={"Idempotency-Key": "k"}) for _ in range(2)]
        assert (again.status_code, again.json()) == (201, first.json())
        listed = (await staff.get(path)).json()["items"]
        assert len([one for one in listed if one["id"] == first.json()["id"]]) == 1

    async def test_a_reference_is_taken_once_and_found_by_it(self, staff: httpx.AsyncClient, path: str) -> None:
        body = await body_of(staff, path) | {"source": "register", "reference": "7"}
        made = await make(staff, path, body)
        again = await staff.post(path, json=body)
        assert (again.status_code, again.json()["code"]) == (409, "record_conflict")
        found = (await staff.get(path, params={"source": "register", "reference": "7"})).json()["items"]
        assert [one["id"] for one in found] == [made["id"]]
        assert (await staff.get(path, params={"source": "register", "reference": "8"})).json()["items"] == []

    async def test_a_source_needs_a_reference(self, staff: httpx.AsyncClient, path: str) -> None:
        body = await body_of(staff, path)
        assert named(await staff.post(path, json=body | {"source": "register"})) == "reference"
        assert named(await staff.post(path, json=body | {"reference": "7"})) == "source"

    async def test_lists_are_paged(self, staff: httpx.AsyncClient, path: str) -> None:
        body = await body_of(staff, path)
        made = [(await make(staff, path, body))["id"] for _ in range(3)]
        seen, cursor = [], None
        while True:
            params = {"limit": "1"} | ({"cursor": cursor} if cursor else {})
            response = await staff.get(path, params=params)
            page = response.json()
            seen += [one["id"] for one in page["items"]]
            assert ("Link" in response.headers) == (page["next"] is not None)
            if (cursor := page["next"]) is None:
                break
        assert [one for one in seen if one in made] == made

    async def test_a_wrong_question_is_answered_with_a_reason(self, staff: httpx.AsyncClient, path: str) -> None:
        assert named(await staff.get(path, params={"from": "2021-06-30", "to": "2021-04-01"})) == "to"
        assert named(await staff.get(path, params={"unit": "moon-base"})) == "unit"
        assert named(await staff.get(path, params={"cursor": "nonsense"})) == "cursor"

    async def test_unknown_fields_are_refused(self, staff: httpx.AsyncClient, path: str) -> None:
        body = await body_of(staff, path)
        assert named(await staff.post(path, json=body | {"client_name": "Aino"})) == "client_name"

    async def test_what_is_not_there_cannot_be_corrected(self, staff: httpx.AsyncClient, path: str) -> None:
        body = await body_of(staff, path)
        response = await staff.put(f"{path}/{uuid4()}", json=body)
        assert (response.status_code, response.json()["code"]) == (404, "record_not_found")


@pytest.mark.parametrize(
    ("path", "change", "name"),
    [
        (REPORTS, {"reasons": ["boredom"]}, "reasons"),
        (REPORTS, {"barriers": ["weather"]}, "barriers"),
        (REPORTS, {"reasons": ["housing", "housing"]}, "reasons"),
        (REPORTS, {"reasons": [], "barriers": []}, "reasons"),
        (REPORTS, {"unit": "moon-base"}, "unit"),
        (REPORTS, {"observed_on": "2099-01-01"}, "observed_on"),
        (REPORTS, {"observed_on": "1999-12-31"}, "observed_on"),
        (REPORTS, {"observed_on": "2019-05-04", "unit": "vaccinations"}, "unit"),
        (REPORTS, {"note": ""}, "note"),
        (REPORTS, {"note": "a\x00b"}, "note"),
        (REPORTS, {"note": f"Asiakas {IDENTITY_CODE} kävi."}, "note"),
        (PANELS, {"kind": "committee"}, "kind"),
        (PANELS, {"names": {"en": "Council"}}, "names.fi"),
        (PANELS, {"names": {"fi": "Neuvosto", "de": "Rat"}}, "names.de"),
        (PANELS, {"unit": "moon-base"}, "unit"),
        (MEETINGS, {"participants": 0}, "participants"),
        (MEETINGS, {"participants": 10_001}, "participants"),
        (MEETINGS, {"participants": 3.5}, "participants"),
        (MEETINGS, {"held_on": "2099-01-01"}, "held_on"),
        (MEETINGS, {"memo_url": "javascript:alert(1)"}, "memo_url"),
        (MEETINGS, {"memo_url": "https://user:word@example.org/"}, "memo_url"),
        (MEETINGS, {"memo_url": f"https://example.org/{'a' * 2_000}"}, "memo_url"),
        (MEETINGS, {"memo": f"Läsnä {IDENTITY_CODE}"}, "memo"),
        (MEETINGS, {"panel_id": str(uuid4())}, "panel_id"),
        (PROPOSALS, {"panel_id": str(uuid4())}, "panel_id"),
        (PROPOSALS, {"status": "accepted"}, "answered_on"),
        (PROPOSALS, {"answered_on": "2021-05-05"}, "answered_on"),
        (PROPOSALS, {"answer": "Kyllä"}, "answer"),
        (PROPOSALS, {"status": "declined", "answered_on": "2021-05-03"}, "answered_on"),
        (PROPOSALS, {"status": "maybe"}, "status"),
        (PROPOSALS, {"text": f"Auttakaa {IDENTITY_CODE}"}, "text"),
        (INITIATIVES, {"status": "decided"}, "decided_on"),
        (INITIATIVES, {"decided_on": "2021-05-05"}, "decided_on"),
        (INITIATIVES, {"status": "decided", "decided_on": "2021-05-03"}, "decided_on"),
        (INITIATIVES, {"handled_by": ""}, "handled_by"),
        (INITIATIVES, {"subject": "x" * 301}, "subject"),
        (INITIATIVES, {"subject": f"Aloite {IDENTITY_CODE}"}, "subject"),
        (INITIATIVES, {"url": "ftp://example.org"}, "url"),
    ],
)
async def test_a_wrong_field_is_named_when_registered_and_when_corrected(
    staff: httpx.AsyncClient, path: str, change: Body, name: str
) -> None:
    body = await body_of(staff, path)
    made = await make(staff, path, body)
    refused = await staff.post(path, json=body | change)
    assert named(refused) == name
    assert IDENTITY_CODE not in refused.text
    assert named(await staff.put(f"{path}/{made['id']}", json=body | change)) == name
    assert (await staff.get(f"{path}/{made['id']}")).json() | {"masked": None} == made | {"masked": None}


class TestSocialReports:
    async def test_other_personal_data_is_masked_before_it_is_stored(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        made = await make(staff, REPORTS, REPORT | {"note": "Ks. aino@example.org"})
        assert (made["note"], made["masked"]) == ("Ks. [mail]", ["email"])
        assert (await session.execute(text("SELECT body FROM social_report_note"))).scalars().all() == ["Ks. [mail]"]

    async def test_a_correction_takes_the_place_of_all_codes_and_of_the_note(self, staff: httpx.AsyncClient) -> None:
        made = await make(staff, REPORTS, REPORT)
        corrected = {"observed_on": "2021-05-05", "unit": "housing-advice", "reasons": [], "barriers": ["trust"]}
        await staff.put(f"{REPORTS}/{made['id']}", json=corrected)
        found = (await staff.get(f"{REPORTS}/{made['id']}")).json()
        assert {name: found[name] for name in corrected} == corrected
        assert found["note"] is None

    async def test_days_and_units_narrow_the_list(self, staff: httpx.AsyncClient) -> None:
        inside = await make(staff, REPORTS, REPORT)
        await make(staff, REPORTS, REPORT | {"observed_on": "2021-07-01"})
        await make(staff, REPORTS, REPORT | {"unit": "home-care"})
        params = {"from": "2021-04-01", "to": "2021-06-30", "unit": "sote-family"}
        listed = (await staff.get(REPORTS, params=params)).json()["items"]
        assert [one["id"] for one in listed] == [inside["id"]]


class TestPanels:
    async def test_one_in_use_is_not_deleted(self, staff: httpx.AsyncClient, panel: Body) -> None:
        meeting = await make(staff, MEETINGS, MEETING | panel)
        refused = await staff.delete(f"{PANELS}/{panel['panel_id']}")
        assert (refused.status_code, refused.json()["code"]) == (409, "panel_in_use")
        await staff.delete(f"{MEETINGS}/{meeting['id']}")
        assert (await staff.delete(f"{PANELS}/{panel['panel_id']}")).status_code == 204

    @pytest.mark.parametrize(("path", "body"), [(MEETINGS, MEETING), (PROPOSALS, PROPOSAL)])
    async def test_meetings_and_proposals_are_listed_by_panel_and_unit(
        self, staff: httpx.AsyncClient, panel: Body, path: str, body: Body
    ) -> None:
        other = {"panel_id": (await make(staff, PANELS, PANEL | {"unit": "disability-services"}))["id"]}
        mine, others = await make(staff, path, body | panel), await make(staff, path, body | other)
        by_panel = (await staff.get(path, params={"panel": panel["panel_id"]})).json()["items"]
        by_unit = (await staff.get(path, params={"unit": "sote-family"})).json()["items"]
        assert [one["id"] for one in by_panel] == [mine["id"]]
        assert [one["id"] for one in by_unit] == [others["id"]]

    async def test_an_answer_is_recorded_by_correcting_the_proposal(
        self, staff: httpx.AsyncClient, panel: Body
    ) -> None:
        made = await make(staff, PROPOSALS, PROPOSAL | panel)
        assert (made["status"], made["answered_on"]) == ("open", None)
        outcome = {"status": "carried_out", "answered_on": "2021-06-01", "answer": "Ruokala on nyt auki."}
        await staff.put(f"{PROPOSALS}/{made['id']}", json=PROPOSAL | panel | outcome)
        found = (await staff.get(f"{PROPOSALS}/{made['id']}")).json()
        assert {name: found[name] for name in outcome} == outcome


async def test_the_catalogue_gives_the_codes(public: httpx.AsyncClient) -> None:
    catalogue = (await public.get("/v1/catalogue")).json()
    for entries in (catalogue["help_reasons"], catalogue["help_barriers"]):
        assert len(entries) >= 10
        assert all(set(entry["names"]) == {"fi", "sv", "en"} for entry in entries)

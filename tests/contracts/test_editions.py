"""An edition's life over the three real apps: drafted, checked, signed off, published, corrected, withdrawn."""

import io
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any

import httpx
import orjson
import pyarrow.parquet as pq
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from services.reporting_api.main import create as create_reporting_api
from services.reporting_api.odata.presenter import PREFIX as ODATA
from services.reporting_api.pxweb.endpoints import PREFIX as PXWEB
from services.shared.clock import local_day, now
from services.shared.database import ROLES
from services.shared.periods import PeriodKind, period_of
from services.shared.scopes import Scope
from services.shared.tables import ClientPanel
from services.shared.tables.access import Service
from tests.conftest import add_key, attach, client_of
from tests.contracts.conftest import City
from tests.contracts.test_statement_clients import feedback_lines
from tests.reporting_api.factories import add_initiative, add_invitations, add_meeting, add_panel, add_proposal
from tests.survey_api.factories import RIGHT_ANSWERS, line, survey
from tests.survey_api.test_comments import decide

pytestmark = pytest.mark.anyio

QUARTER = "2021-Q2"
WARNINGS = {"accept_warnings": ["few_open", "few_unclassified", "texts_in_all_languages"]}


CHANGES = (
    "UPDATE edition SET content = '{}', content_hash = encode(sha256('{}'), 'hex')",
    "UPDATE edition SET published_at = now()",
    "UPDATE edition SET state = 'draft', published_at = NULL, signed_off_at = NULL",
    "UPDATE edition SET state = 'withdrawn', withdrawn_at = now(), withdrawal_reason = 'x', reason = 'y'",
    "UPDATE edition SET reason_translations = '{\"sv\": \"x\"}', reason = 'x'",
    "DELETE FROM edition",
)
"""What the database refuses to do to a published edition."""


class Officers:
    """Two people who publish, and anyone."""

    def __init__(self, one: httpx.AsyncClient, other: httpx.AsyncClient, anyone: httpx.AsyncClient) -> None:
        self.one, self.other, self.anyone = one, other, anyone

    async def draft(self, **body: Any) -> httpx.Response:
        return await self.one.post("/v1/editions", json={"quarter": QUARTER} | body)

    async def publish(self, version: int = 1, **body: Any) -> httpx.Response:
        return await self.one.post(f"/v1/editions/{QUARTER}/{version}/publish", json=WARNINGS | body)

    async def make(self, version: int = 1, **draft: Any) -> dict[str, Any]:
        """A published edition."""
        created = await self.draft(**draft)
        assert created.status_code == 201, created.text
        signed = await self.other.post(f"/v1/editions/{QUARTER}/{version}/sign-off")
        assert signed.status_code == 200, signed.text
        published = await self.publish(version)
        assert published.status_code == 200, published.text
        body: dict[str, Any] = published.json()
        return body


@pytest.fixture
async def officers(city: City, connection: AsyncConnection, session: AsyncSession) -> AsyncIterator[Officers]:
    app = attach(create_reporting_api(), connection)
    app.state.statement_clients = city.clients
    one, other = [await add_key(session, Scope.REPORT_PUBLISH, name=name) for name in ("one", "other")]
    async with client_of(app, key=one) as first, client_of(app, key=other) as second, client_of(app) as anyone:
        yield Officers(first, second, anyone)


@pytest.fixture
async def lived(city: City) -> None:
    await city.send_lines(city.feedback, "/v1/feedback/import", feedback_lines())
    assert (await city.surveys.post("/v1/surveys", json=survey())).status_code == 201
    await city.send_lines(city.surveys, "/v1/responses/import", [line(answers=RIGHT_ANSWERS) for _ in range(12)])


READ = (
    f"/v1/quarters/{QUARTER}",
    f"/v1/quarters/{QUARTER}?unit=helsinki",
    "/v1/quarters/2021-Q3",
    "/v1/months/2021-05",
    "/v1/years/2021",
    f"/v1/quarters/{QUARTER}/tables/chats",
    f"/v1/quarters/{QUARTER}/smileys",
    f"{ODATA}/chats",
    f"{PXWEB}/tables/chats/data",
)
"""Where the public would see that one more answered."""


async def read_all(client: httpx.AsyncClient) -> dict[str, Any]:
    read = {}
    for path in READ:
        answer = await client.get(path)
        assert answer.status_code == 200, answer.text
        read[path] = answer.json()
        # Of several quarters, of which only one is published: now.
        read[path] = {name: it for name, it in read[path].items() if name not in {"@katsaus.updated", "updated"}}
    return read


ACTED = (
    f"/v1/quarters/{QUARTER}",
    f"/v1/quarters/{QUARTER}?unit=kinapori-service-centre",
    f"/v1/quarters/{QUARTER}/participation",
    f"/v1/quarters/{QUARTER}/participation?unit=service-centres",
    f"/v1/quarters/{QUARTER}/tables/participation",
    f"/v1/quarters/{QUARTER}/tables/chats",
    "/v1/months/2021-05",
    f"{PXWEB}/tables/panel-proposals-by-outcome/data?valuecodes[period]={QUARTER}&valuecodes[outcome]=*&valuecodes[measure]=*",
)
"""Where the public sees what panels, councils and residents did, and how many were invited."""


async def bytes_of(client: httpx.AsyncClient) -> dict[str, bytes]:
    read = {path: await client.get(path) for path in ACTED}
    assert {answer.status_code for answer in read.values()} == {200}
    return {path: answer.content for path, answer in read.items()}


async def add_acts(session: AsyncSession, panel: ClientPanel) -> None:
    """One of each, of May."""
    days = int((await session.execute(text("SELECT count(*) FROM survey_invitation"))).scalar_one())
    on = date(2021, 5, 4) + timedelta(days=days)
    await add_meeting(session, panel, on=on)
    await add_proposal(session, panel, on=on)
    await add_initiative(session, on=on)
    await add_invitations(session, "chat", 40, on=on, mode="chat")


async def acts_of(client: httpx.AsyncClient) -> tuple[int, int, set[str], set[str], set[str], int]:
    """Meetings, those told in words, kinds of panels, outcomes, stages, and how many were invited to the chat."""
    report = (await client.get(f"/v1/quarters/{QUARTER}")).json()
    told = (await client.get(f"/v1/quarters/{QUARTER}/participation")).json()
    return (
        report["participation"]["meetings"]["value"],
        len(told["meetings"]),
        {meeting["panel"]["kind"] for meeting in told["meetings"]},
        {proposal["status"] for proposal in told["proposals"]},
        {initiative["status"] for initiative in told["initiatives"]},
        report["chats"][0]["response_rate"]["invitations"]["value"],
    )


@pytest.mark.usefixtures("lived")
class TestPublish:
    async def test_an_edition_holds_what_the_live_figures_say(self, officers: Officers) -> None:
        live = (await officers.anyone.get(f"/v1/quarters/{QUARTER}")).json()

        await officers.make()

        edition = (await officers.anyone.get(f"/v1/editions/{QUARTER}")).json()
        assert edition["state"] == "published"
        assert edition["content"]["figures"]["feedback"] == live["feedback"]
        assert edition["content"]["figures"]["feedback"]["received"]["value"] == 10
        assert edition["content"]["series"]["feedback"]["dimensions"][0]["categories"][-1]["code"] == QUARTER

    async def test_nothing_is_public_before(self, officers: Officers) -> None:
        await officers.draft()

        assert (await officers.anyone.get(f"/v1/editions/{QUARTER}")).status_code == 404
        assert (await officers.anyone.get("/v1/editions")).json()["editions"] == []
        assert len((await officers.one.get("/v1/editions")).json()["editions"]) == 1

    async def test_nothing_is_public_before_the_embargo(self, officers: Officers) -> None:
        await officers.draft()
        await officers.other.post(f"/v1/editions/{QUARTER}/1/sign-off")
        assert (await officers.publish(embargo_until="2099-01-01T09:00:00+02:00")).status_code == 200

        assert (await officers.anyone.get(f"/v1/editions/{QUARTER}/1")).status_code == 404

    async def test_the_same_records_give_the_same_bytes(self, officers: Officers) -> None:
        first = (await officers.draft()).json()
        assert (await officers.one.delete(f"/v1/editions/{QUARTER}/1")).status_code == 204
        second = (await officers.draft()).json()

        assert first["content_hash"] == second["content_hash"]

    async def test_publishing_again_changes_nothing(self, officers: Officers) -> None:
        published = await officers.make()

        again = (await officers.publish(embargo_until="2099-01-01T09:00:00+02:00")).json()

        assert (again["published_at"], again["embargo_until"]) == (published["published_at"], None)


@pytest.mark.usefixtures("lived")
class TestRefusals:
    async def test_who_made_the_draft_may_not_sign_it_off(self, officers: Officers) -> None:
        await officers.draft()

        answer = await officers.one.post(f"/v1/editions/{QUARTER}/1/sign-off")

        assert (answer.status_code, answer.json()["code"]) == (409, "same_signer")

    async def test_a_draft_is_not_published_unsigned(self, officers: Officers) -> None:
        await officers.draft()

        answer = await officers.publish()

        assert (answer.status_code, answer.json()["code"]) == (409, "edition_state")

    async def test_a_figure_changed_since_the_draft(self, officers: Officers, city: City) -> None:
        await officers.draft()
        await officers.other.post(f"/v1/editions/{QUARTER}/1/sign-off")
        await city.send_lines(city.surveys, "/v1/responses/import", [line(answers=RIGHT_ANSWERS)])

        answer = await officers.publish()

        assert answer.status_code == 409
        assert [it["name"] for it in answer.json()["invalid_params"]] == ["figures_unchanged"]

    @pytest.mark.parametrize(("decision", "quoted"), [("release", 2), ("withhold", 0)])
    async def test_a_comment_decided_about_since_the_draft(
        self, officers: Officers, city: City, decision: str, quoted: int
    ) -> None:
        released, pending, *_ = (await city.surveys.get("/v1/comments")).json()["items"]
        await decide(city.surveys, released)
        await officers.draft()
        await officers.other.post(f"/v1/editions/{QUARTER}/1/sign-off")
        await decide(city.surveys, pending if decision == "release" else released, decision)

        refused = await officers.publish()

        assert refused.status_code == 409
        assert [it["name"] for it in refused.json()["invalid_params"]] == ["figures_unchanged"]
        assert (await officers.one.delete(f"/v1/editions/{QUARTER}/1")).status_code == 204
        await officers.make()
        page = (await officers.anyone.get(f"/reviews/{QUARTER}")).text
        assert page.count("<blockquote>") == quoted

    async def test_a_service_that_recounts_otherwise(self, officers: Officers, connection: AsyncConnection) -> None:
        await connection.execute(text("UPDATE answer_histogram SET count = count + 1"))
        await officers.draft()
        await officers.other.post(f"/v1/editions/{QUARTER}/1/sign-off")

        answer = await officers.publish()

        assert [it["name"] for it in answer.json()["invalid_params"]] == ["survey_statement_agrees"]

    async def test_a_warning_that_nobody_accepted(self, officers: Officers) -> None:
        put = await officers.one.put(f"/v1/quarters/{QUARTER}/texts/participation/fi", json={"markdown": "Osallisuus"})
        assert put.json()["missing_languages"] == ["sv", "en"]
        await officers.draft()
        await officers.other.post(f"/v1/editions/{QUARTER}/1/sign-off")

        answer = await officers.publish(accept_warnings=["few_open", "few_unclassified"])

        assert [it["name"] for it in answer.json()["invalid_params"]] == ["texts_in_all_languages"]
        assert (await officers.publish()).status_code == 200

    async def test_a_text_that_names_a_number_no_figure_has(self, officers: Officers) -> None:
        written = {
            "fi": "Palautetta tuli 10, joista 915 % moitteita. Vastaajia oli 12, ei 1\u00a0234.",
            "sv": "Vi fick 11 svar.",
        }
        for language, markdown in written.items():
            put = await officers.one.put(f"/v1/quarters/{QUARTER}/texts/chats/{language}", json={"markdown": markdown})
        assert put.json()["unknown_numbers"] == ["11"]

        (check,) = [it for it in (await officers.draft()).json()["checks"] if it["code"] == "numbers_are_facts"]
        assert (check["passed"], check["is_blocking"]) == (False, False)
        assert check["detail"].endswith("chats in fi (915 %; 1 234), chats in sv (11)")
        assert check["numbers"] == {"texts": 2, "numbers": 3}
        await officers.other.post(f"/v1/editions/{QUARTER}/1/sign-off")
        assert [it["name"] for it in (await officers.publish()).json()["invalid_params"]] == ["numbers_are_facts"]
        accepted = [*WARNINGS["accept_warnings"], "numbers_are_facts"]
        assert (await officers.publish(accept_warnings=accepted)).status_code == 200

    async def test_a_text_that_names_what_the_public_is_not_shown(self, officers: Officers, city: City) -> None:
        alone = line(answers=RIGHT_ANSWERS | {"single": "booking"})
        await city.send_lines(city.surveys, "/v1/responses/import", [alone])
        put = await officers.one.put(f"/v1/quarters/{QUARTER}/texts/chats/fi", json={"markdown": "13 vastasi, 7,7 %."})

        assert put.json()["unknown_numbers"] == ["7,7 %"]

    async def test_a_text_of_a_quarter_that_has_not_begun(self, officers: Officers) -> None:
        put = await officers.one.put("/v1/quarters/2098-Q2/texts/chats/fi", json={"markdown": "Vastauksia oli 12."})

        assert (put.status_code, put.json()["unknown_numbers"]) == (200, ["12"])

    async def test_a_quarter_that_still_runs(self, officers: Officers) -> None:
        running = period_of(PeriodKind.QUARTER, local_day(now())).label

        created = await officers.one.post("/v1/editions", json={"quarter": running})

        failed = {check["code"] for check in created.json()["checks"] if not check["passed"] and check["is_blocking"]}
        assert failed == {"period_is_over"}
        await officers.other.post(f"/v1/editions/{running}/1/sign-off")
        accepted = {"accept_warnings": [check["code"] for check in created.json()["checks"]]}
        refused = await officers.one.post(f"/v1/editions/{running}/1/publish", json=accepted)
        assert refused.status_code == 409
        assert [it["name"] for it in refused.json()["invalid_params"]] == ["period_is_over"]

    async def test_two_drafts_of_a_quarter(self, officers: Officers) -> None:
        await officers.draft()

        answer = await officers.draft()

        assert (answer.status_code, answer.json()["code"]) == (409, "edition_in_preparation")

    @pytest.mark.parametrize("path", ["2021-Q2/1/sign-off", "2021-Q2/1/publish"])
    async def test_the_public_publishes_nothing(self, officers: Officers, path: str) -> None:
        assert (await officers.anyone.post(f"/v1/editions/{path}", json={})).status_code == 401


@pytest.mark.usefixtures("lived")
class TestCorrection:
    async def test_a_correction_needs_a_reason(self, officers: Officers) -> None:
        await officers.make()

        answer = await officers.draft()

        assert (answer.status_code, answer.json()["code"]) == (409, "correction_reason_missing")

    async def test_a_correction_is_compared_cell_by_cell(self, officers: Officers, city: City) -> None:
        await officers.make()
        await city.send_lines(city.surveys, "/v1/responses/import", [line(answers=RIGHT_ANSWERS) for _ in range(10)])

        await officers.make(2, reason="Kymmenen vastausta tuli myöhässä.")

        comparison = (await officers.anyone.get(f"/v1/editions/{QUARTER}/2/comparison")).json()
        respondents = next(it for it in comparison["cells"] if it["key"][-1] == "respondents")
        assert (respondents["before"]["value"], respondents["after"]["value"]) == (12, 22)
        assert comparison["compared"] > len(comparison["cells"])
        log = (await officers.anyone.get("/v1/corrections")).json()["corrections"]
        assert [(it["version"], it["reason"]) for it in log] == [(2, "Kymmenen vastausta tuli myöhässä.")]
        assert (await officers.anyone.get(f"/v1/editions/{QUARTER}/1")).json()["state"] == "published"

    async def test_a_late_answer_waits_and_one_alone_is_not_corrected_for(self, officers: Officers, city: City) -> None:
        await officers.make()
        published = await read_all(officers.anyone)
        await city.send_lines(city.surveys, "/v1/responses/import", [line(answers=RIGHT_ANSWERS)])

        late = await read_all(officers.anyone)
        await officers.make(2, reason="Luokitus korjattiin.")
        corrected = await read_all(officers.anyone)

        report = published[f"/v1/quarters/{QUARTER}"]
        assert [(it["quarter"], it["version"]) for it in report["editions"]] == [(QUARTER, 1)]
        assert report["as_of"] == report["editions"][0]["as_of"]
        assert late == published
        assert corrected[f"/v1/quarters/{QUARTER}"]["editions"][0]["version"] == 2
        assert [it["respondents"] for it in corrected[f"/v1/quarters/{QUARTER}"]["chats"]] == [
            it["respondents"] for it in report["chats"]
        ]
        assert report["chats"][0]["respondents"]["value"] == 12

    async def test_nothing_shown_is_older_than_it_is_said_to_be(self, officers: Officers, city: City) -> None:
        """The third quarter is live and the second published: what stands beside each says of when it is."""
        await officers.make()
        edition = (await officers.anyone.get(f"/v1/quarters/{QUARTER}")).json()["editions"]
        counted_at = datetime.fromisoformat(edition[0]["as_of"])
        before = now()

        async def read(path: str, **params: str) -> Any:
            answer = await officers.anyone.get(path, params=params)
            assert answer.status_code == 200, answer.text
            return answer.json() if answer.headers["content-type"].startswith("application/json") else answer.content

        def at(written: str) -> datetime:
            return datetime.fromisoformat(written)

        for path in (
            "quarters/2021-Q3",
            "months/2021-07",
            "quarters/2021-Q3/smileys",
            "years/2021",
            "quarters/2022-Q2",
        ):
            report = await read(f"/v1/{path}")
            assert (report["editions"], at(report["as_of"])) == (edition, counted_at), path
        for path in ("quarters/2020-Q4", "months/2020-12"):
            report = await read(f"/v1/{path}")
            assert report["editions"] == []
            assert at(report["as_of"]) > before
        table = "/v1/quarters/2021-Q3/tables/feedback"
        for series, editions in (("1", []), ("2", edition)):
            rows = await read(table, series=series)
            dataset = await read(table, series=series, format="json-stat")
            parquet = pq.read_schema(io.BytesIO(await read(table, series=series, format="parquet"))).metadata
            beside = dataset["extension"]
            assert rows["editions"] == beside["editions"] == orjson.loads(parquet[b"editions"]) == editions
            assert at(rows["updated"]) > before
            assert at(dataset["updated"]) > before
            for as_of in (rows["as_of"], beside["as_of"], parquet[b"as_of"].decode()):
                assert at(as_of) == counted_at if editions else at(as_of) > before
        published = await read(f"/v1/quarters/{QUARTER}/tables/feedback")
        assert at(published["updated"]) == at(published["as_of"]) == counted_at
        feed = await read(f"{ODATA}/feedback")
        assert {row["period"] for row in feed["value"]} == {"2021-Q2", "2021-Q3"}
        assert (feed["@katsaus.editions"], at(feed["@katsaus.as_of"])) == (edition, counted_at)
        assert at(feed["@katsaus.updated"]) > before
        for quarter, editions in (("2021-Q2", edition), ("2021-Q3", []), ("*", edition)):
            codes = {"valuecodes[period]": quarter, "valuecodes[measure]": "*"}
            cube = await read(f"{PXWEB}/tables/feedback/data", **codes)
            assert cube["extension"]["editions"] == editions
            is_of_edition = at(cube["updated"]) == counted_at.replace(microsecond=0)
            assert is_of_edition == (quarter == QUARTER)

    async def test_public_acts_and_invitations_stay_as_published(
        self, officers: Officers, session: AsyncSession, connection: AsyncConnection
    ) -> None:
        panel = await add_panel(session)
        await add_acts(session, panel)
        live = await bytes_of(officers.anyone)
        await officers.make()
        published = await bytes_of(officers.anyone)
        assert published != live, "the editions are named"

        await add_acts(session, panel)
        await session.execute(
            text("UPDATE panel_proposal SET status = 'accepted', answered_on = '2021-08-02', answer = 'Kyllä.'")
        )
        await session.execute(text("UPDATE residents_initiative SET status = 'withdrawn'"))
        await session.execute(text("UPDATE client_panel SET kind = 'panel', names = '{\"fi\": \"Raati\"}'"))

        assert await bytes_of(officers.anyone) == published
        key = await add_key(session, Scope.REPORT_INTERNAL)
        async with client_of(attach(create_reporting_api(), connection), key=key) as staff:
            assert await acts_of(staff) == (2, 2, {"panel"}, {"accepted"}, {"withdrawn"}, 80)
        assert await acts_of(officers.anyone) == (1, 1, {"council"}, {"open"}, {"received"}, 40)
        answered = (await officers.anyone.get("/v1/quarters/2021-Q3")).json()["participation"]["proposals_answered"]
        assert answered["value"] == 2, "in the quarter after, which is not published"

        await officers.make(2, reason="Kokous kirjattiin myöhässä.")
        assert await acts_of(officers.anyone) == (2, 2, {"panel"}, {"accepted"}, {"withdrawn"}, 80)

    async def test_a_withdrawn_edition_stays_visible_as_withdrawn(self, officers: Officers) -> None:
        await officers.make()

        body = {"reason": "Laskentavirhe.", "reason_translations": {"en": "A miscount."}}
        await officers.one.post(f"/v1/editions/{QUARTER}/1/withdraw", json=body)

        edition = (await officers.anyone.get(f"/v1/editions/{QUARTER}/1")).json()
        assert (edition["state"], edition["withdrawal_reason"]) == ("withdrawn", "Laskentavirhe.")
        assert edition["withdrawal_reason_translations"] == {"en": "A miscount."}

    async def test_a_withdrawn_edition_is_what_the_public_sees_until_a_correction(
        self, officers: Officers, city: City
    ) -> None:
        await officers.make()
        published = await read_all(officers.anyone)
        await city.send_lines(city.surveys, "/v1/responses/import", [line(answers=RIGHT_ANSWERS) for _ in range(10)])

        await officers.one.post(f"/v1/editions/{QUARTER}/1/withdraw", json={"reason": "Laskentavirhe."})
        withdrawn = await read_all(officers.anyone)
        await officers.make(2, reason="Kymmenen vastausta tuli myöhässä.")
        corrected = await read_all(officers.anyone)

        report = f"/v1/quarters/{QUARTER}"
        assert withdrawn == published
        assert [read[report]["chats"][0]["respondents"]["value"] for read in (withdrawn, corrected)] == [12, 22]


@pytest.mark.usefixtures("lived")
class TestImmutability:
    async def test_not_even_the_services_own_role_changes_a_published_edition(
        self, officers: Officers, connection: AsyncConnection
    ) -> None:
        await officers.make()
        await connection.execute(text(f"SET LOCAL ROLE {ROLES[Service.REPORTING_API]}"))

        for statement in CHANGES:
            with pytest.raises(IntegrityError, match="is published and is kept as it is"):
                async with connection.begin_nested():
                    await connection.execute(text(statement))

    async def test_a_hash_that_is_not_the_contents(self, officers: Officers, connection: AsyncConnection) -> None:
        await officers.draft()

        with pytest.raises(IntegrityError, match="ck_edition_content_hash_is_of_content"):
            await connection.execute(text("UPDATE edition SET content = '{}'"))

    async def test_no_call_changes_it(self, officers: Officers) -> None:
        await officers.make()

        for method, path in (("DELETE", ""), ("POST", "/sign-off")):
            answer = await officers.other.request(method, f"/v1/editions/{QUARTER}/1{path}")

            assert (answer.status_code, answer.json()["code"]) == (409, "edition_state")


async def test_a_quarter_without_data_is_a_review_that_says_so(officers: Officers) -> None:
    created = (await officers.draft()).json()

    assert "has_data" in {check["code"] for check in created["checks"] if not check["passed"]}
    assert (await officers.other.post(f"/v1/editions/{QUARTER}/1/sign-off")).status_code == 200
    assert (await officers.publish(accept_warnings=["has_data"])).status_code == 200

"""The section *participation*, and the meetings, proposals and initiatives of a quarter in words."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.reporting_api.conftest import Read
from tests.reporting_api.factories import (
    IN_LAST_YEAR,
    IN_PREVIOUS,
    IN_QUARTER,
    add_initiative,
    add_meeting,
    add_panel,
    add_proposal,
    add_social_reports,
)

pytestmark = pytest.mark.anyio

WORDS = "/v1/quarters/2019-Q2/participation"
FIRST_DAY, LAST_DAY = date(2019, 4, 1), date(2019, 6, 30)
BEFORE, AFTER = FIRST_DAY - timedelta(days=1), LAST_DAY + timedelta(days=1)


def by_code(entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {entry["code"]: entry["number"]["value"] for entry in entries if entry["number"]["value"]}


class TestSocialReports:
    async def test_reasons_and_barriers_have_bases_of_their_own(self, session: AsyncSession, read: Read) -> None:
        await add_social_reports(session, 6, reasons=["housing", "livelihood"], barriers=["waiting"])
        await add_social_reports(session, 2, reasons=["housing"], barriers=[], on=LAST_DAY)
        await add_social_reports(session, 9, reasons=["other"], barriers=["other"], on=BEFORE)
        await add_social_reports(session, 9, reasons=["other"], barriers=["other"], on=AFTER)

        section = (await read())["participation"]["social_reports"]

        assert section["reports"]["value"] == 8
        assert section["reasons_recorded"]["value"] == 14
        assert by_code(section["by_reason"]) == {"housing": 8, "livelihood": 6}
        assert (section["by_reason"][1]["share"]["count"], section["by_reason"][1]["share"]["base"]) == (8, 14)
        assert section["barriers_recorded"]["value"] == 6
        assert by_code(section["by_barrier"]) == {"waiting": 6}

    async def test_they_are_not_narrowed_to_a_unit(self, session: AsyncSession, read: Read) -> None:
        await add_social_reports(session, 6, reasons=["housing"], barriers=[])

        section = (await read(unit="social-advice"))["participation"]

        assert section["social_reports"] is None
        assert "give a client away" in section["social_reports_note"]["en"]

    async def test_few_are_hidden_from_the_public(self, session: AsyncSession, read: Read, read_publicly: Read) -> None:
        await add_social_reports(session, 40, reasons=["housing"], barriers=["waiting"])
        await add_social_reports(session, 20, reasons=["livelihood"], barriers=["waiting"])
        await add_social_reports(session, 2, reasons=["loneliness"], barriers=["waiting"])

        section = (await read_publicly())["participation"]["social_reports"]

        entries = {entry["code"]: entry for entry in section["by_reason"]}
        assert section["reports"]["value"] == 62
        assert entries["loneliness"]["number"]["status"] == "suppressed"
        assert entries["loneliness"]["number"]["value"] is None
        # Alone, the hidden one would be what is left of the base.
        assert entries["livelihood"]["share"]["status"] == "suppressed"
        assert entries["housing"]["number"]["value"] == 40
        assert by_code(section["by_barrier"]) == {"waiting": 62}
        assert by_code((await read())["participation"]["social_reports"]["by_reason"])["loneliness"] == 2

    async def test_numbers_are_compared_in_words(self, session: AsyncSession, read: Read) -> None:
        await add_social_reports(session, 60, reasons=["housing"], barriers=[])
        await add_social_reports(session, 20, reasons=["housing"], barriers=[], on=IN_PREVIOUS)
        await add_social_reports(session, 58, reasons=["housing"], barriers=[], on=IN_LAST_YEAR)

        reports = (await read())["participation"]["social_reports"]["reports"]

        assert (reports["previous_quarter"]["value"], reports["previous_quarter"]["change"]) == (20, "rose")
        assert reports["same_quarter_last_year"]["change"] == "no_clear_change"


class TestPublicActs:
    async def test_days_at_both_ends_of_the_quarter(self, session: AsyncSession, read: Read) -> None:
        panel = await add_panel(session, kind="council")
        for on in (BEFORE, FIRST_DAY, LAST_DAY, AFTER):
            await add_meeting(session, panel, on=on, participants=10)
            await add_proposal(session, panel, on=on)
            await add_initiative(session, on=on)

        section = (await read())["participation"]

        assert section["meetings"]["value"] == 2
        assert section["participants"]["value"] == 20
        assert by_code(section["meetings_by_kind"]) == {"council": 2}
        assert section["proposals"]["value"] == 2
        assert by_code(section["proposals_by_status"]) == {"open": 2}
        assert section["initiatives"]["value"] == 2
        assert by_code(section["initiatives_by_status"]) == {"received": 2}

    async def test_answers_and_decisions_are_of_their_own_day(self, session: AsyncSession, read: Read) -> None:
        panel = await add_panel(session)
        await add_proposal(session, panel, on=IN_PREVIOUS, status="accepted", answered_on=IN_QUARTER)
        await add_proposal(session, panel, on=IN_QUARTER, status="declined", answered_on=AFTER)
        await add_initiative(session, on=IN_PREVIOUS, status="decided", decided_on=LAST_DAY)
        await add_initiative(session, on=IN_QUARTER, status="decided", decided_on=AFTER)

        section = (await read())["participation"]

        assert (section["proposals"]["value"], section["proposals_answered"]["value"]) == (1, 1)
        assert by_code(section["proposals_by_status"]) == {"declined": 1}
        assert (section["initiatives"]["value"], section["initiatives_decided"]["value"]) == (1, 1)

    async def test_other_units_do_not_count(self, session: AsyncSession, read: Read) -> None:
        panel, other = await add_panel(session), await add_panel(session, unit="disability-services")
        for one in (panel, other):
            await add_meeting(session, one)
            await add_proposal(session, one)
        await add_initiative(session)
        await add_initiative(session, unit="oral-health")

        section = (await read(unit="sote-hospital"))["participation"]

        assert [section[name]["value"] for name in ("meetings", "proposals", "initiatives")] == [1, 1, 1]

    async def test_few_are_shown_to_anyone(self, session: AsyncSession, read_publicly: Read) -> None:
        await add_meeting(session, await add_panel(session))

        section = (await read_publicly())["participation"]

        assert (section["meetings"]["value"], section["meetings"]["status"]) == (1, "final")
        assert by_code(section["meetings_by_kind"]) == {"council": 1}

    async def test_what_is_not_comparable_says_why(self, session: AsyncSession, read: Read) -> None:
        panel = await add_panel(session)
        for on, number in ((IN_QUARTER, 3), (IN_PREVIOUS, 5)):
            for _ in range(number):
                await add_meeting(session, panel, on=on)
                await add_proposal(session, panel, on=on)

        section = (await read())["participation"]

        assert section["meetings"]["previous_quarter"]["change"] == "no_clear_change"
        attendances = section["participants"]["previous_quarter"]
        assert (attendances["difference"], attendances["reason"]) == (-24, "repeated_persons")
        is_open = section["proposals_by_status"][0]["number"]["previous_quarter"]
        assert (is_open["value"], is_open["change"], is_open["reason"]) == (5, "not_comparable", "ripening")
        # Before its first record a register was not kept: its nought is nothing to compare with.
        assert section["meetings"]["same_quarter_last_year"]["reason"] == "no_data"

    async def test_a_register_that_was_kept_had_a_true_nought(self, session: AsyncSession, read: Read) -> None:
        await add_initiative(session, on=IN_LAST_YEAR)
        for _ in range(8):
            await add_initiative(session)

        initiatives = (await read())["participation"]["initiatives"]

        assert (initiatives["previous_quarter"]["value"], initiatives["previous_quarter"]["change"]) == (0, "rose")

    async def test_other_periods_hold_it_too(self, session: AsyncSession, read: Read) -> None:
        await add_initiative(session)
        for path in ("/v1/months/2019-05", "/v1/weeks/2019-W20", "/v1/years/2019"):
            assert (await read(path))["participation"]["initiatives"]["value"] == 1


class TestWords:
    async def test_what_was_done_is_told_in_words(self, session: AsyncSession, anyone: httpx.AsyncClient) -> None:
        panel = await add_panel(session)
        await add_meeting(session, panel, memo="Ruokalasta puhuttiin.", memo_url="https://www.hel.fi/muistio.pdf")
        await add_proposal(session, panel, on=IN_PREVIOUS, status="carried_out", answered_on=LAST_DAY, answer="Tehty.")
        await add_initiative(session, status="decided", decided_on=AFTER)
        await add_meeting(session, panel, on=AFTER)
        await add_proposal(session, panel, on=BEFORE)
        await add_initiative(session, on=BEFORE)

        answer = await anyone.get(WORDS)

        body = answer.json()
        (meeting,), (proposal,), (initiative,) = body["meetings"], body["proposals"], body["initiatives"]
        assert meeting["panel"]["names"] == {"fi": "Kinaporin asiakasneuvosto"}
        assert meeting["panel"]["unit"]["names"]["en"] == "Kinapori service centre"
        assert (meeting["participants"], meeting["memo"]) == (12, "Ruokalasta puhuttiin.")
        assert (proposal["text"], proposal["answer"]) == ("Ruokala auki lauantaisin.", "Tehty.")
        assert proposal["status_labels"]["sv"] == "Genomfört"
        assert (initiative["subject"], initiative["decided_on"]) == ("Lisää penkkejä", AFTER.isoformat())
        assert body["demonstration"] == {"is_demonstration": False, "note": None}
        unchanged = await anyone.get(WORDS, headers={"If-None-Match": answer.headers["ETag"]})
        assert unchanged.status_code == 304

    async def test_one_branch(self, session: AsyncSession, anyone: httpx.AsyncClient) -> None:
        await add_meeting(session, await add_panel(session))
        await add_meeting(session, await add_panel(session, unit="disability-services"))
        await add_initiative(session, unit="home-care")

        body = (await anyone.get(WORDS, params={"unit": "service-centres"})).json()

        assert (len(body["meetings"]), body["initiatives"]) == (1, [])

    async def test_invented_records_are_marked(self, session: AsyncSession, anyone: httpx.AsyncClient) -> None:
        await add_initiative(session, source="demonstration", source_reference="1")
        for path in (WORDS, "/v1/quarters/2019-Q2"):
            assert (await anyone.get(path)).json()["demonstration"]["is_demonstration"]

    @pytest.mark.parametrize(
        ("path", "status", "code"),
        [
            ("/v1/quarters/2019-Q5/participation", 422, "invalid_period"),
            ("/v1/quarters/2099-Q1/participation", 404, "period_not_begun"),
            (f"{WORDS}?unit=moon-base", 422, "unknown_unit"),
        ],
    )
    async def test_a_wrong_question(self, anyone: httpx.AsyncClient, path: str, status: int, code: str) -> None:
        answer = await anyone.get(path)
        assert (answer.status_code, answer.json()["code"]) == (status, code)

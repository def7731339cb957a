"""How many of those invited responded, worked by hand; and when nothing may be said of it."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.reporting_api.conftest import Read
from tests.reporting_api.factories import IN_PREVIOUS, Questions, add_invitations, add_responses, add_survey

pytestmark = pytest.mark.anyio

GRADE: Questions = {"grade": {"kind": "grade", "purpose": "overall_grade"}}


@pytest.fixture(autouse=True)
async def survey(session: AsyncSession) -> None:
    await add_survey(session, "clients", "questionnaire", GRADE)


async def rate(read: Read, **params: str) -> dict[str, Any]:
    (entry,) = (await read(**params))["surveys"]
    answer: dict[str, Any] = entry["response_rate"]
    return answer


async def test_of_those_invited(read: Read, session: AsyncSession) -> None:
    await add_invitations(session, "clients", 150)
    await add_invitations(session, "clients", 50, mode="sms")
    await add_responses(session, "clients", 60)
    await add_responses(session, "clients", 3, mode="sms")
    # On paper nobody was invited: who answered so is a respondent, but not one of the 200.
    await add_responses(session, "clients", 7, mode="paper")
    await add_invitations(session, "clients", 100, on=IN_PREVIOUS)
    await add_responses(session, "clients", 15, on=IN_PREVIOUS)

    found = await rate(read)

    assert (found["invitations"]["value"], found["no_rate"]) == (200, None)
    share = found["share"]
    assert (share["value"], share["count"], share["base"], share["status"]) == (31.5, 63, 200, "final")
    assert (share["previous_quarter"]["value"], share["previous_quarter"]["change"]) == (15.0, "rose")
    assert share["same_quarter_last_year"]["reason"] == "no_data"


async def test_nobody_was_recorded_as_invited(read: Read, session: AsyncSession) -> None:
    await add_responses(session, "clients", 60)

    found = await rate(read)

    assert found["no_rate"] == "no_invitations"
    for figure in (found["share"], found["invitations"]):
        assert (figure["value"], figure["status"]) == (None, "not_available"), "not recorded is not nought"


async def test_more_responses_than_invitations_are_no_share(read: Read, session: AsyncSession) -> None:
    await add_invitations(session, "clients", 20)
    await add_responses(session, "clients", 183)

    found = await rate(read)

    assert found["no_rate"] == "more_responses_than_invitations"
    assert (found["share"]["value"], found["invitations"]["value"]) == (None, 20), "915 per cent is no share"


async def test_a_survey_that_takes_several_responses_of_one(read: Read, session: AsyncSession) -> None:
    await add_survey(session, "visits", "chat", GRADE, allows_several_per_interaction=True)
    await add_invitations(session, "visits", 20)
    await add_responses(session, "visits", 12)

    (chat,) = (await read())["chats"]

    assert (chat["response_rate"]["no_rate"], chat["response_rate"]["share"]["value"]) == ("several_responses", None)


async def test_is_narrowed_to_a_unit(read: Read, session: AsyncSession) -> None:
    await add_invitations(session, "clients", 40)
    await add_invitations(session, "clients", 500, point="kallio-health-station")
    await add_responses(session, "clients", 10)

    assert (await rate(read, unit="oral-health"))["share"]["value"] == 25.0
    assert (await rate(read))["share"]["value"] == 1.9


@pytest.mark.parametrize("invited", [2, 40])
async def test_does_not_tell_how_few_responded(read_publicly: Read, session: AsyncSession, invited: int) -> None:
    await add_invitations(session, "clients", invited)
    await add_responses(session, "clients", 3)

    found = await rate(read_publicly)

    assert (found["share"]["status"], found["share"]["count"]) == ("suppressed", None)
    assert found["no_rate"] is None, "that more responded than were invited would bound how many did"
    assert found["invitations"]["value"] == invited


async def test_is_in_the_tables(read: Read, session: AsyncSession) -> None:
    await add_invitations(session, "clients", 40)
    await add_responses(session, "clients", 10)

    table = await read("/v1/quarters/2019-Q2/tables/surveys")

    values = {row["measure"]: row["value"] for row in table["rows"]}
    assert values == {"respondents": 10, "invitations": 40, "response_rate": 25.0}

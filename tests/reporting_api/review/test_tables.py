"""The table that stands with a chart: all that the chart shows, what it compares with and what is hidden too."""

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.editions import repository
from services.reporting_api.editions.service import content_of
from services.reporting_api.language import Language
from services.reporting_api.review.document import ReviewFigure, put_together
from tests.reporting_api.factories import add_answers, add_responses, add_survey
from tests.reporting_api.review.conftest import draft, publish

pytestmark = pytest.mark.anyio

TOPIC = {
    "topic": {"kind": "single_choice", "purpose": "contact_topic", "options": {1: "booking", 2: "advice", 3: "urgent"}}
}


async def figures(session: AsyncSession) -> dict[str, ReviewFigure]:
    """The charts of the newest edition by their permanent names."""
    edition = await repository.find(session, "2019-Q2", 1)
    assert edition is not None
    review = put_together(edition, content_of(edition), Language.EN)
    return {figure.illustration.code: figure for chapter in review.chapters for figure in chapter.figures}


@pytest.mark.usefixtures("published")
async def test_what_a_chart_compares_with_is_in_its_table(session: AsyncSession) -> None:
    drawn = await figures(session)

    types, satisfaction = drawn["feedback-types"].table, drawn["chat-satisfaction"].table
    assert types.headings[1] == "4–6/2018"
    assert dict(types.rows)["Complaint"][:2] == ("30", "6")
    assert satisfaction.headings[:2] == ("Mean satisfaction", "1–3/2019")
    # No interval: only twenty gave another answer than the commonest one, so that it would tell too much of them.
    assert satisfaction.rows == (("chat", ("70.0", "25.0", "–", "40")),)
    # Beside a chart of how many responded, nothing is said of how satisfied they were.
    assert drawn["chat-respondents"].table.headings == ("Respondents",)
    # No row of a question without a grade.
    assert [name for name, _ in drawn["survey-grades"].table.rows] == ["survey / grade?"]


async def test_hidden_cells_are_drawn_and_told_as_hidden(
    app: FastAPI, session: AsyncSession, anyone: httpx.AsyncClient
) -> None:
    await add_survey(session, "chat", "chat", TOPIC)
    await add_responses(session, "chat", 40)
    await add_answers(session, "chat", "topic", {1: 30, 2: 7, 3: 3})
    await draft(app)
    await publish(session)

    figure = (await figures(session))["chat-topic"]

    rows = {name: cells[0] for name, cells in figure.table.rows}
    hidden = {name for name, cell in rows.items() if cell == "not published"}
    assert len(hidden) > 1, "one hidden cell alone could be worked out"
    for chart in (figure.wide, figure.narrow):
        assert all(name in chart for name in rows)
        assert chart.count("not published") == len(hidden)
    page = await anyone.get("/reviews/2019-Q2", params={"lang": "en"})
    assert "Some figures are not published" in page.text
    assert (await anyone.get("/reviews/2019-Q2.pdf", params={"lang": "en"})).status_code == 200

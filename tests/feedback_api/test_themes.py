"""Themes: assigned at intake by topic and by text search in three languages, and re-assignable."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

pytestmark = pytest.mark.anyio

THEME = "covid_vaccination"


async def themes_of(staff: httpx.AsyncClient, **fields: Any) -> list[str]:
    created = (await staff.post("/v1/feedback", json=fields)).json()
    item = (await staff.get(f"/v1/feedback/{created['id']}")).json()
    themes: list[str] = item["themes"]
    return themes


class TestAssignmentAtIntake:
    @pytest.mark.parametrize(
        "words",
        [
            "Koronarokotuksen ajanvaraus oli ruuhkainen",
            "Sain koronarokotteen nopeasti, kiitos!",
            "Missä näkyy koronatodistukseni?",
            "Olen saanut vain yhden rokotuksen koronaa vastaan",
            "Coronavaccinationen gick bra",
            "När får jag mitt coronaintyg?",
            "The covid vaccination queue was long",
            "I got my corona jab in ten minutes",
        ],
    )
    async def test_words_of_the_theme_in_any_inflection(self, staff: httpx.AsyncClient, words: str) -> None:
        assert await themes_of(staff, text=words) == [THEME]

    @pytest.mark.parametrize(
        "words",
        [
            "Influenssarokotuksen sai nopeasti",
            "Korona-aikana puhelimeen ei vastattu",
            "Koiran rokotukset",
            "The dentist was kind",
            "Tandläkaren var vänlig",
        ],
    )
    async def test_other_words_do_not_count(self, staff: httpx.AsyncClient, words: str) -> None:
        assert await themes_of(staff, text=words) == []

    async def test_the_title_counts_too(self, staff: httpx.AsyncClient) -> None:
        assert await themes_of(staff, text="Kiitos!", title="Koronarokotus") == [THEME]

    async def test_a_topic_of_the_theme_is_enough(self, staff: httpx.AsyncClient) -> None:
        assert await themes_of(staff, text="Kiitos!", topic="vaccination_sites") == [THEME]


class TestReassignment:
    async def make(self, staff: httpx.AsyncClient, words: str) -> str:
        sent = {"text": words, "received_at": "2021-05-04T09:30:00+03:00"}
        feedback_id: str = (await staff.post("/v1/feedback", json=sent)).json()["id"]
        return feedback_id

    async def themes(self, staff: httpx.AsyncClient, feedback_id: str) -> list[str]:
        themes: list[str] = (await staff.get(f"/v1/feedback/{feedback_id}")).json()["themes"]
        return themes

    async def classify(self, staff: httpx.AsyncClient, feedback_id: str, **fields: Any) -> None:
        response = await staff.post(f"/v1/feedback/{feedback_id}/events", json={"kind": "classified", **fields})
        assert response.status_code == 201, response.text

    async def reassign(self, staff: httpx.AsyncClient) -> dict[str, int]:
        days = {"received_from": "2021-05-01", "received_to": "2021-05-31"}
        response = await staff.post("/v1/themes/reassignments", json=days)
        counts: dict[str, int] = response.json()
        return counts

    async def test_classifying_moves_an_item_in_and_out(self, staff: httpx.AsyncClient) -> None:
        feedback_id = await self.make(staff, "Jonotin kauan")
        await self.classify(staff, feedback_id, topic="vaccination_booking")
        assert await self.themes(staff, feedback_id) == [THEME]
        await self.classify(staff, feedback_id, topic="telephone_service")
        assert await self.themes(staff, feedback_id) == []

    async def test_a_persons_word_outlasts_the_search(self, staff: httpx.AsyncClient) -> None:
        removed = await self.make(staff, "Koronarokotus mainitaan vain ohimennen")
        added = await self.make(staff, "Piikki sattui")
        await self.classify(staff, removed, themes=[])
        await self.classify(staff, added, themes=[THEME])
        await self.reassign(staff)
        assert await self.themes(staff, removed) == []
        assert await self.themes(staff, added) == [THEME]

    async def test_a_changed_search_is_applied_to_old_items(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        feedback_id = await self.make(staff, "Piikki sattui")
        noise = await self.make(staff, "Puhelimeen ei vastattu")
        await session.execute(text("""UPDATE theme SET searches = '{"fi": "piikki"}'"""))
        assert await self.reassign(staff) == {"examined": 2, "assigned": 1}
        assert await self.themes(staff, feedback_id) == [THEME]
        assert await self.themes(staff, noise) == []

    async def test_what_a_search_found_in_an_erased_text_stays(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        feedback_id = await self.make(staff, "Koronarokotus onnistui")
        await session.execute(text("DELETE FROM feedback_content"))
        await self.reassign(staff)
        assert await self.themes(staff, feedback_id) == [THEME]

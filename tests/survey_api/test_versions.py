"""Drafts, what a published version holds to, and what keeps a question's identity from one version to the next."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tests.survey_api.factories import add_survey, labels, options, question, reasons, survey

pytestmark = pytest.mark.anyio

MOOD = question("mood", "smiley_4")
FOLLOW_UP = question(
    "reason",
    "single_choice",
    options=options("waiting", "other"),
    shown_when={"question": "mood", "values": ["unhappy"]},
)


async def publish(staff: httpx.AsyncClient, *questions: dict[str, Any], **more: Any) -> httpx.Response:
    return await staff.post("/v1/surveys/chat/versions", json={"questions": list(questions)} | more)


class TestDrafts:
    async def test_a_draft_is_seen_and_answered_by_nobody(
        self, staff: httpx.AsyncClient, public: httpx.AsyncClient
    ) -> None:
        added = await add_survey(staff, is_draft=True)
        assert (added["version"], added["published_at"], added["newest_version"], added["is_open"]) == (
            1,
            None,
            None,
            False,
        )
        assert (await public.get("/v1/surveys/chat")).status_code == 404
        assert (await public.get("/v1/surveys", params={"status": "all"})).json()["items"] == []
        answer = await public.post("/v1/surveys/chat/responses", json={"answers": {"nps": 5}})
        assert answer.json()["code"] == "survey_not_found"

    async def test_is_replaced_and_published(self, staff: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
        await add_survey(staff, questions=[MOOD])
        assert (await publish(staff, question("wrong", "nps"), is_draft=True)).json()["version"] == 2
        assert (await public.get("/v1/surveys/chat")).json()["version"] == 1
        replaced = await staff.put("/v1/surveys/chat/versions/2", json={"questions": [MOOD, FOLLOW_UP]})
        assert [one["code"] for one in replaced.json()["questions"]] == ["mood", "reason"]
        published = await staff.post("/v1/surveys/chat/versions/2/publish")
        assert published.json()["newest_version"] == 2
        shown = (await public.get("/v1/surveys/chat")).json()
        assert shown["questions"][1]["shown_when"] == {"question": "mood", "values": ["unhappy"]}

    async def test_a_survey_has_one_draft_at_a_time(self, staff: httpx.AsyncClient) -> None:
        await add_survey(staff, is_draft=True)
        answer = await publish(staff, MOOD)
        assert (answer.status_code, answer.json()["code"]) == (409, "draft_exists")
        assert (await staff.delete("/v1/surveys/chat/versions/1")).status_code == 204
        assert (await publish(staff, MOOD)).json()["version"] == 1

    @pytest.mark.parametrize(
        ("method", "path"),
        [("PUT", "/v1/surveys/chat/versions/1"), ("POST", "/v1/surveys/chat/versions/1/publish")],
    )
    async def test_a_published_version_is_no_draft(self, staff: httpx.AsyncClient, method: str, path: str) -> None:
        await add_survey(staff)
        answer = await staff.request(method, path, json={"questions": [MOOD]})
        assert (answer.status_code, answer.json()["code"]) == (409, "version_published")
        assert (await staff.delete("/v1/surveys/chat/versions/1")).json()["code"] == "version_published"
        assert (await staff.delete("/v1/surveys/chat/versions/2")).json()["code"] == "survey_version_not_found"

    async def test_managers_see_all_versions(self, staff: httpx.AsyncClient, stranger: httpx.AsyncClient) -> None:
        await add_survey(staff, questions=[MOOD])
        await publish(staff, MOOD, FOLLOW_UP, is_draft=True)
        versions = (await staff.get("/v1/surveys/chat/versions")).json()["items"]
        assert [(one["version"], one["published_at"] is None) for one in versions] == [(1, False), (2, True)]
        assert (await stranger.get("/v1/surveys/chat/versions")).status_code == 403


LATE_QUESTION = (
    "INSERT INTO survey_question (survey_code, version, code, position, kind, purpose, labels, is_required)"
    " VALUES ('chat', 1, 'late', 9, 'nps', 'other', '{\"fi\": \"?\"}', false)"
)
LATE_OPTION = (
    "INSERT INTO survey_option (survey_code, version, question_code, code, number, position, labels)"
    " VALUES ('chat', 1, 'topic', 'late', 9, 9, '{\"fi\": \"?\"}')"
)


class TestPostgresHoldsPublishedVersions:
    """Raw SQL, as the database's owner: no path around the service changes what was asked."""

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE survey_version SET published_at = now() + interval '1 day'",
            "UPDATE survey_version SET published_at = NULL",
            "DELETE FROM survey_version",
            "UPDATE survey_question SET labels = '{\"fi\": \"Muu\"}' WHERE code = 'topic'",
            "DELETE FROM survey_question WHERE code = 'mood'",
            LATE_QUESTION,
            "UPDATE survey_option SET number = 9 WHERE code = 'a'",
            "DELETE FROM survey_option WHERE code = 'a'",
            LATE_OPTION,
        ],
    )
    async def test_refuses(self, staff: httpx.AsyncClient, session: AsyncSession, statement: str) -> None:
        await add_survey(staff, questions=[MOOD, question("topic", "single_choice", options=options("a", "b"))])
        with pytest.raises(IntegrityError, match="published and never changes"):
            async with session.begin_nested():
                await session.execute(text(statement))

    async def test_refuses_another_scale_under_the_same_code(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await add_survey(staff, questions=[question("scale", "scale", scale_steps=5)])
        await publish(staff, question("scale", "scale", scale_steps=5), is_draft=True)
        with pytest.raises(IntegrityError, match="another kind or scale"):
            async with session.begin_nested():
                await session.execute(text("UPDATE survey_question SET scale_steps = 11 WHERE version = 2"))


class TestIdentity:
    async def test_changed_words_need_a_reason_why_they_compare(self, staff: httpx.AsyncClient) -> None:
        await add_survey(staff, questions=[MOOD])
        other = MOOD | {"labels": labels("How was it?")}
        refused = await publish(staff, other)
        assert "change_note" in reasons(refused)["questions.0.labels"]
        answer = await publish(staff, other | {"change_note": "A typing mistake was mended."})
        assert answer.json()["questions"][0]["change_note"] == "A typing mistake was mended."

    async def test_an_options_words_count_too(self, staff: httpx.AsyncClient) -> None:
        await add_survey(staff, questions=[question("topic", "single_choice", options=options("a", "b"))])
        renamed = [{"code": "a", "labels": labels("Another")}, *options("b")]
        refused = await publish(staff, question("topic", "single_choice", options=renamed))
        assert list(reasons(refused)) == ["questions.0.labels"]

    async def test_a_new_language_changes_nobodys_question(self, staff: httpx.AsyncClient) -> None:
        await add_survey(staff, questions=[MOOD])
        wider = MOOD["labels"] | {"se": "Mo manai?", "smn": "Maht moonâi?", "sms": "Mäʹhtt mõõni?", "zh-Hans": "?"}
        answer = await publish(staff, MOOD | {"labels": wider})
        assert (answer.status_code, answer.json()["questions"][0]["labels"]) == (201, wider)

    async def test_another_scale_is_another_question(self, staff: httpx.AsyncClient) -> None:
        await add_survey(staff, questions=[question("scale", "scale", scale_steps=5)])
        refused = await publish(staff, question("scale", "scale", scale_steps=11))
        assert "another scale is another question" in reasons(refused)["questions.0.scale_steps"]
        answer = await publish(staff, question("scale_11", "scale", scale_steps=11, replaces="scale"))
        assert answer.json()["questions"][0]["replaces"] == "scale"

    @pytest.mark.parametrize(
        ("replaces", "hint"), [("nothing", "no question of an earlier version"), ("mood", "still asked")]
    )
    async def test_only_what_is_no_longer_asked_is_replaced(
        self, staff: httpx.AsyncClient, replaces: str, hint: str
    ) -> None:
        await add_survey(staff, questions=[MOOD])
        refused = await publish(staff, MOOD, question("new", "nps", replaces=replaces))
        assert hint in reasons(refused)["questions.1.replaces"]


class TestFollowUps:
    @pytest.mark.parametrize(
        ("shown_when", "field", "hint"),
        [
            ({"question": "later", "values": [1]}, "questions.1.shown_when.question", "not asked before it"),
            ({"question": "reason", "values": ["a"]}, "questions.1.shown_when.question", "not asked before it"),
            ({"question": "mood", "values": ["sad"]}, "questions.1.shown_when.values.0", "very_happy"),
            ({"question": "mood", "values": [3]}, "questions.1.shown_when.values.0", "very_happy"),
            ({"question": "mood", "values": ["happy", "happy"]}, "questions.1.shown_when.values", "twice"),
            ({"question": "mood", "values": []}, "questions.1.shown_when.values", "at least 1"),
        ],
    )
    async def test_follow_an_answer_of_a_question_before(
        self, staff: httpx.AsyncClient, shown_when: dict[str, Any], field: str, hint: str
    ) -> None:
        asked = [MOOD, question("reason", "nps", shown_when=shown_when), question("later", "nps")]
        answer = await staff.post("/v1/surveys", json=survey(questions=asked))
        assert hint in reasons(answer)[field]

    async def test_follow_no_text(self, staff: httpx.AsyncClient) -> None:
        asked = [question("words", "text"), question("more", "nps", shown_when={"question": "words", "values": ["x"]})]
        answer = await staff.post("/v1/surveys", json=survey(questions=asked))
        assert "fixed answers" in reasons(answer)["questions.1.shown_when.question"]

    async def test_ask_the_same_people_in_every_version(self, staff: httpx.AsyncClient) -> None:
        await add_survey(staff, questions=[MOOD, FOLLOW_UP])
        wider = FOLLOW_UP | {"shown_when": {"question": "mood", "values": ["unhappy", "very_unhappy"]}}
        refused = await publish(staff, MOOD, wider)
        assert "others would be asked" in reasons(refused)["questions.1.shown_when"]


class TestChange:
    async def test_the_window_and_names_change_and_answers_follow_at_once(
        self, staff: httpx.AsyncClient, public: httpx.AsyncClient
    ) -> None:
        await add_survey(staff)
        path, body = "/v1/surveys/chat/responses", {"answers": {"nps": 5}}
        assert (await public.post(path, json=body)).status_code == 201
        closed = await staff.patch("/v1/surveys/chat", json={"closes_at": "2021-01-01T00:00:00+02:00"})
        assert (closed.status_code, closed.json()["is_open"]) == (200, False)
        assert (await public.post(path, json=body)).json()["code"] == "survey_closed"
        assert (await staff.patch("/v1/surveys/chat", json={"closes_at": None})).json()["is_open"] is True
        assert (await public.post(path, json=body)).status_code == 201

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"closes_at": "2014-01-01T00:00:00+02:00"}, "closes_at"),
            ({"opens_at": None}, "opens_at"),
            ({"kind": "smiley"}, "kind"),
        ],
    )
    async def test_nothing_else_does(self, staff: httpx.AsyncClient, change: dict[str, Any], field: str) -> None:
        await add_survey(staff)
        assert list(reasons(await staff.patch("/v1/surveys/chat", json=change))) == [field]


class TestPut:
    async def send(self, staff: httpx.AsyncClient, check: str = "false", **more: Any) -> dict[str, Any]:
        body = survey(questions=[MOOD]) | more
        del body["code"]
        answer = await staff.put("/v1/surveys/chat", json=body, params={"check": check})
        assert answer.status_code == 200, answer.text
        outcome: dict[str, Any] = answer.json()
        return outcome

    async def test_does_what_the_difference_asks_for(self, staff: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
        assert (await self.send(staff))["outcome"] == "created"
        assert (await self.send(staff))["outcome"] == "unchanged"
        assert (await self.send(staff, names=labels("Other")))["outcome"] == "changed"
        assert await self.send(staff, questions=[MOOD, FOLLOW_UP]) == {
            "code": "chat",
            "outcome": "new_version",
            "version": 2,
        }
        shown = (await public.get("/v1/surveys/chat")).json()
        assert (shown["version"], len(shown["questions"])) == (2, 2)

    async def test_a_check_changes_nothing(self, staff: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
        assert (await self.send(staff, "true"))["outcome"] == "created"
        assert (await public.get("/v1/surveys/chat")).status_code == 404
        await self.send(staff)
        assert (await self.send(staff, "true", questions=[MOOD, FOLLOW_UP]))["outcome"] == "new_version"
        assert (await public.get("/v1/surveys/chat")).json()["version"] == 1

    async def test_drafts_are_replaced(self, staff: httpx.AsyncClient) -> None:
        await self.send(staff)
        for asked in ([MOOD, FOLLOW_UP], [MOOD, question("other", "nps")]):
            assert (await self.send(staff, questions=asked, is_draft=True))["outcome"] == "new_draft"
        assert (await self.send(staff, questions=asked, is_draft=True))["outcome"] == "unchanged"
        versions = (await staff.get("/v1/surveys/chat/versions")).json()["items"]
        assert [[one["code"] for one in version["questions"]] for version in versions] == [["mood"], ["mood", "other"]]

    async def test_another_unit_is_another_survey(self, staff: httpx.AsyncClient) -> None:
        await self.send(staff)
        body = survey(questions=[MOOD], unit="senior-info")
        del body["code"]
        assert "another code" in reasons(await staff.put("/v1/surveys/chat", json=body))["unit"]

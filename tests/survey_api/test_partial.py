"""Follow-up questions, partial responses that are completed later, and one response an interaction."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.settings import get_settings
from tests.survey_api.factories import add_survey, count, histogram, line, options, question, reasons, send_lines

pytestmark = pytest.mark.anyio

PATH = "/v1/surveys/chat/responses"

QUESTIONS = [
    question("mood", "smiley_4", is_required=True),
    question(
        "reason",
        "single_choice",
        options=options("waiting", "other"),
        is_required=True,
        shown_when={"question": "mood", "values": ["unhappy", "very_unhappy"]},
    ),
    question("what", "text", shown_when={"question": "reason", "values": ["other"]}),
    question("nps", "nps", is_required=True),
]


@pytest.fixture
async def chat(staff: httpx.AsyncClient) -> dict[str, Any]:
    return await add_survey(staff, questions=QUESTIONS)


async def give(public: httpx.AsyncClient, answers: dict[str, Any], **more: Any) -> httpx.Response:
    return await public.post(PATH, json={"answers": answers} | more)


@pytest.mark.usefixtures("chat")
class TestFollowUps:
    async def test_only_those_asked_must_answer_and_are_counted(
        self, public: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        for answers in (
            {"mood": "happy", "nps": 9},
            {"mood": "unhappy", "reason": "waiting", "nps": 3},
            {"mood": "unhappy", "reason": "other", "what": "Ovi", "nps": 2},
        ):
            assert (await give(public, answers)).status_code == 201
        counted = await histogram(session)
        assert (counted["_responses", 1], counted["_asked_reason", 1], counted["_asked_what", 1]) == (3, 2, 1)

    async def test_an_answer_to_one_that_was_not_due_is_refused(self, public: httpx.AsyncClient) -> None:
        answer = await give(public, {"mood": "happy", "reason": "waiting", "nps": 9})
        assert reasons(answer) == {
            "answers.reason": "was not asked: it follows only the answers unhappy, very_unhappy to 'mood'; leave it out"
        }

    async def test_one_that_is_due_is_required(self, public: httpx.AsyncClient) -> None:
        assert list(reasons(await give(public, {"mood": "unhappy", "nps": 3}))) == ["answers.reason"]

    async def test_a_chain_ends_where_its_first_question_was_not_asked(self, public: httpx.AsyncClient) -> None:
        answer = await give(public, {"mood": "happy", "reason": "other", "what": "Ovi", "nps": 3})
        assert list(reasons(answer)) == ["answers.reason"]

    async def test_follows_any_choice_of_several(self, staff: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
        asked = [
            question("topics", "multiple_choice", options=options("a", "b", "c")),
            question("more", "yes_no", shown_when={"question": "topics", "values": ["b", "c"]}),
        ]
        await add_survey(staff, "several", questions=asked)
        for topics, status in ((["a", "b"], 201), (["a"], 422)):
            answer = await public.post(
                "/v1/surveys/several/responses", json={"answers": {"topics": topics, "more": True}}
            )
            assert answer.status_code == status


@pytest.mark.usefixtures("chat")
class TestPartial:
    async def test_may_leave_required_questions_and_is_marked(
        self, public: httpx.AsyncClient, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        answer = await give(public, {"mood": "unhappy"}, id=str(uuid4()), complete=False)
        assert answer.status_code == 201
        assert await histogram(session) == {
            ("_responses", 1): 1,
            ("_partial", 1): 1,
            ("_asked_reason", 1): 1,
            ("mood", 1): 1,
        }
        [item] = (await staff.get("/v1/responses")).json()["items"]
        assert item["complete"] is False

    async def test_is_completed_by_its_id_and_the_histogram_follows(
        self, public: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        own = str(uuid4())
        parts: list[tuple[dict[str, Any], bool]] = [
            ({"mood": "unhappy"}, False),
            ({"mood": "unhappy", "reason": "other", "what": "Ovi"}, False),
            ({"mood": "happy", "nps": 9}, True),
        ]
        for answers, complete in parts:
            assert (await give(public, answers, id=own, complete=complete)).status_code == 201
            # Each part may come twice.
            assert (await give(public, answers, id=own, complete=complete)).json() == {"id": own}
        counted = {key: number for key, number in (await histogram(session)).items() if number}
        assert counted == {("_responses", 1): 1, ("mood", 2): 1, ("nps", 9): 1}
        assert await count(session, "survey_response_content") == 0
        # An earlier part that comes late changes nothing; another complete answer is another response's.
        assert (await give(public, {"mood": "unhappy"}, id=own, complete=False)).status_code == 201
        assert (await give(public, {"mood": "unhappy", "reason": "other", "nps": 1}, id=own)).status_code == 409
        assert (await histogram(session))["nps", 9] == 1

    async def test_comments_are_handed_over_with_the_last_part(
        self, public: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        own = str(uuid4())
        answers = {"mood": "unhappy", "reason": "other", "what": "Ovi on rikki."}
        refused = await give(public, answers, id=own, complete=False, please_handle=True)
        assert "last answers" in reasons(refused)["body"]
        await give(public, answers, id=own, complete=False)
        assert (await give(public, answers | {"nps": 1}, id=own, please_handle=True)).status_code == 201
        assert await count(session, "comment_handover") == 1

    async def test_stays_partial_when_its_time_is_over(self, public: httpx.AsyncClient, session: AsyncSession) -> None:
        own = str(uuid4())
        await give(public, {"mood": "happy"}, id=own, complete=False)
        hours = get_settings().completion_hours
        await session.execute(
            text("UPDATE survey_response SET recorded_at = recorded_at - CAST(:age AS interval)"),
            {"age": timedelta(hours=hours, minutes=1)},
        )
        answer = await give(public, {"mood": "happy", "nps": 9}, id=own)
        assert (answer.status_code, answer.json()["code"]) == (409, "completion_over")
        assert "new response" in answer.json()["detail"]

    async def test_needs_an_id_to_be_completed_by(self, public: httpx.AsyncClient) -> None:
        assert "id" in reasons(await give(public, {"mood": "happy"}, complete=False))["body"]

    async def test_the_version_begun_is_the_version_completed(
        self, staff: httpx.AsyncClient, public: httpx.AsyncClient
    ) -> None:
        own = str(uuid4())
        await give(public, {"mood": "happy"}, id=own, complete=False)
        await staff.post("/v1/surveys/chat/versions", json={"questions": [QUESTIONS[0]]})
        assert (await give(public, {"mood": "happy", "nps": 9}, id=own, version=2)).status_code == 409
        assert (await give(public, {"mood": "happy", "nps": 9}, id=own)).status_code == 201


class TestInteractions:
    async def test_one_response_an_interaction_and_version(
        self, staff: httpx.AsyncClient, public: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await add_survey(staff, questions=[question("nps", "nps")])
        first = {"id": str(uuid4()), "interaction_id": "chat-1"}
        assert (await give(public, {"nps": 5}, **first)).status_code == 201
        assert (await give(public, {"nps": 5}, **first)).status_code == 201
        refused = await give(public, {"nps": 9}, interaction_id="chat-1")
        assert (refused.status_code, refused.json()["code"]) == (409, "interaction_answered")
        assert "let the survey allow several" in refused.json()["detail"]
        assert (await give(public, {"nps": 9}, interaction_id="chat-2")).status_code == 201
        await staff.post("/v1/surveys/chat/versions", json={"questions": [question("nps", "nps")]})
        assert (await give(public, {"nps": 9}, interaction_id="chat-1", version=2)).status_code == 201
        assert (await histogram(session))["_responses", 1] == 3

    async def test_several_where_the_survey_says_so(self, staff: httpx.AsyncClient, public: httpx.AsyncClient) -> None:
        await add_survey(staff, questions=[question("nps", "nps")], allows_several_per_interaction=True)
        for score in (5, 9):
            assert (await give(public, {"nps": score}, interaction_id="chat-1")).status_code == 201

    async def test_in_a_stream_the_second_costs_its_neighbours_nothing(
        self, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await add_survey(staff, questions=[question("nps", "nps")])
        # Of a batch, responses are stored in the order of their keys.
        ids = sorted(str(uuid4()) for _ in range(3))
        lines = [line(id=ids[n], answers={"nps": 5}, interaction_id=which) for n, which in enumerate(("a", "a", "b"))]
        results = await send_lines(staff, lines)
        assert [result["status"] for result in results] == ["created", "refused", "created"]
        assert "another id" in results[1]["detail"]
        assert (await histogram(session))["_responses", 1] == 2

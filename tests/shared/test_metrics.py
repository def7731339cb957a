"""What Prometheus is told: exact counts, figures of the database, and nothing of anybody."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from services.feedback_api.main import create as create_feedback
from services.reporting_api.main import create as create_reporting
from services.shared.database import connect
from services.shared.metrics.questions import Questions
from services.shared.schema_version import expected_revision
from services.shared.scopes import Scope
from services.shared.settings import Settings
from services.survey_api.main import create as create_survey
from tests.conftest import add_key, attach, client_of
from tests.survey_api.factories import add_survey

pytestmark = pytest.mark.anyio

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples_of(answer: httpx.Response) -> Samples:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = list(text_string_to_metric_families(answer.text))
    return {(sample.name, frozenset(sample.labels.items())): sample.value for one in families for sample in one.samples}


def sample(samples: Samples, name: str, **labels: str) -> float:
    return samples[name, frozenset(labels.items())]


def values(samples: Samples, label: str) -> set[str]:
    return {value for _, labels in samples for name, value in labels if name == label}


@pytest.fixture
async def key(session: AsyncSession) -> str:
    return await add_key(session, Scope.METRICS_READ, name="prometheus")


@pytest.fixture
def feedback_app(connection: AsyncConnection) -> FastAPI:
    return attach(create_feedback(), connection)


@pytest.fixture
async def feedback(feedback_app: FastAPI, key: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(feedback_app, key=key) as client:
        yield client


async def test_it_needs_a_key_of_the_scope(feedback_app: FastAPI, session: AsyncSession) -> None:
    async with client_of(feedback_app) as public:
        answer = await public.get("/metrics")
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    stranger = await add_key(session, Scope.SERVICE, name="stranger")
    async with client_of(feedback_app, key=stranger) as client:
        answer = await client.get("/metrics")
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_requests_are_counted_by_route_and_never_by_path(
    feedback_app: FastAPI, feedback: httpx.AsyncClient
) -> None:
    async with client_of(feedback_app) as public:
        body = {"text": "The stairs of Kisahalli are icy", "type": "other", "unit": "kirjasto-oodi"}
        units = (await public.get("/v1/catalogue")).json()["units"]
        body["unit"] = units[0]["code"]
        for _ in range(3):
            sent = await public.post("/v1/feedback", json=body)
            assert sent.status_code == 201, sent.text
        receipt = sent.json()["receipt"]
        assert (await public.get(f"/v1/receipts/{receipt}")).status_code == 200
        assert (await public.get("/v1/receipts/NO-SUCH-RECEIPT")).status_code >= 400
        await public.get("/wp-login.php")
        await public.request("BREW", "/coffee")
    samples = samples_of(await feedback.get("/metrics"))
    assert sample(samples, "http_requests_total", method="POST", route="/v1/feedback", status="201") == 3
    name = "http_request_duration_seconds"
    posts = {"method": "POST", "route": "/v1/feedback", "status_class": "2xx"}
    assert sample(samples, f"{name}_count", **posts) == 3
    assert sample(samples, f"{name}_bucket", le="+Inf", **posts) == 3
    assert values(samples, "route") == {"/v1/catalogue", "/v1/feedback", "/v1/receipts/{receipt}", "unmatched"}
    assert values(samples, "method") == {"GET", "POST", "other"}
    # The scrape itself, and nothing else.
    assert sample(samples, "http_requests_in_progress") == 1
    assert sample(samples, "katsaus_requests_refused_total") == 0
    assert sample(samples, "katsaus_database_up") == 1
    (build,) = [dict(labels) for found, labels in samples if found == "katsaus_build_info"]
    assert build["schema_revision"] == expected_revision()
    # The short way commits what it takes in groups.
    assert sample(samples, "katsaus_group_commit_rows_sum", noun="submissions") == 3
    assert sample(samples, "katsaus_group_commit_waiting", noun="submissions") == 0


async def test_apps_count_by_themselves(feedback: httpx.AsyncClient, connection: AsyncConnection, key: str) -> None:
    await feedback.get("/v1/catalogue")
    async with client_of(attach(create_feedback(), connection), key=key) as other:
        assert "/v1/catalogue" not in (await other.get("/metrics")).text


async def test_survey_api_tells_its_outbox(connection: AsyncConnection, session: AsyncSession) -> None:
    key = await add_key(session, Scope.METRICS_READ, Scope.SURVEY_MANAGE, Scope.SURVEY_IMPORT, name="both")
    async with client_of(attach(create_survey(), connection), key=key) as client:
        before = samples_of(await client.get("/metrics"))
        assert sample(before, "katsaus_handovers", state="waiting") == 0
        assert sample(before, "katsaus_handovers_oldest_waiting_age_seconds") == 0
        await add_survey(client)
        for text in ("first", "second"):
            body = {"answers": {"nps": 3, "comment": text}, "please_handle": True}
            given = await client.post("/v1/surveys/chat/responses", json=body)
            assert given.status_code == 201, given.text
        samples = samples_of(await client.get("/metrics"))
    assert sample(samples, "katsaus_handovers", state="waiting") == 2
    assert sample(samples, "katsaus_handovers", state="parked") == 0
    assert sample(samples, "katsaus_handovers_oldest_waiting_age_seconds") > 0
    assert values(samples, "reason") == {"unregistered_device", "unassigned_device", "unmapped_point"}


async def test_a_database_that_is_away_is_told(
    feedback_app: FastAPI, feedback: httpx.AsyncClient, session: AsyncSession
) -> None:
    assert sample(samples_of(await feedback.get("/metrics")), "katsaus_database_up") == 1
    nowhere = connect(Settings(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none"), feedback_app.state.service)
    feedback_app.state.sessions = nowhere
    samples = samples_of(await feedback.get("/metrics"))
    assert sample(samples, "katsaus_database_up") == 0
    assert sample(samples, "http_requests_total", method="GET", route="/metrics", status="200") == 1
    # Whoever was never let in is not now.
    async with client_of(feedback_app, key="katsaus_0123456789_secret") as stranger:
        answer = await stranger.get("/metrics")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    await nowhere.dispose()


async def test_a_database_that_hangs_is_asked_once() -> None:
    questions, may_end, ended = Questions(0.01), asyncio.Event(), asyncio.Event()
    asked: list[None] = []

    async def hang() -> None:
        asked.append(None)
        try:
            await asyncio.Event().wait()
        finally:
            await may_end.wait()  # as a connection does whose server says nothing
            ended.set()

    for _ in range(3):
        with pytest.raises(TimeoutError):
            await questions.ask(hang())
    assert len(asked) == 1
    may_end.set()
    await ended.wait()
    await asyncio.sleep(0)  # what is to be done when it has ended is done next
    assert await questions.ask(asyncio.sleep(0, "an answer")) == "an answer"


async def test_reporting_api_answers_openmetrics(connection: AsyncConnection, key: str) -> None:
    async with client_of(attach(create_reporting(), connection), key=key) as client:
        answer = await client.get("/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert answer.text.endswith("# EOF\n")

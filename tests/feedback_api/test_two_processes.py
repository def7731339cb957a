"""Two processes of feedback_api on one database, with real commits: what may be used once is used once in both."""

import asyncio
import base64
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import uuid4

import httpx
import pytest
from altcha import v1 as altcha
from pydantic import SecretStr
from sqlalchemy import text

from services.cli.embedded_postgres import EmbeddedPostgres
from services.feedback_api.main import create
from services.shared.database import connect
from services.shared.settings import Settings
from services.shared.tables.access import Service
from tests.conftest import catalogued_database, client_of

pytestmark = pytest.mark.anyio

PROCESSES = 2
ROUNDS = 5


@pytest.fixture(scope="module")
def own_database_url(postgres: EmbeddedPostgres) -> str:
    return catalogued_database(postgres, "katsaus_two_processes")


@pytest.fixture
async def processes(own_database_url: str) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Apps that share nothing but the database and the settings."""
    async with AsyncExitStack() as stack:
        clients = []
        for _ in range(PROCESSES):
            app = create()
            settings = Settings(DATABASE_URL=own_database_url, form_secret=SecretStr("both processes' secret"))
            app.state.settings = settings.model_copy(
                update={"proof_of_work_required": True, "proof_of_work_max_number": 1000}
            )
            app.state.sessions = connect(app.state.settings, Service.FEEDBACK_API)
            stack.push_async_callback(app.state.sessions.dispose)
            clients.append(await stack.enter_async_context(client_of(app)))
        yield clients


async def solve(process: httpx.AsyncClient) -> str:
    challenge = (await process.get("/v1/challenge")).json()
    solution = altcha.solve_challenge(
        challenge["challenge"], challenge["salt"], challenge["algorithm"], challenge["maxnumber"]
    )
    assert solution is not None
    solved = {name: challenge[name] for name in ("algorithm", "challenge", "salt", "signature")}
    return base64.b64encode(json.dumps(solved | {"number": solution.number}).encode()).decode()


async def hold_reasons(own_database_url: str, ids: list[str]) -> Counter[str | None]:
    sessions = connect(Settings(DATABASE_URL=own_database_url), Service.FEEDBACK_API)
    async with sessions.session() as session:
        found = await session.execute(
            text("SELECT hold_reason FROM feedback WHERE id = ANY (CAST(:ids AS uuid[]))"), {"ids": ids}
        )
        reasons = Counter(found.scalars())
    await sessions.dispose()
    return reasons


async def test_a_challenge_solved_at_one_counts_once_in_all(
    processes: list[httpx.AsyncClient], own_database_url: str
) -> None:
    ids = []
    for _ in range(ROUNDS):
        solved = await solve(processes[0])
        answers = await asyncio.gather(
            *(
                process.post("/v1/feedback", json={"text": f"Palaute {uuid4()}", "proof_of_work": solved})
                for process in processes
            )
        )
        assert [answer.status_code for answer in answers] == [201] * PROCESSES
        ids += [answer.json()["id"] for answer in answers]
    assert await hold_reasons(own_database_url, ids) == {
        None: ROUNDS,
        "proof_of_work_failed": ROUNDS * (PROCESSES - 1),
    }

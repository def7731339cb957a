"""What every service's app does the same way: commits, crashes, readiness, secrets."""

import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from services.shared.application import create_app
from services.shared.database import ROLES, SessionDep, connect
from services.shared.settings import Settings
from services.shared.tables.access import Service
from tests.conftest import attach, client_of

pytestmark = pytest.mark.anyio

router = APIRouter()

RESIDENTS_WORDS = "Olen Aino, 131052-308T"


@router.post("/crash", summary="Fails as nobody foresaw")
async def crash() -> None:
    """Raises."""
    raise RuntimeError(RESIDENTS_WORDS)


@router.post("/database-crash", summary="Fails in the database")
async def database_crash(session: SessionDep) -> None:
    """Puts words where the database does not take them."""
    await session.execute(text("SELECT CAST(:words AS integer)"), {"words": RESIDENTS_WORDS})


@router.post("/database-says", summary="Fails in the database as it is told to")
async def database_says(session: SessionDep, state: str) -> None:
    """Raises an error with the code."""
    await session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$"))


@router.post("/fails-at-commit", summary="Fails when committing")
async def fail_at_commit(session: SessionDep) -> dict[str, bool]:
    """Breaks a constraint that is only checked at commit."""
    await session.execute(text("INSERT INTO child_of_nobody VALUES (1)"))
    return {"done": True}


def make_app() -> FastAPI:
    return create_app(service=Service.FEEDBACK_API, title="test", description="test", tags={}, routers=[router])


@pytest.fixture
async def client(connection: AsyncConnection) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(attach(make_app(), connection)) as client:
        yield client


class TestCrash:
    @pytest.mark.parametrize("path", ["/crash", "/database-crash"])
    async def test_it_is_a_problem_that_tells_nothing(
        self, client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, path: str
    ) -> None:
        caplog.set_level(logging.DEBUG)
        response = await client.post(path, headers={"X-Request-ID": "night-shift"})
        assert response.status_code == 500
        body = response.json()
        assert (body["code"], body["request_id"]) == ("internal_error", "night-shift")
        written = "".join(capsys.readouterr()) + caplog.text + response.text
        assert "crashed" in written
        assert "night-shift" in written
        assert "Aino" not in written
        assert "308T" not in written


class TestCommit:
    async def test_a_commit_that_fails_is_an_error_the_caller_sees(self, database_url: str) -> None:
        """With a real commit, as the rolled-back sessions of the tests only release savepoints."""
        database = connect(Settings(DATABASE_URL=database_url), Service.FEEDBACK_API)
        app = make_app()
        app.state.sessions = database
        async with database.engine.connect() as owner:
            await owner.execute(text("SET ROLE postgres"))
            await owner.execute(text("CREATE TABLE no_parents (id int PRIMARY KEY)"))
            await owner.execute(
                text("CREATE TABLE child_of_nobody (parent int REFERENCES no_parents DEFERRABLE INITIALLY DEFERRED)")
            )
            await owner.execute(text("GRANT ALL ON child_of_nobody, no_parents TO katsaus_feedback"))
            await owner.commit()
        try:
            async with client_of(app) as client:
                assert (await client.post("/fails-at-commit")).status_code == 500
        finally:
            async with database.engine.connect() as owner:
                await owner.execute(text("SET ROLE postgres"))
                await owner.execute(text("DROP TABLE child_of_nobody, no_parents"))
                await owner.commit()
            await database.dispose()


class TestReadiness:
    async def test_ready_names_the_schema(self, client: httpx.AsyncClient) -> None:
        answer = (await client.get("/health/ready")).json()
        assert (answer["status"], answer["reason"]) == ("ready", None)

    async def test_another_schema_is_not_ready(self, client: httpx.AsyncClient, session: AsyncSession) -> None:
        await session.execute(text("UPDATE alembic_version SET version_num = '0001_create_catalogue'"))
        response = await client.get("/health/ready")
        assert response.status_code == 503
        assert "katsaus migrate" in response.json()["reason"]
        await session.execute(text("UPDATE alembic_version SET version_num = '9999_of_tomorrow'"))
        assert "start the newer version" in (await client.get("/health/ready")).json()["reason"]

    async def test_without_a_catalogue_it_is_not_ready(self, client: httpx.AsyncClient, session: AsyncSession) -> None:
        await session.execute(text("DELETE FROM catalogue_revision"))
        response = await client.get("/health/ready")
        assert response.status_code == 503
        assert "katsaus catalogue" in response.json()["reason"]

    async def test_a_database_that_was_never_migrated_says_so(
        self, database_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The services' roles are not there yet."""
        monkeypatch.setitem(ROLES, Service.FEEDBACK_API, "katsaus_of_tomorrow")
        app = make_app()
        app.state.sessions = connect(Settings(DATABASE_URL=database_url), Service.FEEDBACK_API)
        async with client_of(app) as client:
            response = await client.get("/health/ready")
        assert "katsaus migrate" in response.json()["reason"]

    async def test_a_database_that_is_away_is_not_ready(self) -> None:
        app = make_app()
        app.state.sessions = connect(
            Settings(DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing"), Service.FEEDBACK_API
        )
        async with client_of(app) as client:
            assert (await client.get("/health/live")).status_code == 200
            response = await client.get("/health/ready")
        assert (response.status_code, response.json()["status"]) == (503, "not_ready")


class TestDatabaseAway:
    async def test_a_request_may_be_sent_again(self, capsys: pytest.CaptureFixture[str]) -> None:
        app = make_app()
        app.state.sessions = connect(
            Settings(DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing"), Service.FEEDBACK_API
        )
        async with client_of(app) as client:
            response = await client.post("/database-crash")
        assert (response.status_code, response.json()["code"]) == (503, "unavailable")
        assert response.headers["Retry-After"] == "5"
        assert "the database is away" in capsys.readouterr().out

    @pytest.mark.parametrize("state", ["57P01", "53100", "53300"])
    async def test_so_it_may_where_it_stops_or_is_full(self, client: httpx.AsyncClient, state: str) -> None:
        assert (await client.post("/database-says", params={"state": state})).status_code == 503

    async def test_what_it_refuses_for_a_request_is_ours_to_mend(self, client: httpx.AsyncClient) -> None:
        assert (await client.post("/database-says", params={"state": "22000"})).status_code == 500


class TestDocumentationPage:
    async def test_it_needs_nothing_from_other_hosts(self, client: httpx.AsyncClient) -> None:
        page = await client.get("/docs")
        assert page.status_code == 200
        addresses = [part.split('"')[0] for attribute in ('src="', 'href="') for part in page.text.split(attribute)[1:]]
        assert addresses
        for address in addresses:
            assert address.startswith("/"), "a clerk's browser must not ask anybody else"
            assert (await client.get(address)).status_code == 200


class TestPagesOfOtherOrigins:
    async def test_they_may_send_read_again_and_take_back(
        self, connection: AsyncConnection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What docs/form.md does in a browser, on a host of its own."""
        settings = Settings(cors_origins=("https://www.hel.fi",))
        monkeypatch.setattr("services.shared.application.get_settings", lambda: settings)
        async with client_of(attach(make_app(), connection)) as client:
            for method, header in (("POST", "Idempotency-Key"), ("GET", "If-None-Match"), ("DELETE", "X-Request-ID")):
                asked = await client.options(
                    "/crash",
                    headers={
                        "Origin": "https://www.hel.fi",
                        "Access-Control-Request-Method": method,
                        "Access-Control-Request-Headers": header,
                    },
                )
                assert asked.status_code == 200, asked.text
            failed = await client.post("/crash", headers={"Origin": "https://www.hel.fi"})
            other = await client.post("/crash", headers={"Origin": "https://elsewhere.example"})
        assert failed.headers["access-control-allow-origin"] == "https://www.hel.fi"
        assert {"Retry-After", "X-Request-ID", "ETag"} <= set(
            failed.headers["access-control-expose-headers"].split(", ")
        )
        assert "access-control-allow-origin" not in other.headers

"""Everything a run needs: a durable PostgreSQL in a temporary home, the services as in production, echo and stock."""

import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import psycopg
from rich.console import Console

from benchmarks.bodies import SURVEY_CODE, survey_definition
from benchmarks.environment import (
    QUARTER_FILE_VARIABLE,
    STOCK_FEEDBACK_TABLE,
    STOCK_RESPONSE_TABLE,
    STOCK_URL_VARIABLE,
)
from benchmarks.processes import pid_of, postmaster_of
from services.cli.database import DATABASE_NAME, prepare
from services.cli.demo.counts import PUBLISHED_QUARTER
from services.cli.demo.load import load_demonstration
from services.cli.embedded_postgres import EmbeddedPostgres
from services.cli.home import Home, HomeKeys
from services.cli.keys import ensure_home_keys
from services.cli.service_http import Services
from services.cli.supervisor import ServiceAddress, Supervisor
from services.shared.settings import Settings

HOST = "127.0.0.1"
STOCK_DATABASE = "benchmark_stock"
QUARTER_PATH = f"/v1/quarters/{PUBLISHED_QUARTER}"

_OURS = """
    SELECT (SELECT count(*) FROM feedback WHERE source <> 'demonstration'),
           (SELECT count(*) FROM feedback_content JOIN feedback ON id = feedback_id WHERE source <> 'demonstration'),
           (SELECT count(*) FROM survey_response WHERE survey_code = %(survey)s),
           (SELECT coalesce(sum(count), 0) FROM answer_histogram
             WHERE survey_code = %(survey)s AND question_code = '_responses')
"""


class BenchmarkAddress(ServiceAddress):
    """Where an app of the benchmark listens, run exactly as the services are."""

    @property
    def app(self) -> str:
        """The path of the app object."""
        return f"benchmarks.{self.name}:app"


@dataclass(frozen=True, slots=True)
class Stored:
    """Rows that requests of the benchmark have left behind."""

    feedback: int
    responses: int
    stock_feedback: int
    stock_responses: int


@dataclass(frozen=True, slots=True)
class Stage:
    """The running parts."""

    ports: dict[str, int]
    """By name: the three services, ``echo`` and ``stock``."""
    postgres_version: str
    quarter_bytes: int
    database_url: str
    stock_url: str
    operator_key: str
    stock_seeded: int
    postgres_data: Path
    pids: dict[int, int]
    """The process that serves a port."""

    def stored(self) -> Stored:
        """What is in the databases now. Raises :class:`AssertionError` where facts, content and counts differ."""
        feedback, contents, responses, counted = _row(self.database_url, _OURS, {"survey": SURVEY_CODE})
        if feedback != contents or responses != counted:
            raise AssertionError(f"{feedback} items with {contents} texts, {responses} responses counted {counted}")
        stock_feedback, stock_responses = _row(
            self.stock_url,
            f"SELECT (SELECT count(*) FROM {STOCK_FEEDBACK_TABLE}), (SELECT count(*) FROM {STOCK_RESPONSE_TABLE})",
        )
        return Stored(int(feedback), int(responses), int(stock_feedback) - self.stock_seeded, int(stock_responses))


def _nothing_more(_url: str) -> None:
    """The demonstration is enough."""


@contextmanager
def running_database(*more: str) -> Iterator[tuple[Home, EmbeddedPostgres, HomeKeys]]:
    """A PostgreSQL in a temporary home, with our database migrated and the databases of other names made."""
    with ExitStack() as stack:
        home = Home(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="katsaus-bench-"))))
        home.make()
        # The options of `katsaus up`: fsync and synchronous_commit as PostgreSQL has them by default, on.
        server = EmbeddedPostgres(home.postgres)
        stack.callback(server.stop)
        server.start()
        for name in (DATABASE_NAME, *more):
            server.ensure_database(name)
        url = server.url(DATABASE_NAME)
        prepare(url)
        yield home, server, ensure_home_keys(home, url)


@dataclass(frozen=True, slots=True)
class OneService:
    """A service that runs by itself, for what one request of it does."""

    database_url: str
    url: str
    key: str
    """The operator's."""
    pid: int
    postmaster: int
    folder: Path
    """Temporary."""


@contextmanager
def running_service(name: str, *, fill: Callable[[str], None] = _nothing_more) -> Iterator[OneService]:
    """The service as it is run in production, on a database with what ``fill`` adds; gone when the block ends."""
    with ExitStack() as stack:
        home, server, keys = stack.enter_context(running_database())
        database_url = server.url(DATABASE_NAME)
        fill(database_url)
        (port,) = free_ports(1)
        address = _address(name, port)
        supervisor = Supervisor(HOST, [address], home.logs)
        stack.callback(supervisor.stop)
        supervisor.start({"DATABASE_URL": database_url, "KATSAUS_SERVICE_KEY": keys.service})
        supervisor.wait_until_ready(supervisor.check_alive)
        postmaster = postmaster_of(home.postgres)
        yield OneService(database_url, address.base_url, keys.operator, _pid(address), postmaster, home.folder)


@contextmanager
def running_stage(console: Console, *, fill: Callable[[str], None] = _nothing_more) -> Iterator[Stage]:
    """The stage, with the demonstration quarters loaded and what ``fill`` adds to the database of that address.

    Everything is gone when the block ends.
    """
    with ExitStack() as stack:
        home, server, keys = stack.enter_context(running_database(STOCK_DATABASE))
        url, stock_url = server.url(DATABASE_NAME), server.url(STOCK_DATABASE)
        ports = dict(zip(("feedback_api", "survey_api", "reporting_api", "echo", "stock"), free_ports(5), strict=True))
        settings = Settings(
            host=HOST,
            feedback_port=ports["feedback_api"],
            survey_port=ports["survey_api"],
            reporting_port=ports["reporting_api"],
        )
        quarter_file = home.folder / "quarter.json"
        addresses = [_address(name, port) for name, port in ports.items()]
        supervisor = Supervisor(HOST, addresses, home.logs)
        stack.callback(supervisor.stop)
        supervisor.start(
            {
                "DATABASE_URL": url,
                "KATSAUS_SERVICE_KEY": keys.service,
                "KATSAUS_FEEDBACK_URL": settings.feedback_base_url,
                "KATSAUS_SURVEY_URL": settings.survey_base_url,
                # All requests come from one address: here that is no robot.
                "KATSAUS_SUBMISSION_RATE_LIMIT": "",
                STOCK_URL_VARIABLE: stock_url,
                QUARTER_FILE_VARIABLE: str(quarter_file),
            }
        )
        supervisor.wait_until_ready(supervisor.check_alive)
        with Services.of(settings, keys.operator) as services:
            load_demonstration(services, console, supervisor.check_alive)
            services.survey.post("/v1/surveys", survey_definition())
        fill(url)
        _analyse(url)
        quarter_file.write_bytes(_public_answer(f"{settings.reporting_base_url}{QUARTER_PATH}"))
        yield Stage(
            ports=ports,
            postgres_version=str(_row(url, "SHOW server_version")[0]),
            quarter_bytes=quarter_file.stat().st_size,
            database_url=url,
            stock_url=stock_url,
            operator_key=keys.operator,
            stock_seeded=_seed_stock(url, stock_url),
            postgres_data=home.postgres,
            pids={address.port: _pid(address) for address in addresses},
        )


def _address(name: str, port: int) -> ServiceAddress:
    kind = ServiceAddress if name.endswith("_api") else BenchmarkAddress
    url = f"http://{HOST}:{port}"
    return kind(name, port, "", url, url)


def _pid(address: ServiceAddress) -> int:
    pid = pid_of(address.app, address.port)
    if pid is None:
        raise RuntimeError(f"the process of {address.name} was not found")
    return pid


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on now."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind((HOST, 0))
        return [int(one.getsockname()[1]) for one in sockets]


def _public_answer(url: str) -> bytes:
    with httpx.Client(trust_env=False, timeout=60) as client:
        answer = client.get(url).raise_for_status()
    return orjson.dumps(answer.json())


def _row(url: str, query: str, values: dict[str, Any] | None = None) -> tuple[Any, ...]:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode(), values).fetchone()
    if row is None:
        raise AssertionError(query)
    return row


def _analyse(url: str) -> None:
    """What autovacuum does a minute after a load, done now: the planner knows the tables that were written to.

    Not the others, which autovacuum leaves alone too: of a table that was found empty PostgreSQL keeps plans that read
    it whole, until it is looked at again.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        written = connection.execute(
            "SELECT format('%I.%I', schemaname, relname) FROM pg_stat_user_tables WHERE n_live_tup > 0 ORDER BY relid"
        ).fetchall()
        for (table,) in written:
            connection.execute(f"VACUUM ANALYZE {table}".encode())


def _seed_stock(url: str, stock_url: str) -> int:
    """Give the stock implementation the same feedback to count; the number of rows."""
    with psycopg.connect(url) as ours:
        rows = ours.execute("SELECT type_code, channel_code, language, received_at FROM feedback").fetchall()
    insert = (
        f"INSERT INTO {STOCK_FEEDBACK_TABLE} (text, type, channel, language, reply_wanted, received_at)"
        " VALUES ('', %s, %s, %s, false, %s)"
    )
    with psycopg.connect(stock_url) as stock, stock.cursor() as cursor:
        cursor.executemany(insert.encode(), rows)
    _analyse(stock_url)
    return len(rows)

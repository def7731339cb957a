"""Twenty officers make the same edition at the same moment; the database role cannot change what came of it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any

import httpx
import psycopg
import pytest

from services.cli.database import libpq_url
from services.cli.home import Home
from services.shared.database import ROLES
from services.shared.tables.access import Service
from tests.journeys.conftest import Up, katsaus

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]

THREADS = 20
"""More than a service has connections: none of them may wait for a second one while it holds its first."""

QUARTER, PUBLISHED = "2011-Q3", "2021-Q2"
"""A quarter of these tests' own without data, and the one that the demonstration has published with its records."""

RECORDS = ("edition_answers", "edition_feedback", "edition_kept_apart", "edition_contact", "edition_social_report")


@dataclass(frozen=True)
class Officers:
    """Two keys that may publish; ``drafter`` made the draft."""

    up: Up
    keys: tuple[str, str]
    drafter: int
    drafts: Sequence[httpx.Response]

    def at_once(self, path: str, body: dict[str, Any] | None, keys: Sequence[str]) -> list[httpx.Response]:
        return at_once(self.up, path, body, keys)


def at_once(up: Up, path: str, body: dict[str, Any] | None, keys: Sequence[str]) -> list[httpx.Response]:
    """The answers to twenty requests, each with the next of the keys."""
    barrier = Barrier(THREADS)

    def post(number: int) -> httpx.Response:
        with up.client(2, key=keys[number % len(keys)]) as client:
            barrier.wait()
            return client.post(path, json=body)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(post, range(THREADS)))


def told(answers: Sequence[httpx.Response]) -> Counter[tuple[int, str | None]]:
    """How often each status and code was answered."""
    return Counter((answer.status_code, answer.json().get("code")) for answer in answers)


@pytest.fixture(scope="module")
def officers(katsaus_up: Up) -> Officers:
    """The draft that twenty of them asked for at once."""
    made = katsaus("key", "create", "simultaneous", "--scope", "report:publish", environ=katsaus_up.environ)
    keys = (katsaus_up.key, made.stdout.strip())
    drafts = at_once(katsaus_up, "/v1/editions", {"quarter": QUARTER}, keys)
    (drafter,) = [number % 2 for number, answer in enumerate(drafts) if answer.status_code == 201]
    return Officers(katsaus_up, keys, drafter, drafts)


def test_twenty_drafts_are_one(officers: Officers) -> None:
    assert told(officers.drafts) == {(201, None): 1, (409, "edition_in_preparation"): THREADS - 1}


def test_they_are_signed_off_and_published_once(officers: Officers) -> None:
    drafter, signer = officers.keys[officers.drafter], officers.keys[1 - officers.drafter]
    address = f"/v1/editions/{QUARTER}/1"

    with officers.up.client(2, key=drafter) as client:
        own = client.post(f"{address}/sign-off")
    assert (own.status_code, own.json()["code"]) == (409, "same_signer")
    assert told(officers.at_once(f"{address}/sign-off", None, [signer])) == {(200, None): THREADS}

    body = {"accept_warnings": ["has_data"]}
    by_two = officers.at_once(f"{address}/publish", body, officers.keys)
    by_one = officers.at_once(f"{address}/publish", body, [drafter])

    # Publishing may be repeated: whoever comes later is told who published it, and when.
    assert told([*by_two, *by_one]) == {(200, None): 2 * THREADS}
    assert len({(it.json()["published_at"], it.json()["published_by"]) for it in (*by_two, *by_one)}) == 1
    with officers.up.client(2) as anyone:
        listed = [it for it in anyone.get("/v1/editions").json()["editions"] if it["quarter"] == QUARTER]
    assert [(it["version"], it["state"]) for it in listed] == [(1, "published")]


@pytest.fixture
def as_reporting_api(katsaus_up: Up) -> Iterator[psycopg.Connection[Any]]:
    """The running database, as the service's role; nothing that succeeds is kept."""
    url = Home(katsaus_up.home).running_database_url()
    assert url is not None
    role = f"-c role={ROLES[Service.REPORTING_API]}"
    with psycopg.connect(libpq_url(url), options=role) as connection:
        yield connection
        connection.rollback()


def test_the_services_role_cannot_change_a_published_edition(as_reporting_api: psycopg.Connection[Any]) -> None:
    assert as_reporting_api.execute("SELECT current_user").fetchone() == (ROLES[Service.REPORTING_API],)
    for change in (
        "UPDATE edition SET content = '{}', content_hash = encode(sha256('{}'), 'hex') WHERE quarter = %s",
        "UPDATE edition SET created_at = now() WHERE quarter = %s",
        "UPDATE edition SET state = 'signed_off', published_at = NULL WHERE quarter = %s",
        "DELETE FROM edition WHERE quarter = %s",
    ):
        with pytest.raises(psycopg.IntegrityError, match="is published and is kept as it is"):
            as_reporting_api.execute(change, [PUBLISHED])
        as_reporting_api.rollback()
    for change in ("TRUNCATE edition CASCADE", "ALTER TABLE edition DISABLE TRIGGER ALL", "DROP TABLE edition CASCADE"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_reporting_api.execute(change)
        as_reporting_api.rollback()


@pytest.mark.parametrize("table", [*RECORDS, "edition_code"])
def test_nor_the_records_it_was_counted_from(as_reporting_api: psycopg.Connection[Any], table: str) -> None:
    for change in (
        f"UPDATE {table} SET edition = 2",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"DROP TABLE {table}",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_reporting_api.execute(change)
        as_reporting_api.rollback()
    copied = as_reporting_api.execute(f"SELECT count(*) FROM {table} WHERE quarter = %s", [PUBLISHED]).fetchone()
    if copied != (0,):
        new_id = "record_id" if table == "edition_code" else "id"
        added = f"""
        INSERT INTO {table} SELECT (jsonb_populate_record(kept, %s)).* FROM {table} AS kept WHERE quarter = %s LIMIT 1
        """
        other = '{"given_hour": 3}' if table == "edition_answers" else f'{{"{new_id}": "{"0" * 32}"}}'
        with pytest.raises(psycopg.IntegrityError, match="kept as they were when it was drafted"):
            as_reporting_api.execute(added, [other, PUBLISHED])

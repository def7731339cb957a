"""What a response names is there and stays, as foreign keys would have it, though triggers hold statements to it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from psycopg import AsyncConnection, errors

from services.cli.embedded_postgres import EmbeddedPostgres
from tests.conftest import catalogued_database

pytestmark = pytest.mark.anyio

PARENTS = """
    INSERT INTO unit (code, kind, names, aliases, valid_from)
    SELECT 'place-' || number, 'service_point', '{"fi": "Paikka"}', '{}', '2020-01-01'
    FROM generate_series(1, 3) AS number;
    INSERT INTO survey (code, kind, names, unit_code, collection_mode, opens_at, is_demonstration, created_at)
    VALUES ('chat', 'chat', '{"fi": "Chat"}', 'place-3', 'chat', '2020-01-01', false, now());
    INSERT INTO survey_version (survey_code, version) VALUES ('chat', 1);
    INSERT INTO device (code, name, kind, survey_code, created_at)
    SELECT 'terminal-' || number, 'Pääte', 'terminal', 'chat', now() FROM generate_series(1, 2) AS number;
"""
RESPONSE = """
    INSERT INTO survey_response (service_point_code, id, survey_code, version, device_code, collection_mode, given_at,
        given_on, given_hour, recorded_at, content_hash, answers)
    SELECT %(unit)s, gen_random_uuid(), 'chat', %(version)s, %(device)s, 'chat', '2021-05-04T09:30:00Z', '2021-05-04',
        12, now(), 'x', '{}'
    FROM generate_series(1, 3)
"""
NAMED = {"unit": "place-1", "version": 1, "device": "terminal-1"}
GOING = {
    "unit": ("DELETE FROM unit WHERE code = 'place-1'", "fk_survey_response_service_point_code"),
    "version": ("DELETE FROM survey_version", "fk_survey_response_survey_version"),
    "device": ("DELETE FROM device WHERE code = 'terminal-1'", "fk_survey_response_device_code"),
    "a code": ("UPDATE unit SET code = 'place-9' WHERE code = 'place-1'", "fk_survey_response_service_point_code"),
}
WAITS_SECONDS = 0.3


@pytest.fixture(scope="module")
def own_database_url(postgres: EmbeddedPostgres) -> str:
    return catalogued_database(postgres, "katsaus_references")


@pytest.fixture
async def owners(own_database_url: str) -> AsyncIterator[tuple[AsyncConnection, AsyncConnection]]:
    """Two connections of the schema's owner; what one commits is taken away afterwards."""
    async with (
        await AsyncConnection.connect(own_database_url) as one,
        await AsyncConnection.connect(own_database_url) as other,
    ):
        await one.execute(PARENTS)
        await one.commit()
        yield one, other
        await one.rollback()
        await other.rollback()
        for table in ("survey_response", "device", "survey_version", "survey"):
            await one.execute(f"DELETE FROM {table}".encode())
        await one.execute("DELETE FROM unit WHERE code LIKE 'place-%'")


Owners = tuple[AsyncConnection, AsyncConnection]


async def test_right_responses_are_taken(owners: Owners) -> None:
    await owners[0].execute(RESPONSE, NAMED)
    await owners[0].execute(RESPONSE, NAMED | {"device": None})
    await owners[0].execute("UPDATE survey_response SET service_point_code = 'place-2', misuse_reason = NULL")


@pytest.mark.parametrize(("field", "unknown"), [("unit", "atlantis"), ("version", 2), ("device", "terminal-7")])
async def test_what_is_not_there_is_refused_by_name(owners: Owners, field: str, unknown: object) -> None:
    with pytest.raises(errors.ForeignKeyViolation) as refusal:
        await owners[0].execute(RESPONSE, NAMED | {field: unknown})
    assert refusal.value.diag.constraint_name == GOING[field][1]
    assert str(unknown) in (refusal.value.diag.message_detail or "")


async def test_a_response_cannot_be_moved_to_what_is_not_there(owners: Owners) -> None:
    await owners[0].execute(RESPONSE, NAMED)
    with pytest.raises(errors.ForeignKeyViolation):
        await owners[0].execute("UPDATE survey_response SET service_point_code = 'atlantis'")


@pytest.mark.parametrize("what", GOING)
async def test_what_is_named_stays(owners: Owners, what: str) -> None:
    statement, constraint = GOING[what]
    await owners[0].execute(RESPONSE, NAMED | {"device": None if what == "unit" else "terminal-1"})
    with pytest.raises(errors.ForeignKeyViolation) as refusal:
        await owners[0].execute(statement.encode())
    assert refusal.value.diag.constraint_name == constraint


async def test_what_nobody_names_may_go(owners: Owners) -> None:
    await owners[0].execute(RESPONSE, NAMED)
    await owners[0].execute("DELETE FROM unit WHERE code = 'place-2'")
    await owners[0].execute("UPDATE unit SET code = code, valid_from = '2019-01-01' WHERE code LIKE 'place-%'")
    await owners[0].execute("DELETE FROM device WHERE code = 'terminal-2'")


@pytest.mark.parametrize("what", GOING)
async def test_what_is_just_being_named_waits_and_stays(owners: Owners, what: str) -> None:
    """A response that is not committed yet holds what it names."""
    statement, _constraint = GOING[what]
    responder, remover = owners
    await responder.execute(RESPONSE, NAMED)
    removal = asyncio.create_task(remover.execute(statement.encode()))
    await asyncio.wait([removal], timeout=WAITS_SECONDS)
    assert not removal.done()
    await responder.commit()
    with pytest.raises(errors.ForeignKeyViolation):
        await removal


@pytest.mark.parametrize("what", GOING)
async def test_what_is_just_going_is_waited_for(owners: Owners, what: str) -> None:
    statement, constraint = GOING[what]
    responder, remover = owners
    await remover.execute(statement.encode())
    naming = asyncio.create_task(responder.execute(RESPONSE, NAMED))
    await asyncio.wait([naming], timeout=WAITS_SECONDS)
    assert not naming.done()
    await remover.commit()
    with pytest.raises(errors.ForeignKeyViolation) as refusal:
        await naming
    assert refusal.value.diag.constraint_name == constraint

"""Idempotency keys of requests that are committed together: looked up and stored by the group's own statement.

A group never waits for a key: one that came before, or is just under way elsewhere, is left to the ordinary way
(:mod:`services.shared.idempotency`), which waits, repeats the first answer or refuses. The key's lock is held to the
commit, so the ordinary way in turn waits for the group. Should a key have been committed in the moment between, the
database refuses the statement by the key's own constraint, and each request is taken by itself.
"""

import re
from dataclasses import dataclass

import orjson
from fastapi import Request
from pydantic import BaseModel

from services.shared.idempotency import KEY_LOCK, KEY_MAX_LENGTH, KEY_PATTERN, request_hash_of

IDEMPOTENCY_KEY = "Idempotency-Key"

KEY_COLUMNS = "key text, request_hash text, answer jsonb"
"""SQL: what each row of a group says of its key, null where it has none."""

# No NOT EXISTS: within an OR PostgreSQL answers that from a hash of all keys that are kept, which it reads each time.
IS_FREE = f"""(key IS NULL OR (pg_try_advisory_xact_lock({KEY_LOCK.format(caller="''", key="key")}) AND (
    SELECT used.key FROM idempotency_key AS used
    WHERE used.service = :service AND used.caller = '' AND used.key = sent.key) IS NULL))"""  # noqa: S608 (constants)
"""SQL: whether a row of ``sent`` may be stored. To be asked once a row: in a materialized part of the statement."""

REMEMBER_KEYS = """INSERT INTO idempotency_key (service, caller, key, request_hash, answer, created_at)
    SELECT :service, '', key, request_hash, answer, :recorded_at FROM {taken} WHERE key IS NOT NULL"""
"""SQL: keep the keys of the rows of ``taken`` with their answers, in the statement that does the work."""

_KEY = re.compile(KEY_PATTERN)


@dataclass(frozen=True, slots=True)
class RequestKey:
    """The key that a request of the public bears, and what tells it from another one with the same key."""

    key: str
    request_hash: str


def key_of(request: Request, body: BaseModel) -> RequestKey | None:
    """The request's key; None where it bears none."""
    key = request.headers.get(IDEMPOTENCY_KEY)
    return None if key is None else RequestKey(key, request_hash_of(request, body))


def is_well_formed(request: Request) -> bool:
    """Whether the request bears no key, or one that the ordinary way would take."""
    key = request.headers.get(IDEMPOTENCY_KEY)
    return key is None or (len(key) <= KEY_MAX_LENGTH and _KEY.match(key) is not None)


def key_columns(key: RequestKey, answer: str) -> dict[str, object]:
    """The values of :data:`KEY_COLUMNS` of a row; ``answer`` is the JSON that a repeat of it is answered with."""
    return {"key": key.key, "request_hash": key.request_hash, "answer": orjson.Fragment(answer)}

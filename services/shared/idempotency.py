"""``Idempotency-Key``: the same key and body get the same answer; the same key and another body get 422.

The key's row is inserted in the transaction that does the work. A second request with the same key waits for the
key's lock until the first is committed, and then finds its answer; if the first failed, the second does the work.
Requests that are committed together (:mod:`services.shared.group_keys`) wait for no lock, and leave a key that came
before to the ordinary way.
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel, ValidationError
from sqlalchemy import ColumnElement, delete, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.shared.clock import now
from services.shared.database import SessionDep, Sessions, allow_writing
from services.shared.problems import AnswerOutdatedProblem, IdempotencyKeyReusedProblem
from services.shared.reasons import told_of
from services.shared.recurring import recurring
from services.shared.security import Principal, PrincipalDep
from services.shared.tables import IdempotencyKey
from services.shared.tables.access import Service

FORGETTING_INTERVAL_SECONDS = 3600.0
"""How often keys past their time are deleted: they hold nothing else than an answer, so an hour more does no harm."""

REPLAYED_HEADER = "Idempotent-Replayed"

KEY_PATTERN = told_of(r"^[\x21-\x7e]+$", "holds a space or a letter beyond ASCII; use plain characters, as a UUID has")
KEY_MAX_LENGTH = 200

KEY_LOCK = "hashtextextended(CAST(:service AS text) || ' ' || {caller} || ' ' || {key}, 0)"
"""SQL: the number of the lock that is held while a request with the key is under way."""

_CLAIM = text(
    f"""
    INSERT INTO idempotency_key (service, caller, key, request_hash, created_at)
    SELECT :service, :caller, :key, :request_hash, :at
    FROM pg_advisory_xact_lock({KEY_LOCK.format(caller="CAST(:caller AS text)", key="CAST(:key AS text)")})
    ON CONFLICT DO NOTHING
    RETURNING key
    """  # noqa: S608 (our own words)
)

Answer = TypeVar("Answer", bound=BaseModel)

IdempotencyKeyHeader = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=KEY_MAX_LENGTH,
        pattern=KEY_PATTERN,
        description="A value of your own, new for each new request: a repeat with the same value and body gets the "
        "first answer again and creates nothing.",
    ),
]


def caller_of(principal: Principal | None) -> str:
    """Whose keys are apart from others': an API key's; without one all are the public's."""
    return str(principal.key_id) if principal else ""


class Idempotency:
    """The request's Idempotency-Key, if it has one, and how to answer by it."""

    def __init__(
        self, request: Request, response: Response, session: AsyncSession, caller: str, key: str | None
    ) -> None:
        self._request = request
        self._response = response
        self._session = session
        self._caller = caller
        self._key = key
        self._service: str = request.app.state.service

    async def answer(
        self,
        body: BaseModel,
        model: type[Answer],
        work: Callable[[], Awaitable[Answer]],
        *,
        digests: Sequence[str] = (),
    ) -> Answer:
        """The answer of ``work``, a ``model``; for a repeated key, the answer it gave the first time.

        The same request is one with the same ``body`` and the same ``digests`` of the files that came with it.
        """
        if self._key is None:
            return await work()
        request_hash = request_hash_of(self._request, body, digests)
        if not await self._claim(request_hash):
            return await self._repeat(request_hash, model)
        answer = await work()
        await self._session.execute(
            update(IdempotencyKey).where(*self._is_this_key()).values(answer=answer.model_dump(mode="json"))
        )
        return answer

    async def _claim(self, request_hash: str) -> bool:
        claim = {
            "service": self._service,
            "caller": self._caller,
            "key": self._key,
            "request_hash": request_hash,
            "at": now(),
        }
        claimed = await self._session.execute(_CLAIM, claim)
        return claimed.scalar_one_or_none() is not None

    async def _repeat(self, request_hash: str, model: type[Answer]) -> Answer:
        row = (await self._session.execute(select(IdempotencyKey).where(*self._is_this_key()))).scalar_one()
        if row.request_hash != request_hash:
            raise IdempotencyKeyReusedProblem(
                "the key came before with another body or address; use a new key for a new request"
            )
        try:
            answer = model.model_validate(row.answer)
        except ValidationError as error:
            # Answered by a version with another answer: what it did stands, only the answer cannot be repeated.
            raise AnswerOutdatedProblem(
                "the request was carried out; read what it made instead of repeating it"
            ) from error
        self._response.headers[REPLAYED_HEADER] = "true"
        return answer

    def _is_this_key(self) -> tuple[ColumnElement[bool], ...]:
        return (
            col(IdempotencyKey.service) == self._service,
            col(IdempotencyKey.caller) == self._caller,
            col(IdempotencyKey.key) == self._key,
        )


def request_hash_of(request: Request, body: BaseModel, digests: Sequence[str] = ()) -> str:
    """What tells the request from another one that comes with the same key."""
    told = "\n".join([f"{request.method} {request.url.path}", body.model_dump_json(), *digests])
    return hashlib.sha256(told.encode()).hexdigest()


# Async, though it awaits nothing: FastAPI would run a plain function, or the class, in a thread.
async def _idempotency(
    request: Request,
    response: Response,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Idempotency:
    return Idempotency(request, response, session, caller_of(principal), idempotency_key)


IdempotencyDep = Annotated[Idempotency, Depends(_idempotency)]
"""How a creating endpoint answers; it works in the request's own session."""


async def forget_old(sessions: Sessions, service: Service, *, days: int) -> None:
    """Delete the service's keys that are older than ``days``."""
    async with sessions.session() as session, session.begin():
        await allow_writing(session)
        await session.execute(
            delete(IdempotencyKey).where(
                col(IdempotencyKey.service) == service,
                col(IdempotencyKey.created_at) < now() - timedelta(days=days),
            )
        )


def forgetting(sessions: Sessions, service: Service, *, days: int) -> AbstractAsyncContextManager[None]:
    """Deletes old keys every hour while the context is open."""
    return recurring(
        "idempotency keys", lambda: forget_old(sessions, service, days=days), seconds=FORGETTING_INTERVAL_SECONDS
    )

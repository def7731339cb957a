"""API keys and scopes. A key is shown once; the database holds its SHA-256 (keys are random, so no salt is due)."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from sqlmodel import col, select

from services.shared.clock import now
from services.shared.database import sessions_of
from services.shared.identifiers import new_uuid
from services.shared.problems import ForbiddenProblem, UnauthorizedProblem
from services.shared.scopes import Scope
from services.shared.tables import ApiKey


@dataclass(frozen=True, slots=True)
class Principal:
    """The key a request came with."""

    key_id: UUID
    name: str
    scopes: frozenset[str]

    def has(self, scope: Scope) -> bool:
        """Whether the key carries ``scope``."""
        return scope in self.scopes


KEY_MARK = "katsaus"
_PREFIX_BYTES = 5
_SECRET_BYTES = 32
"""256 random bits: the key cannot be guessed, so a fast hash of it is enough."""


def make_key(name: str, scopes: frozenset[Scope], *, expires_at: datetime | None = None) -> tuple[ApiKey, str]:
    """A new key's row, and the key itself as it is shown this once: ``katsaus_<prefix>_<secret>``."""
    prefix = secrets.token_hex(_PREFIX_BYTES)
    secret = secrets.token_hex(_SECRET_BYTES)
    row = ApiKey(
        id=new_uuid(),
        name=name,
        prefix=prefix,
        secret_hash=hash_secret(secret),
        scopes=sorted(scopes),
        created_at=now(),
        expires_at=expires_at,
    )
    return row, f"{KEY_MARK}_{prefix}_{secret}"


def hash_secret(secret: str) -> str:
    """The stored form of a key's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


bearer_scheme = HTTPBearer(auto_error=False, description="An API key: `Authorization: Bearer katsaus_…`")
header_scheme = APIKeyHeader(name="X-API-Key", auto_error=False, description="An API key, for tools without Bearer.")

_UNAUTHORIZED_HEADERS = {"WWW-Authenticate": "Bearer"}


async def find_principal(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(bearer_scheme)] = None,
    header: Annotated[str | None, Security(header_scheme)] = None,
) -> Principal | None:
    """The key of the request, or None without one; a key that is not valid is refused even on public paths."""
    key = bearer.credentials if bearer else header
    if key is None:
        return None
    principal = await principal_of_key(request, key)
    if principal is None:
        raise UnauthorizedProblem(
            "the API key is unknown, expired or revoked; ask the operator (katsaus key list)",
            headers=_UNAUTHORIZED_HEADERS,
        )
    return principal


async def principal_of_key(request: Request, key: str) -> Principal | None:
    """Whose the key is; None where it is unknown, expired or revoked."""
    mark, _, rest = key.partition("_")
    prefix, _, secret = rest.partition("_")
    if mark != KEY_MARK or not prefix.isalnum() or not secret:
        return None
    async with sessions_of(request).session() as session:
        row = (await session.execute(select(ApiKey).where(col(ApiKey.prefix) == prefix))).scalar_one_or_none()
    if row is None or not hmac.compare_digest(row.secret_hash, hash_secret(secret)):
        return None
    if row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now()):
        return None
    return Principal(row.id, row.name, frozenset(row.scopes))


@dataclass(frozen=True, slots=True)
class KeyWith:
    """A dependency: the request's principal, refused with 401 without a key and 403 without the scope."""

    scope: Scope

    async def __call__(self, principal: Annotated[Principal | None, Depends(find_principal)]) -> Principal:
        """The principal, who has the scope."""
        return self.admit(principal)

    def admit(self, principal: Principal | None) -> Principal:
        """The principal, who has the scope."""
        if principal is None:
            raise UnauthorizedProblem(
                f"send an API key with the scope {self.scope} as `Authorization: Bearer …`",
                headers=_UNAUTHORIZED_HEADERS,
            )
        if not principal.has(self.scope):
            raise ForbiddenProblem(f"the key {principal.name!r} lacks the scope {self.scope}")
        return principal


def require(scope: Scope) -> KeyWith:
    """What an endpoint depends on that is for keys with ``scope`` only."""
    return KeyWith(scope)


def require_any(principal: Principal | None, *scopes: Scope) -> Principal:
    """The principal, who has one of the scopes; refused like :class:`KeyWith` otherwise."""
    held = next((scope for scope in scopes if principal is not None and principal.has(scope)), scopes[0])
    return KeyWith(held).admit(principal)


PrincipalDep = Annotated[Principal | None, Depends(find_principal)]
"""The key of a request to a public path, if it came with one."""

"""API keys: made, changed, listed and revoked in the database; a key is shown once and only its hash is kept."""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
from psycopg.rows import class_row

from services.cli.database import libpq_url
from services.cli.failure import CommandError
from services.cli.home import Home, HomeKeys
from services.shared.scopes import Scope

OPERATOR_NAME = "operator"
SERVICES_NAME = "services"

_SHORT_LIFE = timedelta(hours=1)
"""Far longer than any piece of work that a key is made for."""

_WHOLE_KEY = re.compile(r"katsaus_([0-9a-f]{10})_([0-9a-f]{64})")
"""As services.shared.security.make_key writes them, so a key made elsewhere is as hard to guess."""


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as the list shows it: never its secret."""

    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


def create_key(database_url: str, name: str, scopes: Iterable[str], *, expires_at: datetime | None = None) -> str:
    """Make a key and return it; raises :class:`CommandError` for an unknown scope or a name that is taken."""
    from services.shared.security import make_key  # noqa: PLC0415 (slow)

    wanted = _known_scopes(scopes)
    if not name.strip():
        raise CommandError("The key needs a name that says who uses it.")
    row, key = make_key(name.strip(), wanted, expires_at=expires_at)
    try:
        with psycopg.connect(libpq_url(database_url)) as connection:
            connection.execute(
                "INSERT INTO api_key (id, name, prefix, secret_hash, scopes, created_at, expires_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s)",
                [row.id, row.name, row.prefix, row.secret_hash, row.scopes, row.created_at, row.expires_at],
            )
    except psycopg.errors.UniqueViolation as error:
        raise CommandError(f"There is a key named {name.strip()!r} already; choose another name.") from error
    return key


def list_keys(database_url: str) -> list[KeyRow]:
    """All keys, the oldest first."""
    with (
        psycopg.connect(libpq_url(database_url)) as connection,
        connection.cursor(row_factory=class_row(KeyRow)) as cursor,
    ):
        return cursor.execute(
            "SELECT name, prefix, scopes, created_at, expires_at, revoked_at FROM api_key ORDER BY created_at, name"
        ).fetchall()


def revoke_key(database_url: str, name: str) -> None:
    """End a key at once; raises :class:`CommandError` where no key in force has the name."""
    with psycopg.connect(libpq_url(database_url)) as connection:
        done = connection.execute(
            "UPDATE api_key SET revoked_at = now() WHERE name = %s AND revoked_at IS NULL", [name]
        )
        if done.rowcount == 0:
            raise CommandError(f"There is no key in force named {name!r}; `katsaus key list` shows them.")


@contextmanager
def short_lived_key(database_url: str, name: str, scopes: Iterable[str]) -> Iterator[str]:
    """A key for one piece of work, revoked when that ends, and not in force for long where this process is killed.

    Numbered where the name is taken.
    """
    with psycopg.connect(libpq_url(database_url)) as connection:
        taken = {str(row[0]) for row in connection.execute("SELECT name FROM api_key").fetchall()}
    free_name = _free_name(name, taken)
    key = create_key(database_url, free_name, scopes, expires_at=datetime.now(UTC) + _SHORT_LIFE)
    try:
        yield key
    finally:
        revoke_key(database_url, free_name)


def grant_scopes(database_url: str, name: str, scopes: Iterable[str]) -> list[str]:
    """Let a key in force do more, and return all that it may do; scopes it has already stay.

    Raises :class:`CommandError` for an unknown scope, and where no key in force has the name.
    """
    wanted = _known_scopes(scopes)
    return _change_scopes(database_url, name, lambda held: held | wanted)


def withdraw_scopes(database_url: str, name: str, scopes: Iterable[str]) -> list[str]:
    """Let a key in force do less, and return what it still may do.

    Raises :class:`CommandError` for an unknown scope, where no key in force has the name, and where nothing would be
    left: such a key is to be revoked.
    """
    unwanted = _known_scopes(scopes)
    return _change_scopes(database_url, name, lambda held: held - unwanted)


def ensure_home_keys(home: Home, database_url: str) -> HomeKeys:
    """The home's two keys, made anew where the database does not know them (any more).

    The operator's key may do everything, also what came with a newer version than the one that made it.
    """
    kept = home.read_keys()
    with psycopg.connect(libpq_url(database_url)) as connection:
        if kept and _is_in_force(connection, kept.operator) and _is_in_force(connection, kept.service):
            connection.execute(
                "UPDATE api_key SET scopes = %(all)s WHERE prefix = %(prefix)s AND scopes <> %(all)s",
                {"all": sorted(scope.value for scope in Scope), "prefix": kept.operator.split("_")[1]},
            )
            return kept
        taken = {str(row[0]) for row in connection.execute("SELECT name FROM api_key").fetchall()}

    keys = HomeKeys(
        operator=create_key(database_url, _free_name(OPERATOR_NAME, taken), list(Scope)),
        service=create_key(database_url, _free_name(SERVICES_NAME, taken), [Scope.SERVICE]),
    )
    home.write_keys(keys)
    return keys


def register_service_key(database_url: str, key: str) -> bool:
    """Let the services call each other with ``key``, made by whoever deploys them; whether it was not known before.

    Raises :class:`CommandError` where the key is not in the form of ours, or is known but not (or no more) a service's.
    """
    parts = _WHOLE_KEY.fullmatch(key)
    if parts is None:
        raise CommandError(
            "KATSAUS_SERVICE_KEY is not a key: it is katsaus_, 10 random hexadecimal digits, _, and 64 more; "
            "docs/deploy.md says how to make one."
        )
    prefix, secret = parts.groups()
    from services.shared.identifiers import new_uuid  # noqa: PLC0415 (slow)
    from services.shared.security import hash_secret  # noqa: PLC0415 (slow)

    with psycopg.connect(libpq_url(database_url)) as connection:
        added = connection.execute(
            "INSERT INTO api_key (id, name, prefix, secret_hash, scopes, created_at)"
            " VALUES (%s, %s, %s, %s, %s, now()) ON CONFLICT DO NOTHING",
            [new_uuid(), f"{SERVICES_NAME}-{prefix}", prefix, hash_secret(secret), [Scope.SERVICE.value]],
        )
        is_services = connection.execute(
            "SELECT 1 FROM api_key WHERE prefix = %s AND %s = ANY (scopes)", [prefix, Scope.SERVICE.value]
        ).fetchone()
        if not is_services or not _is_in_force(connection, key):
            raise CommandError(
                "KATSAUS_SERVICE_KEY is revoked, or its first part is another key's; make a new one (docs/deploy.md)."
            )
    return added.rowcount == 1


def _known_scopes(scopes: Iterable[str]) -> frozenset[Scope]:
    known = {scope.value for scope in Scope}
    wanted = list(scopes)
    unknown = [scope for scope in wanted if scope not in known]
    if unknown:
        raise CommandError(f"There is no scope {', '.join(unknown)}; the scopes are {', '.join(sorted(known))}.")
    return frozenset(Scope(scope) for scope in wanted)


def _change_scopes(database_url: str, name: str, change: Callable[[frozenset[str]], frozenset[str]]) -> list[str]:
    with psycopg.connect(libpq_url(database_url)) as connection:
        held = connection.execute(
            "SELECT scopes FROM api_key WHERE name = %s AND revoked_at IS NULL"
            " AND (expires_at IS NULL OR expires_at > now()) FOR UPDATE",
            [name],
        ).fetchone()
        if held is None:
            raise CommandError(f"There is no key in force named {name!r}; `katsaus key list` shows them.")
        scopes = sorted(str(scope) for scope in change(frozenset(held[0])))
        if not scopes:
            raise CommandError(f"The key {name!r} would be allowed nothing; end it with `katsaus key revoke`.")
        connection.execute("UPDATE api_key SET scopes = %s WHERE name = %s", [scopes, name])
    return scopes


def _is_in_force(connection: psycopg.Connection, key: str) -> bool:
    _, _, rest = key.partition("_")
    prefix, _, secret = rest.partition("_")
    row = connection.execute(
        "SELECT secret_hash FROM api_key WHERE prefix = %s AND revoked_at IS NULL"
        " AND (expires_at IS NULL OR expires_at > now())",
        [prefix],
    ).fetchone()
    # The hash is services.shared.security.hash_secret's, repeated because importing that would slow every start.
    return row is not None and hmac.compare_digest(str(row[0]), hashlib.sha256(secret.encode()).hexdigest())


def _free_name(name: str, taken: set[str]) -> str:
    # Several homes may share one database, so a name that is taken is somebody's.
    number = 2
    candidate = name
    while candidate in taken:
        candidate = f"{name}-{number}"
        number += 1
    return candidate

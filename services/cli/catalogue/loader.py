"""Loading the catalogue files: entries are added and changed, never removed, as figures refer to them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from sqlalchemy import ARRAY, Connection, create_engine, delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from services.cli.catalogue.checks import CatalogueFileError, check_retention, check_successors
from services.cli.catalogue.files import read_files, revision_of
from services.cli.catalogue.public_holidays import public_holiday_rows
from services.shared.clock import now
from services.shared.database import sqlalchemy_url
from services.shared.tables import (
    CatalogueRevision,
    Channel,
    DeadlinePolicy,
    FeedbackType,
    HelpBarrier,
    HelpReason,
    OmbudsmanReason,
    OmbudsmanService,
    Open311Service,
    PublicHoliday,
    RetentionPolicy,
    Table,
    TargetPolicy,
    Theme,
    Topic,
    Unit,
)

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LoadedCatalogue:
    """What a loading did."""

    revision: str
    entries: int
    has_changed: bool


_RENAMED = {
    "parent": "parent_code",
    "successor": "successor_code",
    "topics": "topic_codes",
    "types": "type_codes",
    "topic": "topic_code",
    "type": "type_code",
    "unit": "unit_code",
}
_TABLES: dict[str, type[Table]] = {
    "units.yaml": Unit,
    "feedback_types.yaml": FeedbackType,
    "topics.yaml": Topic,
    "channels.yaml": Channel,
    "themes.yaml": Theme,
    "target_policies.yaml": TargetPolicy,
    "deadline_policies.yaml": DeadlinePolicy,
    "retention_policies.yaml": RetentionPolicy,
    "open311_services.yaml": Open311Service,
    "ombudsman_services.yaml": OmbudsmanService,
    "ombudsman_reasons.yaml": OmbudsmanReason,
    "help_reasons.yaml": HelpReason,
    "help_barriers.yaml": HelpBarrier,
}


def load_catalogue(database_url: str) -> LoadedCatalogue:
    """Bring the catalogue tables to what the files say, in one transaction."""
    texts = read_files()
    revision = revision_of(texts)
    rows = {name: _rows(name, text) for name, text in texts.items()}
    engine = create_engine(sqlalchemy_url(database_url))
    try:
        with engine.begin() as connection:
            has_changed = _write(connection, rows, revision)
    finally:
        engine.dispose()
    return LoadedCatalogue(revision, sum(len(entries) for entries in rows.values()), has_changed)


def _rows(name: str, text: str) -> list[Entry]:
    table = _TABLES[name].__table__
    columns = {column.name for column in table.columns}
    rows = []
    for position, entry in enumerate(yaml.safe_load(text), start=1):
        row = {key if key in columns else _RENAMED.get(key, key): value for key, value in entry.items()}
        if "position" in columns:
            row["position"] = position
        unknown = row.keys() - columns
        if unknown:
            raise CatalogueFileError(f"{name}, entry {position}: unknown field {', '.join(sorted(unknown))}")
        if "fi" not in row.get("names", {}):
            raise CatalogueFileError(f"{name}, entry {position}: names need at least fi")
        rows.append(row)
    return rows


def _write(connection: Connection, rows: dict[str, list[Entry]], revision: str) -> bool:
    check_successors(rows["units.yaml"])
    check_retention(rows["retention_policies.yaml"])
    newest = select(CatalogueRevision.content_hash).order_by(col(CatalogueRevision.loaded_at).desc()).limit(1)
    if connection.execute(newest).scalar_one_or_none() == revision:
        return False
    for name, entries in rows.items():
        table = _TABLES[name].__table__
        nothing: Entry = {
            column.name: [] if isinstance(column.type, ARRAY) else None
            for column in table.columns
            if column.nullable or column.server_default is not None
        }
        for entry in _parents_first(entries):
            _upsert(connection, table, nothing | entry)
    _write_holidays(connection)
    # Files that went back to an older state are the newest revision again: caches follow the time of loading.
    _upsert(
        connection,
        CatalogueRevision.__table__,
        {"content_hash": revision, "loaded_at": now()},
    )
    return True


def _write_holidays(connection: Connection) -> None:
    # Nothing refers to a holiday: what the calendar no longer has is no holiday any more.
    connection.execute(delete(PublicHoliday))
    connection.execute(insert(PublicHoliday), list(public_holiday_rows()))


def _upsert(connection: Connection, table: Any, row: Entry) -> None:
    keys = [column.name for column in table.primary_key.columns]
    statement = insert(table).values(row)
    changed = {name: statement.excluded[name] for name in row if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))


def _parents_first(entries: Sequence[Entry]) -> Iterable[Entry]:
    """The entries, units before those that refer to them, with successors filled in once all are there."""
    if not any("successor_code" in entry for entry in entries):
        return entries
    without = [{**entry, "successor_code": None} for entry in entries]
    return [*without, *(entry for entry in entries if entry.get("successor_code"))]

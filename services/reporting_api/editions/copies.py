"""Statements that copy a quarter's records for an edition: the live ones, or those that the edition before has.

A copy has the columns of its table; what it is made of bears the same names.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Insert,
    Text,
    Uuid,
    and_,
    cast,
    column,
    func,
    insert,
    literal,
    select,
    table,
)

from services.shared.periods import Period
from services.shared.tables.edition_records import EditionCode, EditionRecord

_OF_EDITION = ("quarter", "edition")
_ID = "id"
_IDS = (_ID, "record_id")
_LIVE_SCHEMA = "public"
"""Named, as a session that reads what is published finds other tables under the live ones' names."""

Condition = ColumnElement[bool]


class Ids(Enum):
    """By what a copy is told apart."""

    SAME = auto()
    """By what the record is, an id or other columns."""
    OWN = auto()
    """Nothing that the record, or its copy of another edition, has; codes find their record by it."""
    RANDOM = auto()
    """Of records that have no id, and to which nothing refers."""


@dataclass(frozen=True, slots=True)
class CodesOf:
    """Codes of live records: the table and columns they are in, and the table of the records with its day."""

    kind: str
    table: str
    record_id: str
    code: str
    records: str
    day: str
    applies: str | None = None
    """The column that says whether a code holds; None where all do."""


@dataclass(frozen=True, slots=True)
class Copies:
    """Of an edition's quarter. ``before`` is the newest edition that keeps its own records."""

    period: Period
    version: int
    before: int | None

    def of_live(
        self, kept: type[EditionRecord], live: str, day: str, ids: Ids = Ids.SAME, *, only: Condition | None = None
    ) -> Insert:
        """The quarter's live records, by their ``day``, where ``only`` holds."""
        names = [name for name in _names(kept) if name != _ID or ids is not Ids.RANDOM]
        source = table(live, *map(column, dict.fromkeys([*names, day])), schema=_LIVE_SCHEMA)
        return self._copy(kept, source, self._is_of_quarter(source.c[day]), ids, only)

    def of_before(self, kept: type[EditionRecord], ids: Ids = Ids.SAME, *, only: Condition | None = None) -> Insert:
        """The records that the edition before has, where ``only`` holds."""
        source = kept.__table__
        return self._copy(kept, source, self._is_of_before(source), ids, only)

    def codes_of_live(self, codes: CodesOf) -> Insert:
        """The codes of the quarter's live records, which were copied with :attr:`Ids.OWN`."""
        names = [codes.record_id, codes.code, *([codes.applies] if codes.applies else [])]
        code = table(codes.table, *map(column, names), schema=_LIVE_SCHEMA)
        record = table(codes.records, column("id"), column(codes.day), schema=_LIVE_SCHEMA)
        rows = (
            select(
                literal(self.period.label),
                literal(self.version),
                self._own_id(code.c[codes.record_id]),
                literal(codes.kind),
                code.c[codes.code],
            )
            .select_from(code.join(record, record.c.id == code.c[codes.record_id]))
            .where(self._is_of_quarter(record.c[codes.day]))
        )
        if codes.applies:
            rows = rows.where(code.c[codes.applies])
        return insert(EditionCode).from_select([*_OF_EDITION, "record_id", "kind", "code"], rows)

    def codes_of_before(self, kind: str) -> Insert:
        """The codes of the edition before, whose records were copied with :attr:`Ids.OWN`."""
        source = EditionCode.__table__
        return self._copy(EditionCode, source, self._is_of_before(source), Ids.OWN, source.c.kind == kind)

    def _copy(
        self, kept: type[EditionRecord], source: FromClause, condition: Condition, ids: Ids, only: Condition | None
    ) -> Insert:
        names = _names(kept)
        values = [self._id(source, name, ids) if name in _IDS else source.c[name] for name in names]
        rows = select(literal(self.period.label), literal(self.version), *values).where(condition)
        return insert(kept).from_select([*_OF_EDITION, *names], rows if only is None else rows.where(only))

    def _id(self, source: FromClause, name: str, ids: Ids) -> ColumnElement[Any]:
        if ids is Ids.RANDOM:
            return func.gen_random_uuid()
        return source.c[name] if ids is Ids.SAME else self._own_id(source.c[name])

    def _own_id(self, identifier: ColumnElement[Any]) -> ColumnElement[UUID]:
        named = cast(identifier, Text).concat(self.period.label).concat(str(self.version))
        return cast(func.md5(named), Uuid)

    def _is_of_quarter(self, day: ColumnElement[Any]) -> Condition:
        return and_(day >= self.period.starts_on, day < self.period.ends_on)

    def _is_of_before(self, source: FromClause) -> Condition:
        return and_(source.c.quarter == self.period.label, source.c.edition == self.before)


def _names(kept: type[EditionRecord]) -> list[str]:
    return [it.name for it in kept.__table__.columns if it.name not in _OF_EDITION]

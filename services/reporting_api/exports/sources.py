"""What is exported: columns by name, and the key that rows are ordered by and a stopped export goes on after."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class ColumnKind(StrEnum):
    """What a column holds."""

    CODE = "code"
    """Text that the city's own people wrote: codes, states."""
    FOREIGN = "foreign"
    """Text that others may have written."""
    DAY = "day"
    INSTANT = "instant"
    FLAG = "flag"
    INTEGER = "integer"
    IDENTIFIER = "identifier"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the export and of the table."""

    column: str
    kind: ColumnKind = ColumnKind.CODE


Columns = Mapping[str, Column]


@dataclass(frozen=True, slots=True)
class ExportSource:
    """A table, which of its rows count in figures, and its columns by exported name, those of the key first."""

    name: str
    table: str
    is_counted: str
    """A condition in SQL."""
    day: str
    unit: str
    key: tuple[str, ...]
    """Exported names; they tell a row, and an index gives their order."""
    columns: Columns


FEEDBACK = ExportSource(
    name="feedback",
    table="feedback_in_figures",
    is_counted="true",
    day="received_on",
    unit="unit_code",
    key=("received_on", "id"),
    columns={
        "received_on": Column("received_on", ColumnKind.DAY),
        "id": Column("id", ColumnKind.IDENTIFIER),
        "received_at": Column("received_at", ColumnKind.INSTANT),
        "source": Column("source", ColumnKind.FOREIGN),
        "channel": Column("channel_code"),
        "unit": Column("unit_code"),
        "type": Column("type_code"),
        "topic": Column("topic_code"),
        "language": Column("language", ColumnKind.FOREIGN),
        "reply_wanted": Column("reply_wanted", ColumnKind.FLAG),
        "state": Column("state"),
        "reacted_at": Column("reacted_at", ColumnKind.INSTANT),
        "handled_at": Column("handled_at", ColumnKind.INSTANT),
    },
)

RESPONSES = ExportSource(
    name="responses",
    table="survey_response",
    is_counted="source_misuse_reason IS NULL AND misuse_reason IS NULL",
    day="given_on",
    unit="service_point_code",
    key=("survey", "given_on", "service_point", "id"),
    columns={
        "survey": Column("survey_code"),
        "given_on": Column("given_on", ColumnKind.DAY),
        "service_point": Column("service_point_code"),
        "id": Column("id", ColumnKind.IDENTIFIER),
        "version": Column("version", ColumnKind.INTEGER),
        "collection_mode": Column("collection_mode"),
        "given_at": Column("given_at", ColumnKind.INSTANT),
        "precision": Column("precision"),
        "language": Column("language", ColumnKind.FOREIGN),
        "is_complete": Column("is_complete", ColumnKind.FLAG),
        "device": Column("device_code", ColumnKind.FOREIGN),
        "answers": Column("answers", ColumnKind.JSON),
    },
)

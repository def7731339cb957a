"""The one metadata and the column shorthands all tables use."""

from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy
from sqlalchemy import ARRAY, CheckConstraint, DateTime, MetaData, Text
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

NAMING_CONVENTION = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
"""Constraints have names, so that a repository can turn a violation into a domain error by its name."""

Labels = dict[str, str]
"""Language code (``fi``, ``sv``, ``en``, …) to the word shown in that language."""


class Table(SQLModel):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)

    if TYPE_CHECKING:
        __table__: ClassVar[sqlalchemy.Table]


def text(**options: Any) -> Any:
    """A ``text`` column: lengths are bounded by the schemas at the edge, not by the type."""
    return Field(sa_type=Text, **options)


def timestamp(**options: Any) -> Any:
    """A ``timestamptz`` column: an instant, never a wall-clock time."""
    return Field(sa_type=DateTime(timezone=True), **options)


def labels() -> Any:
    """A ``jsonb`` column of :data:`Labels`."""
    return Field(sa_type=JSONB, nullable=False)


def translations() -> Any:
    """A ``jsonb`` column of the same words in other languages than Finnish, as far as there are any."""
    return Field(
        default_factory=dict, sa_type=JSONB, nullable=False, sa_column_kwargs={"server_default": sql("'{}'::jsonb")}
    )


def json_object(*, nullable: bool = False) -> Any:
    """A ``jsonb`` column."""
    return Field(sa_type=JSONB(none_as_null=True), nullable=nullable)


def text_list() -> Any:
    """A ``text[]`` column, empty by default."""
    return Field(
        default_factory=list,
        sa_type=ARRAY(Text),
        sa_column_kwargs={"server_default": "{}"},
        nullable=False,
    )


def optional_text_list() -> Any:
    """A ``text[]`` column that may be null, which then means something else than empty."""
    return Field(default=None, sa_type=ARRAY(Text))


def one_of(column: str, values: type[StrEnum], name: str) -> CheckConstraint:
    """A named CHECK that the column holds one of the closed set ``values`` (or is null)."""
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=name)


def has_finnish(column: str, name: str) -> CheckConstraint:
    """A named CHECK that a label column at least has Finnish, the review's first language."""
    return CheckConstraint(f"{column} ? 'fi'", name=name)

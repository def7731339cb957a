"""The catalogue: units, types, topics, channels, themes, policies and holidays, loaded from versioned YAML files."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, Numeric
from sqlmodel import Field

from services.shared.tables.base import (
    Labels,
    Table,
    has_finnish,
    json_object,
    labels,
    one_of,
    text,
    text_list,
    timestamp,
)


class UnitKind(StrEnum):
    """What a node of the organisation tree is."""

    CITY = "city"
    DIVISION = "division"
    SERVICE_PACKAGE = "service_package"
    SERVICE = "service"
    SERVICE_POINT = "service_point"


class Unit(Table, table=True):
    """A node of the organisation tree; a service point is a leaf that answers and presses belong to."""

    __tablename__ = "unit"
    __table_args__ = (
        one_of("kind", UnitKind, "kind_known"),
        has_finnish("names", "names_have_finnish"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="valid_to_after_valid_from"),
    )

    code: str = text(primary_key=True)
    parent_code: str | None = text(default=None, foreign_key="unit.code", index=True)
    kind: str = text()
    names: Labels = labels()
    aliases: list[str] = text_list()
    valid_from: date
    valid_to: date | None = None
    successor_code: str | None = text(default=None, foreign_key="unit.code")


class FeedbackType(Table, table=True):
    """A feedback type (palautetyyppi); ``aliases`` are the codes the city's forms send, such as BLAME."""

    __tablename__ = "feedback_type"
    __table_args__ = (has_finnish("names", "names_have_finnish"),)

    code: str = text(primary_key=True)
    position: int
    names: Labels = labels()
    aliases: list[str] = text_list()


class Topic(Table, table=True):
    """A topic class (palauteluokka); ``aliases`` are other systems' codes, such as Open311 service codes."""

    __tablename__ = "topic"
    __table_args__ = (has_finnish("names", "names_have_finnish"),)

    code: str = text(primary_key=True)
    position: int
    names: Labels = labels()
    aliases: list[str] = text_list()


class Channel(Table, table=True):
    """The way a piece of feedback came in."""

    __tablename__ = "channel"
    __table_args__ = (has_finnish("names", "names_have_finnish"),)

    code: str = text(primary_key=True)
    position: int
    names: Labels = labels()


class Theme(Table, table=True):
    """A saved search: per-language PostgreSQL text-search queries, plus topics that belong to it as such."""

    __tablename__ = "theme"
    __table_args__ = (has_finnish("names", "names_have_finnish"),)

    code: str = text(primary_key=True)
    position: int
    names: Labels = labels()
    searches: dict[str, str] = json_object()
    topic_codes: list[str] = text_list()


class TargetPolicy(Table, table=True):
    """The target a handling time must stay strictly under, for items received from ``valid_from`` on.

    The yardstick of the figure "on target", in days of 24 hours; nobody waits for it (see :class:`DeadlinePolicy`).
    """

    __tablename__ = "target_policy"
    __table_args__ = (CheckConstraint("target_days > 0", name="target_days_positive"),)

    valid_from: date = Field(primary_key=True)
    target_days: Decimal = Field(sa_type=Numeric(6, 2))
    names: Labels = labels()


class DeadlineUnit(StrEnum):
    """What the amount of a deadline policy counts."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"


class DeadlineBasis(StrEnum):
    """What makes a deadline binding. A promise is never shown as law."""

    CITY_PROMISE = "city_promise"
    STATUTE = "statute"
    GUIDELINE = "guideline"


class DeadlinePolicy(Table, table=True):
    """By when a kind of matter received from ``valid_from`` on is to be answered.

    Not the target of :class:`TargetPolicy`: that one is a statistic's yardstick, this one a date somebody waits for.
    A policy is for the feedback types it names; a general one for all types that no other policy in force names; one
    that is neither is for matters kept apart from feedback.
    """

    __tablename__ = "deadline_policy"
    __table_args__ = (
        one_of("unit", DeadlineUnit, "unit_known"),
        one_of("basis", DeadlineBasis, "basis_known"),
        has_finnish("names", "names_have_finnish"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )

    kind: str = text(primary_key=True)
    valid_from: date = Field(primary_key=True)
    amount: int
    unit: str = text()
    basis: str = text()
    is_general: bool
    type_codes: list[str] = text_list()
    only_reply_wanted: bool
    names: Labels = labels()
    source: str = text()


class ClosedDayKind(StrEnum):
    """Why a weekday is no working day."""

    PUBLIC_HOLIDAY = "public_holiday"
    EVE = "eve"


class PublicHoliday(Table, table=True):
    """A public holiday, or an eve that Act 150/1930 treats as one. Weekends are not listed."""

    __tablename__ = "public_holiday"
    __table_args__ = (
        one_of("kind", ClosedDayKind, "kind_known"),
        has_finnish("names", "names_have_finnish"),
    )

    day: date = Field(primary_key=True)
    kind: str = text()
    names: Labels = labels()


class OmbudsmanService(Table, table=True):
    """The service a contact to the ombudsmen was about: a reporting group, not a unit."""

    __tablename__ = "ombudsman_service"
    __table_args__ = (has_finnish("names", "names_have_finnish"),)

    code: str = text(primary_key=True)
    position: int
    names: Labels = labels()


class OmbudsmanReason(Table, table=True):
    """Why the ombudsmen were contacted; a contact may have several reasons."""

    __tablename__ = "ombudsman_reason"
    __table_args__ = (has_finnish("names", "names_have_finnish"),)

    code: str = text(primary_key=True)
    position: int
    names: Labels = labels()


class HelpReason(Table, table=True):
    """Why clients seek help, as staff report it; a social report may have several reasons."""

    __tablename__ = "help_reason"
    __table_args__ = (has_finnish("names", "names_have_finnish"),)

    code: str = text(primary_key=True)
    position: int
    names: Labels = labels()


class HelpBarrier(Table, table=True):
    """What keeps clients from getting help, as staff report it; a social report may have several barriers."""

    __tablename__ = "help_barrier"
    __table_args__ = (has_finnish("names", "names_have_finnish"),)

    code: str = text(primary_key=True)
    position: int
    names: Labels = labels()


class CatalogueRevision(Table, table=True):
    """Each loading of the catalogue files that changed something; the newest tells caches when to read anew."""

    __tablename__ = "catalogue_revision"

    content_hash: str = text(primary_key=True)
    loaded_at: datetime = timestamp(index=True)

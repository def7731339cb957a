"""Bases and field types of request and response models."""

import re
from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
)

from services.shared.clock import local_day, now
from services.shared.problems import invalid
from services.shared.reasons import told_of
from services.shared.settings import get_settings


class RequestModel(BaseModel):
    """Base of request bodies: unknown fields are refused and named in the answer."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class ResponseModel(BaseModel):
    """Base of answers. Fields have no defaults: every property is always present, null where it may be."""

    model_config = ConfigDict(from_attributes=True)


def _without_nul(value: str) -> str:
    if "\x00" in value:
        raise ValueError("holds a NUL character; remove it")
    return value


def _within_text_limit(value: str) -> str:
    limit = get_settings().text_max_length
    if len(value) > limit:
        raise ValueError(f"has {len(value)} characters; the limit is {limit}, shorten it")
    return value


def _dated_instant(value: datetime) -> datetime:
    earliest_year = get_settings().earliest_year
    if value.year < earliest_year:
        raise ValueError(f"is before {earliest_year}-01-01; check the year")
    return value


IN_THE_FUTURE = "is in the future; check the clock and the offset from UTC"


def is_in_the_future(value: datetime, at: datetime) -> bool:
    """Whether ``value`` is later than ``at`` by more than a sender's clock may be wrong."""
    return value > newest_instant(at)


def newest_instant(at: datetime) -> datetime:
    """The last instant that is taken at ``at``: a sender's clock may be wrong by a little."""
    return at + timedelta(seconds=get_settings().clock_skew_seconds)


_WRITTEN_DAY = re.compile(r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _written_out(value: object) -> object:
    # A number would be read as seconds since 1970: a typing mistake that nobody would notice.
    if isinstance(value, date) or (isinstance(value, str) and _WRITTEN_DAY.match(value)):
        return value
    raise ValueError("give a valid date such as 2021-05-04, or a valid datetime such as 2021-05-04T09:30:00+03:00")


def _plausible_instant(value: datetime) -> datetime:
    if is_in_the_future(_dated_instant(value), now()):
        raise ValueError(IN_THE_FUTURE)
    return value


def _plausible_day(value: date) -> date:
    earliest_year = get_settings().earliest_year
    if value.year < earliest_year:
        raise ValueError(f"is before {earliest_year}-01-01; check the year")
    if value > local_day(now()):
        raise ValueError("is in the future; give the day it happened")
    return value


_NOT_BLANK = Field(json_schema_extra={"pattern": r"\S"})
"""Said in the documents only: spaces around a text are taken off before its length is looked at."""

LINE_MAX_LENGTH = 300
"""Longest one-line text (a title, a name): an e-mail address may have 254 characters, a title rarely over 100."""

CODE_MAX_LENGTH = 100
"""Longest code of anything in the catalogue; a bound so that an error message never repeats a huge value."""

LANGUAGE_PATTERN = told_of(
    r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$",
    "is not a language tag; give one of BCP 47, such as fi, sv, smn or zh-Hans",
)
"""A language tag as BCP 47 writes it: language, perhaps script, perhaps region (``fi``, ``smn``, ``zh-Hans``)."""

Code = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=CODE_MAX_LENGTH),
    AfterValidator(_without_nul),
    _NOT_BLANK,
]
"""A code of the catalogue; whether it exists is asked of the catalogue."""

LineText = Annotated[
    str, StringConstraints(min_length=1, max_length=LINE_MAX_LENGTH), AfterValidator(_without_nul), _NOT_BLANK
]
"""One line of text."""

FreeText = Annotated[
    str, StringConstraints(min_length=1), AfterValidator(_without_nul), AfterValidator(_within_text_limit), _NOT_BLANK
]
"""Text of any number of lines, up to the setting ``text_max_length``."""

_ADDRESS_PATTERN = told_of(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", "is not an e-mail address; give one such as name@example.com")

EmailAddress = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LINE_MAX_LENGTH, pattern=_ADDRESS_PATTERN),
    AfterValidator(_without_nul),
]
"""What looks like an e-mail address; whether it takes mail is known when mail is sent."""

Flag = Annotated[bool, Strict()]
"""true or false of a JSON body, and nothing that is read as either: an order to erase is not given by a 0."""

Day = Annotated[date, BeforeValidator(_written_out)]
"""A calendar day of the city, written out: never a number."""

Instant = Annotated[AwareDatetime, BeforeValidator(_written_out)]
"""An instant with an offset, written out: never a number."""

DatedInstant = Annotated[Instant, AfterValidator(_dated_instant)]
"""An instant with an offset, not before ``earliest_year``; its reader judges the future."""

PastInstant = Annotated[Instant, AfterValidator(_plausible_instant)]
"""An instant with an offset, not before ``earliest_year`` and not in the future."""

PastDay = Annotated[Day, AfterValidator(_plausible_day)]
"""A calendar day of the city, not before ``earliest_year`` and not after today."""


def refuse_reversed_days(first_day: date | None, last_day: date | None) -> None:
    """Raise :class:`InvalidRequestProblem` where the query's ``to`` lies before its ``from``."""
    if first_day is not None and last_day is not None and last_day < first_day:
        raise invalid("to", "lies before `from`; exchange them")

"""Kinds of settings whose mistakes would be noticed late: each is refused at the start, with how to write it."""

import re
from ipaddress import ip_network
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_RATE = re.compile(r"[1-9][0-9]*/(second|minute|hour|day)")
_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#\s@]+")
_DATABASE = re.compile(r"postgres(ql)?(\+[a-z0-9]+)?://")


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{name!r} is not a time zone; write one such as Europe/Helsinki") from error
    return name


def _known_level(level: str) -> str:
    if level.upper() not in _LEVELS:
        raise ValueError(f"{level!r} is not a level; write one of {', '.join(_LEVELS)}")
    return level.upper()


def _readable_rate(rate: str) -> str:
    if rate and not _RATE.fullmatch(rate):
        raise ValueError(f"{rate!r} is not a rate; write one such as 60/minute, or nothing for no limit")
    return rate


def _bare_origin(origin: str) -> str:
    if origin != "*" and not _ORIGIN.fullmatch(origin):
        raise ValueError(
            f"{origin!r} is not an origin; write it as a browser does, such as https://www.example.org, without a path "
            "or a slash at the end"
        )
    return origin.lower()


def _proxy_address(address: str) -> str:
    if address != "*":
        try:
            ip_network(address)
        except ValueError as error:
            raise ValueError(
                f"{address!r} is neither an IP address nor a network such as 10.0.0.0/8; names are not looked up"
            ) from error
    return address


def _postgres_address(address: str) -> str:
    if not _DATABASE.match(address):
        # Not shown: it may hold a password.
        raise ValueError("write it as postgresql://user@host:5432/database")
    return address


ZoneName = Annotated[str, AfterValidator(_known_zone)]
LogLevel = Annotated[str, AfterValidator(_known_level)]
Rate = Annotated[str, AfterValidator(_readable_rate)]
Origin = Annotated[str, AfterValidator(_bare_origin)]
ProxyAddress = Annotated[str, AfterValidator(_proxy_address)]
DatabaseAddress = Annotated[str, AfterValidator(_postgres_address)]

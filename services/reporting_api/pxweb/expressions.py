"""Selection expressions of PxWebApi 2: each chooses places among a variable's codes. Case does not matter in them."""

import re
from collections.abc import Sequence
from fnmatch import translate
from typing import ClassVar, Protocol

Codes = Sequence[str]


class UnknownCodeError(ValueError):
    """An expression names a code that the variable does not have."""


class Expression(Protocol):
    """One kind of expression."""

    pattern: ClassVar[re.Pattern[str]]

    @staticmethod
    def select(codes: Codes, arguments: Sequence[str], *, is_time: bool) -> Codes:
        """The codes chosen, in the variable's order; raises :class:`UnknownCodeError`."""
        ...


def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE)


_COUNT = r"\(([1-9][0-9]{0,8})(?:,([0-9]{1,9}))?\)"
_CODE = r"([^,()]+)"


class Top(Expression):
    """``TOP(n)`` and ``TOP(n,offset)``: the first, or of time the newest."""

    pattern = _pattern("TOP" + _COUNT)

    @staticmethod
    def select(codes: Codes, arguments: Sequence[str], *, is_time: bool) -> Codes:
        """See :class:`Expression`."""
        return (_last if is_time else _first)(codes, arguments)


class Bottom(Expression):
    """``BOTTOM(n)`` and ``BOTTOM(n,offset)``: the last, or of time the oldest."""

    pattern = _pattern("BOTTOM" + _COUNT)

    @staticmethod
    def select(codes: Codes, arguments: Sequence[str], *, is_time: bool) -> Codes:
        """See :class:`Expression`."""
        return (_first if is_time else _last)(codes, arguments)


class From(Expression):
    """``FROM(code)``: the code and all after it."""

    pattern = _pattern(rf"FROM\({_CODE}\)")

    @staticmethod
    def select(codes: Codes, arguments: Sequence[str], *, is_time: bool) -> Codes:
        """See :class:`Expression`."""
        del is_time
        return codes[_place(codes, arguments[0]) :]


class To(Expression):
    """``TO(code)``: the code and all before it."""

    pattern = _pattern(rf"TO\({_CODE}\)")

    @staticmethod
    def select(codes: Codes, arguments: Sequence[str], *, is_time: bool) -> Codes:
        """See :class:`Expression`."""
        del is_time
        return codes[: _place(codes, arguments[0]) + 1]


class Range(Expression):
    """``RANGE(code,code)``: both and all between them."""

    pattern = _pattern(rf"RANGE\({_CODE},{_CODE}\)")

    @staticmethod
    def select(codes: Codes, arguments: Sequence[str], *, is_time: bool) -> Codes:
        """See :class:`Expression`."""
        del is_time
        first, last = (_place(codes, code) for code in arguments)
        return codes[first : last + 1]


class Wildcard(Expression):
    """``*`` for any characters, ``?`` for one: ``*`` alone is all."""

    pattern = _pattern(r"([^()\[\]]*[*?][^()\[\]]*)")

    @staticmethod
    def select(codes: Codes, arguments: Sequence[str], *, is_time: bool) -> Codes:
        """See :class:`Expression`."""
        del is_time
        wanted = _pattern(translate(arguments[0]))
        return [code for code in codes if wanted.match(code)]


class Code(Expression):
    """A code itself."""

    pattern = _pattern(r"(.+)")

    @staticmethod
    def select(codes: Codes, arguments: Sequence[str], *, is_time: bool) -> Codes:
        """See :class:`Expression`."""
        del is_time
        return [codes[_place(codes, arguments[0])]]


EXPRESSIONS: tuple[type[Expression], ...] = (Top, Bottom, From, To, Range, Wildcard, Code)
"""Tried in this order: whatever is no other expression is a code."""


def select(codes: Codes, expression: str, *, is_time: bool) -> Codes:
    """The codes that the expression chooses; raises :class:`UnknownCodeError`, also where there is none to choose."""
    for kind in EXPRESSIONS:
        match = kind.pattern.fullmatch(expression.strip())
        if match is not None:
            chosen = kind.select(codes, [one or "0" for one in match.groups()], is_time=is_time)
            if not chosen and codes:
                raise UnknownCodeError(f"{expression[:100]!r} chooses no value")
            return chosen
    raise UnknownCodeError("an expression is empty; write a code, * or TOP(1)")


def split(expressions: str) -> list[str]:
    """Expressions written with commas between them; those within brackets belong to one."""
    return re.split(r",(?![^(]*\))", expressions)


def _first(codes: Codes, arguments: Sequence[str]) -> Codes:
    number, offset = map(int, arguments)
    return codes[offset : offset + number]


def _last(codes: Codes, arguments: Sequence[str]) -> Codes:
    number, offset = map(int, arguments)
    end = max(0, len(codes) - offset)
    return codes[max(0, end - number) : end]


def _place(codes: Codes, code: str) -> int:
    wanted = code.strip().casefold()
    for place, one in enumerate(codes):
        if one.casefold() == wanted:
            return place
    raise UnknownCodeError(f"{code[:100]!r} is no value of the variable; its metadata lists them")

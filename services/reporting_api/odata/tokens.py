"""A ``$filter`` cut into words."""

import re
from dataclasses import dataclass
from enum import StrEnum

from services.reporting_api.odata.errors import wrong_option


class TokenKind(StrEnum):
    """What a word is."""

    STRING = "string"
    NUMBER = "number"
    NAME = "name"
    MARK = "mark"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A word and where it stands, from 1."""

    kind: TokenKind
    text: str
    position: int


_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')"
    r"|(?P<number>-?[0-9]{1,18}(?:\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,3})?(?![A-Za-z0-9_.]))"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]{0,127})"
    r"|(?P<mark>[(),]))"
)


def tokens_of(text: str) -> list[Token]:
    """The words, and an end; raises :class:`QueryOptionProblem` where something is no word."""
    tokens: list[Token] = []
    position = 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            rest = text[position : position + 20].strip()
            raise wrong_option(
                "$filter", f"cannot be read from character {position + 1} on, {rest!r}; strings stand in single quotes"
            )
        kind = TokenKind(match.lastgroup)
        tokens.append(Token(kind, match[match.lastgroup], match.start(match.lastgroup) + 1))
        position = match.end()
    return [*tokens, Token(TokenKind.END, "the end", end + 1)]

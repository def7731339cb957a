"""``$filter``: a strict parser of comparisons joined by ``and``, ``or``, ``not`` and parentheses.

or        = and *( "or" and )
and       = condition *( "and" condition )
condition = "not" condition / "(" or ")" / function "(" name "," literal ")" / name comparison literal
"""

from services.reporting_api.odata.errors import QueryOptionProblem, wrong_option
from services.reporting_api.odata.predicates import (
    COMPARISONS,
    TEXT_FUNCTIONS,
    Predicate,
    Properties,
    comparison,
    text_condition,
)
from services.reporting_api.odata.tokens import Token, TokenKind, tokens_of
from services.reporting_api.tables.formats.flat import FlatValue

_DEPTH_MAX = 50
"""Parentheses and ``not`` within each other: far beyond what tools write, and safe for the stack."""


def parse_filter(text: str, properties: Properties) -> Predicate:
    """The condition that the filter says; raises :class:`QueryOptionProblem` with the place that cannot be read."""
    parser = _Parser(tokens_of(text), properties)
    predicate = parser.disjunction()
    parser.expect(TokenKind.END, "and, or or the end")
    return predicate


class _Parser:
    def __init__(self, tokens: list[Token], properties: Properties) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0
        self._properties = properties

    def disjunction(self) -> Predicate:
        predicate = self._conjunction()
        while self._takes(TokenKind.NAME, "or"):
            predicate = _either(predicate, self._conjunction())
        return predicate

    def expect(self, kind: TokenKind, wanted: str) -> Token:
        token = self._tokens[self._place]
        if token.kind is not kind:
            raise self._unexpected(wanted)
        self._place = min(self._place + 1, len(self._tokens) - 1)
        return token

    def _conjunction(self) -> Predicate:
        predicate = self._condition()
        while self._takes(TokenKind.NAME, "and"):
            predicate = _both(predicate, self._condition())
        return predicate

    def _condition(self) -> Predicate:
        self._depth += 1
        if self._depth > _DEPTH_MAX:
            raise wrong_option("$filter", f"has more than {_DEPTH_MAX} parentheses or nots within each other")
        predicate = self._nested()
        self._depth -= 1
        return predicate

    def _nested(self) -> Predicate:
        if self._takes(TokenKind.NAME, "not"):
            inner = self._condition()
            return lambda row: not inner(row)
        if self._takes(TokenKind.MARK, "("):
            inner = self.disjunction()
            self._expect_mark(")")
            return inner
        name = self.expect(TokenKind.NAME, "a property, not or (").text
        if name in TEXT_FUNCTIONS and self._takes(TokenKind.MARK, "("):
            return self._text_condition(name)
        comparing = self.expect(TokenKind.NAME, "a comparison").text
        if comparing not in COMPARISONS:
            self._place -= 1
            raise self._unexpected(f"one of {', '.join(sorted(COMPARISONS))}")
        return comparison(self._properties, name, comparing, self._literal())

    def _text_condition(self, function: str) -> Predicate:
        name = self.expect(TokenKind.NAME, "a property").text
        self._expect_mark(",")
        part = self._literal()
        self._expect_mark(")")
        return text_condition(self._properties, function, name, part)

    def _literal(self) -> FlatValue:
        if self._takes(TokenKind.NAME, "null"):
            return None
        if self._tokens[self._place].kind is TokenKind.NUMBER:
            return float(self.expect(TokenKind.NUMBER, "a number").text)
        text = self.expect(TokenKind.STRING, "a text in single quotes, a number or null").text
        return text[1:-1].replace("''", "'")

    def _expect_mark(self, mark: str) -> None:
        if not self._takes(TokenKind.MARK, mark):
            raise self._unexpected(mark)

    def _takes(self, kind: TokenKind, text: str) -> bool:
        token = self._tokens[self._place]
        if token.kind is not kind or token.text != text:
            return False
        self._place += 1
        return True

    def _unexpected(self, wanted: str) -> QueryOptionProblem:
        token = self._tokens[self._place]
        return wrong_option("$filter", f"has {token.text[:100]!r} at character {token.position}, not {wanted}")


def _either(one: Predicate, other: Predicate) -> Predicate:
    return lambda row: one(row) or other(row)


def _both(one: Predicate, other: Predicate) -> Predicate:
    return lambda row: one(row) and other(row)

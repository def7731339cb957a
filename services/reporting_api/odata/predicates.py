"""What a ``$filter`` compares with: conditions on one row, in Python only. Nothing of a filter reaches the database."""

from collections.abc import Callable, Mapping

from services.reporting_api.odata.entity_sets import PropertyType
from services.reporting_api.odata.errors import wrong_option
from services.reporting_api.tables.formats.flat import FlatRow, FlatValue

Predicate = Callable[[FlatRow], bool]
Properties = Mapping[str, PropertyType]

_ORDERINGS: Mapping[str, Callable[[int], bool]] = {
    "gt": lambda sign: sign > 0,
    "ge": lambda sign: sign >= 0,
    "lt": lambda sign: sign < 0,
    "le": lambda sign: sign <= 0,
}
COMPARISONS = frozenset({"eq", "ne", *_ORDERINGS})

TEXT_FUNCTIONS: Mapping[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "startswith": str.startswith,
    "endswith": str.endswith,
}


def comparison(properties: Properties, name: str, comparing: str, literal: FlatValue) -> Predicate:
    """``name comparing literal``; raises :class:`QueryOptionProblem` where the types differ.

    As OData 4.0 has it, an ordering with null on either side is false.
    """
    check_type(properties, name, literal)
    if comparing == "eq":
        return lambda row: row[name] == literal
    if comparing == "ne":
        return lambda row: row[name] != literal
    holds = _ORDERINGS[comparing]

    def ordered(row: FlatRow) -> bool:
        sign = _sign(row[name], literal)
        return sign is not None and holds(sign)

    return ordered


def text_condition(properties: Properties, function: str, name: str, part: FlatValue) -> Predicate:
    """``function(name,part)``; false of null."""
    check_type(properties, name, part)
    if properties[name] is not PropertyType.STRING or not isinstance(part, str):
        raise wrong_option("$filter", f"{function} takes a property that is a text and a text in single quotes")
    condition = TEXT_FUNCTIONS[function]
    return lambda row: condition(str(row[name] or ""), part)


def check_type(properties: Properties, name: str, literal: FlatValue) -> None:
    """Raises :class:`QueryOptionProblem` unless the property exists and may have the literal's value."""
    if name not in properties:
        raise wrong_option("$filter", f"{name!r} is no property of the set; it has {', '.join(properties)}")
    if literal is None:
        return
    if isinstance(literal, str) != (properties[name] is PropertyType.STRING):
        kind = "a text in single quotes" if properties[name] is PropertyType.STRING else "a number"
        raise wrong_option("$filter", f"{name} is {properties[name].value}; compare it with {kind} or null")


def _sign(value: FlatValue, literal: FlatValue) -> int | None:
    """1 where the value is greater, -1 where it is less, 0 where they are equal; None where either is null."""
    if isinstance(value, str) and isinstance(literal, str):
        return (value > literal) - (value < literal)
    if isinstance(value, int | float) and isinstance(literal, int | float):
        return (value > literal) - (value < literal)
    return None

"""Tables as entity sets: names that OData allows, and properties with their types."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.reporting_api.odata.errors import UnknownEntitySetProblem
from services.reporting_api.tables.definitions import TABLES
from services.reporting_api.tables.formats.flat import NUMBERS, WHOLE_NUMBERS
from services.reporting_api.tables.model import MEASURE, PERIOD


class PropertyType(StrEnum):
    """The primitive types in use."""

    STRING = "Edm.String"
    INTEGER = "Edm.Int64"
    NUMBER = "Edm.Double"


@dataclass(frozen=True, slots=True)
class EntitySet:
    """A table: an entity is one of its flat rows, its key the codes."""

    name: str
    table: str
    key: tuple[str, ...]
    properties: Mapping[str, PropertyType]


def _entity_set(table: str, dimensions: tuple[str, ...]) -> EntitySet:
    key = (PERIOD, *dimensions, MEASURE)
    labelled = [name for code in key[1:] for name in (code, f"{code}_label")]
    columns = (PERIOD, *labelled, "unit", *NUMBERS, "status")
    return EntitySet(table.replace("-", "_"), table, key, {name: _type(name) for name in columns})


def _type(column: str) -> PropertyType:
    if column not in NUMBERS:
        return PropertyType.STRING
    return PropertyType.INTEGER if column in WHOLE_NUMBERS else PropertyType.NUMBER


ENTITY_SETS: Mapping[str, EntitySet] = {
    one.name: one for one in (_entity_set(name, tuple(definition.dimensions)) for name, definition in TABLES.items())
}
"""All by name."""


def find_entity_set(name: str) -> EntitySet:
    """The set of the name; raises :class:`UnknownEntitySetProblem` with the names there are."""
    if name not in ENTITY_SETS:
        raise UnknownEntitySetProblem(f"{name[:100]!r} is no entity set; there are {', '.join(ENTITY_SETS)}")
    return ENTITY_SETS[name]

"""What the form lets people choose from: the catalogue's types, topics and units, by their names in a language."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.shared.catalogue import Catalogue
from services.shared.tables import Unit

ALIASES = ("THANK", "BLAME", "IDEA", "QUESTION", "OTHER")
"""The types that the city's form offers, by the codes it sends."""

POINTS = ("service", "service_point")
"""The kinds of units that residents know by name and meet."""

Option = tuple[str, str]
"""A code and its name."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A part of the organisation with the services and service points below it that exist, all by their names."""

    code: str
    name: str
    units: list[Option]


def types(catalogue: Catalogue, language: str) -> list[Option]:
    """The city's five types, in its order."""
    return [(alias, _named(catalogue.resolve_type(alias).names, language)) for alias in ALIASES]


def topics(catalogue: Catalogue, language: str) -> list[Option]:
    """All topics, by their names."""
    return _sorted([(topic.code, _named(topic.names, language)) for topic in catalogue.topics.values()])


def branches(catalogue: Catalogue, language: str) -> list[Branch]:
    """The units one can choose, under the part of the organisation that they belong to."""
    found: dict[str, list[Option]] = {}
    for unit in catalogue.units.values():
        if unit.kind in POINTS and unit.valid_to is None:
            above = _branch_of(catalogue, unit)
            found.setdefault(above.code, []).append((unit.code, _named(unit.names, language)))
    named = _sorted([(code, _named(catalogue.units[code].names, language)) for code in found])
    return [Branch(code, name, _sorted(found[code])) for code, name in named]


def _branch_of(catalogue: Catalogue, unit: Unit) -> Unit:
    while unit.kind in POINTS and unit.parent_code:
        unit = catalogue.units[unit.parent_code]
    return unit


def _sorted(options: list[Option]) -> list[Option]:
    return sorted(options, key=lambda one: one[1].casefold())


def _named(names: Mapping[str, str], language: str) -> str:
    return names.get(language) or names["fi"]

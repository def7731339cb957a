"""The sets of units that anybody may ask for: every unit's branch as then and as today, and every unit by itself."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from services.reporting_api.disclosure.counts import Units
from services.shared.catalogue import Catalogue, UnitsAs


def askable_units(catalogue: Catalogue) -> tuple[Units, ...]:
    """Branches as then first: where the two organisations cross, the public sees the one records were made in."""
    then, today = _branches(catalogue, UnitsAs.THEN), _branches(catalogue, UnitsAs.TODAY)
    alone = (frozenset({code}) for code in catalogue.units)
    return tuple(dict.fromkeys([*then.values(), *alone, *today.values()]))


def _branches(catalogue: Catalogue, units: UnitsAs) -> Mapping[str, Units]:
    branches: dict[str, set[str]] = defaultdict(set)
    for code in catalogue.units:
        for ancestor in _upwards(catalogue, catalogue.carried_on_by(code) if units is UnitsAs.TODAY else code):
            branches[ancestor].add(code)
    return {ancestor: frozenset(codes) for ancestor, codes in branches.items()}


def _upwards(catalogue: Catalogue, code: str) -> Iterator[str]:
    above: str | None = code
    while above is not None:
        yield above
        above = catalogue.units[above].parent_code

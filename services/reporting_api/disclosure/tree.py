"""Which units' results may be shown beside the whole city's, within one quarter: whole, or not at all.

Why subtraction finds nothing: of the units shown, any two lie one within the other or apart. So all that they tell
together is, for each of them, what is left of it when the units shown within it are taken away. The rule lets no such
remainder be that is not safe itself. A unit that is hidden lies in one remainder with others, and of any of its counts
the remainder tells only that it lies between nought and the remainder's, which is nought or enough.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from services.reporting_api.disclosure.counts import Counts, Units, add_up, is_safe, total_of
from services.reporting_api.disclosure.policy import DisclosurePolicy


def laminar(candidates: Iterable[Units]) -> list[Units]:
    """The candidates in their order, without those that overlap an earlier one and neither holds the other."""
    kept: dict[Units, None] = {}
    for candidate in candidates:
        if candidate and not any(_cross(candidate, other) for other in kept):
            kept[candidate] = None
    return list(kept)


def shown_units(candidates: Iterable[Units], by_unit: Mapping[str, Counts], policy: DisclosurePolicy) -> set[Units]:
    """The sets of units whose counts may be shown whole, given that the whole city's are, which are among them.

    ``candidates`` are the sets anybody may ask for, the more important ones first; ``by_unit`` the counts by the unit
    that records bear. A set is named by those of its units that have any.
    """
    everything = frozenset(by_unit)
    nodes = laminar([everything, *(candidate & everything for candidate in candidates)])
    below = _below(nodes)

    def counts_of(units: Units) -> Counts:
        return add_up(by_unit[unit] for unit in units)

    def safe(sets: Iterable[Units]) -> list[Units]:
        return [units for units in sets if is_safe(counts_of(units), policy)]

    shown, to_divide = {everything}, [everything]
    while to_divide:
        parent = to_divide.pop()
        chosen = safe(below[parent])
        while chosen and not safe([parent.difference(*chosen)]):
            # Of a hidden set, parts may be left to show.
            smallest = min(chosen, key=lambda units: (total_of(counts_of(units)), sorted(units)))
            chosen.remove(smallest)
            chosen += safe(below[smallest])
        shown.update(chosen)
        to_divide += chosen
    return shown


def _below(nodes: Sequence[Units]) -> Mapping[Units, list[Units]]:
    """Of each set, the largest sets within it."""
    below: dict[Units, list[Units]] = defaultdict(list)
    by_size = sorted(nodes, key=len)
    for position, node in enumerate(by_size):
        parent = next((larger for larger in by_size[position + 1 :] if node < larger), None)
        if parent is not None:
            below[parent].append(node)
    return below


def _cross(some: Units, others: Units) -> bool:
    return not (some <= others or others <= some or some.isdisjoint(others))

"""Which cells of a table of two classifications must be hidden when the sums of its rows and columns are public.

Why subtraction finds nothing: a *rectangle* is two rows and two columns. If its four cells are hidden, one can be taken
for larger by any number, its neighbours smaller and the opposite one larger by the same, and no sum changes. So each
small cell is given a rectangle in which it could as well be the policy's minimum while none of the four becomes nought.
Hiding more only leaves more possible. The sums must be safe to show themselves, and no other table of the same records
may be public.
"""

from collections.abc import Iterator, Mapping
from itertools import product

from services.reporting_api.disclosure.cells import is_few
from services.reporting_api.disclosure.policy import DisclosurePolicy

Place = tuple[str, str]
"""Row and column."""


def hidden_of_table(numbers: Mapping[Place, int], policy: DisclosurePolicy) -> frozenset[Place] | None:
    """The places to hide; None if nothing of the table may be shown.

    Of the rectangles that protect a small cell, the one is taken that hides the fewest persons besides. A nought is
    hidden only as the opposite of one that has no other: a row with nearly all in a column of its own has none.
    """
    minimum = policy.minimum_cell
    filled = {place: number for place, number in numbers.items() if number}
    hidden = {place for place, number in filled.items() if is_few(number, minimum)}
    for place in sorted(hidden, key=lambda one: (filled[one], one)):
        protecting = [four for four in _rectangles(place, filled) if _protects(four, filled, minimum)]
        if not protecting:
            return None
        hidden |= set(min(protecting, key=lambda four: _cost(set(four), hidden, filled)))
    return frozenset(hidden)


def _cost(places: set[Place], hidden: set[Place], filled: Mapping[Place, int]) -> tuple[int, int, list[Place]]:
    """Noughts first, then persons, then the order of names, so that the same table is hidden alike."""
    more = places - hidden
    return len(more - filled.keys()), sum(filled.get(one, 0) for one in more), sorted(places)


def _rectangles(place: Place, filled: Mapping[Place, int]) -> Iterator[tuple[Place, Place, Place, Place]]:
    row, column = place
    rows = {other for other, its_column in filled if its_column == column and other != row}
    columns = {other for its_row, other in filled if its_row == row and other != column}
    for other_row, other_column in product(rows, columns):
        yield place, (row, other_column), (other_row, column), (other_row, other_column)


def _protects(rectangle: tuple[Place, ...], filled: Mapping[Place, int], minimum: int) -> bool:
    place, beside, below, _ = rectangle
    return filled[place] + min(filled[beside], filled[below]) - 1 >= minimum

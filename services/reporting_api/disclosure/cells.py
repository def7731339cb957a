"""Which cells must be hidden: pure rules over counts. Sets hold the indexes of the cells to hide."""

from collections.abc import Sequence
from typing import NamedTuple

LEAST_HIDDEN = 2
"""One hidden cell alone could be had by subtracting the others from the base."""


class Cell(NamedTuple):
    """A count and what it was counted among."""

    number: int
    base: int


def is_few(number: int, minimum: int) -> bool:
    """Whether ``number`` persons are so few that each could be known; nobody is not few."""
    return 0 < number < minimum


def is_small(cell: Cell, minimum: int) -> bool:
    """Whether those who chose something, those who did not, or all who were asked, are few."""
    return any(is_few(number, minimum) for number in (cell.number, cell.base - cell.number, cell.base))


def hidden_of_distribution(cells: Sequence[Cell], minimum: int) -> frozenset[int]:
    """Of cells that add up to their base.

    Few asked: all cells, noughts too. Else each small cell, and the next smallest ones that are not nought, until no
    hidden number follows from the sum of the hidden ones; where even all of them tell too much, noughts too.
    """
    every = frozenset(range(len(cells)))
    if any(is_few(cell.base, minimum) for cell in cells):
        return every
    hidden = {index for index, cell in enumerate(cells) if is_few(cell.number, minimum)}
    if not hidden:
        return frozenset()
    siblings = sorted((cell.number, index) for index, cell in enumerate(cells) if cell.number >= minimum)
    for _, index in siblings:
        if _is_ambiguous([cells[one].number for one in hidden], minimum):
            break
        hidden.add(index)
    return frozenset(hidden) if _is_ambiguous([cells[one].number for one in hidden], minimum) else every


def _is_ambiguous(hidden: Sequence[int], minimum: int) -> bool:
    # Noughts are shown, so each hidden cell holds one at least: a sum of no more than that would tell them all.
    return len(hidden) >= LEAST_HIDDEN and sum(hidden) >= minimum and sum(hidden) > len(hidden)


def hidden_of_parts(hidden: frozenset[int], parts: Sequence[Cell]) -> frozenset[int]:
    """Of parts of a whole whose own figure is shown: where one part alone is ``hidden``, the next smallest one too."""
    if len(hidden) != 1:
        return hidden
    others = [(part.number, index) for index, part in enumerate(parts) if index not in hidden and part.number]
    return hidden | {min(others)[1]} if others else hidden

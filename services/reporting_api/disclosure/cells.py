"""Which cells of the whole city's distribution must be hidden: a pure rule. Sets hold the indexes of the cells."""

from collections.abc import Sequence

LEAST_HIDDEN = 2
"""One hidden cell alone could be had by subtracting the others from the base."""


def is_few(number: int, minimum: int) -> bool:
    """Whether ``number`` persons are so few that each could be known; nobody is not few."""
    return 0 < number < minimum


def hidden_of_distribution(numbers: Sequence[int], minimum: int) -> frozenset[int] | None:
    """Of cells that add up to a base that is shown: those to hide; None if nothing may be shown, the base neither.

    Each small cell, and the next smallest that are not nought, until every hidden cell could as well be ``minimum``
    or more, as far as the sum of the hidden ones tells.
    """
    hidden = [index for index, number in enumerate(numbers) if is_few(number, minimum)]
    if not hidden:
        return frozenset()
    others = sorted((number, index) for index, number in enumerate(numbers) if number >= minimum)
    while not _could_be_enough([numbers[index] for index in hidden], minimum):
        if not others:
            return None
        hidden.append(others.pop(0)[1])
    return frozenset(hidden)


def _could_be_enough(hidden: Sequence[int], minimum: int) -> bool:
    # Noughts are shown, so each hidden cell holds one at least, and what is left over may lie in any one of them.
    return len(hidden) >= LEAST_HIDDEN and sum(hidden) - (len(hidden) - 1) >= minimum

"""What a new edition of a quarter may show beside the earlier ones, which cannot be taken back.

The difference of two editions is a count of its own: those whose answers came, or went, between them. So it follows the
same rule. What was hidden once stays hidden, or the new number less the change would tell the old one; and a number may
change only by as much as may be shown.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from services.reporting_api.disclosure.cells import is_few
from services.reporting_api.disclosure.policy import DisclosurePolicy

Cell = TypeVar("Cell", bound=Hashable)


def hidden_by_revision(
    editions: Sequence[Mapping[Cell, int | None]], counts: Mapping[Cell, int], policy: DisclosurePolicy
) -> frozenset[Cell]:
    """The cells of one distribution that the new edition must hide for the earlier ones' sake.

    ``editions`` are the cells as published, None where hidden; one that was not published is not protected. As cells of
    a distribution change together, one that changed by too few hides the whole distribution.
    """
    was_hidden = {cell for edition in editions for cell, number in edition.items() if number is None}
    shown = [(cell, number) for edition in editions for cell, number in edition.items() if number is not None]
    if any(is_few(abs(counts.get(cell, 0) - number), policy.minimum_cell) for cell, number in shown):
        return frozenset(counts) | was_hidden
    return frozenset(was_hidden)

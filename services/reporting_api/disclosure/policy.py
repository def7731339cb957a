"""The versioned disclosure policy: how few is too few."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DisclosurePolicy:
    """A policy and its thresholds; a change of any is a new policy with a new name."""

    name: str
    minimum_cell: int
    """Opinion cells of 1 up to below this are hidden; nought is shown."""
    minimum_mean_base: int
    """Means, indexes and grades of fewer answers are hidden."""


PUBLIC_1 = DisclosurePolicy(name="public-1", minimum_cell=5, minimum_mean_base=10)
"""What anyone may see. Counts of cases that a service received are not opinions and are shown however few."""

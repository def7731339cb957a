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
    minimum_unit_cases: int
    """Feedback of a unit that has fewer items is not divided by type and topic."""


PUBLIC_2 = DisclosurePolicy(name="public-2", minimum_cell=5, minimum_mean_base=10, minimum_unit_cases=20)
"""What anyone may see. Feedback is a count of cases that a service received, not of opinions: shown however few, unless
a small unit's is divided. Twenty is a unit that hears more than once a week in a quarter."""

IN_FORCE = PUBLIC_2
"""The policy that everything public follows."""

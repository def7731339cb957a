"""An attacker with a solver: what may a hidden count be, as far as everything that was said about it tells?

The unknowns are the numbers of answers by unit, block of days and cell (an option, a face, yes or no). Whatever the
public reads is a linear statement about them. The attacker asks an integer program for the least and the greatest value
of a sum that the statements allow: if both are one number, it is known.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

Atom = tuple[str, str, str]
"""Unit, block of days, cell."""


class Area(NamedTuple):
    """Whose answers, given when."""

    units: frozenset[str]
    blocks: frozenset[str]


@dataclass
class Attacker:
    """What is known of one question's answers."""

    cells: Sequence[str]
    atoms: Sequence[tuple[str, str]]
    """Units and blocks in which there may be answers."""
    rows: dict[tuple[tuple[float, ...], float, float], None] = field(default_factory=dict)

    def learn(self, area: Area, cells: Iterable[str], least: float, most: float | None = None) -> None:
        """The sum of the cells in the area lies between the two (or is the one)."""
        self.learn_weighted(area, dict.fromkeys(cells, 1.0), least, least if most is None else most)

    def learn_weighted(self, area: Area, weights: Mapping[str, float], least: float, most: float) -> None:
        """The same of a sum in which each cell has a weight, as in a mean."""
        self.rows[self._row(area, weights), least, most] = None

    def bounds(self, area: Area, cells: Iterable[str]) -> tuple[int, int]:
        """The least and the greatest sum of the cells in the area that all statements allow."""
        target = np.array(self._row(area, dict.fromkeys(cells, 1.0)))
        return self._extreme(target), -self._extreme(-target)

    def _row(self, area: Area, weights: Mapping[str, float]) -> tuple[float, ...]:
        return tuple(
            weights.get(cell, 0.0) if unit in area.units and block in area.blocks else 0.0
            for unit, block in self.atoms
            for cell in self.cells
        )

    def _extreme(self, objective: np.ndarray) -> int:
        constraints = []
        if self.rows:
            matrix = np.array([row for row, _, _ in self.rows])
            least = np.array([low for _, low, _ in self.rows])
            most = np.array([high for _, _, high in self.rows])
            constraints = [LinearConstraint(matrix, least - 1e-7, most + 1e-7)]
        solved = milp(
            objective,
            constraints=constraints,
            integrality=np.ones(len(objective), dtype=np.int64),
            bounds=Bounds(0, NOBODY_KNOWS_MORE),
        )
        assert solved.success, f"what was read contradicts itself: {solved.message}"
        return round(solved.fun)


NOBODY_KNOWS_MORE = 100_000
"""More answers than there are in any test, where nothing bounds a sum."""


@dataclass(frozen=True)
class Finding:
    """What the attacker finds about a hidden count; the truth is always among it."""

    what: str
    truth: int
    least: int
    most: int

    def __post_init__(self) -> None:
        assert self.least <= self.truth <= self.most, f"the attacker learnt something untrue: {self}"

    def betrays(self, minimum: int) -> bool:
        """Whether a small count is known, or known to be small."""
        is_known = self.least == self.most
        is_known_small = self.least > 0 and self.most < minimum
        return 0 < self.truth < minimum and (is_known or is_known_small)

"""An attacker with a solver: what may a hidden count be, as far as everything that was said about it tells?

The unknowns are numbers of answers, by whatever the attacker tells apart. What the public reads is a linear statement
about them. An integer program gives the least and the greatest value of a sum that the statements allow: if both are
one number, it is known.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from math import ceil, inf
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from services.reporting_api.disclosure.policy import DisclosurePolicy

Atom = tuple[str, str, str]
"""Unit, block of days, cell."""

NOBODY_KNOWS_MORE = 100_000
"""More answers than there are in any test, where nothing bounds a sum."""

_TOLERANCE = 1e-7
_NEARLY = 1e-4
_IMPOSSIBLE = 2
"""The solver's status where no numbers fit all statements."""

Column = tuple[tuple[int, float], ...]
"""Of an unknown: in which statements it is, with what weight."""


class Area(NamedTuple):
    """Whose answers, given when."""

    units: frozenset[str]
    blocks: frozenset[str]

    def atoms(self, cells: Iterable[str]) -> list[Atom]:
        """Its answers of the cells."""
        return list(product(sorted(self.units), sorted(self.blocks), cells))


class Statement(NamedTuple):
    """The weighted sum of unknowns lies between the two."""

    weights: tuple[tuple[Hashable, float], ...]
    least: float
    most: float


@dataclass
class Attacker:
    """What is known."""

    statements: dict[Statement, None] = field(default_factory=dict)
    counts_wholes: bool = True
    """Whether to use that numbers are whole. Who does not knows less, and is soon done with tables of three ways."""

    def learn(self, unknowns: Iterable[Hashable], least: float, most: float | None = None) -> None:
        """The sum of the unknowns lies between the two (or is the one)."""
        self.learn_weighted(dict.fromkeys(unknowns, 1.0), least, least if most is None else most)

    def learn_weighted(self, weights: Mapping[Hashable, float], least: float, most: float) -> None:
        """The same of a sum in which each unknown has a weight, as in a mean."""
        self.statements[Statement(tuple(sorted(weights.items(), key=repr)), least, most)] = None
        self.__dict__.pop("_columns", None)

    def bounds(self, unknowns: Iterable[Hashable]) -> tuple[int, int]:
        """The least and the greatest sum of the unknowns that all statements allow."""
        columns, target = self._program(frozenset(unknowns))
        least, most = self._solve(columns, target), self._solve(columns, -target)
        assert least is not None, "what was read contradicts itself"
        assert most is not None
        return least, -most

    def is_possible(self, unknowns: Iterable[Hashable], least: float, most: float = inf) -> bool:
        """Whether the sum may lie between the two, as far as all statements tell."""
        columns, target = self._program(frozenset(unknowns))
        within = LinearConstraint(target[np.newaxis, :], least, most)
        return self._solve(columns, np.zeros(len(target)), within) is not None

    @cached_property
    def _columns(self) -> Mapping[Hashable, Column]:
        """In which statements each unknown is, with what weight."""
        columns: dict[Hashable, list[tuple[int, float]]] = defaultdict(list)
        for row, statement in enumerate(self.statements):
            for unknown, weight in statement.weights:
                if weight:
                    columns[unknown].append((row, weight))
        return {unknown: tuple(entries) for unknown, entries in columns.items()}

    def _program(self, target: frozenset[Hashable]) -> tuple[Sequence[Column], np.ndarray]:
        """Unknowns that no statement and no question tells apart are one: their sum is as whole as they are."""
        kinds = {(self._columns.get(unknown, ()), unknown in target) for unknown in {*self._columns, *target}}
        ordered = sorted(kinds)
        return [column for column, _ in ordered], np.array([float(is_asked) for _, is_asked in ordered])

    def _solve(self, columns: Sequence[Column], objective: np.ndarray, *more: LinearConstraint) -> int | None:
        """The least value of the objective; None where nothing is possible."""
        constraints = list(more)
        if self.statements:
            entries = [(row, place, weight) for place, column in enumerate(columns) for row, weight in column]
            rows, places, weights = zip(*entries, strict=True)
            matrix = csr_array((weights, (rows, places)), shape=(len(self.statements), len(columns)))
            least = np.array([statement.least for statement in self.statements])
            most = np.array([statement.most for statement in self.statements])
            constraints.append(LinearConstraint(matrix, least - _TOLERANCE, most + _TOLERANCE))
        solved = milp(
            objective,
            constraints=constraints,
            integrality=np.full(len(objective), int(self.counts_wholes)),
            bounds=Bounds(0, NOBODY_KNOWS_MORE),
        )
        if solved.status == _IMPOSSIBLE:
            return None
        assert solved.success, solved.message
        return ceil(solved.fun - _NEARLY)


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


def finding_of(
    attacker: Attacker, what: str, unknowns: Sequence[Hashable], truth: int, policy: DisclosurePolicy
) -> Finding | None:
    """What the attacker finds of a small count; None where it may as well be nought, or be enough."""
    if attacker.is_possible(unknowns, policy.minimum_cell) or attacker.is_possible(unknowns, 0, 0):
        return None
    return Finding(what, truth, *attacker.bounds(unknowns))

"""What answers are counted by."""

from collections.abc import Mapping
from typing import NamedTuple


class Cell(NamedTuple):
    """One value of a question, at a place and in a way of collection. Day and hour are summed over."""

    service_point: str
    survey: str
    question: str
    version: int
    collection_mode: str
    value: int


Cells = Mapping[Cell, int]
"""How many answers each has; those that have none are left out."""

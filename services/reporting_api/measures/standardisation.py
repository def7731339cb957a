"""Direct standardisation (Cochran 1977, *Sampling Techniques*, chapter 5A: post-stratification by known weights).

A score that depends on how its answers were collected moves when the mix of the ways does, though nobody thinks
otherwise. Standardised to the mix of an earlier period, a score is what it would be, had its answers come in the ways
they came in then: the sum of the present scores of each way, each times the way's share *then*. Its difference from the
earlier score is therefore a weighted sum of the differences within each way, and no part of it is of the mix.

The weights are taken as given: the interval is of what is answered, not of who answers how.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from services.reporting_api.measures.intervals import Interval
from services.reporting_api.measures.tallies import ScoreTally

AnyScore = TypeVar("AnyScore", bound=ScoreTally)


@dataclass(frozen=True, slots=True)
class Standardised:
    """A value, what it is more than the earlier one, and the 95 % interval of that, in the score's unit."""

    value: Fraction
    difference: Fraction
    interval: Interval | None


def standardise(
    current: Mapping[str, AnyScore], earlier: Mapping[str, AnyScore], weights: Mapping[str, Fraction]
) -> Standardised | None:
    """``current`` by the ``weights`` of groups in the earlier period, which add up to 1.

    None where a group that had answers then has none now: nobody knows what it would have answered.
    """
    value = difference = Fraction(0)
    terms: list[tuple[Fraction, AnyScore]] = []
    for group, weight in weights.items():
        if not weight:
            continue
        now, then = current.get(group), earlier[group]
        if now is None or now.value is None or then.value is None:
            return None
        value += weight * now.value
        difference += weight * (now.value - then.value)
        terms += [(weight, now), (-weight, then)]
    if not terms:
        return None
    return Standardised(value, difference, terms[0][1].combination_interval(terms))

"""95 % confidence intervals, each by its published method.

Shares: Wilson (1927); their difference: Newcombe's hybrid score method 10 (1998). Means: Student's t; their difference:
Welch (1947) with Satterthwaite's degrees of freedom. Medians: order statistics (Campbell and Gardner 1988); their
difference, as Newcombe's, by recovering variances from the two intervals (Zou and Donner 2008). Two counts: given their
sum, one of them is binomial (Przyborowski and Wilenski 1940), so Wilson's interval for its share is the interval of the
difference. Weighted sums, as of the means or shares of strata: of means the stratified mean's t with Satterthwaite's
degrees of freedom (Cochran 1977, section 5.4); of shares recovered variances (Zou, Huang and Zhang 2009).
"""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

Interval = tuple[float, float]
"""Lower and upper bound, in the measure's own unit unless said otherwise."""

CONFIDENCE = 0.95
_UPPER_TAIL = (1 + CONFIDENCE) / 2
NORMAL_QUANTILE = 1.959963984540054
"""Of the standard normal distribution, at the upper tail."""


def _t_quantile(degrees: float) -> float:
    """Of Student's t with the degrees of freedom, at the upper tail."""
    from scipy.special import stdtrit  # noqa: PLC0415 (slow)

    return float(stdtrit(degrees, _UPPER_TAIL))


def wilson(count: int, base: int) -> Interval | None:
    """Of the proportion (0-1) behind ``count`` of ``base``; None without a base."""
    if base == 0:
        return None
    z = NORMAL_QUANTILE
    proportion = count / base
    weight = 1 + z * z / base
    centre = (proportion + z * z / (2 * base)) / weight
    reach = z / weight * sqrt(proportion * (1 - proportion) / base + z * z / (4 * base * base))
    # At 0 and 1 the bound is exact; floating point would miss it by a hair.
    lower = 0.0 if count == 0 else max(0.0, centre - reach)
    upper = 1.0 if count == base else min(1.0, centre + reach)
    return lower, upper


class Sample(NamedTuple):
    """What a t interval needs to know of some values."""

    n: int
    mean: float
    variance: float
    """The sample variance, with n - 1."""

    @property
    def tells_variation(self) -> bool:
        """Whether the values say how they vary: one value, or all alike, say nothing."""
        return self.n > 1 and self.variance > 0


def mean_t(sample: Sample) -> Interval | None:
    """Of a mean, by Student's t; None where the values do not tell how they vary."""
    if not sample.tells_variation:
        return None
    reach = _t_quantile(sample.n - 1) * sqrt(sample.variance / sample.n)
    return sample.mean - reach, sample.mean + reach


def combination_welch(terms: Sequence[tuple[float, Sample]]) -> Interval | None:
    """Of the sum of means times their weights: a stratified mean, or, with 1 and -1, the difference of two (Welch's).

    By Student's t with Satterthwaite's degrees of freedom; None where any of the samples does not vary.
    """
    if not all(sample.tells_variation for _, sample in terms):
        return None
    errors = [(weight**2 * sample.variance / sample.n, sample.n) for weight, sample in terms]
    squared = sum(error for error, _ in errors)
    degrees = squared**2 / sum(error**2 / (n - 1) for error, n in errors)
    reach = _t_quantile(degrees) * sqrt(squared)
    combined = sum(weight * sample.mean for weight, sample in terms)
    return combined - reach, combined + reach


def mean_normal(n: int, mean: float, variance: float) -> Interval | None:
    """Of a mean whose ``variance`` is that of the whole distribution (a multinomial's); None where it is nil."""
    if n == 0 or variance <= 0:
        return None
    reach = NORMAL_QUANTILE * sqrt(variance / n)
    return mean - reach, mean + reach


def difference_recovered(
    value: float, interval: Interval | None, earlier: float, earlier_interval: Interval | None
) -> Interval | None:
    """Of ``value - earlier`` from each one's own interval; Newcombe's method when those are Wilson's."""
    return combination_recovered([(1.0, value, interval), (-1.0, earlier, earlier_interval)])


def combination_recovered(terms: Sequence[tuple[float, float, Interval | None]]) -> Interval | None:
    """Of the sum of values times their weights from each one's own interval; None where any has none."""
    combined = down = up = 0.0
    for weight, value, interval in terms:
        if interval is None:
            return None
        below, above = sorted((weight * interval[0], weight * interval[1]))
        combined += weight * value
        down += (weight * value - below) ** 2
        up += (above - weight * value) ** 2
    return combined - sqrt(down), combined + sqrt(up)


def difference_of_counts(count: int, earlier: int) -> Interval:
    """Of ``count - earlier`` for two periods of like length; two zeros do not differ."""
    total = count + earlier
    share = wilson(count, total)
    if share is None:
        return 0.0, 0.0
    return total * (2 * share[0] - 1), total * (2 * share[1] - 1)

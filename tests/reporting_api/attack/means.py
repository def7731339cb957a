"""What the interval of a mean tells beside the mean: how far the answers lie from each other."""

from collections.abc import Mapping
from math import inf

from scipy.special import stdtrit

from services.reporting_api.measures.intervals import CONFIDENCE, NORMAL_QUANTILE
from services.reporting_api.measures.registry import MEASURES, IntervalMethod
from tests.reporting_api.attack.collect import Said


def spread_of(said: Said, scores: Mapping[str, float]) -> tuple[float, float]:
    """Between what the sum of the answers' squared scores must lie, given their number, mean and interval."""
    number, mean = said.count or 0, said.value
    if number < 2 or mean is None:
        return 0.0, inf
    measure = MEASURES[said.measure]
    half_a_step = 10.0**-measure.decimals / 2
    means = max(abs(mean) - half_a_step, 0.0), abs(mean) + half_a_step
    reaches = _reaches(said, half_a_step, measure.bounds)
    if measure.interval is IntervalMethod.MULTINOMIAL:
        # The variance is that of the whole distribution.
        variances = [number * (reach / NORMAL_QUANTILE) ** 2 * number for reach in reaches]
    else:
        quantile = float(stdtrit(number - 1, (1 + CONFIDENCE) / 2))
        variances = [(number - 1) * number * (reach / quantile) ** 2 for reach in reaches]
    return variances[0] + number * means[0] ** 2, variances[1] + number * means[1] ** 2


def _reaches(said: Said, half_a_step: float, bounds: tuple[float, float]) -> tuple[float, float]:
    """The least and the greatest half-width; a bound of the interval that is the measure's own tells nothing."""
    if said.interval is None:
        return 0.0, inf
    assert said.value is not None
    lower, upper = said.interval
    widths = []
    if lower > bounds[0]:
        widths.append(said.value - lower)
    if upper < bounds[1]:
        widths.append(upper - said.value)
    if not widths:
        return max(said.value - lower, upper - said.value) - 2 * half_a_step, inf
    return max(max(widths) - 2 * half_a_step, 0.0), min(widths) + 2 * half_a_step

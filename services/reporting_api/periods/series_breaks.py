"""Breaks in series: a measure that was defined anew, or a target that was moved, between two periods."""

from collections.abc import Mapping

from services.reporting_api.measures.figures import Figure, Reason
from services.reporting_api.measures.registry import MEASURES, ON_TARGET, Measure
from services.reporting_api.periods.feedback_figures import targets_in_force
from services.reporting_api.periods.report_tree import mapped
from services.reporting_api.periods.schemas import Report
from services.shared.catalogue import Catalogue
from services.shared.periods import Period

_Reasons = Mapping[str, Reason]
"""By measure: why its figures in two periods are not comparable."""


def without_differences_over_breaks(report: Report[Figure], catalogue: Catalogue, period: Period) -> Report[Figure]:
    """The report of ``period`` without the differences between figures that a break in their series parts."""
    previous, last_year = (
        _changed(catalogue, earlier, period) for earlier in (period.previous(), period.same_last_year())
    )
    if not previous and not last_year:
        return report

    def marked(_place: object, figure: Figure) -> Figure:
        return figure.without_differences(previous.get(figure.measure), last_year.get(figure.measure))

    return mapped(report, marked)


def _changed(catalogue: Catalogue, earlier: Period, later: Period) -> _Reasons:
    targets = {
        policy.target_days
        for period in (earlier, later)
        for policy in targets_in_force(catalogue.target_policies, period)
    }
    moved = {ON_TARGET.slug: Reason.TARGET_CHANGED} if len(targets) > 1 else {}
    defined_anew = {slug: Reason.MEASURE_CHANGED for slug, it in MEASURES.items() if _begins(it, earlier, later)}
    return moved | defined_anew


def _begins(measure: Measure, earlier: Period, later: Period) -> bool:
    """Whether some of what the two periods hold was measured by one version and some by another."""
    return any(
        version.since is not None and earlier.starts_on < version.since < later.ends_on for version in measure.versions
    )

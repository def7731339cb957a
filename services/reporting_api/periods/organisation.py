"""Figures of a unit whose work came from elsewhere, or went elsewhere, between two periods."""

from services.reporting_api.measures.figures import Figure, Reason
from services.reporting_api.periods.report_tree import mapped
from services.reporting_api.periods.schemas import Report
from services.shared.catalogue import Catalogue, UnitsAs
from services.shared.periods import Period


def without_broken_comparisons(
    report: Report[Figure], catalogue: Catalogue, unit: str, units: UnitsAs, period: Period
) -> Report[Figure]:
    """The unit's report without the differences that a change of the organisation would make, or hide.

    As today the records of ended units are gathered under who carries on their work, so nothing is broken.
    """
    if units is UnitsAs.TODAY:
        return report
    previous, last_year = (
        Reason.ORGANISATION_CHANGED if has_changed(catalogue, unit, earlier, period) else None
        for earlier in (period.previous(), period.same_last_year())
    )
    if previous is None and last_year is None:
        return report
    return mapped(report, lambda _place, figure: figure.without_differences(previous, last_year))


def has_changed(catalogue: Catalogue, unit: str, earlier: Period, later: Period) -> bool:
    """Whether, from the first day of the earlier period to the last of the later one, a unit of the branch ended whose
    work no unit of the branch carries on, or one of the branch took over the work of a unit outside it."""
    branch = catalogue.branch(unit)
    return any(
        earlier.starts_on < one.valid_to < later.ends_on
        and (one.code in branch) != (one.successor_code is not None and one.successor_code in branch)
        for one in catalogue.units.values()
        if one.valid_to is not None
    )

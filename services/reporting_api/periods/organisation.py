"""Figures of a unit whose work came from elsewhere, or went elsewhere, between two periods."""

from dataclasses import replace

from services.reporting_api.measures.figures import Change, Comparison, Figure, Reason
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
    is_broken = {
        name: has_changed(catalogue, unit, earlier, period)
        for name, earlier in (("previous", period.previous()), ("last_year", period.same_last_year()))
    }
    if not any(is_broken.values()):
        return report

    def broken(_place: object, figure: Figure) -> Figure:
        return replace(
            figure,
            previous=_broken(figure.previous) if is_broken["previous"] else figure.previous,
            last_year=_broken(figure.last_year) if is_broken["last_year"] else figure.last_year,
        )

    return mapped(report, broken)


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


def _broken(comparison: Comparison) -> Comparison:
    if comparison.value is None:
        return comparison
    return replace(
        comparison,
        difference=None,
        difference_interval=None,
        change=Change.NOT_COMPARABLE,
        reason=Reason.ORGANISATION_CHANGED,
    )

"""Gives each figure of a report its series: the same figure in the reports of earlier periods.

A point is what the report of its own period says, and nothing is counted or hidden here anew.
"""

from collections.abc import Mapping
from dataclasses import replace

from services.reporting_api.measures.figures import Figure, SeriesPoint
from services.reporting_api.periods.report_tree import Place, figures_of, mapped
from services.reporting_api.periods.schemas import Report

SERIES_QUARTERS = 13
"""Of a review: three years and the quarter they end with; each of the last four stands beside two of its kind."""


def with_series(reports: Mapping[str, Report[Figure]], label: str) -> Report[Figure]:
    """The report of ``label`` whose figures have the series of all the ``reports``, which are in order."""
    found = {period: dict(figures_of(report)) for period, report in reports.items()}

    def extended(place: Place, figure: Figure) -> Figure:
        series = [_point(period, figures[place]) for period, figures in found.items() if place in figures]
        return replace(figure, series=tuple(series))

    editions = {(one.quarter, one.version): one for report in reports.values() for one in report.editions}
    return mapped(reports[label], extended).model_copy(
        update={
            "as_of": min(report.as_of for report in reports.values()),
            "editions": [editions[key] for key in sorted(editions)],
        }
    )


def _point(period: str, figure: Figure) -> SeriesPoint:
    return SeriesPoint(
        period=period,
        value=figure.value,
        count=figure.count,
        base=figure.base,
        interval=figure.interval,
        status=figure.status,
        suppression_reason=figure.suppression_reason,
        change=figure.previous.change,
        reason=figure.previous.reason,
    )

"""Gives each figure of a report its series: the same figure in the reports of earlier periods.

A point is what the report of its own period says, and nothing is counted or hidden here anew.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import cast

from services.reporting_api.measures.figures import Figure, SeriesPoint
from services.reporting_api.periods.schemas import Report
from services.shared.schemas import ResponseModel

Place = tuple[str | None, ...]
"""Where a figure stands: names of properties, and the codes of entries in lists."""


def with_series(reports: Mapping[str, Report[Figure]], label: str) -> Report[Figure]:
    """The report of ``label`` whose figures have the series of all the ``reports``, which are in order."""
    found = {period: dict(_figures(report, ())) for period, report in reports.items()}

    def extended(place: Place, figure: Figure) -> Figure:
        series = [_point(period, figures[place]) for period, figures in found.items() if place in figures]
        return replace(figure, series=tuple(series))

    editions = {(one.quarter, one.version): one for report in reports.values() for one in report.editions}
    report = cast("Report[Figure]", _mapped(reports[label], (), extended))
    return report.model_copy(
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


def _figures(node: object, place: Place) -> Iterator[tuple[Place, Figure]]:
    if isinstance(node, Figure):
        yield place, node
    elif isinstance(node, ResponseModel):
        for name in type(node).model_fields:
            yield from _figures(getattr(node, name), (*place, name))
    elif isinstance(node, list):
        for entry in node:
            yield from _figures(entry, (*place, _code_of(entry)))


def _mapped(node: object, place: Place, change: Callable[[Place, Figure], Figure]) -> object:
    if isinstance(node, Figure):
        return change(place, node)
    if isinstance(node, ResponseModel):
        fields = {name: getattr(node, name) for name in type(node).model_fields}
        return node.model_copy(update={name: _mapped(value, (*place, name), change) for name, value in fields.items()})
    if isinstance(node, list):
        return [_mapped(entry, (*place, _code_of(entry)), change) for entry in node]
    return node


def _code_of(entry: object) -> str | None:
    code: str | None = getattr(entry, "code", None)
    return code

"""A report as the tree of figures it is."""

from collections.abc import Callable, Iterator
from typing import cast

from services.reporting_api.measures.figures import Figure
from services.reporting_api.periods.schemas import Report
from services.shared.schemas import ResponseModel

Place = tuple[str | None, ...]
"""Where a figure stands: names of properties, and the codes of entries in lists."""


def figures_of(report: Report[Figure]) -> Iterator[tuple[Place, Figure]]:
    """All figures with their places."""
    return _figures(report, ())


def mapped(report: Report[Figure], change: Callable[[Place, Figure], Figure]) -> Report[Figure]:
    """The report with each figure changed."""
    return cast("Report[Figure]", _mapped(report, (), change))


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

"""Forms of charts: each is a Vega-Lite specification that is compiled once, and a chart is a form with its own data.

What differs from chart to chart are its rows, its size and the form's parameters; compiling anew for each of them would
take longer than drawing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
import vl_convert

Specification = Mapping[str, Any]
"""Vega-Lite, or a part of it."""

Row = Mapping[str, str | float | None]

_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_ROWS = "rows"


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """Layers drawn from the same rows; ``parameters`` are the names that their expressions take from the chart."""

    layers: Sequence[Specification]
    parameters: Sequence[str]

    def specification(self, config: Specification) -> dict[str, Any]:
        """The Vega-Lite specification, without data."""
        return {
            "$schema": _SCHEMA,
            "config": config,
            "params": [{"name": name, "value": 0} for name in self.parameters],
            "data": {"name": _ROWS},
            "width": 1,
            "height": 1,
            "layer": self.layers,
        }


@dataclass(frozen=True, slots=True)
class Chart:
    """A form's rows, size in CSS pixels and parameters: one each of the form's."""

    form: Form
    rows: Sequence[Row]
    width: int
    height: float
    parameters: Mapping[str, object]

    def vega(self, config: Specification) -> bytes:
        """The Vega specification in JSON, ready to be drawn."""
        compiled = _compiled(self.form, orjson.dumps(config))
        drawn = {
            "width": self.width,
            "height": self.height,
            "data": [it | {"values": self.rows} if it["name"] == _ROWS else it for it in compiled["data"]],
            "signals": [
                it | {"value": self.parameters[it["name"]]} if it["name"] in self.form.parameters else it
                for it in compiled["signals"]
            ],
        }
        return orjson.dumps(compiled | drawn)


@cache
def _compiled(form: Form, config: bytes) -> dict[str, Any]:
    compiled: dict[str, Any] = vl_convert.vegalite_to_vega(form.specification(orjson.loads(config)))
    return compiled

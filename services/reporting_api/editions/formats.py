"""The formats that editions were stored in. A published edition keeps its bytes and its hash for ever; what the code of
today expects beyond them is added when it is read.

A step brings what was stored from its format to the next. It says only what the older code left out, such as *not
recorded*, and never computes a figure: an edition says what was said.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from services.reporting_api.editions.errors import EditionFormatProblem
from services.reporting_api.measures import registry
from services.reporting_api.measures.figures import Change, FigureStatus, Reason
from services.reporting_api.measures.registry import Measure
from services.reporting_api.periods.schemas import NoRate

Stored = dict[str, Any]
"""An edition's content as it was parsed, or a part of it."""

EVERY = "*"
"""In a path: every entry of a list or a mapping."""


def upgrade(content: Stored) -> Stored:
    """The content in the present format; raises :class:`EditionFormatProblem` where newer code stored it."""
    stored_in = content.setdefault("content_format", 1)
    if stored_in > CURRENT_FORMAT:
        raise EditionFormatProblem(
            f"it was stored in format {stored_in}, and this release reads up to {CURRENT_FORMAT}; "
            "start the release it was made with, or a later one"
        )
    for number in range(stored_in, CURRENT_FORMAT):
        STEPS[number](content)
    return content


def parts(content: Any, *path: str) -> Iterator[Stored]:
    """The mappings at ``path`` below ``content``, as far as there are any."""
    if not path:
        if isinstance(content, dict):
            yield content
        return
    name, *rest = path
    if name == EVERY:
        below = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    else:
        below = [content[name]] if isinstance(content, dict) and name in content else []
    for part in below:
        yield from parts(part, *rest)


def figure_not_recorded(measure: Measure) -> Stored:
    """A quarter's figure that the code of then did not make."""
    comparison = {
        **dict.fromkeys(("value", "count", "base", "difference", "difference_interval")),
        "change": Change.NOT_COMPARABLE.value,
        "reason": Reason.NO_DATA.value,
    }
    return {
        "measure": measure.slug,
        "unit": measure.unit.value,
        **dict.fromkeys(("value", "count", "base", "interval", "suppression_reason")),
        "status": FigureStatus.NOT_AVAILABLE.value,
        "previous_quarter": comparison,
        "same_quarter_last_year": comparison,
    }


def _say_that_ripening_was_not_recorded(content: Stored) -> None:
    content["figures"].setdefault("ripening", None)


def _say_that_response_rates_were_not_recorded(content: Stored) -> None:
    for section in ("chats", "surveys"):
        for survey in parts(content, "figures", section, EVERY):
            survey["response_rate"] = {
                "invitations": figure_not_recorded(registry.INVITATIONS),
                "share": figure_not_recorded(registry.RESPONSE_RATE),
                "no_rate": NoRate.NOT_RECORDED.value,
            }


def _say_that_mean_smileys_were_not_recorded(content: Stored) -> None:
    for path in (("smileys",), ("smileys", "service_points", EVERY)):
        for section in parts(content, "figures", *path):
            section["smiley_mean"] = figure_not_recorded(registry.SMILEY_MEAN)


def _say_that_it_is_itself_what_is_shown(content: Stored) -> None:
    content["figures"]["editions"] = []


def _say_that_figures_have_no_series(content: Stored) -> None:
    for figure in _figures(content["figures"]):
        figure["series"] = None


def _figures(part: object) -> Iterator[Stored]:
    """The figures in a part of a report, which is a tree of them."""
    if isinstance(part, dict):
        if "measure" in part:
            yield part
        else:
            for below in part.values():
                yield from _figures(below)
    elif isinstance(part, list):
        for entry in part:
            yield from _figures(entry)


def _say_that_definitions_were_in_english(content: Stored) -> None:
    for measure in parts(content, "measures", EVERY):
        for name in ("definition", "base"):
            measure[name] = {"en": measure[name]}


def _say_that_measures_had_their_first_definition(content: Stored) -> None:
    for measure in parts(content, "measures", EVERY):
        measure["versions"] = [{"version": measure["version"], "since": None, "change": None}]


def _say_that_collection_modes_were_not_recorded(content: Stored) -> None:
    for section in ("chats", "surveys"):
        for survey in parts(content, "figures", section, EVERY):
            survey["collection_modes"] = []
    for figure in _figures(content["figures"]):
        for name in ("previous_quarter", "same_quarter_last_year"):
            figure[name]["standardised"] = None


def _say_that_no_comment_was_quoted(content: Stored) -> None:
    content["comments"] = []


STEPS: Mapping[int, Callable[[Stored], None]] = {
    1: _say_that_ripening_was_not_recorded,
    2: _say_that_response_rates_were_not_recorded,
    3: _say_that_mean_smileys_were_not_recorded,
    4: _say_that_it_is_itself_what_is_shown,
    5: _say_that_figures_have_no_series,
    6: _say_that_definitions_were_in_english,
    7: _say_that_measures_had_their_first_definition,
    8: _say_that_collection_modes_were_not_recorded,
    9: _say_that_no_comment_was_quoted,
}
"""By the format that a step begins with, which it changes in its place into the next."""

CURRENT_FORMAT = len(STEPS) + 1
"""What editions are stored in now. To change the content's shape, add a step and keep an edition of the format before
beside the test that reads them all (tests/reporting_api/review/test_formats.py)."""

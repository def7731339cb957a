"""What the public may see of a grid: a finer split of the period than the policy's own cells, so all of it or nothing.

Only the whole city's quarter is divided by hour. Its volumes are shown if every hour has none or as many presses as a
mean needs, and its indexes if besides every button of every hour has none or as many as a cell needs: an index and its
number would else tell a button pressed once. What is shown adds up of safe counts only, so nothing is left to subtract.
"""

from dataclasses import dataclass

from services.reporting_api.disclosure.counts import Key, Kind, is_safe
from services.reporting_api.disclosure.patterns import Pattern
from services.reporting_api.disclosure.policy import DisclosurePolicy
from services.reporting_api.hours.grid import Grid
from services.reporting_api.measures.figures import SuppressionReason
from services.shared.periods import PeriodKind


@dataclass(frozen=True, slots=True)
class Hiding:
    """Why a grid's volumes and its indexes are hidden; None where they are shown."""

    volumes: SuppressionReason | None = None
    indexes: SuppressionReason | None = None


ALL_SHOWN = Hiding()


def hiding_of(
    grid: Grid,
    kind: PeriodKind,
    pattern: Pattern,
    policy: DisclosurePolicy,
    *,
    is_of_city: bool,
    is_revised: bool = False,
) -> Hiding:
    """What to hide of the grid; ``pattern`` is that of the smileys of the same period and place.

    ``is_revised`` where an earlier edition counted other smileys: hour by hour the difference would be of few.
    """
    reason = pattern.whole
    if kind is not PeriodKind.QUARTER or not is_of_city:
        reason = SuppressionReason.DETAIL
    elif reason is None and not pattern.is_empty:
        reason = SuppressionReason.PARENT_HIDDEN
    elif reason is None and is_revised:
        reason = SuppressionReason.REVISED
    elif reason is None and not _are_volumes_safe(grid, policy):
        reason = SuppressionReason.SMALL_COUNTS
    if reason is not None:
        return Hiding(reason, reason)
    return Hiding(None, None if _are_buttons_safe(grid, policy) else SuppressionReason.SMALL_COUNTS)


def _are_volumes_safe(grid: Grid, policy: DisclosurePolicy) -> bool:
    return all(is_safe({Key(Kind.MEAN_BASE): grid.number(hour)}, policy) for hour in grid.presses)


def _are_buttons_safe(grid: Grid, policy: DisclosurePolicy) -> bool:
    return all(
        is_safe({Key(Kind.CELL, kind, str(value)): number for (kind, value), number in buttons.items()}, policy)
        for buttons in grid.presses.values()
    )

"""Which button v1's index 0 is: the vendor does not say, so hours are compared with single presses of the same time."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from services.shared.tables.happy_or_not import IndexOrder, OrderCheck


def hour_of(instant: datetime) -> datetime:
    """The beginning of the hour; zones of whole hours only, as all of the city's are."""
    return instant.replace(minute=0, second=0, microsecond=0)


def check_order(
    hours: Mapping[datetime, Sequence[int]], presses: Iterable[tuple[datetime, int]], order: IndexOrder
) -> OrderCheck:
    """Whether ``order`` explains the hours better than the other one; single presses count from the most negative.

    Misuse is left out of the hours and not of the presses, so they need not agree to the last one: the order that is
    nearer is the right one.
    """
    pressed = Counter((hour_of(at), button) for at, button in presses)
    stated = reverse = 0
    for hour, counts in hours.items():
        if not any(pressed[hour, button] for button in range(len(counts))):
            continue
        single = [pressed[hour, button] for button in range(len(counts))]
        negative_first, positive_first = list(counts), list(reversed(counts))
        is_negative = order is IndexOrder.NEGATIVE_FIRST
        stated += _distance(negative_first if is_negative else positive_first, single)
        reverse += _distance(positive_first if is_negative else negative_first, single)
    if stated == reverse:
        return OrderCheck.UNDECIDED
    return OrderCheck.CONFIRMED if stated < reverse else OrderCheck.CONTRADICTED


def _distance(one: Sequence[int], other: Sequence[int]) -> int:
    return sum(abs(first - second) for first, second in zip(one, other, strict=True))

"""What is asked about periods, and finding what it names."""

from dataclasses import dataclass
from datetime import datetime

from services.reporting_api.disclosure.published import LIVE, Records
from services.reporting_api.periods.errors import PeriodLabelProblem, PeriodNotBegunProblem, UnknownUnitProblem
from services.shared.catalogue import Catalogue, UnitsAs
from services.shared.clock import local_day
from services.shared.periods import InvalidPeriodLabelError, Period, PeriodKind, parse_period, period_of
from services.shared.problems import InvalidParam, InvalidRequestProblem
from services.shared.tables import Unit


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is asked: a period by kind and label, perhaps of one unit's branch, perhaps with statements."""

    kind: PeriodKind
    label: str
    unit: str | None
    units: UnitsAs
    as_of: datetime
    is_internal: bool
    """Asked with a key that may see unsuppressed figures."""
    compares_statements: bool = False
    series: int | None = None
    """How many periods the figures' series have, this one being the last; None for no series."""
    edition: tuple[str, int] | None = None
    """The edition, by quarter and version, whose own records are counted for its quarter, published or not."""

    @property
    def records(self) -> Records:
        """Staff see the live records; the public those of published editions, where there are any."""
        return LIVE if self.is_internal else Records(self.as_of, self.edition)


def inquiry_of_city(period: Period, as_of: datetime, *, is_internal: bool) -> Inquiry:
    """Of the whole city's period."""
    return Inquiry(period.kind, period.label, None, UnitsAs.THEN, as_of, is_internal=is_internal)


def series_of(inquiry: Inquiry, number: int) -> list[Period]:
    """The period asked for and ``number - 1`` periods before it, oldest first; raises as :func:`find_period`."""
    periods = [find_period(inquiry.kind, inquiry.label, inquiry.as_of)]
    while len(periods) < number:
        periods.insert(0, periods[0].previous())
    return periods


def find_period(kind: PeriodKind, label: str, as_of: datetime) -> Period:
    """The period that ``label`` names, begun by ``as_of``; raises the problems of ``errors.py``."""
    try:
        period = parse_period(kind, label)
    except InvalidPeriodLabelError as error:
        reason = str(error)
        raise PeriodLabelProblem(reason, invalid_params=[InvalidParam(name=str(kind), reason=reason)]) from error
    if period.starts_at > as_of:
        present = period_of(period.kind, local_day(as_of))
        raise PeriodNotBegunProblem(
            f"{period.label} begins on {period.starts_on}; the newest {period.kind} to ask for is {present.label}"
        )
    return period


def find_unit(catalogue: Catalogue, code: str, units: UnitsAs) -> Unit:
    """The unit of the code or alias; raises :class:`UnknownUnitProblem`."""
    try:
        return catalogue.find_unit_as(code, units=units)
    except InvalidRequestProblem as problem:
        raise UnknownUnitProblem(problem.detail, invalid_params=problem.invalid_params) from None

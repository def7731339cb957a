"""A clock's row from the database as exact days."""

from fractions import Fraction

from sqlalchemy import RowMapping

from services.reporting_api.measures.tallies import MICROSECONDS_PER_DAY
from services.reporting_api.periods.aggregates import ClockAggregate


def clock_aggregate(row: RowMapping) -> ClockAggregate:
    """The aggregate of ``row``: microseconds become days, the two middle values their mean."""
    lower, upper = row["lower_bound"], row["upper_bound"]
    return ClockAggregate(
        n=row["n"],
        microseconds=int(row["microseconds"]),
        variance=float(row["variance"] or 0) / MICROSECONDS_PER_DAY**2,
        median=Fraction(row["lower_middle"] + row["upper_middle"], 2 * MICROSECONDS_PER_DAY),
        median_bounds=None if lower is None else (lower / MICROSECONDS_PER_DAY, upper / MICROSECONDS_PER_DAY),
    )

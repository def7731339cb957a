"""Periods: half-open, of the city's calendar, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.shared.clock import CITY_ZONE, local_day, midnight
from services.shared.periods import InvalidPeriodLabelError, PeriodKind, parse_period, period_of, periods_over

days = st.dates(min_value=date(2001, 1, 1), max_value=date(2099, 12, 31))
kinds = st.sampled_from(PeriodKind)


@given(kinds, days)
def test_every_day_is_in_exactly_one_period_of_a_kind(kind: PeriodKind, day: date) -> None:
    period = period_of(kind, day)
    assert period.starts_on <= day < period.ends_on
    assert period.previous().ends_on == period.starts_on
    assert parse_period(kind, period.label) == period


@given(kinds, days)
def test_the_same_period_last_year_is_a_year_before(kind: PeriodKind, day: date) -> None:
    period = period_of(kind, day)
    before = period.same_last_year()
    assert before.kind is kind
    assert 358 <= (period.starts_on - before.starts_on).days <= 372


@given(days)
def test_a_day_begins_at_local_midnight(day: date) -> None:
    start = midnight(day)
    assert start.astimezone(CITY_ZONE).replace(tzinfo=None) == datetime(day.year, day.month, day.day)  # noqa: DTZ001
    assert local_day(start) == day
    assert local_day(start - timedelta(microseconds=1)) == day - timedelta(days=1)


@pytest.mark.parametrize("year", range(2015, 2041))
def test_quarters_of_every_year_are_whole_and_disjoint(year: int) -> None:
    quarters = [parse_period(PeriodKind.QUARTER, f"{year}-Q{number}") for number in (1, 2, 3, 4)]
    assert sum(quarter.days for quarter in quarters) == (date(year + 1, 1, 1) - date(year, 1, 1)).days
    # Two hours ahead of UTC in winter, three in summer: only the first quarter begins in winter time.
    assert [quarter.starts_at.hour for quarter in quarters] == [22, 21, 21, 21]
    hours = [(quarter.ends_at - quarter.starts_at).total_seconds() / 3600 for quarter in quarters]
    assert hours == [quarters[0].days * 24 - 1, quarters[1].days * 24, quarters[2].days * 24, quarters[3].days * 24 + 1]


@pytest.mark.parametrize(
    ("instant", "label"),
    [
        ("2021-03-31T20:59:59Z", "2021-Q1"),
        ("2021-03-31T21:00:00Z", "2021-Q2"),
        ("2021-06-30T20:59:59.999999Z", "2021-Q2"),
        ("2021-06-30T21:00:00Z", "2021-Q3"),
        ("2021-12-31T21:59:59Z", "2021-Q4"),
        ("2021-12-31T22:00:00Z", "2022-Q1"),
    ],
)
def test_helsinki_midnight_parts_the_quarters(instant: str, label: str) -> None:
    when = datetime.fromisoformat(instant)
    assert period_of(PeriodKind.QUARTER, local_day(when)).label == label
    quarter = parse_period(PeriodKind.QUARTER, label)
    assert quarter.starts_at <= when < quarter.ends_at


@pytest.mark.parametrize("night", [date(2021, 3, 28), date(2021, 10, 31)])
def test_both_daylight_saving_nights_belong_to_their_day(night: date) -> None:
    start, end = midnight(night), midnight(night + timedelta(days=1))
    instants = [start + timedelta(minutes=15 * n) for n in range(int((end - start) / timedelta(minutes=15)))]
    assert len(instants) == (92 if night.month == 3 else 100)
    assert {local_day(instant) for instant in instants} == {night}


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        (PeriodKind.QUARTER, "2021-Q5"),
        (PeriodKind.QUARTER, "2021-q2"),
        (PeriodKind.QUARTER, "Q2-2021"),
        (PeriodKind.MONTH, "2021-13"),
        (PeriodKind.MONTH, "2021-5"),
        (PeriodKind.WEEK, "2021-W53"),
        (PeriodKind.WEEK, "2021-W00"),
        (PeriodKind.YEAR, "21"),
        (PeriodKind.YEAR, "1999"),
        (PeriodKind.YEAR, "2101"),
        (PeriodKind.YEAR, "２０２１"),
    ],
)
def test_a_wrong_label_is_refused(kind: PeriodKind, label: str) -> None:
    with pytest.raises(InvalidPeriodLabelError):
        parse_period(kind, label)


def test_week_53_is_compared_with_the_last_week_of_a_shorter_year() -> None:
    assert parse_period(PeriodKind.WEEK, "2020-W53").same_last_year().label == "2019-W52"


def test_instants_are_utc() -> None:
    assert parse_period(PeriodKind.QUARTER, "2021-Q2").starts_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("kind", "label", "over", "expected"),
    [
        (PeriodKind.QUARTER, "2021-Q2", PeriodKind.MONTH, ["2021-04", "2021-05", "2021-06"]),
        (PeriodKind.MONTH, "2021-05", PeriodKind.QUARTER, ["2021-Q2"]),
        (PeriodKind.WEEK, "2021-W13", PeriodKind.QUARTER, ["2021-Q1", "2021-Q2"]),
        (PeriodKind.YEAR, "2021", PeriodKind.QUARTER, ["2021-Q1", "2021-Q2", "2021-Q3", "2021-Q4"]),
    ],
)
def test_periods_over_another_have_days_in_common(
    kind: PeriodKind, label: str, over: PeriodKind, expected: list[str]
) -> None:
    assert [period.label for period in periods_over(parse_period(kind, label), over)] == expected

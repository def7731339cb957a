"""The rule on silent devices, by days alone."""

from datetime import date, timedelta

import pytest

from services.survey_api.devices.silence import SilenceRule, find_pattern

RULE = SilenceRule(
    open_weekday_share=0.5, gap_quantile=0.95, gap_least_days=1, pattern_least_days=5, first_press_days=7
)
MONDAY = date(2021, 3, 1)


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def weekdays(count: int) -> list[date]:
    """The Mondays to Fridays of the first ``count`` days."""
    return [day(number) for number in range(count) if day(number).weekday() < 5]


@pytest.mark.parametrize(("today", "gap", "silent"), [(56, 0, False), (57, 1, False), (58, 2, True), (63, 5, True)])
def test_an_office_is_silent_after_more_open_days_than_usual(today: int, gap: int, silent: bool) -> None:
    # Pressed last on Friday, day 53: the weekend is no gap, and neither is today.
    pattern = find_pattern(weekdays(54), placed_on=MONDAY, today=day(today), closed=(), rule=RULE)
    assert (pattern.open_weekdays, pattern.gap_days, pattern.is_silent) == ((1, 2, 3, 4, 5), gap, silent)


def test_holidays_are_no_gap() -> None:
    closed = {day(56), day(57)}
    pattern = find_pattern(weekdays(54), placed_on=MONDAY, today=day(59), closed=closed, rule=RULE)
    assert (pattern.gap_days, pattern.is_silent) == (1, False)


def test_a_rarely_pressed_device_is_measured_by_its_own_gaps() -> None:
    every_fourth = [day(number) for number in range(0, 81, 4)]
    usual = find_pattern(every_fourth, placed_on=MONDAY, today=day(84), closed=(), rule=RULE)
    assert (usual.usual_gap_days, usual.is_silent) == (3, False)
    assert find_pattern(every_fourth, placed_on=MONDAY, today=day(85), closed=(), rule=RULE).is_silent


def test_a_silence_does_not_unlearn_the_open_days() -> None:
    pattern = find_pattern(weekdays(30), placed_on=MONDAY, today=day(80), closed=(), rule=RULE)
    assert pattern.open_weekdays == (1, 2, 3, 4, 5)
    assert pattern.is_silent


def test_a_device_that_was_moved_is_not_silent_for_the_time_before() -> None:
    pattern = find_pattern(weekdays(30), placed_on=day(78), today=day(79), closed=(), rule=RULE)
    assert not pattern.is_silent


@pytest.mark.parametrize(("today", "silent"), [(6, False), (7, False), (8, True)])
def test_without_a_pattern_a_week_is_waited(today: int, silent: bool) -> None:
    pattern = find_pattern([MONDAY], placed_on=MONDAY, today=day(today), closed=(), rule=RULE)
    assert (pattern.open_weekdays, pattern.is_silent) == ((), silent)

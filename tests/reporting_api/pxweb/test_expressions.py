"""Selection expressions against variables written out by hand."""

import pytest

from services.reporting_api.pxweb.expressions import UnknownCodeError, select, split

QUARTERS = ["2018-Q4", "2019-Q1", "2019-Q2", "2019-Q3"]
TYPES = ["complaint", "question", "thanks", "initiative"]


@pytest.mark.parametrize(
    ("expression", "chosen"),
    [
        ("2019-Q1", ["2019-Q1"]),
        ("*", QUARTERS),
        ("2019*", QUARTERS[1:]),
        ("2019-Q?", QUARTERS[1:]),
        ("TOP(1)", ["2019-Q3"]),
        ("top(2)", ["2019-Q2", "2019-Q3"]),
        ("TOP(1,1)", ["2019-Q2"]),
        ("TOP(99)", QUARTERS),
        ("BOTTOM(1)", ["2018-Q4"]),
        ("FROM(2019-q2)", ["2019-Q2", "2019-Q3"]),
        ("TO(2019-Q1)", ["2018-Q4", "2019-Q1"]),
        ("RANGE(2019-Q1,2019-Q2)", ["2019-Q1", "2019-Q2"]),
    ],
)
def test_of_time_the_top_is_the_newest(expression: str, chosen: list[str]) -> None:
    assert select(QUARTERS, expression, is_time=True) == chosen


@pytest.mark.parametrize(
    ("expression", "chosen"), [("TOP(2)", TYPES[:2]), ("TOP(2,1)", TYPES[1:3]), ("BOTTOM(1)", TYPES[-1:])]
)
def test_of_others_the_top_is_the_first(expression: str, chosen: list[str]) -> None:
    assert select(TYPES, expression, is_time=False) == chosen


@pytest.mark.parametrize(
    "expression",
    ["", " ", "nonsense", "TOP(0)", "TOP(-1)", "TOP()", "TOP(1,2,3)", "FROM(nothing)", "RANGE(thanks,complaint)", "z*"],
)
def test_what_chooses_nothing_is_refused(expression: str) -> None:
    with pytest.raises(UnknownCodeError):
        select(TYPES, expression, is_time=False)


def test_commas_within_brackets_do_not_part() -> None:
    assert split("a,RANGE(b,c),TOP(1,2),d") == ["a", "RANGE(b,c)", "TOP(1,2)", "d"]

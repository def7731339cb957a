"""`$filter` against rows written out by hand: what it means, and what it refuses."""

import pytest

from services.reporting_api.odata.entity_sets import ENTITY_SETS
from services.reporting_api.odata.errors import QueryOptionProblem
from services.reporting_api.odata.filter_parser import parse_filter
from services.reporting_api.tables.formats.flat import FlatRow

SET = ENTITY_SETS["feedback_by_type"]


def row(name: str, type_code: str, value: float | None) -> FlatRow:
    return dict.fromkeys(SET.properties) | {"period": "2019-Q2", "type": type_code, "type_label": name, "value": value}


ROWS = [row("Moite", "complaint", 12), row("Kiitos", "praise", 3.5), row("D'oh", "question", None)]


@pytest.mark.parametrize(
    ("text", "matching"),
    [
        ("type eq 'complaint'", ["complaint"]),
        ("type ne 'complaint'", ["praise", "question"]),
        ("value gt 3.5", ["complaint"]),
        ("value ge 3.5", ["complaint", "praise"]),
        ("value lt 1e1", ["praise"]),
        ("value le -1", []),
        ("value eq null", ["question"]),
        ("value ne null", ["complaint", "praise"]),
        # An ordering with null is false, as OData 4.0 has it, so its negation is true.
        ("not (value gt 3.5)", ["praise", "question"]),
        ("value gt null", []),
        # `and` binds closer than `or`.
        ("type eq 'praise' or type eq 'complaint' and value lt 5", ["praise"]),
        ("(type eq 'praise' or type eq 'complaint') and value gt 5", ["complaint"]),
        ("not type eq 'praise' and value ne null", ["complaint"]),
        ("type_label eq 'D''oh'", ["question"]),
        ("contains(type_label,'iit')", ["praise"]),
        ("startswith(type,'p') or endswith(type,'t')", ["complaint", "praise"]),
        ("  type   eq\t'praise' ", ["praise"]),
    ],
)
def test_it_matches(text: str, matching: list[str]) -> None:
    matches = parse_filter(text, SET.properties)

    assert [one["type"] for one in ROWS if matches(one)] == matching


@pytest.mark.parametrize(
    "text",
    [
        "",
        "type",
        "type eq",
        "type is 'complaint'",
        "type eq complaint",
        'type eq "complaint"',
        "type eq 'complaint",
        "type eq 5",
        "value eq '5'",
        "value gt 5 value lt 7",
        "(value gt 5",
        "value gt 5)",
        "nonsense eq 'x'",
        "__class__ eq 'x'",
        "value.__class__ eq 5",
        "contains(value,'5')",
        "contains(type,5)",
        "concat(type,'x') eq 'y'",
        "value add 1 eq 2",
        "type eq 'x'; DROP TABLE feedback",
        "type eq 'x' -- ",
        "type eq 'x' UNION SELECT body FROM feedback_content",
        "1 eq 1",
        "value gt 5 AND value lt 7",
        "value eq 99999999999999999999999999",
        "(" * 51 + "value gt 5" + ")" * 51,
        "not " * 60 + "value gt 5",
    ],
)
def test_what_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(QueryOptionProblem) as refusal:
        parse_filter(text, SET.properties)
    assert refusal.value.invalid_params[0].name == "$filter"


@pytest.mark.parametrize("text", ["x' or '1' eq '1", "'; DROP TABLE feedback; --", "\\' or 1=1", "%' OR '%'='"])
def test_a_quoted_attack_is_a_text_like_any_other(text: str) -> None:
    quoted = text.replace("'", "''")

    matches = parse_filter(f"type eq '{quoted}'", SET.properties)

    assert not any(matches(one) for one in ROWS)
    assert matches(row("", text, 1))

"""The catalogue's retention policies: none that could both be meant for one item is loaded."""

from typing import Any

import pytest

from services.cli.catalogue.checks import CatalogueFileError, check_retention


def policy(code: str, holds: list[str], types: list[str]) -> dict[str, Any]:
    return {"code": code, "holds": holds, "type_codes": types}


def test_policies_that_share_out_the_items_are_loaded() -> None:
    check_retention([policy("a", [], []), policy("b", [], ["idea"]), policy("c", ["duplicate", "suspected_spam"], [])])


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (policy("b", [], []), "'all others'"),
        (policy("b", [], ["idea"]), "'idea'"),
        (policy("b", ["duplicate"], ["idea"]), "'duplicate'"),
        (policy("b", ["duplicate", "not_feedback"], []), "'duplicate'"),
    ],
)
def test_policies_that_overlap_are_refused(second: dict[str, Any], reason: str) -> None:
    first = [policy("a", [], []), policy("a2", [], ["idea"]), policy("a3", ["duplicate", "suspected_spam"], [])]
    with pytest.raises(CatalogueFileError, match=reason):
        check_retention([*first, second])

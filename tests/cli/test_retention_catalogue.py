"""The catalogue's retention policies: none that could both be meant for one item is loaded."""

from typing import Any

import pytest

from services.cli.catalogue.checks import CatalogueFileError, check_retention


def policy(code: str, holds: list[str], types: list[str], content: str = "feedback") -> dict[str, Any]:
    return {"code": code, "content": content, "holds": holds, "type_codes": types}


def test_policies_that_share_out_the_items_are_loaded() -> None:
    check_retention([policy("a", [], []), policy("b", [], ["idea"]), policy("c", ["duplicate", "suspected_spam"], [])])


def test_policies_of_other_content_are_apart() -> None:
    comments = policy("comments", [], [], "survey_comments")
    check_retention([policy("a", [], []), comments])
    with pytest.raises(CatalogueFileError, match="'all others'"):
        check_retention([policy("a", [], []), comments, policy("more", [], [], "survey_comments")])


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

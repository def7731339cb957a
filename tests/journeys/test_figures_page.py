"""The table of docs/figures.md that says where the published review's values are: each row is asked for."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import Up

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]

PAGE = (Path(__file__).parents[2] / "docs" / "figures.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## Where the published review's values are\n")[2].partition("\n## ")[0]
CODE = re.compile(r"`([^`]+)`")
STEP = re.compile(r"(?P<name>\w+)(?P<entries>\[(?:(?P<key>\w+)=(?P<wanted>[\w-]+))?\])?")
NAMED = (
    *("feedback system", "corona", "chats", "ombudsmen", "Happy or Not", "weekly", "feedback boxes", "social media"),
    *("client survey", "department", "causes of dissatisfaction", "social reporting", "panels", "councils"),
    *("experts by experience", "initiatives", "accessibility", "participation plan", "yearly"),
)
"""What the two documents name."""


def rows() -> list[tuple[str, bool, list[str]]]:
    """Each row's address, whether it is asked with a key, and the properties that are there."""
    lines = [line.strip("|").split("|") for line in SECTION.splitlines() if line.startswith("|")][2:]
    found = []
    for _named, asked, there in lines:
        (path,) = CODE.findall(asked)
        found.append((path, "with a key" in asked, CODE.findall(there)))
    return found


def found_at(part: Any, place: str) -> Iterator[Any]:
    """The values at a place such as ``chats[code=dental-chat].questions[].options[].share.value``."""
    if not place:
        yield part
        return
    step, _, rest = place.partition(".")
    match = STEP.fullmatch(step)
    assert match is not None, step
    below = part[match["name"]]
    entries = below if match["entries"] else [below]
    for entry in entries:
        if match["key"] is None or entry[match["key"]] == match["wanted"]:
            yield from found_at(entry, rest)


def test_every_source_that_the_documents_name_is_there() -> None:
    assert [name for name in NAMED if name.casefold() not in SECTION.casefold()] == []


def test_every_row_leads_to_its_figures(katsaus_up: Up) -> None:
    missing: list[tuple[str, str]] = []
    answers: dict[tuple[str, bool], Any] = {}
    for path, has_key, places in rows():
        assert places, path
        if (path, has_key) not in answers:
            with katsaus_up.client(2, key=katsaus_up.key if has_key else None) as client:
                answer = client.get(path)
            assert answer.status_code == 200, (path, answer.text)
            answers[path, has_key] = answer.json()
        body = answers[path, has_key]
        missing += [(path, place) for place in places if all(value is None for value in found_at(body, place))]
    assert missing == []

"""The rules for tables of two classifications and for revisions, attacked; and the published policy."""

import httpx
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.reporting_api.disclosure.policy import PUBLIC_2
from services.reporting_api.disclosure.revisions import hidden_by_revision
from services.reporting_api.disclosure.two_way import hidden_of_table
from tests.reporting_api.attack import Area, Attacker, Finding

COLUMNS = ("c0", "c1", "c2")
MINIMUM = PUBLIC_2.minimum_cell

tables = st.lists(
    st.tuples(*(st.one_of(st.integers(0, 4), st.integers(5, 40), st.just(0)) for _ in COLUMNS)), min_size=2, max_size=4
)


def by_place(rows: list[tuple[int, ...]]) -> dict[tuple[str, str], int]:
    return {
        (f"r{index}", column): number
        for index, row in enumerate(rows)
        for column, number in zip(COLUMNS, row, strict=True)
    }


def attack(numbers: dict[tuple[str, str], int], hidden: frozenset[tuple[str, str]]) -> list[Finding]:
    """Knows the sums of rows and columns, the shown cells, and that noughts are shown."""
    rows = sorted({row for row, _ in numbers})
    attacker = Attacker(COLUMNS, [(row, "all") for row in rows])
    whole = Area(frozenset(rows), frozenset({"all"}))
    for column in COLUMNS:
        attacker.learn(whole, [column], sum(numbers[row, column] for row in rows))
    for (row, column), number in numbers.items():
        area = Area(frozenset({row}), whole.blocks)
        attacker.learn(area, COLUMNS, sum(numbers[row, one] for one in COLUMNS))
        if (row, column) in hidden:
            attacker.learn(area, [column], 1, sum(numbers.values()))
        else:
            attacker.learn(area, [column], number)
    return [
        Finding(f"{place}", numbers[place], *attacker.bounds(Area(frozenset({place[0]}), whole.blocks), [place[1]]))
        for place in sorted(hidden)
    ]


class TestTwoWay:
    @settings(max_examples=60, deadline=None)
    @given(tables)
    def test_no_hidden_cell_is_known_and_no_small_one_known_to_be_small(self, rows: list[tuple[int, ...]]) -> None:
        numbers = by_place(rows)
        hidden = hidden_of_table(numbers, PUBLIC_2)
        assume(hidden is not None)
        assert hidden is not None

        findings = attack(numbers, hidden)

        assert {place for place, number in numbers.items() if 0 < number < MINIMUM} <= hidden
        assert [found for found in findings if found.least == found.most or found.betrays(MINIMUM)] == []

    def test_the_small_cells_alone_would_be_told(self) -> None:
        numbers = by_place([(3, 20, 30), (10, 8, 9)])

        assert attack(numbers, frozenset({("r0", "c0")}))[0].betrays(MINIMUM)
        expected = frozenset({("r0", "c0"), ("r0", "c1"), ("r1", "c0"), ("r1", "c1")})
        assert hidden_of_table(numbers, PUBLIC_2) == expected

    def test_what_nothing_protects_is_not_shown(self) -> None:
        assert hidden_of_table(by_place([(3, 20, 30), (0, 8, 9)]), PUBLIC_2) is None

    def test_enough_in_each_hides_nothing(self) -> None:
        assert hidden_of_table(by_place([(5, 20, 0), (10, 8, 9)]), PUBLIC_2) == frozenset()


class TestRevisions:
    def test_one_late_answer_hides_the_distribution(self) -> None:
        assert hidden_by_revision([{"yes": 40, "no": 20}], {"yes": 41, "no": 20}, PUBLIC_2) == {"yes", "no"}

    def test_five_late_answers_may_be_shown(self) -> None:
        assert hidden_by_revision([{"yes": 40, "no": 20}], {"yes": 45, "no": 20}, PUBLIC_2) == frozenset()

    def test_what_was_hidden_stays_hidden(self) -> None:
        assert hidden_by_revision([{"a": None, "b": None, "c": 9}], {"a": 9, "b": 7, "c": 9}, PUBLIC_2) == {"a", "b"}

    def test_every_edition_counts(self) -> None:
        editions = [{"yes": 40}, {"yes": 46}]

        assert hidden_by_revision(editions, {"yes": 44}, PUBLIC_2) == {"yes"}

    @given(st.lists(st.integers(0, 30), min_size=3, max_size=3), st.lists(st.integers(0, 30), min_size=3, max_size=3))
    def test_no_shown_difference_is_small(self, old: list[int], new: list[int]) -> None:
        counts = dict(zip("abc", new, strict=True))
        hidden = hidden_by_revision([dict(zip("abc", old, strict=True))], counts, PUBLIC_2)

        shown = [abs(counts[cell] - was) for cell, was in zip("abc", old, strict=True) if cell not in hidden]
        assert all(change == 0 or change >= MINIMUM for change in shown)


@pytest.mark.anyio
async def test_the_policy_is_published(anyone: httpx.AsyncClient) -> None:
    policy = (await anyone.get("/v1/disclosure-policy")).json()

    assert (policy["name"], policy["minimum_cell"], policy["minimum_mean_base"]) == ("public-2", 5, 10)
    assert [reason["code"] for reason in policy["reasons"]] == ["small_counts", "parent_hidden", "detail", "running"]
    assert all({"fi", "sv", "en"} == set(labels) for labels in policy["rules"])

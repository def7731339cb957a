"""The rules for tables of two classifications and for revisions, attacked; and the published policy."""

import httpx
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.reporting_api.disclosure.counts import Key, Kind
from services.reporting_api.disclosure.joint import JointPattern, revised_joint
from services.reporting_api.disclosure.policy import PUBLIC_4
from services.reporting_api.disclosure.revisions import Change, hidden_by_change
from services.reporting_api.disclosure.two_way import hidden_of_table
from services.reporting_api.measures.figures import SuppressionReason
from tests.reporting_api.attack.solver import Area, Attacker, Finding

COLUMNS = ("c0", "c1", "c2")
MINIMUM = PUBLIC_4.minimum_cell

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
    """Knows the sums of rows and columns, and the shown cells. Among the hidden ones there may be noughts."""
    rows = sorted({row for row, _ in numbers})
    attacker = Attacker()
    whole = Area(frozenset(rows), frozenset({"all"}))
    for column in COLUMNS:
        attacker.learn(whole.atoms([column]), sum(numbers[row, column] for row in rows))
    for (row, column), number in numbers.items():
        area = Area(frozenset({row}), whole.blocks)
        attacker.learn(area.atoms(COLUMNS), sum(numbers[row, one] for one in COLUMNS))
        if (row, column) not in hidden:
            attacker.learn(area.atoms([column]), number)
    return [
        Finding(
            f"{place}", numbers[place], *attacker.bounds(Area(frozenset({place[0]}), whole.blocks).atoms([place[1]]))
        )
        for place in sorted(hidden)
    ]


class TestTwoWay:
    @settings(max_examples=60)
    @given(tables)
    def test_no_hidden_cell_is_known_and_no_small_one_known_to_be_small(self, rows: list[tuple[int, ...]]) -> None:
        numbers = by_place(rows)
        hidden = hidden_of_table(numbers, PUBLIC_4)
        assume(hidden is not None)
        assert hidden is not None

        findings = attack(numbers, hidden)

        assert {place for place, number in numbers.items() if 0 < number < MINIMUM} <= hidden
        assert [found for found in findings if found.least == found.most or found.betrays(MINIMUM)] == []

    def test_the_small_cells_alone_would_be_told(self) -> None:
        numbers = by_place([(3, 20, 30), (10, 8, 9)])

        assert attack(numbers, frozenset({("r0", "c0")}))[0].betrays(MINIMUM)
        expected = frozenset({("r0", "c0"), ("r0", "c1"), ("r1", "c0"), ("r1", "c1")})
        assert hidden_of_table(numbers, PUBLIC_4) == expected

    def test_what_nothing_protects_is_not_shown(self) -> None:
        assert hidden_of_table(by_place([(3, 20, 30), (0, 8, 9)]), PUBLIC_4) is None

    def test_enough_in_each_hides_nothing(self) -> None:
        assert hidden_of_table(by_place([(5, 20, 0), (10, 8, 9)]), PUBLIC_4) == frozenset()


def of_question(**cells: int) -> Change:
    return {Key(Kind.CELL, "q", name): number for name, number in cells.items()}


class TestChanges:
    def test_one_late_answer_hides_everything(self) -> None:
        assert hidden_by_change(of_question(yes=1), PUBLIC_4).whole

    def test_five_late_answers_may_be_shown(self) -> None:
        assert hidden_by_change(of_question(yes=6, no=5), PUBLIC_4).is_empty

    def test_a_small_change_is_hidden_with_another(self) -> None:
        pattern = hidden_by_change(of_question(a=2, b=9, c=80), PUBLIC_4)

        assert pattern.cells == {("q", "a"), ("q", "b")}
        assert not pattern.bases

    def test_where_some_came_and_others_went_all_is_hidden(self) -> None:
        pattern = hidden_by_change(of_question(a=2, b=-9, c=80), PUBLIC_4)

        assert pattern.cells == {("q", "a"), ("q", "b"), ("q", "c")}
        assert pattern.bases == {"q"}

    @given(st.lists(st.integers(-30, 30), min_size=3, max_size=3))
    def test_no_shown_difference_is_small(self, changes: list[int]) -> None:
        change = {
            key: number for key, number in of_question(**dict(zip("abc", changes, strict=True))).items() if number
        }
        pattern = hidden_by_change(change, PUBLIC_4)

        shown = [number for key, number in change.items() if pattern.of_cell("q", key.cell) is None]
        assert all(abs(number) >= MINIMUM for number in shown)

    def test_topics_by_types_that_changed_by_few_are_hidden(self) -> None:
        before: dict[tuple[str | None, str], int] = {("a", "x"): 20, ("a", "y"): 30, ("b", "x"): 40, ("b", "y"): 9}

        assert revised_joint({**before, ("a", "x"): 21}, [before], {}, PUBLIC_4).whole == SuppressionReason.REVISED
        assert revised_joint({**before, ("a", "x"): 25}, [before], {}, PUBLIC_4) == JointPattern(None)
        small = {**before, ("b", "y"): 4}
        assert revised_joint(before, [small], {}, PUBLIC_4).of("b", "y") == SuppressionReason.SMALL_COUNTS


@pytest.mark.anyio
async def test_the_policy_is_published(anyone: httpx.AsyncClient) -> None:
    policy = (await anyone.get("/v1/disclosure-policy")).json()

    assert (policy["name"], policy["minimum_cell"], policy["minimum_mean_base"]) == ("public-4", 5, 10)
    codes = [reason["code"] for reason in policy["reasons"]]
    assert codes == ["small_counts", "parent_hidden", "detail", "running", "revised"]
    assert all({"fi", "sv", "en"} == set(labels) for labels in policy["rules"])

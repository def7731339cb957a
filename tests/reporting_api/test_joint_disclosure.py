"""Topics by types: an integer program that knows everything public of the same items finds no small cell."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.disclosure.joint import pattern_of_joint
from services.reporting_api.disclosure.policy import IN_FORCE
from services.reporting_api.disclosure.two_way import hidden_of_table
from services.reporting_api.measures.figures import SuppressionReason
from tests.reporting_api.conftest import Read
from tests.reporting_api.factories import add_feedback

TOPICS, TYPES, UNITS = ("a", "b", "c", "d"), ("complaint", "question", "thanks"), ("u", "v")
THEMES = {"theme": frozenset({"a", "b"})}
MINIMUM = IN_FORCE.minimum_cell

Atoms = Mapping[tuple[str, str, str], int]
"""Items by unit, topic and type: what nobody outside sees."""


@st.composite
def cities(draw: st.DrawFn) -> Atoms:
    sizes = st.one_of(st.integers(0, 3), st.integers(0, 30))
    return {(unit, topic, kind): draw(sizes) for unit in UNITS for topic in TOPICS for kind in TYPES}


def total(atoms: Atoms, wanted: Sequence[frozenset[str]]) -> int:
    return sum(
        number for key, number in atoms.items() if all(part in some for part, some in zip(key, wanted, strict=True))
    )


EVERY = (frozenset(UNITS), frozenset(TOPICS), frozenset(TYPES))


def public_of(atoms: Atoms, hidden: frozenset[tuple[str, str]]) -> list[tuple[frozenset[str], ...]]:
    """The sums that anybody may read: units by type, topics, the theme by type, and the cells that are not hidden."""
    units, topics, _ = EVERY
    sums: list[tuple[frozenset[str], ...]] = [
        (frozenset({unit}), topics, frozenset({kind})) for unit in UNITS for kind in TYPES
    ]
    sums += [(units, frozenset({topic}), EVERY[2]) for topic in TOPICS]
    sums += [(units, THEMES["theme"], frozenset({kind})) for kind in TYPES]
    sums += [
        (units, frozenset({topic}), frozenset({kind}))
        for topic in TOPICS
        for kind in TYPES
        if (topic, kind) not in hidden
    ]
    return sums


def bounds_of(atoms: Atoms, sums: list[tuple[frozenset[str], ...]], cell: tuple[str, str]) -> tuple[int, int]:
    """Between what the attacker knows the cell to lie."""
    keys = list(atoms)

    def row(wanted: Sequence[frozenset[str]]) -> list[int]:
        return [int(all(part in some for part, some in zip(key, wanted, strict=True))) for key in keys]

    known = np.array([row(wanted) for wanted in sums])
    numbers = np.array([total(atoms, wanted) for wanted in sums])
    target = np.array(row((EVERY[0], frozenset({cell[0]}), frozenset({cell[1]}))))
    found = []
    for sign in (1, -1):
        result = milp(
            sign * target,
            constraints=LinearConstraint(known, numbers, numbers),
            bounds=Bounds(0, np.inf),
            integrality=np.ones(len(keys), dtype=int),
        )
        assert result.success
        found.append(round(sign * result.fun))
    return found[0], found[1]


def joint_of(atoms: Atoms) -> dict[tuple[str | None, str], int]:
    return {
        (topic, kind): total(atoms, (EVERY[0], frozenset({topic}), frozenset({kind})))
        for topic in TOPICS
        for kind in TYPES
    }


def is_theme_shown(atoms: Atoms) -> bool:
    numbers = [total(atoms, (EVERY[0], THEMES["theme"], frozenset({kind}))) for kind in TYPES]
    return all(number == 0 or number >= MINIMUM for number in numbers)


async def topics(session: AsyncSession) -> list[str]:
    """All there are, in the catalogue's order."""
    return list((await session.execute(text("SELECT code FROM topic ORDER BY position"))).scalars())


@settings(max_examples=40, suppress_health_check=[HealthCheck.filter_too_much])
@given(atoms=cities().filter(is_theme_shown))
def test_no_small_cell_is_known_to_be_small(atoms: Atoms) -> None:
    joint = joint_of(atoms)
    pattern = pattern_of_joint(joint, THEMES, IN_FORCE)
    if pattern.whole is not None:
        return
    sums = public_of(atoms, pattern.places)
    for topic, kind in pattern.places:
        number = joint[topic, kind]
        lower, upper = bounds_of(atoms, sums, (topic, kind))
        assert lower <= number <= upper
        assert lower < upper, "pinned"
        if number < MINIMUM:
            assert upper >= MINIMUM, "known to be small"


def test_the_attack_finds_what_no_rule_hides() -> None:
    """With the small cells alone hidden, the same program pins them: the test above can fail."""
    atoms = {(unit, topic, kind): 10 for unit in UNITS for topic in TOPICS for kind in TYPES}
    atoms["u", "a", "thanks"], atoms["v", "a", "thanks"] = 3, 0
    alone = frozenset({("a", "thanks")})

    assert bounds_of(atoms, public_of(atoms, alone), ("a", "thanks")) == (3, 3)
    assert alone < pattern_of_joint(joint_of(atoms), THEMES, IN_FORCE).places


def test_a_row_in_a_column_of_its_own_is_protected_by_a_nought() -> None:
    """Accessibility feedback on the website, and one complaint about it: no rectangle of four numbers has it."""
    numbers = {("website", "accessibility"): 22, ("website", "complaint"): 1}
    numbers |= {(topic, kind): 30 for topic in ("home_care", "premises") for kind in ("complaint", "question")}

    assert hidden_of_table(numbers, IN_FORCE) == frozenset(
        (topic, kind) for topic in ("website", "home_care") for kind in ("accessibility", "complaint")
    )


@pytest.mark.anyio
class TestReport:
    @pytest.fixture(autouse=True)
    async def items(self, session: AsyncSession) -> None:
        numbers = {("home_care", "complaint"): 12, ("home_care", "question"): 9, ("premises", "complaint"): 7}
        numbers |= {("premises", "question"): 2, ("apotti", "complaint"): 8, ("apotti", "question"): 6}
        for (topic, kind), number in numbers.items():
            for _ in range(number):
                await add_feedback(session, topic_code=topic, type_code=kind)

    async def test_causes_are_the_topics_of_complaints_most_common_first(self, read: Read) -> None:
        causes = (await read())["feedback"]["causes"]

        assert [(it["code"], it["number"]["value"], it["share"]["base"]) for it in causes] == [
            ("home_care", 12, 27),
            ("apotti", 8, 27),
            ("premises", 7, 27),
        ]

    async def test_a_small_cell_is_hidden_with_its_rectangle(self, read_publicly: Read) -> None:
        feedback = (await read_publicly())["feedback"]

        hidden = {
            (topic["code"], entry["code"])
            for topic in feedback["by_topic_and_type"]
            for entry in topic["by_type"]
            if entry["number"]["status"] == "suppressed"
        }
        assert len(hidden) == 4
        assert ("premises", "question") in hidden
        assert {topic["number"]["value"] for topic in feedback["by_topic"] if topic["code"]} == {21, 9, 14}

    @pytest.mark.parametrize("path", ["/v1/months/2019-05", "/v1/weeks/2019-W20", "/v1/years/2019"])
    async def test_other_periods_are_for_staff(self, read_publicly: Read, path: str) -> None:
        causes = (await read_publicly(path))["feedback"]["causes"]

        assert {it["number"]["suppression_reason"] for it in causes} == {SuppressionReason.DETAIL}

    async def test_topics_by_unit_are_for_staff(self, read: Read, read_publicly: Read) -> None:
        public = (await read_publicly(unit="oral-health"))["feedback"]
        internal = (await read(unit="oral-health"))["feedback"]

        assert {it["number"]["suppression_reason"] for it in public["by_topic"]} == {SuppressionReason.DETAIL}
        assert [it["number"]["value"] for it in internal["causes"]] == [12, 8, 7]

    async def test_the_list_of_causes_tells_nothing_of_hidden_ones(
        self, read_publicly: Read, read: Read, session: AsyncSession
    ) -> None:
        """Neither by their places nor by leaving out those that are noughts."""
        public, all_seen = (await read_publicly())["feedback"]["causes"], (await read())["feedback"]["causes"]

        hidden = {it["code"] for it in public if it["number"]["status"] == "suppressed"}
        shown = [it["code"] for it in all_seen if it["code"] not in hidden]
        assert [it["code"] for it in public] == [*shown, *[code for code in await topics(session) if code in hidden]]
        assert len(hidden) == 2

    async def test_a_units_one_topic_is_not_told_by_being_the_one_that_is_listed(
        self, read: Read, read_publicly: Read, session: AsyncSession
    ) -> None:
        await add_feedback(session, unit_code="vaccinations", topic_code="home_care", type_code="complaint")
        public = (await read_publicly(unit="vaccinations"))["feedback"]

        assert public["counted"]["value"] == 1
        for name in ("by_topic", "by_topic_and_type", "causes"):
            assert [it["code"] for it in public[name]] == [*await topics(session), None]
        seen = (await read(unit="vaccinations"))["feedback"]
        assert [it["code"] for it in seen["by_topic"]] == ["home_care", None]

"""Hidden counts recovered: none. An attacker with an integer program reads all that is public and bounds what is not.

KATSAUS_ATTACK_CITIES=1000 python -m pytest tests/reporting_api/test_disclosure_attack.py

What the public API says of all records is attacked in the folder ``attack``.
"""

import os
from collections.abc import Callable

import pytest

from tests.reporting_api.random_cities import (
    City,
    PatternOf,
    attack,
    attack_corrections,
    each_distribution_alone,
    invent,
    rules_in_force,
    shown_whole,
    small_cells_only,
)

CITIES = range(int(os.environ.get("KATSAUS_ATTACK_CITIES", "40")))


class TestRandomCities:
    def test_no_small_count_is_known_or_known_to_be_small(self) -> None:
        findings = [(seed, found) for seed in CITIES for found in attack(invent(seed), rules_in_force(invent(seed)))]

        assert findings == []

    def test_much_is_shown_nevertheless(self) -> None:
        shown = [shown_whole(city, rules_in_force(city)) for city in map(invent, range(40))]

        assert sum(parts for parts, _ in shown) > 100
        assert sum(months for _, months in shown) > 50

    @pytest.mark.parametrize("weaker", [each_distribution_alone, small_cells_only])
    def test_the_attack_finds_what_weaker_rules_hide(self, weaker: Callable[[City], PatternOf]) -> None:
        findings = [found for city in map(invent, range(5)) for found in attack(city, weaker(city))]

        assert len(findings) > 20


@pytest.mark.parametrize("corrections", [1, 2])
class TestRandomCorrections:
    def test_editions_betray_nobody_who_was_late(self, corrections: int) -> None:
        findings = [
            found
            for seed in CITIES
            for found in attack_corrections(invent(seed), seed, corrections=corrections, is_guarded=True)
        ]

        assert findings == []

    def test_the_attack_finds_what_editions_by_themselves_tell(self, corrections: int) -> None:
        findings = [
            found
            for seed in range(5)
            for found in attack_corrections(invent(seed), seed, corrections=corrections, is_guarded=False)
        ]

        assert len(findings) >= 10

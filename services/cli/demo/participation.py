"""Demonstration records of the registers of participation: social reports that add up to a table, and invented acts."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

import yaml

from services.cli.demo.counts import SOURCE, Counts
from services.cli.demo.surveys import pair_up
from services.shared.periods import PeriodKind, parse_period

Record = dict[str, Any]

UNITS = ("social-advice", "adult-social-work", "housing-advice", "child-families")


@dataclass(frozen=True)
class SocialReportCounts:
    """One quarter's social reports, each with one or two reasons and one or two barriers."""

    reports: int
    by_reason: Counts
    by_barrier: Counts


def _by_reason(*numbers: int) -> Counts:
    codes = (
        "livelihood housing mental_health_and_substance_use health_and_functioning work_and_study "
        "family_and_relationships loneliness immigration daily_life other"
    )
    return dict(zip(codes.split(), numbers, strict=True))


def _by_barrier(*numbers: int) -> Counts:
    codes = (
        "waiting digital_skills hard_to_find lack_of_information falls_between_services language criteria_not_met "
        "cost access_and_distance trust other"
    )
    return dict(zip(codes.split(), numbers, strict=True))


SOCIAL_REPORTS: Mapping[str, SocialReportCounts] = {
    "2020-Q2": SocialReportCounts(
        55, _by_reason(14, 11, 9, 7, 6, 5, 5, 5, 0, 5), _by_barrier(15, 12, 8, 8, 6, 5, 5, 0, 0, 0, 5)
    ),
    "2021-Q1": SocialReportCounts(
        76, _by_reason(20, 15, 12, 8, 8, 6, 6, 5, 5, 5), _by_barrier(20, 13, 10, 10, 8, 7, 6, 5, 5, 5, 5)
    ),
    "2021-Q2": SocialReportCounts(
        84, _by_reason(22, 18, 14, 9, 8, 7, 6, 6, 5, 5), _by_barrier(24, 14, 12, 11, 9, 8, 7, 6, 5, 5, 5)
    ),
}


def social_reports() -> Iterator[Record]:
    """The social reports of all quarters, by day; always the same."""
    for quarter, counts in SOCIAL_REPORTS.items():
        dice = random.Random(f"social reports {quarter}")  # noqa: S311 (a fixed seed is the point)
        period = parse_period(PeriodKind.QUARTER, quarter)
        days = [day for day in (period.starts_on + timedelta(days=n) for n in range(period.days)) if day.weekday() < 5]
        chosen = sorted(dice.choices(days, k=counts.reports))
        reasons = pair_up(counts.by_reason, counts.reports, dice)
        barriers = pair_up(counts.by_barrier, counts.reports, dice)
        for number, of_report in enumerate(zip(chosen, reasons, barriers, strict=True), start=1):
            yield _marked(
                f"{quarter}-{number:04}",
                {
                    "observed_on": of_report[0].isoformat(),
                    "unit": dice.choice(UNITS),
                    "reasons": of_report[1],
                    "barriers": of_report[2],
                    "note": "Esittelyä varten keksitty kirjaus.",
                },
            )


def panels() -> list[Record]:
    """The panels; meetings and proposals name them by their reference."""
    return [_marked(panel["reference"], panel) for panel in _acts()["panels"]]


def meetings() -> list[Record]:
    """The meetings, each with its ``panel``."""
    return _numbered("meetings")


def proposals() -> list[Record]:
    """The proposals, each with its ``panel``."""
    return _numbered("proposals")


def initiatives() -> list[Record]:
    """The residents' initiatives."""
    return _numbered("initiatives")


def _numbered(name: str) -> list[Record]:
    return [_marked(f"{number:04}", record) for number, record in enumerate(_acts()[name], start=1)]


def _marked(reference: str, record: Record) -> Record:
    return {"source": SOURCE, "reference": reference} | {name: _plain(value) for name, value in record.items()}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


@cache
def _acts() -> Mapping[str, list[Record]]:
    text = (resources.files("services.cli.demo") / "participation.yaml").read_text(encoding="utf-8")
    acts: Mapping[str, list[Record]] = yaml.safe_load(text)
    return acts

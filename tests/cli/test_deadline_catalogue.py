"""The catalogue's deadline policies and public holidays."""

from datetime import date

import pytest
import yaml
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cli.catalogue.files import read_files
from services.cli.catalogue.public_holidays import FIRST_YEAR, LAST_YEAR, public_holiday_rows

pytestmark = pytest.mark.anyio

HOLIDAYS_2021 = {
    "2021-01-01": "Uudenvuodenpäivä",
    "2021-01-06": "Loppiainen",
    "2021-04-02": "Pitkäperjantai",
    "2021-04-04": "Pääsiäispäivä",
    "2021-04-05": "Toinen pääsiäispäivä",
    "2021-05-01": "Vappu",
    "2021-05-13": "Helatorstai",
    "2021-05-23": "Helluntaipäivä",
    "2021-06-26": "Juhannuspäivä",
    "2021-11-06": "Pyhäinpäivä",
    "2021-12-06": "Itsenäisyyspäivä",
    "2021-12-25": "Joulupäivä",
    "2021-12-26": "Tapaninpäivä",
}
"""By the almanac; flag days and name days are no holidays."""

EVES_2021 = {"2021-06-25": "Juhannusaatto", "2021-12-24": "Jouluaatto"}


def of_2021(kind: str) -> dict[str, str]:
    rows = [row for row in public_holiday_rows() if row["day"].year == 2021 and row["kind"] == kind]
    return {row["day"].isoformat(): row["names"]["fi"] for row in rows}


class TestHolidays:
    def test_a_year_by_the_almanac(self) -> None:
        assert of_2021("public_holiday") == HOLIDAYS_2021

    def test_only_the_two_eves_of_the_act(self) -> None:
        assert of_2021("eve") == EVES_2021

    def test_every_year_has_them_in_three_languages(self) -> None:
        rows = list(public_holiday_rows())
        assert {row["day"].year for row in rows} == set(range(FIRST_YEAR, LAST_YEAR + 1))
        assert all(set(row["names"]) == {"fi", "sv", "en"} for row in rows)
        # Ascension Day was on May Day in 2008.
        assert {year: sum(row["day"].year == year for row in rows) for year in (2007, 2008, 2050)} == {
            2007: 15,
            2008: 14,
            2050: 15,
        }

    async def test_loading_fills_the_table(self, connection: AsyncConnection) -> None:
        found = await connection.execute(text("SELECT day, kind FROM public_holiday ORDER BY day"))
        assert [tuple(row) for row in found] == [(row["day"], row["kind"]) for row in public_holiday_rows()]


class TestPolicies:
    def test_they_name_feedback_types_that_exist(self) -> None:
        files = read_files()
        types = {entry["code"] for entry in yaml.safe_load(files["feedback_types.yaml"])}
        policies = yaml.safe_load(files["deadline_policies.yaml"])
        assert {code for policy in policies for code in policy.get("types", [])} <= types

    async def test_the_three_kinds_are_loaded(self, connection: AsyncConnection) -> None:
        found = await connection.execute(
            text("SELECT kind, valid_from, amount, unit, basis FROM deadline_policy ORDER BY kind")
        )
        assert [tuple(row) for row in found] == [
            ("accessibility", date(2019, 9, 23), 14, "calendar_days", "statute"),
            ("feedback", date(2023, 4, 1), 5, "working_days", "city_promise"),
            ("objection", date(2019, 1, 1), 1, "months", "guideline"),
        ]

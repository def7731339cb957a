"""What an attacker without a key reads: every figure that any way out of the public API says."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import httpx

from services.reporting_api.odata.presenter import PREFIX as ODATA
from services.reporting_api.pxweb.endpoints import PREFIX as PXWEB
from services.reporting_api.tables.definitions import TABLES, UNCLASSIFIED_CODE
from services.shared.periods import Period, PeriodKind, parse_period

Json = dict[str, Any]
Units = frozenset[str]

ANSWERS = "answers"
"""Stands for the measure where a bare base is said."""

HOURS = "hours"
"""Stands for the table of the smileys by weekday and hour."""


@dataclass(frozen=True)
class Said:
    """A figure, by the table it stands in and its codes there, wherever it was read; numbers None where hidden."""

    table: str
    key: tuple[str, ...]
    measure: str
    units: Units
    period: Period
    value: float | None
    count: int | None
    base: int | None
    interval: tuple[float, float] | None
    is_hidden: bool
    waves: frozenset[int] = frozenset({0})
    """Whose records it counts (``waves.py``)."""

    def __post_init__(self) -> None:
        told = (self.value, self.count, self.base, self.interval)
        assert not self.is_hidden or told == (None, None, None, None), f"hidden, and said nevertheless: {self}"


async def read(client: httpx.AsyncClient, path: str, **query: str) -> Json:
    """What the address answers."""
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, f"{path} {query}: {answer.text}"
    document: Json = answer.json()
    return document


async def read_report(
    client: httpx.AsyncClient, kind: PeriodKind, label: str, where: Units, /, **query: str
) -> Iterator[Said]:
    """A period's report, with all that its figures say of other periods."""
    return said_in_report(await read(client, f"/v1/{kind}s/{label}", **query), where)


async def read_table(
    client: httpx.AsyncClient, kind: PeriodKind, label: str, table: str, where: Units, /, **query: str
) -> Iterator[Said]:
    """A table's rows, or its JSON-stat cube with ``format``."""
    answer = await read(client, f"/v1/{kind}s/{label}/tables/{table}", **query)
    rows = rows_of_cube(answer) if answer.get("class") == "dataset" else answer["rows"]
    return said_in_rows(table, rows, kind, where)


async def read_pxweb(client: httpx.AsyncClient, table: str, units: Units) -> Iterator[Said]:
    """All of a table's quarters by PxWeb's data address."""
    variables = ["period", *TABLES[table].dimensions, "measure", "statistic"]
    everything = {f"valuecodes[{variable}]": "*" for variable in variables}
    cube = await read(client, f"{PXWEB}/tables/{table}/data", outputFormat="json-stat2", **everything)
    return said_in_rows(table, rows_of_cube(cube), PeriodKind.QUARTER, units)


async def read_odata(client: httpx.AsyncClient, table: str, units: Units) -> Iterator[Said]:
    """All of a table's quarters by the OData feed, page by page."""
    rows: list[Json] = []
    address: str | None = f"{ODATA}/{table.replace('-', '_')}"
    while address:
        page = await read(client, address)
        rows += page["value"]
        address = page.get("@odata.nextLink")
    return said_in_rows(table, rows, PeriodKind.QUARTER, units)


async def read_hours(
    client: httpx.AsyncClient, kind: PeriodKind, label: str, where: Units, /, **query: str
) -> Iterator[Said]:
    """The smileys by weekday and hour, in the period and the one before it."""
    grid = await read(client, f"/v1/{kind}s/{label}/smileys", **query)
    return said_in_hours(grid, where)


def said_in_report(report: Json, units: Units) -> Iterator[Said]:
    """Everything a report of the units says."""
    period = parse_period(PeriodKind(report["period"]["kind"]), report["period"]["label"])
    for table, key, figure in [*_of_feedback(report), *_of_surveys(report), *_of_registers(report)]:
        where = frozenset({key[0]}) if table == "smileys-by-service-point" else units
        yield from _about(table, key, figure, where, period)
    for survey in [*report["chats"], *report["surveys"]]:
        for question in [*survey["questions"], *survey.get("other_questions", [])]:
            if (base := question["base"]) is not None:
                key = survey["code"], question["code"]
                yield Said("survey-questions", key, ANSWERS, units, period, base, base, None, None, is_hidden=False)


Placed = Iterator[tuple[str, tuple[str, ...], Json]]
"""A table, the codes in it, and the figure that stands there."""


def _of_feedback(report: Json) -> Placed:
    feedback = report["feedback"]
    yield "feedback", (), feedback["counted"]
    yield from _entries("feedback-by-type", feedback["by_type"])
    yield from _entries("feedback-by-topic", feedback["by_topic"])
    yield from _entries("causes-of-dissatisfaction", feedback["causes"])
    for topic in feedback["by_topic_and_type"]:
        yield from _entries("feedback-by-topic-and-type", topic["by_type"], _code(topic))
    for theme in report["themes"]:
        yield "themes", (theme["code"],), theme["number"]
        yield from _entries("themes-by-type", theme["by_type"], theme["code"])


def _of_surveys(report: Json) -> Placed:
    smileys = report["smileys"]
    for name in _SMILEYS:
        yield "smileys", (), smileys[name]
        for point in smileys["service_points"]:
            yield "smileys-by-service-point", (point["code"],), point[name]
    for face in smileys["distribution"]:
        yield "smileys-distribution", (face["code"],), face["share"]
    for survey in [*report["chats"], *report["surveys"]]:
        yield "surveys", (survey["code"],), survey["respondents"]
        yield "surveys", (survey["code"],), survey["response_rate"]["share"]
        if survey.get("satisfaction"):
            yield "chats", (survey["code"],), survey["satisfaction"]
        for statement in survey.get("statements", []):
            yield "chat-statements", (survey["code"], statement["code"]), statement["share"]
        for question in [*survey["questions"], *survey.get("other_questions", [])]:
            if question["figure"]:
                yield "survey-questions", (survey["code"], question["code"]), question["figure"]
            for option in question["options"]:
                yield "survey-options", (survey["code"], question["code"], option["code"]), option["share"]


_SMILEYS = ("presses", "satisfied_share", "happy_index", "smiley_mean")


def _of_registers(report: Json) -> Placed:
    if ombudsman := report["ombudsman"]:
        yield "ombudsman", (), ombudsman["contacts"]
        yield "ombudsman", (), ombudsman["reasons_recorded"]
        yield from _entries("ombudsman-by-service", ombudsman["by_service"])
        yield from _entries("ombudsman-by-reason", ombudsman["by_reason"])
    if reports := report["participation"]["social_reports"]:
        yield "participation", (), reports["reasons_recorded"]
        yield "participation", (), reports["barriers_recorded"]
        yield from _entries("social-reports-by-reason", reports["by_reason"])
        yield from _entries("social-reports-by-barrier", reports["by_barrier"])


def _entries(table: str, entries: Iterable[Json], *outer: str) -> Placed:
    for entry in entries:
        yield table, (*outer, _code(entry)), entry["number"]
        yield table, (*outer, _code(entry)), entry["share"]


def _code(entry: Json) -> str:
    return entry["code"] or UNCLASSIFIED_CODE


def _about(table: str, key: tuple[str, ...], figure: Json, units: Units, period: Period) -> Iterator[Said]:
    told: list[tuple[Period, Json]] = [(period, figure), (period.previous(), figure[f"previous_{period.kind}"])]
    if period.kind is not PeriodKind.YEAR:
        told.append((period.same_last_year(), figure[f"same_{period.kind}_last_year"]))
    told += [(parse_period(period.kind, point["period"]), point) for point in figure["series"] or []]
    for when, one in told:
        yield _said(table, key, figure["measure"], units, when, one)


def _said(
    table: str, key: tuple[str, ...], measure: str, units: Units, period: Period, numbers: Mapping[str, Any]
) -> Said:
    interval = numbers.get("interval")
    return Said(
        table,
        key,
        measure,
        units,
        period,
        numbers["value"],
        numbers["count"],
        numbers["base"],
        tuple(interval) if interval else None,
        (numbers["status"] if "status" in numbers else numbers["reason"]) == "suppressed",
    )


_AS_ELSEWHERE = {"chat-options": "survey-options", "smileys-by-hour": HOURS}
"""The tables whose figures the reports, or the grid of hours, say under another table's name."""

_OF_SURVEYS = ("respondents", "response_rate")


def said_in_rows(table: str, rows: Iterable[Json], kind: PeriodKind, units: Units) -> Iterator[Said]:
    """Everything that flat rows of a table say."""
    for row in rows:
        key = tuple(row[dimension] for dimension in TABLES[table].dimensions)
        interval = (row["lower"], row["upper"]) if row["lower"] is not None else None
        where = frozenset(key) if table == "smileys-by-service-point" else units
        name = "surveys" if row["measure"] in _OF_SURVEYS else _AS_ELSEWHERE.get(table, table)
        yield _said(name, key, row["measure"], where, parse_period(kind, row["period"]), row | {"interval": interval})


_HIDDEN, _NO_CELL = "Q", "M"
"""Statuses of JSON-stat cells."""


def rows_of_cube(cube: Json) -> Iterator[Json]:
    """The flat rows of a JSON-stat cube whose last dimension tells the statistics apart."""
    *dimensions, statistic = cube["id"]
    numbers = cube["dimension"][statistic]["category"]["index"]
    codes = [cube["dimension"][name]["category"]["index"] for name in dimensions]
    for place, key in enumerate(product(*codes)):
        first = place * len(numbers)
        status = cube["status"].get(str(first))
        if status != _NO_CELL:
            row = dict(zip(dimensions, key, strict=True)) | dict(
                zip(numbers, cube["value"][first : first + len(numbers)], strict=True)
            )
            yield row | {"status": "suppressed" if status == _HIDDEN else "shown"}


def said_in_hours(grid: Json, units: Units) -> Iterator[Said]:
    """Everything that the grid of hours says of both its periods."""
    for name in ("current", "previous"):
        asked = grid[name]["period"]
        period = parse_period(PeriodKind(asked["kind"]), asked["label"])
        total = _hour((), grid[name], units, period)
        yield from (replace(said, table="smileys") for said in total)
        for extreme in filter(None, (grid[name]["best_hour"], grid[name]["worst_hour"])):
            yield from _hour((str(extreme["weekday"]), str(extreme["hour"])), extreme, units, period)
        for hour in grid["hours"]:
            yield from _hour((str(hour["weekday"]), str(hour["hour"])), hour[name], units, period)


def _hour(key: tuple[str, ...], numbers: Json, units: Units, period: Period) -> Iterator[Said]:
    presses = numbers["presses"]
    yield Said(HOURS, key, "smiley_presses", units, period, presses, presses, None, None, presses is None)
    is_hidden = numbers.get("status") == "suppressed"
    for measure in ("happy_index", "smiley_mean"):
        value = numbers[measure]
        yield Said(HOURS, key, measure, units, period, value, None if is_hidden else presses, None, None, is_hidden)

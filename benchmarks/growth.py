"""A quarter's answer as the answers grow: what anyone waits for while the city writes, and what counting takes.

Run as ``python -m benchmarks.growth``; everything is in a temporary folder that is removed afterwards.
"""

import argparse
import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import httpx
import psycopg
from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import WARMUP_SECONDS, take_turn
from benchmarks.load_generator import Plan
from benchmarks.results import FOLDER, machine, table_of_figures
from benchmarks.stage import HOST, QUARTER_PATH, Stage, running_stage

ANSWERS = (2_400_000, 24_000_000, 240_000_000)
"""A year's: a region's, a country's, and ten countries'."""

WRITES_A_SECOND = 20
"""Each changes what a kept report is compared with; more would change nothing."""

BOUND_SECONDS = 1.1
"""Longer than a report without a key may be old, so that the next one is counted."""

# Each cell the demonstration has (place, question, version, mode, value) in each of ten hours of each day of the
# five quarters that 2021-Q2 and its comparisons are of. The spread is random, and the same in every run. Nobody answers
# a question twice, so there are more responses than any question has answers.
_CELLS = """
    WITH cell AS (
        SELECT DISTINCT service_point_code, survey_code, question_code, version, collection_mode, value,
            -- One a response or a respondent, not one an answer.
            starts_with(question_code, '_') OR (value = 0 AND kind IS NOT NULL) AS is_base
        FROM answer_histogram
        LEFT JOIN (SELECT survey_code, version, code AS question_code, kind FROM survey_question
                   WHERE kind = 'multiple_choice') AS several USING (survey_code, version, question_code)
    ),
    widest AS (
        SELECT survey_code, max(values) AS values
        FROM (
            SELECT survey_code, question_code, count(*) AS values FROM cell
            WHERE NOT is_base GROUP BY survey_code, question_code
        ) AS question
        GROUP BY survey_code
    )
"""
_FILL = (
    _CELLS
    + """
    INSERT INTO answer_histogram
        (service_point_code, survey_code, question_code, given_on, given_hour, version, collection_mode, value, count)
    SELECT *
    FROM (
        SELECT cell.service_point_code, cell.survey_code, cell.question_code, day::date, hour, cell.version,
            cell.collection_mode, cell.value,
            CASE WHEN is_base THEN ceil(1.6 * %(mean)s::float8 * widest.values)::bigint
                ELSE floor(%(mean)s::float8 * (0.5 + random()) + random())::bigint END AS count
        FROM cell JOIN widest USING (survey_code),
        generate_series(timestamp '2020-04-01', timestamp '2021-06-30', interval '1 day') AS day,
        generate_series(8, 17) AS hour
    ) AS filled
    WHERE count > 0
    ON CONFLICT DO NOTHING
"""
)
_CELLS_A_YEAR = _CELLS + "SELECT 365 * 10 * count(*) FROM cell WHERE NOT is_base"
_SIZE = """
    SELECT count(*), (sum(count) FILTER (WHERE NOT starts_with(question_code, '_')))::bigint
    FROM answer_histogram WHERE given_on >= '2020-07-01' AND given_on < '2021-07-01'
"""


@dataclass(frozen=True, slots=True)
class Point:
    """One size. Times are medians in milliseconds."""

    answers: int
    """Of the year that ends with the quarter."""
    rows: int
    """Of the histogram in that year."""
    echo_ms: float
    public_ms: float
    """Anyone, while the city writes."""
    public_ratio: float
    """To the echo of the same round."""
    counted_ms: float
    """Counted anew for anyone, with disclosure control."""
    counted_internal_ms: float


def fill(url: str, answers: int) -> None:
    """As many answers a year as wanted, spread over the cells that the demonstration has."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(_CELLS_A_YEAR.encode()).fetchone()
        cells = int(row[0]) if row else 0
        connection.execute(b"SELECT setseed(0.2021)")
        connection.execute(_FILL.encode(), {"mean": answers / cells})


@contextmanager
def writing(url: str) -> Iterator[None]:
    """While the block runs, transactions are committed all the time."""
    over = threading.Event()

    def write() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while not over.wait(1 / WRITES_A_SECOND):
                connection.execute(b"SELECT pg_current_xact_id()")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        over.set()
        writer.join()


def read_counted(stage: Stage, key: str | None, readings: int) -> float:
    """The median of reports that had to be counted, in milliseconds."""
    times = []
    headers = {"X-API-Key": key} if key else {}
    url = f"http://{HOST}:{stage.ports['reporting_api']}{QUARTER_PATH}"
    with (
        httpx.Client(trust_env=False, timeout=600, headers=headers) as client,
        psycopg.connect(stage.database_url, autocommit=True) as connection,
    ):
        client.get(url).raise_for_status()
        for _ in range(readings):
            if key is None:
                time.sleep(BOUND_SECONDS)
            connection.execute(b"SELECT pg_current_xact_id()")
            began = time.perf_counter()
            client.get(url).raise_for_status()
            times.append(1000 * (time.perf_counter() - began))
    return median(times)


def measure(stage: Stage, options: argparse.Namespace) -> Point:
    """One size: rounds of echo and of ours under writes, then what counting takes."""
    plans = {
        name: Plan(stage.ports[name], QUARTER_PATH, [], options.connections, WARMUP_SECONDS, options.seconds)
        for name in ("echo", "reporting_api")
    }
    medians: dict[str, list[float]] = {name: [] for name in plans}
    with writing(stage.database_url):
        for _ in range(options.rounds):
            for name, plan in plans.items():
                medians[name].append(take_turn(plan).p50_ms)
    with psycopg.connect(stage.database_url) as connection:
        rows, answers = connection.execute(_SIZE.encode()).fetchone() or (0, 0)
    return Point(
        answers=answers,
        rows=rows,
        echo_ms=median(medians["echo"]),
        public_ms=median(medians["reporting_api"]),
        public_ratio=median(a / b for a, b in zip(medians["reporting_api"], medians["echo"], strict=True)),
        counted_ms=read_counted(stage, None, options.readings),
        counted_internal_ms=read_counted(stage, stage.operator_key, options.readings),
    )


def table_of(points: Sequence[Point]) -> Table:
    """The sizes as a table; growth is to the first size."""
    table = table_of_figures(
        *("answers a year", "rows", "echo p50 ms", "anyone p50 ms", "to echo", "counted ms", "growth", "staff")
    )
    for point in points:
        table.add_row(
            f"{point.answers:,}",
            f"{point.rows:,}",
            f"{point.echo_ms:.1f}",
            f"{point.public_ms:.1f}",
            f"{point.public_ratio:.2f} ×",
            f"{point.counted_ms:.0f}",
            f"{point.counted_ms / points[0].counted_ms:.2f} ×",
            f"{point.counted_internal_ms:.0f}",
        )
    return table


def draw(points: Sequence[Point], path: Path) -> None:
    """The growth curve: what counting takes, and what anyone waits for, by answers a year; both axes logarithmic."""
    import altair  # noqa: PLC0415 (slow, and needed at the end only)

    lines = [
        {"answers": point.answers, "milliseconds": value, "what": what}
        for point in points
        for what, value in (("counted anew", point.counted_ms), ("anyone", point.public_ms), ("echo", point.echo_ms))
    ]
    altair.Chart(altair.InlineData(values=lines)).mark_line(point=True).encode(
        x=altair.X("answers:Q", scale=altair.Scale(type="log"), title="answers a year"),
        y=altair.Y("milliseconds:Q", scale=altair.Scale(type="log"), title="median, ms"),
        color=altair.Color("what:N", title=None),
    ).properties(width=420, height=260, title="A quarter's answer as the answers grow").save(path)


def read_options() -> argparse.Namespace:
    """The command's options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="measured time of a turn (%(default)s)")
    parser.add_argument("--connections", type=int, default=4, help="requests under way at once (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of echo and of ours (%(default)s)")
    parser.add_argument("--readings", type=int, default=9, help="reports that are counted (%(default)s)")
    parser.add_argument("--answers", type=int, nargs="+", default=ANSWERS, help="answers a year (%(default)s)")
    return parser.parse_args()


def carry_out(options: argparse.Namespace, console: Console) -> None:
    """Measure all sizes, show them, draw the curve and keep both."""
    points = []
    for answers in options.answers:
        with running_stage(console, fill=lambda url, wanted=answers: fill(url, wanted)) as stage:  # type: ignore[misc]
            points.append(measure(stage, options))
            console.print(f"{answers:,} answers: {points[-1]}")
    console.print(table_of(points))
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"growth-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.json"
    path.write_text(json.dumps({"machine": machine(), "points": [asdict(point) for point in points]}, indent=2) + "\n")
    draw(points, path.with_suffix(".svg"))
    console.print(f"Kept as {path} and .svg", soft_wrap=True)


def main() -> None:
    """Measure as the command line says."""
    carry_out(read_options(), Console())


if __name__ == "__main__":
    main()

"""Counts presses by weekday and hour: one statement for both periods, at most a week's hours of each button."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.hours.grid import Button, Grid, Hour
from services.reporting_api.measures.scales import SMILEYS
from services.reporting_api.periods.aggregates import SurveyDefinition
from services.shared.periods import Period
from services.shared.tables.surveys import MISUSE_QUESTION, QuestionKind

PRESSES = """
SELECT
    period.label AS period,
    histogram.survey_code,
    histogram.question_code,
    extract(isodow FROM histogram.given_on)::int AS weekday,
    histogram.given_hour AS hour,
    histogram.value,
    sum(histogram.count)::bigint AS presses
FROM unnest(
    CAST(:labels AS text[]), CAST(:starts AS date[]), CAST(:ends AS date[])
) AS period (label, starts_on, ends_on)
JOIN LATERAL (
    SELECT * FROM answer_histogram
    WHERE given_on >= period.starts_on AND given_on < period.ends_on
    AND (CAST(:units AS text[]) IS NULL OR service_point_code = ANY (CAST(:units AS text[])))
    OFFSET 0
) AS histogram ON true
JOIN survey ON survey.code = histogram.survey_code AND survey.kind = 'smiley'
GROUP BY 1, 2, 3, 4, 5, 6
HAVING sum(histogram.count) > 0
"""


class HoursRepository:
    """Reads grids over one session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def count(
        self, periods: Iterable[Period], units: frozenset[str] | None, surveys: Iterable[SurveyDefinition]
    ) -> dict[str, Grid]:
        """The grids by period label, of the units' service points or of all."""
        distinct = {period.label: period for period in periods}
        parameters = {
            "labels": list(distinct),
            "starts": [period.starts_on for period in distinct.values()],
            "ends": [period.ends_on for period in distinct.values()],
            "units": None if units is None else sorted(units),
        }
        rows = (await self._session.execute(text(PRESSES), parameters)).mappings().all()
        kinds = {
            (survey.code, question.code): question.kind
            for survey in surveys
            for question in survey.questions
            if question.kind in SMILEYS
        }
        return {label: _grid([row for row in rows if row["period"] == label], kinds) for label in distinct}


def _grid(rows: Sequence[RowMapping], kinds: Mapping[tuple[str, str], QuestionKind]) -> Grid:
    presses: dict[Hour, dict[Button, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        kind = kinds.get((row["survey_code"], row["question_code"]))
        if kind is not None:
            presses[Hour(row["weekday"], row["hour"])][kind, row["value"]] += row["presses"]
    left_out = sum(row["presses"] for row in rows if row["question_code"] == MISUSE_QUESTION)
    return Grid({hour: dict(buttons) for hour, buttons in presses.items()}, left_out)

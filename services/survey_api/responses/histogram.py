"""Changing the histogram when stored responses come to count or cease to."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey_api.responses.submission import LEFT_OUT, HistogramKey, ResponseKey
from services.survey_api.surveys import repository as surveys
from services.survey_api.surveys.answers import counted_of_stored
from services.survey_api.surveys.definitions import SurveyDefinition

_KEYS = """
    CAST(:service_points AS text[]), CAST(:surveys AS text[]), CAST(:questions AS text[]), CAST(:given_on AS date[]),
    CAST(:given_hours AS smallint[]), CAST(:versions AS int[]), CAST(:modes AS text[]), CAST(:values AS smallint[])
"""

# Every writer of the histogram takes its rows in the order of their keys. Changes of both signs cannot be one
# statement, as a row to be inserted may not be negative: the rows are made and taken first, and changed after.
_TAKE = text(
    f"""
    INSERT INTO answer_histogram (service_point_code, survey_code, question_code, given_on, given_hour, version,
        collection_mode, value, count)
    SELECT *, 0 FROM unnest({_KEYS})
    ON CONFLICT (service_point_code, survey_code, question_code, given_on, given_hour, version, collection_mode, value)
    DO UPDATE SET count = answer_histogram.count
    """  # noqa: S608 (a constant)
)

_CHANGE = text(
    f"""
    UPDATE answer_histogram AS counted
    SET count = counted.count + change.difference
    FROM unnest({_KEYS}, CAST(:differences AS bigint[])) AS change (service_point_code, survey_code, question_code,
        given_on, given_hour, version, collection_mode, value, difference)
    WHERE (counted.service_point_code, counted.survey_code, counted.question_code, counted.given_on, counted.given_hour,
        counted.version, counted.collection_mode, counted.value)
      = (change.service_point_code, change.survey_code, change.question_code, change.given_on, change.given_hour,
        change.version, change.collection_mode, change.value)
    """  # noqa: S608 (a constant)
)


class CountedResponse(NamedTuple):
    """What the histogram needs of a stored response."""

    key: ResponseKey
    survey: str
    version: int
    collection_mode: str
    given_on: date
    given_hour: int
    answers: Mapping[str, Any]
    is_complete: bool

    def under(self, question: str, value: int) -> HistogramKey:
        """The key it counts under with the value of the question."""
        return HistogramKey(
            self.key.service_point,
            self.survey,
            question,
            self.given_on,
            self.given_hour,
            self.version,
            self.collection_mode,
            value,
        )


async def change_histogram(session: AsyncSession, differences: Mapping[HistogramKey, int]) -> None:
    """Add the differences, of either sign, to their rows."""
    keys = sorted(key for key, difference in differences.items() if difference)
    if not keys:
        return
    columns = {
        "service_points": [key.service_point for key in keys],
        "surveys": [key.survey for key in keys],
        "questions": [key.question for key in keys],
        "given_on": [key.given_on for key in keys],
        "given_hours": [key.given_hour for key in keys],
        "versions": [key.version for key in keys],
        "modes": [str(key.collection_mode) for key in keys],
        "values": [key.value for key in keys],
    }
    await session.execute(_TAKE, columns)
    await session.execute(_CHANGE, columns | {"differences": [differences[key] for key in keys]})


async def differences_of(
    session: AsyncSession, changes: Iterable[tuple[CountedResponse, bool]]
) -> dict[HistogramKey, int]:
    """The differences that stored responses make by each counting from now on (True), or being left out as misuse."""
    listed = list(changes)
    if not listed:
        return {}
    definitions = await surveys.fetch_definitions(session, {response.survey for response, _ in listed})
    known: dict[str, SurveyDefinition] = {definition.code: definition for definition in definitions}
    differences: Counter[HistogramKey] = Counter()
    for response, counts in listed:
        version = known[response.survey].find_version(response.version)
        assert version is not None  # noqa: S101 (a foreign key)
        sign = 1 if counts else -1
        for question, value in counted_of_stored(version, response.answers, is_complete=response.is_complete):
            differences[response.under(question, value)] += sign
        for question, value in LEFT_OUT:
            differences[response.under(question, value)] -= sign
    return dict(differences)

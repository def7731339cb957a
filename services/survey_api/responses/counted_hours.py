"""An hour of a place is either single presses or a count: presses of an hour that is counted are refused."""

from collections.abc import Sequence
from datetime import UTC

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.tables.surveys import SurveyKind
from services.survey_api.hourly_counts import repository
from services.survey_api.hourly_counts.errors import HourHasCountsProblem
from services.survey_api.hourly_counts.repository import AskedHour
from services.survey_api.responses.lines import JudgedLine
from services.survey_api.responses.submission import JudgedResponse


async def refuse_counted_hours(session: AsyncSession, lines: Sequence[JudgedLine]) -> list[JudgedLine]:
    """The lines, with refusals in the place of presses of hours that are counted."""
    hours = {
        line.number: hour_of(line.outcome)
        for line in lines
        if isinstance(line.outcome, JudgedResponse) and may_be_counted(line.outcome)
    }
    counted = await _find_counted(session, list(hours.values())) if hours else set()
    if not counted:
        return list(lines)
    problem = _problem()
    return [line._replace(outcome=problem) if hours.get(line.number) in counted else line for line in lines]


async def refuse_counted_hour(session: AsyncSession, response: JudgedResponse) -> None:
    """Raise :class:`HourHasCountsProblem` where the response's hour is counted."""
    if may_be_counted(response) and await _find_counted(session, [hour_of(response)]):
        raise _problem()


def _problem() -> HourHasCountsProblem:
    return HourHasCountsProblem(
        "its hour came as a count from the same place; an hour is one or the other, so leave its presses out"
    )


async def _find_counted(session: AsyncSession, hours: Sequence[AskedHour]) -> set[AskedHour]:
    for survey in sorted({hour.survey for hour in hours}):
        await repository.lock_survey(session, survey, is_for_counts=False)
    return await repository.find_counted(session, sorted(set(hours)))


def may_be_counted(response: JudgedResponse) -> bool:
    """Whether the response's hour may be one of counts, which only the database knows."""
    return response.survey.kind is SurveyKind.SMILEY or response.origin.key != ""


def hour_of(response: JudgedResponse) -> AskedHour:
    """The hour the response falls in."""
    # In UTC: an offset of half an hour begins its hours elsewhere.
    hour = response.given_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return AskedHour(response.key.service_point, response.survey.code, response.origin.key, hour)

"""Naming the numbers of a closing statement, those that are zero too."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.periods import InvalidPeriodLabelError, Period, PeriodKind, parse_period
from services.shared.problems import invalid
from services.shared.tables.access import Service
from services.survey_api.statements import repository
from services.survey_api.statements.repository import RecountedRow
from services.survey_api.statements.schemas import Statement
from services.survey_api.surveys import repository as surveys_repository
from services.survey_api.surveys.answers import possible_values
from services.survey_api.surveys.definitions import SurveyDefinition

COUNTED = ("misuse", "responses", "partial", "invitations")
"""What the rows without a question count, by their value."""


async def state_quarter(session: AsyncSession, label: str, *, at: datetime) -> Statement:
    """The closing statement of the quarter; raises :class:`InvalidRequestProblem` for a label that names none."""
    period = _quarter(label)
    counted = {name_of(row): row.answers for row in await repository.recount(session, period)}
    surveys = await surveys_repository.fetch_definitions(session)
    return Statement(
        service=Service.SURVEY_API,
        quarter=period.label,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        counted_at=at,
        numbers=dict(sorted((zeros_of(surveys) | counted).items())),
    )


def name_of(row: RecountedRow) -> str:
    """The statement's name of what the row counts."""
    if row.question is None:
        return f"surveys.{row.survey}.{COUNTED[row.value or 0]}"
    if row.value is None:
        return f"surveys.{row.survey}.{row.question}.asked"
    return f"surveys.{row.survey}.{row.question}.{row.value}"


def zeros_of(surveys: Sequence[SurveyDefinition]) -> dict[str, int]:
    """Every name the surveys' versions allow, at zero."""
    published = [survey for survey in surveys if survey.is_published]
    rows = [RecountedRow(survey.code, None, value, 0) for survey in published for value in range(len(COUNTED))]
    for survey in published:
        for version in survey.versions:
            for question in version.questions.values():
                rows += [RecountedRow(survey.code, question.code, value, 0) for value in possible_values(question)]
                if question.shown_when:
                    rows.append(RecountedRow(survey.code, question.code, None, 0))
    return {name_of(row): 0 for row in rows}


def _quarter(label: str) -> Period:
    try:
        return parse_period(PeriodKind.QUARTER, label)
    except InvalidPeriodLabelError as error:
        raise invalid("quarter", str(error)) from error

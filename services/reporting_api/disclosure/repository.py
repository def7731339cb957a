"""Reads what decides what is hidden: the counts of whole periods, by unit where units are asked for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.answers.cells import Cells
from services.reporting_api.answers.repository import AnswerRepository
from services.reporting_api.disclosure import queries as own
from services.reporting_api.disclosure.opinions import WHOLE_CITY, Opinions
from services.reporting_api.periods import queries
from services.reporting_api.periods.participation_queries import PARTICIPATION
from services.shared.periods import Period

Parameters = Mapping[str, object]
Name = TypeVar("Name")
Numbers = Mapping[tuple[str, ...], int]

Answers = dict[tuple[str, str, str], dict[int, int]]
"""How many of each value, by survey, question and unit."""

Joint = Mapping[tuple[str | None, str], int]
"""Items by topic (None: unclassified) and type."""

ByMode = Mapping[tuple[str, str], Mapping[str, Mapping[int, int]]]
"""Answers by survey and question, way of collection and value."""


class DisclosureRepository:
    """Reads the counts over one session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def count(self, periods: Iterable[Period], *, by_unit: bool) -> dict[str, Opinions]:
        """The counts by period label; answers and feedback by unit, or only smileys, which always are."""
        distinct = {period.label: period for period in periods}
        parameters = {
            "labels": list(distinct),
            "starts": [period.starts_on for period in distinct.values()],
            "ends": [period.ends_on for period in distinct.values()],
            "units": None,
        }
        answers = await self._answers(distinct.values(), by_unit=by_unit)
        themes = await self._numbers(queries.FEEDBACK_THEMES, parameters, "items", "theme_code", "type_code")
        services = await self._numbers(queries.OMBUDSMAN_SERVICES, parameters, "contacts", "service_code")
        reasons = await self._numbers(queries.OMBUDSMAN_REASONS, parameters, "reasons", "reason_code")
        participation = await self._numbers(PARTICIPATION, parameters, "number", "name", "code")
        feedback = await self._numbers(own.FEEDBACK_BY_UNIT, parameters, "number", "unit_code") if by_unit else {}
        return {
            label: Opinions(
                answers=answers.get(label, {}),
                themes={(theme, type_code): number for (theme, type_code), number in themes.get(label, {}).items()},
                services=_by_code(services.get(label, {})),
                reasons=_by_code(reasons.get(label, {})),
                help_reasons=_named("reasons", participation.get(label, {})),
                help_barriers=_named("barriers", participation.get(label, {})),
                feedback=_by_code(feedback.get(label, {})),
            )
            for label in distinct
        }

    async def joint(self, period: Period) -> Joint:
        """Items by topic and type."""
        parameters = {"labels": [period.label], "starts": [period.starts_on], "ends": [period.ends_on], "units": None}
        rows = (await self._session.execute(text(queries.FEEDBACK_CLASSES), parameters)).mappings()
        return {(row["topic_code"], row["type_code"]): row["items"] for row in rows}

    async def by_mode(self, period: Period) -> ByMode:
        """Answers by way of collection."""
        answers: dict[tuple[str, str], dict[str, dict[int, int]]] = defaultdict(
            lambda: defaultdict(lambda: defaultdict(int))
        )
        for cell, number in (await AnswerRepository(self._session).count([period]))[period.label].items():
            answers[cell.survey, cell.question][cell.collection_mode][cell.value] += number
        return answers

    async def _answers(self, periods: Iterable[Period], *, by_unit: bool) -> dict[str, Answers]:
        """Smileys are always told apart by service point, as their section lists the points."""
        smileys = set((await self._session.execute(text(queries.SMILEY_SURVEYS))).scalars())
        return {
            label: _by_question(cells, frozenset(smileys), by_unit=by_unit)
            for label, cells in (await AnswerRepository(self._session).count(periods)).items()
        }

    async def _numbers(self, statement: str, parameters: Parameters, number: str, *codes: str) -> dict[str, Numbers]:
        numbers: dict[str, dict[tuple[str, ...], int]] = defaultdict(dict)
        for row in (await self._session.execute(text(statement), parameters)).mappings():
            numbers[row["period"]][tuple(row[code] for code in codes)] = row[number]
        return dict(numbers)


def _by_question(cells: Cells, smileys: frozenset[str], *, by_unit: bool) -> Answers:
    answers: Answers = defaultdict(lambda: defaultdict(int))
    for cell, number in cells.items():
        unit = cell.service_point if by_unit or cell.survey in smileys else WHOLE_CITY
        answers[cell.survey, cell.question, unit][cell.value] += number
    return answers


def _by_code(numbers: Numbers) -> dict[str, int]:
    return {code: number for (code,), number in numbers.items()}


def _named(name: str, numbers: Numbers) -> dict[str, int]:
    return {code: number for (of, code), number in numbers.items() if of == name}

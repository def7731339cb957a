"""Counts in the database what the figures need: each statement counts all periods at once, answers apart.

Reading is one snapshot, as reporting_api's transactions are.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.answers.cells import Cell, Cells
from services.reporting_api.answers.repository import AnswerRepository
from services.reporting_api.measures.intervals import NORMAL_QUANTILE
from services.reporting_api.periods import queries
from services.reporting_api.periods.aggregates import (
    ClockAggregate,
    FeedbackAggregate,
    LanguageAggregate,
    OmbudsmanAggregate,
    Option,
    ParticipationAggregate,
    PeriodAggregate,
    Question,
    QuestionAggregate,
    SurveyDefinition,
)
from services.reporting_api.periods.clocks import clock_aggregate
from services.reporting_api.periods.participation_queries import PARTICIPATION
from services.shared.periods import Period
from services.shared.tables.surveys import QuestionKind, QuestionPurpose, SurveyKind

Rows = Sequence[RowMapping]
RowsByPeriod = Mapping[str, list[RowMapping]]
Key = TypeVar("Key", bound=Hashable)


class PeriodRepository:
    """Reads the aggregates of periods over one session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def count(self, periods: Iterable[Period], units: frozenset[str] | None) -> dict[str, PeriodAggregate]:
        """The aggregates by period label, of the units' feedback and service points, or of all."""
        distinct = {period.label: period for period in periods}
        parameters = {
            "labels": list(distinct),
            "starts": [period.starts_on for period in distinct.values()],
            "ends": [period.ends_on for period in distinct.values()],
            "units": None if units is None else sorted(units),
        }
        feedback = await self._feedback(parameters)
        contacts = await self._rows_by_period(queries.OMBUDSMAN_SERVICES, parameters)
        reasons = await self._rows_by_period(queries.OMBUDSMAN_REASONS, parameters)
        participation = await self._rows_by_period(PARTICIPATION, parameters)
        answers = await AnswerRepository(self._session).count(distinct.values())
        smileys = await self._smiley_surveys()
        invitations = await self._rows_by_period(queries.INVITATIONS, parameters)
        return {
            label: PeriodAggregate(
                feedback=feedback[label],
                ombudsman=_ombudsman(contacts[label], reasons[label]),
                participation=_participation(participation[label]),
                questions=question_aggregates(_of_units(answers[label], units), lambda it: (it.survey, it.question)),
                smileys_by_point=question_aggregates(
                    [one for one in _of_units(answers[label], units) if one[0].survey in smileys],
                    lambda it: (it.survey, it.question, it.service_point),
                ),
                invitations={
                    (row["survey_code"], row["collection_mode"]): row["invitations"] for row in invitations[label]
                },
            )
            for label in distinct
        }

    async def _feedback(self, parameters: Mapping[str, Any]) -> dict[str, FeedbackAggregate]:
        """By the periods' labels: each has a row of totals."""
        totals = await self._rows_by_period(queries.FEEDBACK_TOTALS, parameters)
        clocks = await self._rows_by_period(queries.FEEDBACK_CLOCKS, {**parameters, "z": NORMAL_QUANTILE})
        classes = await self._rows_by_period(queries.FEEDBACK_CLASSES, parameters)
        languages = await self._rows_by_period(queries.FEEDBACK_LANGUAGES, parameters)
        themes = await self._rows_by_period(queries.FEEDBACK_THEMES, parameters)
        return {
            label: _feedback(total, clocks[label], classes[label], themes[label], languages[label])
            for label, (total,) in totals.items()
        }

    async def list_surveys(self, period: Period) -> list[SurveyDefinition]:
        """All surveys with their questions and options, by the code of the survey."""
        bounds = {"starts_at": period.starts_at, "ends_at": period.ends_at}
        surveys = await self._rows(queries.SURVEYS, bounds)
        questions = _grouped(await self._rows(queries.QUESTIONS, {}), "survey_code")
        options = _grouped(await self._rows(queries.OPTIONS, {}), "survey_code")
        return [
            SurveyDefinition(
                code=row["code"],
                kind=SurveyKind(row["kind"]),
                labels=row["names"],
                unit_code=row["unit_code"],
                is_demonstration=row["is_demonstration"],
                is_open_in_period=row["is_open_in_period"],
                allows_several=row["allows_several_per_interaction"],
                questions=_question_definitions(questions[row["code"]], options[row["code"]]),
            )
            for row in surveys
        ]

    async def _smiley_surveys(self) -> frozenset[str]:
        """Told apart by service point; other surveys are not."""
        return frozenset(row["code"] for row in await self._rows(queries.SMILEY_SURVEYS, {}))

    async def _rows(self, statement: str, parameters: Mapping[str, Any]) -> Rows:
        return (await self._session.execute(text(statement), parameters)).mappings().all()

    async def _rows_by_period(self, statement: str, parameters: Mapping[str, Any]) -> RowsByPeriod:
        return _grouped(await self._rows(statement, parameters), "period")


def _grouped(rows: Rows, column: str) -> RowsByPeriod:
    groups: dict[str, list[RowMapping]] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return groups


def _feedback(totals: RowMapping, clocks: Rows, classes: Rows, themes: Rows, languages: Rows) -> FeedbackAggregate:
    by_clock = {row["clock"]: clock_aggregate(row) for row in clocks}
    by_type: dict[str, int] = defaultdict(int)
    by_topic: dict[str | None, int] = defaultdict(int)
    by_topic_and_type: dict[tuple[str | None, str], int] = {}
    for row in classes:
        by_type[row["type_code"]] += row["items"]
        by_topic[row["topic_code"]] += row["items"]
        by_topic_and_type[row["topic_code"], row["type_code"]] = row["items"]
    return FeedbackAggregate(
        **{name: value for name, value in totals.items() if name != "period"},
        handling=by_clock.get("handling", ClockAggregate()),
        reaction=by_clock.get("reaction", ClockAggregate()),
        by_type=dict(by_type),
        by_topic=dict(by_topic),
        by_topic_and_type=by_topic_and_type,
        by_theme_and_type={(row["theme_code"], row["type_code"]): row["items"] for row in themes},
        by_language={
            row["language"]: LanguageAggregate(
                counted=row["counted"],
                handled=row["handled"],
                on_target=row["on_target"],
                handling=by_clock.get(f"handling:{row['language']}", ClockAggregate()),
            )
            for row in languages
        },
    )


def _ombudsman(contacts: Rows, reasons: Rows) -> OmbudsmanAggregate:
    return OmbudsmanAggregate(
        has_demonstration=any(row["has_demonstration"] for row in contacts),
        contacts=sum(row["contacts"] for row in contacts),
        by_service={row["service_code"]: row["contacts"] for row in contacts},
        by_reason={row["reason_code"]: row["reasons"] for row in reasons},
    )


def _participation(rows: Rows) -> ParticipationAggregate:
    numbers: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        numbers[row["name"]][row["code"]] = row["number"]
    return ParticipationAggregate(
        has_demonstration=any(row["has_demonstration"] for row in rows),
        begun=frozenset(numbers["begun"]),
        social_reports=numbers["social_reports"].get("", 0),
        by_reason=numbers["reasons"],
        by_barrier=numbers["barriers"],
        meetings_by_kind=numbers["meetings"],
        participants=numbers["participants"].get("", 0),
        proposals_by_status=numbers["proposals"],
        proposals_answered=numbers["proposals_answered"].get("", 0),
        initiatives_by_status=numbers["initiatives"],
        initiatives_decided=numbers["initiatives_decided"].get("", 0),
    )


def _of_units(cells: Cells, units: frozenset[str] | None) -> Iterable[tuple[Cell, int]]:
    return [(cell, answers) for cell, answers in cells.items() if units is None or cell.service_point in units]


def question_aggregates(
    counted: Iterable[tuple[Cell, int]], key_of: Callable[[Cell], Key]
) -> dict[Key, QuestionAggregate]:
    """The cells' answers by question, as ``key_of`` tells questions apart."""
    groups: dict[Key, list[tuple[Cell, int]]] = defaultdict(list)
    for cell, answers in counted:
        groups[key_of(cell)].append((cell, answers))
    return {key: _question(group) for key, group in groups.items()}


def _question(counted: Sequence[tuple[Cell, int]]) -> QuestionAggregate:
    histogram: dict[int, int] = defaultdict(int)
    by_mode: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for cell, answers in counted:
        histogram[cell.value] += answers
        by_mode[cell.collection_mode][cell.value] += answers
    return QuestionAggregate(
        histogram=dict(histogram),
        versions=frozenset(cell.version for cell, _ in counted),
        by_mode={mode: dict(values) for mode, values in by_mode.items()},
    )


def _question_definitions(questions: Rows, options: Rows) -> tuple[Question, ...]:
    """Rows come newest version first, so the first wording met of anything is the newest."""
    versions = _grouped(questions, "code")
    options_of = _grouped(options, "question_code")
    definitions = [_question_definition(rows, options_of[code]) for code, rows in versions.items()]
    return tuple(definitions)


def _question_definition(versions: Rows, options: Rows) -> Question:
    newest = versions[0]
    newest_options: dict[int, Option] = {}
    for row in options:
        newest_options.setdefault(row["number"], Option(row["number"], row["code"], row["labels"]))
    return Question(
        code=newest["code"],
        kind=QuestionKind(newest["kind"]),
        purpose=QuestionPurpose(newest["purpose"]),
        labels=newest["labels"],
        scale_steps=frozenset(row["scale_steps"] for row in versions if row["scale_steps"]),
        is_follow_up=any(row["shown_when"] for row in versions),
        replaces=next((row["replaces"] for row in versions if row["replaces"]), None),
        options=tuple(newest_options.values()),
    )

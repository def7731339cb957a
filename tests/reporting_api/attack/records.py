"""Records of a city, written in bulk, and the questions that an attacker would ask about them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.measures.scales import SCORES
from services.reporting_api.tables.definitions import UNCLASSIFIED_CODE
from services.shared.clock import CITY_ZONE
from services.shared.identifiers import new_uuid
from services.shared.tables import (
    AnswerHistogram,
    Feedback,
    FeedbackTheme,
    OmbudsmanContact,
    OmbudsmanContactReason,
    SocialReport,
    SocialReportBarrier,
    SocialReportReason,
    SurveyInvitation,
)
from services.shared.tables.base import Table
from services.shared.tables.surveys import RESPONDENTS_VALUE, RESPONSE_VALUE, RESPONSES_QUESTION, QuestionKind
from tests.reporting_api.attack.constraints import (
    CHOSEN,
    FACE_SCORES,
    FACES,
    FEEDBACK,
    LEFT_OUT,
    NO,
    SKIPPED,
    SMILEYS,
    YES,
    Question,
)
from tests.reporting_api.factories import add_survey

SMILEY_SURVEY_KIND = "smiley"
SLIDER_STEPS = 101
"""Of so many steps one is not asked about: a mean of ten or more leaves it open, and the solver takes minutes."""

Given = Counter[tuple[str, date, int]]
"""Answers of a question, by unit, day and value."""


class SurveyAsked(NamedTuple):
    """A survey's kind, and its questions as factories take them."""

    kind: str
    questions: Mapping[str, Mapping[str, Any]]


class Item(NamedTuple):
    """A piece of feedback."""

    unit: str
    day: date
    topic: str | None
    type_code: str


@dataclass
class Records:
    """What there is in the city. ``themes`` are the topics of each."""

    surveys: Mapping[str, SurveyAsked]
    themes: Mapping[str, frozenset[str]]
    answers: Counter[tuple[str, str, str, date, int, int]] = field(default_factory=Counter)
    """By survey, question, unit, day, hour and value."""
    feedback: list[Item] = field(default_factory=list)
    contacts: list[tuple[date, str, tuple[str, ...]]] = field(default_factory=list)
    """Days, services and reasons."""
    reports: list[tuple[date, tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)
    """Days, reasons and barriers."""
    invitations: Counter[tuple[str, str, date]] = field(default_factory=Counter)
    """By survey, unit and day."""

    def answer(self, survey: str, unit: str, day: date, hour: int, answers: Mapping[str, object]) -> None:
        """One respondent's answers, as codes of options, numbers or truth values."""
        asked = self.surveys[survey]
        if asked.kind != SMILEY_SURVEY_KIND:
            self.answers[survey, RESPONSES_QUESTION, unit, day, hour, RESPONSE_VALUE] += 1
        for question, given in answers.items():
            for value in _values(asked.questions[question], given):
                self.answers[survey, question, unit, day, hour, value] += 1

    async def write(self, session: AsyncSession) -> None:
        """All of them, and the surveys."""
        for code, asked in self.surveys.items():
            await add_survey(session, code, asked.kind, asked.questions)
        await self.add(session)

    async def add(self, session: AsyncSession) -> None:
        """All of them, where the surveys are there already."""
        await session.execute(insert(AnswerHistogram), list(self._histogram()))
        if self.invitations:
            await session.execute(insert(SurveyInvitation), list(self._invited()))
        await self._write_feedback(session)
        await self._write_registers(session)

    def _histogram(self) -> Iterator[dict[str, Any]]:
        for (survey, question, unit, day, hour, value), count in self.answers.items():
            yield {
                "service_point_code": unit,
                "survey_code": survey,
                "question_code": question,
                "given_on": day,
                "given_hour": hour,
                "version": 1,
                "collection_mode": "device" if self.surveys[survey].kind == SMILEY_SURVEY_KIND else "web",
                "value": value,
                "count": count,
            }

    def _invited(self) -> Iterator[dict[str, Any]]:
        for (survey, unit, day), count in self.invitations.items():
            yield {
                "service_point_code": unit,
                "survey_code": survey,
                "sent_on": day,
                "collection_mode": "web",
                "count": count,
                "recorded_at": datetime(2015, 1, 1, tzinfo=UTC),
            }

    async def _write_feedback(self, session: AsyncSession) -> None:
        rows = [_row_of(item) for item in self.feedback]
        if rows:
            await session.execute(insert(Feedback), rows)
        themes = [
            {
                "feedback_id": row["id"],
                "theme_code": theme,
                "applies": True,
                "assigned_by": "search",
                "assigned_at": row["received_at"],
            }
            for row in rows
            for theme, topics in self.themes.items()
            if row["topic_code"] in topics
        ]
        if themes:
            await session.execute(insert(FeedbackTheme), themes)

    async def _write_registers(self, session: AsyncSession) -> None:
        written = {"source": "staff", "recorded_at": datetime(2015, 1, 1, tzinfo=UTC)}
        rows: dict[type[Table], list[dict[str, Any]]] = defaultdict(list)
        for day, service, reasons in self.contacts:
            one = {"id": new_uuid(), "contacted_on": day, "service_code": service, "contact_mode": "phone"}
            rows[OmbudsmanContact].append(one | written)
            rows[OmbudsmanContactReason] += [{"contact_id": one["id"], "reason_code": code} for code in reasons]
        for day, reasons, barriers in self.reports:
            report = {"id": new_uuid(), "observed_on": day, "unit_code": ANYWHERE}
            rows[SocialReport].append(report | written)
            rows[SocialReportReason] += [{"report_id": report["id"], "reason_code": code} for code in reasons]
            rows[SocialReportBarrier] += [{"report_id": report["id"], "barrier_code": code} for code in barriers]
        for table, of_table in rows.items():
            if of_table:
                await session.execute(insert(table), of_table)

    def questions(self) -> dict[str, Question]:
        """Everything an attacker may ask about."""
        return {
            **{name: question for code in self.surveys for name, question in self._of_survey(code)},
            **dict(self._of_feedback()),
            "ombudsman/service": _counted((day, [service]) for day, service, _ in self.contacts),
            "ombudsman/reason": _counted((day, reasons) for day, _, reasons in self.contacts),
            "social-reports/reason": _counted((day, reasons) for day, reasons, _ in self.reports),
            "social-reports/barrier": _counted((day, barriers) for day, _, barriers in self.reports),
        }

    def _of_survey(self, survey: str) -> Iterator[tuple[str, Question]]:
        given: dict[str, Given] = defaultdict(Counter)
        hours: Counter[tuple[str, date, str]] = Counter()
        for (of, question, unit, day, hour, value), number in self.answers.items():
            if of == survey:
                given[question][unit, day, value] += number
                hours[f"{day.isoweekday()}:{hour}", day, str(value)] += number
        asked = self.surveys[survey]
        if asked.kind == SMILEY_SURVEY_KIND:
            (values,) = given.values() or [Counter()]
            faces = {str(value): face for value, face in zip(range(3, -1, -1), FACES, strict=True)}
            yield (
                SMILEYS,
                Question(
                    FACES,
                    {(unit, day, faces[str(value)]): number for (unit, day, value), number in values.items()},
                    FACE_SCORES,
                    by_hour={(hour, day, faces[value]): number for (hour, day, value), number in hours.items()},
                ),
            )
            return
        for code, definition in asked.questions.items():
            for suffix, found in _questions(definition, given[code], given[RESPONSES_QUESTION]):
                yield f"{survey}/{code}{suffix}", found

    def _of_feedback(self) -> Iterator[tuple[str, Question]]:
        topics = sorted({item.topic or UNCLASSIFIED_CODE for item in self.feedback})
        types = sorted({item.type_code for item in self.feedback})
        cells = tuple(f"{topic}|{kind}" for topic in topics for kind in types)
        answers = Counter(
            (item.unit, item.day, f"{item.topic or UNCLASSIFIED_CODE}|{item.type_code}") for item in self.feedback
        )
        yield FEEDBACK, Question(cells, answers, is_simple=False)
        for theme, within in self.themes.items():
            of_theme = Counter((item.unit, item.day, item.type_code) for item in self.feedback if item.topic in within)
            yield f"theme/{theme}", Question(tuple(types), of_theme)


def _values(definition: Mapping[str, Any], given: object) -> Iterator[int]:
    numbers = {code: number for number, code in definition.get("options", {}).items()}
    if definition["kind"] == QuestionKind.MULTIPLE_CHOICE:
        assert isinstance(given, list)
        yield RESPONDENTS_VALUE
        yield from (numbers[code] for code in given)
    elif isinstance(given, str):
        yield numbers[given] if numbers else 3 - FACES.index(given)
    elif isinstance(given, int):
        yield int(given)


def _questions(definition: Mapping[str, Any], given: Given, responses: Given) -> Iterator[tuple[str, Question]]:
    options: Mapping[int, str] = definition.get("options", {})
    kind = QuestionKind(definition["kind"])
    if kind is QuestionKind.MULTIPLE_CHOICE:
        answered = _of_value(given, RESPONDENTS_VALUE)
        for number, code in options.items():
            chosen = _of_value(given, number)
            cells = {CHOSEN: chosen, LEFT_OUT: answered - chosen}
            yield f"#{code}", _question(cells, responses)
    elif kind is QuestionKind.SINGLE_CHOICE:
        yield "", _question({code: _of_value(given, number) for number, code in options.items()}, responses)
    elif kind is QuestionKind.YES_NO:
        yield "", _question({YES: _of_value(given, 1), NO: _of_value(given, 0)}, responses)
    elif kind is not QuestionKind.TEXT and definition.get("scale_steps") != SLIDER_STEPS:
        scores = _scores(kind, definition)
        cells = {str(value): _of_value(given, value) for value in scores}
        yield "", _question(cells, responses, {str(value): score for value, score in scores.items()})


def _scores(kind: QuestionKind, definition: Mapping[str, Any]) -> Mapping[int, float]:
    if kind is QuestionKind.NPS:
        return {value: 100.0 if value >= 9 else 0.0 if value >= 7 else -100.0 for value in range(11)}
    if kind is QuestionKind.SCALE:
        last = definition["scale_steps"] - 1
        return {100 * step // last: 100 * step / last for step in range(last + 1)}
    return {value: float(score) for value, score in SCORES[kind].items()}


def _of_value(given: Given, value: int) -> Counter[tuple[str, date]]:
    return Counter({(unit, day): number for (unit, day, of), number in given.items() if of == value})


def _question(
    cells: Mapping[str, Counter[tuple[str, date]]], responses: Given, scores: Mapping[str, float] | None = None
) -> Question:
    answered: Counter[tuple[str, date]] = Counter()
    for numbers in cells.values():
        answered += numbers
    skipped = Counter({(unit, day): number for (unit, day, _), number in responses.items()}) - answered
    return Question(
        tuple(cells),
        {
            (*place, cell): number
            for cell, numbers in {**cells, SKIPPED: skipped}.items()
            for place, number in numbers.items()
        },
        scores or {},
    )


ANYWHERE = "ruskeasuo-dental-clinic"
"""The unit of what is counted for the whole city only."""


def _counted(entries: Iterable[tuple[date, Sequence[str]]]) -> Question:
    numbers = Counter((ANYWHERE, day, code) for day, codes in entries for code in codes)
    return Question(tuple(sorted({code for _, _, code in numbers})), numbers)


def _row_of(item: Item) -> dict[str, Any]:
    received_at = datetime.combine(item.day, time(12), CITY_ZONE)
    identifier = new_uuid()
    return {
        "id": identifier,
        "receipt": str(identifier),
        "source": "web",
        "received_at": received_at,
        "received_on": item.day,
        "recorded_at": received_at,
        "updated_at": received_at,
        "channel_code": "web_form",
        "unit_code": item.unit,
        "type_code": item.type_code,
        "topic_code": item.topic,
        "language": "fi",
        "reply_wanted": False,
        "state": "received",
        "last_event_at": received_at,
        "event_count": 1,
    }

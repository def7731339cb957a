"""The sections on chats and client surveys."""

from collections.abc import Sequence

from services.reporting_api.measures import registry
from services.reporting_api.measures.figures import Compared, Figure
from services.reporting_api.periods.aggregates import PeriodAggregate, Question, SurveyDefinition
from services.reporting_api.periods.question_figures import CHOICES, QuestionFigures, count_figure
from services.reporting_api.periods.response_rates import response_rate
from services.reporting_api.periods.schemas import ChatEntry, QuestionModes, ResponseRate, ShareEntry, SurveyEntry
from services.shared.tables.surveys import QuestionKind, QuestionPurpose

_ON_FULL_SCALE = (QuestionKind.SCALE, QuestionKind.SMILEY_4, QuestionKind.SMILEY_5)
"""The kinds whose mean lies on 0-100."""


class SurveyFigures:
    """Builds the figures of one survey in three periods."""

    def __init__(self, survey: SurveyDefinition, periods: Compared[PeriodAggregate], *, is_complete: bool) -> None:
        self._survey = survey
        self._periods = periods
        self._is_complete = is_complete

    def survey(self) -> SurveyEntry[Figure]:
        """An entry of the section *surveys*."""
        return SurveyEntry[Figure](
            code=self._survey.code,
            labels=self._survey.labels,
            unit=self._survey.unit_code,
            respondents=self._respondents(),
            response_rate=self._response_rate(),
            questions=[self._question(question).entry() for question in self._survey.questions],
            collection_modes=self._collection_modes(),
        )

    def chat(self) -> ChatEntry[Figure]:
        """An entry of the section *chats*: what has no place of its own is under ``other_questions``."""
        questions = self._survey.questions
        satisfaction = satisfaction_question(self._survey)
        topics = [question for question in questions if _is_contact_topic(question)]
        statements = [question for question in questions if _is_statement(question)]
        placed = [satisfaction, *topics, *statements]
        return ChatEntry[Figure](
            code=self._survey.code,
            labels=self._survey.labels,
            unit=self._survey.unit_code,
            respondents=self._respondents(),
            response_rate=self._response_rate(),
            satisfaction=self._question(satisfaction).figure(registry.SATISFACTION) if satisfaction else None,
            questions=[self._question(question).entry(registry.CONTACT_TOPIC_SHARE) for question in topics],
            statements=self._statements(statements),
            other_questions=[self._question(question).entry() for question in questions if question not in placed],
            collection_modes=self._collection_modes(),
        )

    def _collection_modes(self) -> list[QuestionModes[Figure]]:
        return [modes for question in self._survey.questions if (modes := self._question(question).modes())]

    def _statements(self, statements: Sequence[Question]) -> list[ShareEntry[Figure]]:
        return [
            ShareEntry[Figure](
                code=question.code,
                labels=question.labels,
                share=self._question(question).figure(registry.STATEMENT_SHARE),
            )
            for question in statements
        ]

    def _respondents(self) -> Figure:
        code = self._survey.code
        return count_figure(
            registry.RESPONDENTS,
            self._periods,
            lambda period: period.respondents(code),
            is_complete=self._is_complete,
        )

    def _response_rate(self) -> ResponseRate[Figure]:
        return response_rate(self._survey, self._periods, is_complete=self._is_complete)

    def _question(self, question: Question) -> QuestionFigures:
        return QuestionFigures(self._survey.code, question, self._periods, is_complete=self._is_complete)


def satisfaction_question(survey: SurveyDefinition) -> Question | None:
    """The question whose mean is the chat's satisfaction."""
    return next(filter(_is_satisfaction, survey.questions), None)


def _is_satisfaction(question: Question) -> bool:
    return question.purpose is QuestionPurpose.SATISFACTION and question.kind in _ON_FULL_SCALE


def _is_contact_topic(question: Question) -> bool:
    return question.purpose is QuestionPurpose.CONTACT_TOPIC and question.kind in CHOICES


def _is_statement(question: Question) -> bool:
    return question.purpose is QuestionPurpose.STATEMENT and question.kind is QuestionKind.YES_NO

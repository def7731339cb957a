"""Applies the patterns to a finished report: the one place where figures are hidden.

A hidden figure loses its value, count, base, interval and comparisons. Each of a figure's three periods follows the
pattern of its own report, so that nothing hidden there is had from a comparison elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.reporting_api.disclosure.counts import (
    FEEDBACK,
    OMBUDSMAN,
    SMILEYS,
    SOCIAL_REPORTS,
    Family,
    Units,
    family_of_survey,
    family_of_theme,
)
from services.reporting_api.disclosure.joint import JointPattern
from services.reporting_api.disclosure.modes import HiddenModes, ModePattern
from services.reporting_api.disclosure.opinions import YES
from services.reporting_api.disclosure.patterns import Pattern, hidden_whole
from services.reporting_api.disclosure.policy import DisclosurePolicy
from services.reporting_api.disclosure.service import PeriodPatterns
from services.reporting_api.measures.figures import (
    Compared,
    Comparison,
    Figure,
    FigureStatus,
    Reason,
    SuppressionReason,
    nothing_known,
)
from services.reporting_api.periods.aggregates import SurveyDefinition
from services.reporting_api.periods.feedback_figures import COMPLAINT
from services.reporting_api.periods.schemas import (
    ChatEntry,
    Entry,
    FeedbackSection,
    LanguageEntry,
    NoRate,
    OmbudsmanSection,
    ParticipationSection,
    QuestionEntry,
    QuestionModes,
    Report,
    ResponseRate,
    ServicePointEntry,
    ShareEntry,
    SmileySection,
    SurveyEntry,
    ThemeEntry,
    TopicEntry,
)
from services.reporting_api.periods.survey_figures import satisfaction_question
from services.shared.tables.surveys import QuestionKind

Patterns = Compared[Pattern]
Hidden = Compared[SuppressionReason | None]
"""Why a figure is hidden in each of its three periods; None where it is shown."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """Hides, section by section, in a report of ``units`` or of the whole city."""

    periods: Compared[PeriodPatterns]
    units: Units | None
    joint: Compared[JointPattern]
    """Of the topics by type."""
    modes: Compared[ModePattern]
    """Of the ways of collection."""
    policy: DisclosurePolicy

    def report(self, report: Report[Figure], surveys: Sequence[SurveyDefinition]) -> Report[Figure]:
        """The report as the public may see it."""
        definitions = {survey.code: survey for survey in surveys}
        return report.model_copy(
            update={
                "feedback": self.feedback(report.feedback),
                "themes": [self.theme(theme) for theme in report.themes],
                "chats": [self.chat(chat, definitions[chat.code]) for chat in report.chats],
                "smileys": self.smileys(report.smileys),
                "ombudsman": self.ombudsman(report.ombudsman) if report.ombudsman else None,
                "participation": self.participation(report.participation),
                "surveys": [self.survey(survey) for survey in report.surveys],
            }
        )

    def feedback(self, section: FeedbackSection[Figure]) -> FeedbackSection[Figure]:
        """Numbers of cases are shown; a small unit's are not divided, and no unit's by topic."""
        patterns = self._of(FEEDBACK)
        by_topic = patterns if self.units is None else patterns.map(lambda _: hidden_whole(SuppressionReason.DETAIL))
        return section.model_copy(
            update={
                "by_type": _hide_entries(section.by_type, patterns, ""),
                "by_topic": _hide_entries(section.by_topic, by_topic, ""),
                "by_topic_and_type": [self._topic(topic) for topic in section.by_topic_and_type],
                "by_language": [_hide_language(entry, patterns) for entry in section.by_language],
                "causes": [self._joint(entry, entry.code, COMPLAINT) for entry in section.causes],
            }
        )

    def _topic(self, topic: TopicEntry[Figure]) -> TopicEntry[Figure]:
        by_type = [self._joint(entry, topic.code, entry.code or "") for entry in topic.by_type]
        return topic.model_copy(update={"by_type": by_type})

    def _joint(self, entry: Entry[Figure], topic: str | None, type_code: str) -> Entry[Figure]:
        hidden = self.joint.map(lambda pattern: pattern.of(topic, type_code))
        return entry.model_copy(update={"number": _hide(entry.number, hidden), "share": _hide(entry.share, hidden)})

    def theme(self, theme: ThemeEntry[Figure]) -> ThemeEntry[Figure]:
        """The types of a theme are one distribution."""
        patterns = self._of(family_of_theme(theme.code))
        return theme.model_copy(
            update={
                "number": _hide(theme.number, _whole(patterns)),
                "by_type": _hide_entries(theme.by_type, patterns, ""),
            }
        )

    def ombudsman(self, section: OmbudsmanSection[Figure]) -> OmbudsmanSection[Figure]:
        """The services are one distribution, the reasons another."""
        patterns = self._of(OMBUDSMAN)
        return section.model_copy(
            update={
                "contacts": _hide(section.contacts, _whole(patterns)),
                "by_service": _hide_entries(section.by_service, patterns, "service"),
                "reasons_recorded": _hide(section.reasons_recorded, _base(patterns, "reason")),
                "by_reason": _hide_entries(section.by_reason, patterns, "reason"),
            }
        )

    def participation(self, section: ParticipationSection[Figure]) -> ParticipationSection[Figure]:
        """What social reports tell touches clients' health; meetings, proposals and initiatives are public acts."""
        patterns, reports = self._of(SOCIAL_REPORTS), section.social_reports
        if reports is None:
            return section
        hidden = {
            "reports": _hide(reports.reports, _whole(patterns)),
            "reasons_recorded": _hide(reports.reasons_recorded, _base(patterns, "reason")),
            "by_reason": _hide_entries(reports.by_reason, patterns, "reason"),
            "barriers_recorded": _hide(reports.barriers_recorded, _base(patterns, "barrier")),
            "by_barrier": _hide_entries(reports.by_barrier, patterns, "barrier"),
        }
        return section.model_copy(update={"social_reports": reports.model_copy(update=hidden)})

    def chat(self, chat: ChatEntry[Figure], definition: SurveyDefinition) -> ChatEntry[Figure]:
        """Each question and statement by itself."""
        patterns = self._of(family_of_survey(chat.code))
        satisfaction = satisfaction_question(definition)
        return chat.model_copy(
            update={
                "respondents": _hide(chat.respondents, _whole(patterns)),
                "response_rate": _hide_rate(chat.response_rate, _whole(patterns)),
                "satisfaction": self._satisfaction(chat, satisfaction.code, patterns) if satisfaction else None,
                "questions": [self._question(chat.code, question, patterns) for question in chat.questions],
                "statements": [self._statement(chat.code, statement, patterns) for statement in chat.statements],
                "other_questions": [self._question(chat.code, question, patterns) for question in chat.other_questions],
                "collection_modes": [self._collection_modes(chat.code, modes) for modes in chat.collection_modes],
            }
        )

    def _satisfaction(self, chat: ChatEntry[Figure], question: str, patterns: Patterns) -> Figure | None:
        if chat.satisfaction is None:
            return None
        figure = _without_intervals(_hide(chat.satisfaction, _figure(patterns, question)), patterns, question)
        return self._modes(chat.code, question).figure(figure)

    def _statement(self, chat: str, statement: ShareEntry[Figure], patterns: Patterns) -> ShareEntry[Figure]:
        share = _hide(statement.share, _cell(patterns, statement.code, YES))
        return statement.model_copy(update={"share": self._modes(chat, statement.code).figure(share)})

    def _question(self, survey: str, question: QuestionEntry[Figure], patterns: Patterns) -> QuestionEntry[Figure]:
        hidden, modes = _hide_question(question, patterns), self._modes(survey, question.code)
        options = [it.model_copy(update={"share": modes.figure(it.share)}) for it in hidden.options]
        figure = modes.figure(hidden.figure) if hidden.figure else None
        return hidden.model_copy(update={"figure": figure, "options": options})

    def _collection_modes(self, survey: str, modes: QuestionModes[Figure]) -> QuestionModes[Figure]:
        hidden = self._modes(survey, modes.code).reasons
        shares = [it.model_copy(update={"share": _hide(it.share, hidden)}) for it in modes.modes]
        return modes.model_copy(update={"modes": shares})

    def _modes(self, survey: str, question: str) -> HiddenModes:
        return HiddenModes(self.modes, (survey, question), self.policy)

    def survey(self, survey: SurveyEntry[Figure]) -> SurveyEntry[Figure]:
        """Each question by itself."""
        patterns = self._of(family_of_survey(survey.code))
        return survey.model_copy(
            update={
                "respondents": _hide(survey.respondents, _whole(patterns)),
                "response_rate": _hide_rate(survey.response_rate, _whole(patterns)),
                "questions": [self._question(survey.code, question, patterns) for question in survey.questions],
                "collection_modes": [self._collection_modes(survey.code, modes) for modes in survey.collection_modes],
            }
        )

    def smileys(self, section: SmileySection[Figure]) -> SmileySection[Figure]:
        """The faces are one distribution: with a hidden one, the satisfied share or the index would tell it."""
        patterns = self._of(SMILEYS)
        return section.model_copy(
            update={
                "presses": _hide(section.presses, _base(patterns, "")),
                "satisfied_share": _hide(section.satisfied_share, _figure(patterns, "")),
                "happy_index": _hide(section.happy_index, _figure(patterns, "")),
                "smiley_mean": _hide(section.smiley_mean, _figure(patterns, "")),
                "distribution": [_hide_option(face, patterns, "") for face in section.distribution],
                "service_points": [self._service_point(point) for point in section.service_points],
            }
        )

    def _service_point(self, point: ServicePointEntry[Figure]) -> ServicePointEntry[Figure]:
        patterns = self.periods.map(lambda period: period.of(SMILEYS, frozenset({point.code})))
        return point.model_copy(
            update={
                "presses": _hide(point.presses, _base(patterns, "")),
                "satisfied_share": _hide(point.satisfied_share, _figure(patterns, "")),
                "happy_index": _hide(point.happy_index, _figure(patterns, "")),
                "smiley_mean": _hide(point.smiley_mean, _figure(patterns, "")),
            }
        )

    def _of(self, family: Family) -> Patterns:
        return self.periods.map(lambda period: period.of(family, self.units))


def _hide_question(question: QuestionEntry[Figure], patterns: Patterns) -> QuestionEntry[Figure]:
    hidden = _figure(patterns, question.code)
    if question.kind is QuestionKind.YES_NO:
        hidden = _cell(patterns, question.code, YES)
    elif question.kind is QuestionKind.TEXT:
        hidden = _whole(patterns)
    is_base_hidden = patterns.current.of_base(question.code) is not None
    return question.model_copy(
        update={
            "base": None if is_base_hidden else question.base,
            "figure": _without_intervals(_hide(question.figure, hidden), patterns, question.code)
            if question.figure
            else None,
            "options": [_hide_option(option, patterns, question.code) for option in question.options],
        }
    )


def _without_intervals(figure: Figure, patterns: Patterns, question: str) -> Figure:
    """The figure without the intervals that would tell how a mean's answers lie, in it or in a comparison."""
    hidden = patterns.map(lambda pattern: question in pattern.intervals)
    return replace(
        figure,
        interval=None if hidden.current else figure.interval,
        previous=_without_interval(figure.previous) if hidden.current or hidden.previous else figure.previous,
        last_year=_without_interval(figure.last_year) if hidden.current or hidden.last_year else figure.last_year,
    )


def _without_interval(comparison: Comparison) -> Comparison:
    value = comparison.standardised
    bare = replace(value, difference_interval=None) if value else None
    return replace(comparison, difference_interval=None, standardised=bare)


def _hide_rate(rate: ResponseRate[Figure], hidden: Hidden) -> ResponseRate[Figure]:
    """Who was invited is no secret; that more responded would bound how many did."""
    tells = hidden.current is not None and rate.no_rate is NoRate.MORE_RESPONSES_THAN_INVITATIONS
    return rate.model_copy(update={"share": _hide(rate.share, hidden), "no_rate": None if tells else rate.no_rate})


def _hide_option(option: ShareEntry[Figure], patterns: Patterns, question: str) -> ShareEntry[Figure]:
    return option.model_copy(update={"share": _hide(option.share, _cell(patterns, question, option.code))})


def _hide_language(entry: LanguageEntry[Figure], patterns: Patterns) -> LanguageEntry[Figure]:
    hidden = _cell(patterns, "", entry.code)
    times = {"mean": _hide(entry.handling_time.mean, hidden), "median": _hide(entry.handling_time.median, hidden)}
    figures = {name: _hide(getattr(entry, name), hidden) for name in ("number", "share", "handled_share", "on_target")}
    return entry.model_copy(update=figures | {"handling_time": entry.handling_time.model_copy(update=times)})


def _hide_entries(entries: Sequence[Entry[Figure]], patterns: Patterns, question: str) -> list[Entry[Figure]]:
    return [
        entry.model_copy(
            update={
                "number": _hide(entry.number, _cell(patterns, question, entry.code or "")),
                "share": _hide(entry.share, _cell(patterns, question, entry.code or "")),
            }
        )
        for entry in entries
    ]


def _whole(patterns: Patterns) -> Hidden:
    return patterns.map(lambda pattern: pattern.whole)


def _cell(patterns: Patterns, question: str, cell: str) -> Hidden:
    return patterns.map(lambda pattern: pattern.of_cell(question, cell))


def _figure(patterns: Patterns, question: str) -> Hidden:
    return patterns.map(lambda pattern: pattern.of_figure(question))


def _base(patterns: Patterns, question: str) -> Hidden:
    return patterns.map(lambda pattern: pattern.of_base(question))


def _hide(figure: Figure, hidden: Hidden) -> Figure:
    """``figure`` without the periods that are hidden; without the one asked for, nothing is left of it."""
    nothing = nothing_known(Reason.SUPPRESSED)
    if hidden.current is not None:
        return replace(
            figure,
            value=None,
            count=None,
            base=None,
            interval=None,
            status=FigureStatus.SUPPRESSED,
            suppression_reason=hidden.current,
            previous=nothing,
            last_year=nothing,
        )
    return replace(
        figure,
        previous=nothing if hidden.previous else figure.previous,
        last_year=nothing if hidden.last_year else figure.last_year,
    )

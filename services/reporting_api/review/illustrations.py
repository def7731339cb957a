"""The review's figures: each chart with the finding as its title, the table it is drawn from, and its number.

Figures are numbered by their order in the review, when it is put together; nothing else knows a number.
"""

from collections.abc import Iterator, Mapping, Sequence

from services.reporting_api.editions.content import EditionContent
from services.reporting_api.hours import table as hours_table
from services.reporting_api.measures.figures import Number
from services.reporting_api.periods.schemas import ChatEntry, Entry, QuarterFigure, QuestionEntry
from services.reporting_api.review.drawings import (
    bars_of_entries,
    bars_of_figures,
    bars_of_shares,
    dots_of_figures,
    line_of_series,
)
from services.reporting_api.review.facts import Source, decimals_of
from services.reporting_api.review.illustration import Illustration
from services.reporting_api.review.phrases import Name, Phrase
from services.reporting_api.review.ranking import OTHER, hidden, hidden_shares, ranked, ranked_shares
from services.reporting_api.review.table_view import Beside, Key, Shown
from services.reporting_api.review.titles import (
    caption_of,
    finding,
    grades_title,
    largest,
    numbers_of,
    series_title,
)
from services.reporting_api.review.week import week_illustrations
from services.reporting_api.tables.stored import StoredTable
from services.shared.periods import Period, PeriodKind, parse_period
from services.shared.tables.base import Labels
from services.shared.tables.editions import Chapter
from services.shared.tables.surveys import QuestionPurpose

TOPICS_DRAWN = 10
"""Topics in the chart; its table has them all."""


def illustrations_of(content: EditionContent) -> list[Illustration]:
    """All charts that there is something to draw for, in the order of the chapters."""
    return [
        *_participation(content),
        *_feedback(content),
        *_themes(content),
        *_chats(content),
        *_smileys(content),
        *week_illustrations(content.tables.get(hours_table.NAME), _quarter(content)),
        *_ombudsman(content),
        *_surveys(content),
    ]


def _participation(content: EditionContent) -> Iterator[Illustration]:
    section = content.figures.participation.social_reports
    if section is None:
        return
    for code, entries in (("reason", section.by_reason), ("barrier", section.by_barrier)):
        drawn = ranked(entries)
        if drawn:
            yield Illustration(
                f"social-reports-{code}s",
                Chapter.PARTICIPATION,
                finding(
                    f"chart.social_{code}s", numbers_of(drawn), {"name": Name(largest(drawn).labels, is_common=True)}
                ),
                Phrase(f"chart.social_{code}s.caption", {"quarter": _quarter(content)}),
                f"social-reports-by-{code}",
                bars_of_entries([*drawn, *hidden(entries)], _quarter(content), with_last_year=False),
            )


def _feedback(content: EditionContent) -> Iterator[Illustration]:
    section, quarter = content.figures.feedback, _quarter(content)
    types = ranked(section.by_type)
    if types:
        earlier = _last_year(section.by_type, quarter)
        yield Illustration(
            "feedback-types",
            Chapter.FEEDBACK,
            finding("chart.feedback_types", numbers_of(types), {"type": Name(largest(types).labels, is_common=True)}),
            caption_of("chart.feedback_types", quarter, earlier),
            "feedback-by-type",
            bars_of_entries(types, quarter, with_last_year=True),
            Shown(beside=earlier),
        )
    series = _points(content.series["feedback"], "feedback_received")
    if sum(point is not None for _, point in series) > 1:
        yield Illustration(
            "feedback-series",
            Chapter.FEEDBACK,
            series_title(Source("feedback.received", section.received)),
            Phrase("chart.feedback_series.caption"),
            "feedback",
            line_of_series(series, "feedback_received"),
            measure="feedback_received",
        )
    topics = ranked([entry for entry in section.by_topic if entry.code is not None])
    if topics:
        yield Illustration(
            "topics",
            Chapter.TOPICS,
            finding("chart.topics", numbers_of(topics), {"topic": Name(topics[0].labels)}),
            Phrase("chart.topics.caption" + "_most" * (len(topics) > TOPICS_DRAWN), {"quarter": quarter}),
            "feedback-by-topic",
            bars_of_entries(topics[:TOPICS_DRAWN], quarter, with_last_year=False),
        )


def _themes(content: EditionContent) -> Iterator[Illustration]:
    for theme in content.figures.themes:
        types = ranked(theme.by_type)
        if types:
            yield Illustration(
                f"theme-{theme.code.replace('_', '-')}",
                Chapter.THEMES,
                finding(
                    "chart.theme",
                    numbers_of(types),
                    {"theme": Name(theme.labels), "type": Name(largest(types).labels, is_common=True)},
                ),
                Phrase("chart.theme.caption", {"quarter": _quarter(content), "theme": Name(theme.labels)}),
                "themes-by-type",
                bars_of_entries([*types, *hidden(theme.by_type)], _quarter(content), with_last_year=False),
                Shown((theme.code,)),
            )


def _chats(content: EditionContent) -> Iterator[Illustration]:
    chats, quarter = content.figures.chats, _quarter(content)
    means = [
        (chat.code, chat.labels, chat.satisfaction)
        for chat in chats
        if chat.satisfaction and chat.satisfaction.value is not None
    ]
    if means:
        highest = max(means, key=lambda it: it[2].value or 0)
        before = _before({(code,): figure for code, _, figure in means}, quarter)
        yield Illustration(
            "chat-satisfaction",
            Chapter.CHATS,
            finding("chart.chat_satisfaction", [it[2].value or 0 for it in means], {"chat": Name(highest[1])}),
            caption_of("chart.chat_satisfaction", quarter, before),
            "chats",
            dots_of_figures([(labels, figure) for _, labels, figure in means], quarter),
            Shown(measures=(means[0][2].measure,), beside=before),
        )
    answered = [(chat.labels, chat.respondents) for chat in chats if chat.respondents.value]
    if answered:
        most = max(answered, key=lambda it: it[1].value or 0)
        yield Illustration(
            "chat-respondents",
            Chapter.CHATS,
            finding("chart.chat_respondents", [it[1].value or 0 for it in answered], {"chat": Name(most[0])}),
            Phrase("chart.chat_respondents.caption", {"quarter": quarter}),
            "chats",
            bars_of_figures(answered),
            Shown(measures=tuple(_measures_of_respondents(chats[0]))),
        )
    for chat in chats:
        for question in chat.questions:
            yield from _options(chat.code, chat.labels, question, quarter)


def _smileys(content: EditionContent) -> Iterator[Illustration]:
    section = content.figures.smileys
    faces = [(face.labels, face.share) for face in section.distribution if face.share.value is not None]
    if faces and section.satisfied_share.value is not None:
        yield Illustration(
            "smileys",
            Chapter.SMILEYS,
            Phrase("chart.smileys", {"share": Source("smileys.satisfied_share", section.satisfied_share).value}),
            Phrase("chart.smileys.caption", {"quarter": _quarter(content)}),
            "smileys-distribution",
            bars_of_figures(faces),
        )


def _ombudsman(content: EditionContent) -> Iterator[Illustration]:
    section = content.figures.ombudsman
    if section is None:
        return
    for code, entries in (("services", section.by_service), ("reasons", section.by_reason)):
        drawn = ranked(entries)
        if drawn:
            # Reasons are so often other ones that the first with a name says more; services are told as they are.
            is_reason = code == "reasons"
            compared = [it for it in drawn if not is_reason or it.code != OTHER]
            told = drawn[0] if is_reason else largest(drawn)
            yield Illustration(
                f"ombudsman-{code}",
                Chapter.OMBUDSMAN,
                finding(
                    f"chart.ombudsman_{code}", numbers_of(compared), {"name": Name(told.labels, is_common=is_reason)}
                ),
                Phrase(f"chart.ombudsman_{code}.caption", {"quarter": _quarter(content)}),
                f"ombudsman-by-{code[:-1]}",
                bars_of_entries([*drawn, *hidden(entries)], _quarter(content), with_last_year=False),
            )


def _surveys(content: EditionContent) -> Iterator[Illustration]:
    grades = [
        ((survey.code, question.code), question.labels, question.figure)
        for survey in content.figures.surveys
        for question in survey.questions
        if question.purpose is QuestionPurpose.OVERALL_GRADE and question.figure and question.figure.value is not None
    ]
    if grades:
        best = max(grades, key=lambda it: it[2].value or 0)
        before = _before({codes: figure for codes, _, figure in grades}, _quarter(content))
        yield Illustration(
            "survey-grades",
            Chapter.SURVEYS,
            grades_title(best[1], [figure for _, _, figure in grades]),
            caption_of("chart.survey_grades", _quarter(content), before),
            "survey-questions",
            dots_of_figures([(labels, figure) for _, labels, figure in grades], _quarter(content), scale=(4, 10)),
            Shown(measures=(grades[0][2].measure,), beside=before),
        )


def _measures_of_respondents(chat: ChatEntry[QuarterFigure]) -> Iterator[str]:
    """As the edition names them, which later measures may be called otherwise."""
    for figure in (chat.respondents, chat.response_rate.invitations, chat.response_rate.share):
        yield figure.measure


def _last_year(entries: Sequence[Entry[QuarterFigure]], quarter: Period) -> Beside | None:
    earlier: dict[Key, Number | None] = {(it.code or "",): it.number.same_quarter_last_year.value for it in entries}
    return _beside(earlier, entries[0].number, quarter.same_last_year())


def _before(figures: Mapping[Key, QuarterFigure], quarter: Period) -> Beside | None:
    earlier = {codes: figure.previous_quarter.value for codes, figure in figures.items()}
    return _beside(earlier, next(iter(figures.values())), quarter.previous())


def _beside(earlier: Mapping[Key, Number | None], figure: QuarterFigure, quarter: Period) -> Beside | None:
    """What is compared with as the chart shows it, where there is anything."""
    values = {codes: value for codes, value in earlier.items() if value is not None}
    return Beside(quarter, figure.unit, decimals_of(figure), values) if values else None


def _options(
    chat: str, name: Labels, question: QuestionEntry[QuarterFigure], quarter: Period
) -> Iterator[Illustration]:
    shown = ranked_shares(question.options)
    if shown:
        most = max(shown, key=lambda it: it.share.value or 0)
        caption = "chart.chat_topics.caption_multiple" if question.is_multiple_response else "chart.chat_topics.caption"
        yield Illustration(
            f"{chat}-{question.code}".replace("_", "-"),
            Chapter.CHATS,
            finding(
                "chart.chat_topics",
                [it.share.value or 0 for it in shown],
                {"chat": Name(name), "topic": Name(most.labels, is_common=True)},
            ),
            Phrase(caption, {"quarter": quarter, "chat": Name(name)}),
            "chat-options",
            bars_of_shares([*shown, *hidden_shares(question.options)]),
            Shown((chat, question.code)),
        )


def _quarter(content: EditionContent) -> Period:
    return parse_period(PeriodKind.QUARTER, content.quarter)


def _points(table: StoredTable, measure: str) -> list[tuple[str, float | None]]:
    """The measure of each quarter; one in which nothing at all came was not recorded, and is a gap, not nought."""
    values = {cell.key[0]: cell.value for cell in table.cells if cell.key[-1] == measure}
    return [(category.code, values.get(category.code) or None) for category in table.dimensions[0].categories]

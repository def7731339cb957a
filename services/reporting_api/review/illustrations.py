"""The review's figures: each chart with the finding as its title, the table it is drawn from, and its number.

Figures are numbered by their order in the review, when it is put together; nothing else knows a number.
"""

from collections.abc import Iterator, Sequence

from services.reporting_api.editions.content import EditionContent
from services.reporting_api.hours import table as hours_table
from services.reporting_api.language import Language
from services.reporting_api.measures.registry import MEASURES
from services.reporting_api.periods.schemas import ComparisonAnswer, Entry, QuarterFigure, QuestionEntry, ShareEntry
from services.reporting_api.review.charts.bars import Bar, horizontal_bars
from services.reporting_api.review.charts.dots import Dot, dots_on_scale
from services.reporting_api.review.charts.form import Chart
from services.reporting_api.review.charts.lines import Point, line_over_quarters
from services.reporting_api.review.facts import Source, decimals_of
from services.reporting_api.review.illustration import Draw, Illustration
from services.reporting_api.review.numbers import write_number, write_value
from services.reporting_api.review.phrases import Name, Phrase
from services.reporting_api.review.ranking import ranked, ranked_shares
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


def period_label(period: Period) -> str:
    """A quarter by its months, from its dates: 4-6/2021."""
    return f"{period.starts_on.month}–{period.starts_on.month + 2}/{period.starts_on.year}"


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
                Phrase(f"chart.social_{code}s", {"name": Name(_largest(drawn).labels, is_common=True)}),
                Phrase(f"chart.social_{code}s.caption", {"quarter": _quarter(content)}),
                f"social-reports-by-{code}",
                _entries(drawn, _quarter(content), with_last_year=False),
            )


def _feedback(content: EditionContent) -> Iterator[Illustration]:
    section, quarter = content.figures.feedback, _quarter(content)
    types = ranked(section.by_type)
    if types:
        yield Illustration(
            "feedback-types",
            Chapter.FEEDBACK,
            Phrase("chart.feedback_types", {"type": Name(_largest(types).labels, is_common=True)}),
            Phrase("chart.feedback_types.caption", {"quarter": quarter}),
            "feedback-by-type",
            _entries(types, quarter, with_last_year=True),
        )
    series = _points(content.series["feedback"], "feedback_received")
    if sum(point is not None for _, point in series) > 1:
        yield Illustration(
            "feedback-series",
            Chapter.FEEDBACK,
            _series_title(Source("feedback.received", section.received)),
            Phrase("chart.feedback_series.caption"),
            "feedback",
            _line(series, "feedback_received"),
            measure="feedback_received",
        )
    topics = ranked([entry for entry in section.by_topic if entry.code is not None])
    if topics:
        yield Illustration(
            "topics",
            Chapter.TOPICS,
            Phrase("chart.topics", {"topic": Name(topics[0].labels)}),
            Phrase("chart.topics.caption" + "_most" * (len(topics) > TOPICS_DRAWN), {"quarter": quarter}),
            "feedback-by-topic",
            _entries(topics[:TOPICS_DRAWN], quarter, with_last_year=False),
        )


def _themes(content: EditionContent) -> Iterator[Illustration]:
    for theme in content.figures.themes:
        types = ranked(theme.by_type)
        if types:
            yield Illustration(
                f"theme-{theme.code.replace('_', '-')}",
                Chapter.THEMES,
                Phrase(
                    "chart.theme", {"theme": Name(theme.labels), "type": Name(_largest(types).labels, is_common=True)}
                ),
                Phrase("chart.theme.caption", {"quarter": _quarter(content), "theme": Name(theme.labels)}),
                "themes-by-type",
                _entries(types, _quarter(content), with_last_year=False),
                (theme.code,),
            )


def _chats(content: EditionContent) -> Iterator[Illustration]:
    chats, quarter = content.figures.chats, _quarter(content)
    means = [
        (chat.labels, chat.satisfaction) for chat in chats if chat.satisfaction and chat.satisfaction.value is not None
    ]
    if means:
        highest = max(means, key=lambda it: it[1].value or 0)
        yield Illustration(
            "chat-satisfaction",
            Chapter.CHATS,
            Phrase("chart.chat_satisfaction", {"chat": Name(highest[0])}),
            Phrase("chart.chat_satisfaction.caption", {"quarter": quarter}),
            "chats",
            _dots(means, quarter),
        )
    answered = [(chat.labels, chat.respondents) for chat in chats if chat.respondents.value]
    if answered:
        most = max(answered, key=lambda it: it[1].value or 0)
        yield Illustration(
            "chat-respondents",
            Chapter.CHATS,
            Phrase("chart.chat_respondents", {"chat": Name(most[0])}),
            Phrase("chart.chat_respondents.caption", {"quarter": quarter}),
            "chats",
            _figures(answered),
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
            _figures(faces),
        )


def _ombudsman(content: EditionContent) -> Iterator[Illustration]:
    section = content.figures.ombudsman
    if section is None:
        return
    for code, entries in (("services", section.by_service), ("reasons", section.by_reason)):
        drawn = ranked(entries)
        if drawn:
            # Reasons are so often other ones that the first with a name says more; services are told as they are.
            told = drawn[0] if code == "reasons" else _largest(drawn)
            yield Illustration(
                f"ombudsman-{code}",
                Chapter.OMBUDSMAN,
                Phrase(f"chart.ombudsman_{code}", {"name": Name(told.labels, is_common=code == "reasons")}),
                Phrase(f"chart.ombudsman_{code}.caption", {"quarter": _quarter(content)}),
                f"ombudsman-by-{code[:-1]}",
                _entries(drawn, _quarter(content), with_last_year=False),
            )


def _surveys(content: EditionContent) -> Iterator[Illustration]:
    grades = [
        (survey.labels, question.labels, question.figure)
        for survey in content.figures.surveys
        for question in survey.questions
        if question.purpose is QuestionPurpose.OVERALL_GRADE and question.figure and question.figure.value is not None
    ]
    if grades:
        best = max(grades, key=lambda it: it[2].value or 0)
        yield Illustration(
            "survey-grades",
            Chapter.SURVEYS,
            _grades_title(best[1], best[2], is_alone=len(grades) == 1),
            Phrase("chart.survey_grades.caption", {"quarter": _quarter(content)}),
            "survey-questions",
            _dots([(question, figure) for _, question, figure in grades], _quarter(content), scale=(4, 10)),
        )


def _grades_title(name: Labels, figure: QuarterFigure, *, is_alone: bool) -> Phrase:
    if is_alone:
        return Phrase("chart.survey_grades.one", {"value": Source("surveys", figure).value})
    return Phrase("chart.survey_grades", {"name": Name(name)})


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
            Phrase("chart.chat_topics", {"chat": Name(name), "topic": Name(most.labels, is_common=True)}),
            Phrase(caption, {"quarter": quarter, "chat": Name(name)}),
            "chat-options",
            _shares(shown),
            (chat, question.code),
        )


def _quarter(content: EditionContent) -> Period:
    return parse_period(PeriodKind.QUARTER, content.quarter)


def _entries(entries: Sequence[Entry[QuarterFigure]], quarter: Period, *, with_last_year: bool) -> Draw:
    """Bars of numbers with their shares; where asked, those of the same quarter last year hollow below."""

    def draw(language: Language, width: int) -> Chart:
        bars: list[Bar] = []
        for entry in entries:
            name = _label(entry.labels, language)
            bars.append(Bar(name, entry.number.value or 0, _number_and_share(entry, language)))
            earlier = entry.number.same_quarter_last_year
            if with_last_year and earlier.value is not None:
                written = f"{_written(entry.number, earlier, language)} · {period_label(quarter.same_last_year())}"
                bars.append(Bar(name, earlier.value, written, is_compared=True))
        return horizontal_bars(bars, width)

    return draw


def _shares(options: Sequence[ShareEntry[QuarterFigure]]) -> Draw:
    return _figures([(option.labels, option.share) for option in options])


def _figures(figures: Sequence[tuple[Labels, QuarterFigure]]) -> Draw:
    def draw(language: Language, width: int) -> Chart:
        return horizontal_bars(
            [Bar(_label(labels, language), it.value or 0, _written(it, it, language)) for labels, it in figures], width
        )

    return draw


def _dots(
    figures: Sequence[tuple[Labels, QuarterFigure]], quarter: Period, scale: tuple[float, float] = (0, 100)
) -> Draw:
    def draw(language: Language, width: int) -> Chart:
        dots = [
            Dot(
                _label(labels, language),
                it.value or 0,
                _with_earlier(it, quarter, language),
                it.interval,
                it.previous_quarter.value,
            )
            for labels, it in figures
        ]
        return dots_on_scale(dots, scale, width)

    return draw


def _with_earlier(figure: QuarterFigure, quarter: Period, language: Language) -> str:
    """The value, and that of the quarter before by its months: 65,0 (1–3/2021: 55,0)."""
    value, earlier = _written(figure, figure, language), _written(figure, figure.previous_quarter, language)
    return f"{value} ({period_label(quarter.previous())}: {earlier})" if earlier else value


def _line(series: Sequence[tuple[str, float | None]], measure: str) -> Draw:
    definition = MEASURES[measure]

    def draw(language: Language, width: int) -> Chart:
        points = [
            Point(
                period_label(parse_period(PeriodKind.QUARTER, label)),
                value,
                "" if value is None else write_value(value, definition.unit, definition.decimals, language),
            )
            for label, value in series
        ]
        return line_over_quarters(points, width, lambda number: write_number(number, 0, language))

    return draw


def _points(table: StoredTable, measure: str) -> list[tuple[str, float | None]]:
    """The measure of each quarter; one in which nothing at all came was not recorded, and is a gap, not nought."""
    values = {cell.key[0]: cell.value for cell in table.cells if cell.key[-1] == measure}
    return [(category.code, values.get(category.code) or None) for category in table.dimensions[0].categories]


def _largest(entries: Sequence[Entry[QuarterFigure]]) -> Entry[QuarterFigure]:
    return max(entries, key=lambda entry: entry.number.value or 0)


def _series_title(received: Source) -> Phrase:
    change = received.last_year.comparison.change
    return Phrase(f"chart.feedback_series.{change}")


def _number_and_share(entry: Entry[QuarterFigure], language: Language) -> str:
    number = _written(entry.number, entry.number, language)
    return number if entry.share.value is None else f"{number} ({_written(entry.share, entry.share, language)})"


def _written(figure: QuarterFigure, valued: QuarterFigure | ComparisonAnswer, language: Language) -> str:
    return "" if valued.value is None else write_value(valued.value, figure.unit, decimals_of(figure), language)


def _label(labels: Labels, language: Language) -> str:
    return labels.get(language, labels["fi"])

"""Applies the policy to a finished report: the one place where figures are hidden.

A hidden figure loses its value, count, base, interval and comparisons. Each of a figure's three periods is judged by
its own numbers, so that an earlier period's small cell is not had from a later report's comparison.

What this covers: small cells, their complement within the same distribution (also yes against no), the mean of a
distribution with hidden cells, and the service points of a hidden total. What it does not: subtracting from each other
the reports of different periods (two months from their quarter) or units (branches from the whole), or different
tables. That no hidden cell can be recomputed from everything published is for a solver over all of it to prove.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from services.reporting_api.disclosure.cells import Cell, hidden_of_distribution, hidden_of_parts, is_few, is_small
from services.reporting_api.disclosure.policy import DisclosurePolicy
from services.reporting_api.measures.figures import Compared, Figure, FigureStatus, Reason, nothing_known
from services.reporting_api.measures.registry import MEASURES, Sensitivity
from services.reporting_api.periods.schemas import (
    ChatEntry,
    Entry,
    OmbudsmanSection,
    QuestionEntry,
    Report,
    ServicePointEntry,
    ShareEntry,
    SmileySection,
    SurveyEntry,
    ThemeEntry,
)

Hidden = Compared[frozenset[int]]
"""The indexes of the cells to hide in each of the three periods."""


def suppress(report: Report[Figure], policy: DisclosurePolicy) -> Report[Figure]:
    """The report as the public may see it; *feedback* counts cases and stays as it is."""
    suppression = Suppression(policy)
    return report.model_copy(
        update={
            "themes": [suppression.theme(theme) for theme in report.themes],
            "chats": [suppression.chat(chat) for chat in report.chats],
            "smileys": suppression.smileys(report.smileys),
            "ombudsman": suppression.ombudsman(report.ombudsman) if report.ombudsman else None,
            "surveys": [suppression.survey(survey) for survey in report.surveys],
        }
    )


class Suppression:
    """Hides by one policy, section by section."""

    def __init__(self, policy: DisclosurePolicy) -> None:
        self._policy = policy

    def theme(self, theme: ThemeEntry[Figure]) -> ThemeEntry[Figure]:
        """The types of a theme are one distribution."""
        return theme.model_copy(update={"by_type": self._entries(theme.by_type)})

    def ombudsman(self, section: OmbudsmanSection[Figure]) -> OmbudsmanSection[Figure]:
        """The services are one distribution, the reasons another."""
        return section.model_copy(
            update={"by_service": self._entries(section.by_service), "by_reason": self._entries(section.by_reason)}
        )

    def chat(self, chat: ChatEntry[Figure]) -> ChatEntry[Figure]:
        """Each question and statement by itself."""
        return chat.model_copy(
            update={
                "satisfaction": self._alone(chat.satisfaction) if chat.satisfaction else None,
                "questions": [self._question(question) for question in chat.questions],
                "statements": [
                    statement.model_copy(update={"share": self._alone(statement.share)})
                    for statement in chat.statements
                ],
                "other_questions": [self._question(question) for question in chat.other_questions],
            }
        )

    def survey(self, survey: SurveyEntry[Figure]) -> SurveyEntry[Figure]:
        """Each question by itself."""
        return survey.model_copy(update={"questions": [self._question(question) for question in survey.questions]})

    def smileys(self, section: SmileySection[Figure]) -> SmileySection[Figure]:
        """The faces are one distribution, the service points parts of a whole.

        With a hidden face, the satisfied share or the index would tell it, here or added up from the service points.
        """
        faces = self._of_distribution([face.share for face in section.distribution])
        totals = _either(self._small_cells([section.satisfied_share]), self._small_means([section.happy_index]))
        is_hidden = _either(faces, totals).map(bool)
        return section.model_copy(
            update={
                "satisfied_share": _hide(section.satisfied_share, is_hidden),
                "happy_index": _hide(section.happy_index, is_hidden),
                "distribution": _hide_options(section.distribution, faces),
                "service_points": self._service_points(section.service_points, is_hidden),
            }
        )

    def _service_points(
        self, points: Sequence[ServicePointEntry[Figure]], is_total_hidden: Compared[bool]
    ) -> list[ServicePointEntry[Figure]]:
        small = _either(
            self._small_cells([point.satisfied_share for point in points]),
            self._small_means([point.happy_index for point in points]),
        )
        widened = small.combine(_cells([point.presses for point in points]), hidden_of_parts)
        every = frozenset(range(len(points)))
        hidden = widened.combine(is_total_hidden, lambda some, is_hidden: every if is_hidden else some)
        return [
            point.model_copy(
                update={
                    "satisfied_share": _hide(point.satisfied_share, _holds(hidden, index)),
                    "happy_index": _hide(point.happy_index, _holds(hidden, index)),
                }
            )
            for index, point in enumerate(points)
        ]

    def _question(self, question: QuestionEntry[Figure]) -> QuestionEntry[Figure]:
        shares = [option.share for option in question.options]
        hidden = self._of_distribution(shares)
        if question.is_multiple_response:
            # Here the options do not add up to the base: those who left one out are a cell of their own.
            hidden = _either(hidden, self._small_cells(shares))
        figure = self._alone(question.figure) if question.figure else None
        if figure is not None:
            # With the counts of the other options, the mean would tell the hidden ones.
            figure = _hide(figure, hidden.map(bool))
        return question.model_copy(update={"options": _hide_options(question.options, hidden), "figure": figure})

    def _entries(self, entries: Sequence[Entry[Figure]]) -> list[Entry[Figure]]:
        hidden = self._of_distribution([entry.share for entry in entries])
        return [
            entry.model_copy(
                update={
                    "number": _hide(entry.number, _holds(hidden, index)),
                    "share": _hide(entry.share, _holds(hidden, index)),
                }
            )
            for index, entry in enumerate(entries)
        ]

    def _alone(self, figure: Figure) -> Figure:
        """A figure that is no part of a distribution: a mean, or a share of yes against no."""
        sensitivity = MEASURES[figure.measure].sensitivity
        if sensitivity is Sensitivity.CASES:
            return figure
        is_mean = sensitivity is Sensitivity.OPINION_MEAN
        hidden = self._small_means([figure]) if is_mean else self._small_cells([figure])
        return _hide(figure, hidden.map(bool))

    def _of_distribution(self, shares: Sequence[Figure]) -> Hidden:
        return _cells(shares).map(lambda cells: hidden_of_distribution(cells, self._policy.minimum_cell))

    def _small_cells(self, figures: Sequence[Figure]) -> Hidden:
        return _cells(figures).map(_indexes(lambda cell: is_small(cell, self._policy.minimum_cell)))

    def _small_means(self, figures: Sequence[Figure]) -> Hidden:
        return _cells(figures).map(_indexes(lambda cell: is_few(cell.number, self._policy.minimum_mean_base)))


def _cells(figures: Sequence[Figure]) -> Compared[list[Cell]]:
    return Compared(
        [Cell(figure.count or 0, figure.base or 0) for figure in figures],
        [Cell(figure.previous.count or 0, figure.previous.base or 0) for figure in figures],
        [Cell(figure.last_year.count or 0, figure.last_year.base or 0) for figure in figures],
    )


def _indexes(is_hidden: Callable[[Cell], bool]) -> Callable[[list[Cell]], frozenset[int]]:
    return lambda cells: frozenset(index for index, cell in enumerate(cells) if is_hidden(cell))


def _either(some: Hidden, others: Hidden) -> Hidden:
    return some.combine(others, frozenset.union)


def _holds(hidden: Hidden, index: int) -> Compared[bool]:
    return hidden.map(lambda indexes: index in indexes)


def _hide_options(options: Sequence[ShareEntry[Figure]], hidden: Hidden) -> list[ShareEntry[Figure]]:
    return [
        option.model_copy(update={"share": _hide(option.share, _holds(hidden, index))})
        for index, option in enumerate(options)
    ]


def _hide(figure: Figure, is_hidden: Compared[bool]) -> Figure:
    """``figure`` without the periods that are hidden; without the one asked for, nothing is left of it."""
    nothing = nothing_known(Reason.SUPPRESSED)
    if is_hidden.current:
        return replace(
            figure,
            value=None,
            count=None,
            base=None,
            interval=None,
            status=FigureStatus.SUPPRESSED,
            previous=nothing,
            last_year=nothing,
        )
    return replace(
        figure,
        previous=nothing if is_hidden.previous else figure.previous,
        last_year=nothing if is_hidden.last_year else figure.last_year,
    )

"""The one public table of two classifications of feedback: topics by types, of the whole city's finished quarters.

What else is public of the same items: the sums of its rows and columns; units by type, which given the types say
nothing of topics; and themes by type. A theme's own topics are therefore a table of their own, whose rectangles keep
the theme's numbers too; and where a theme has a hidden number, the table would tell it. Topics by unit are for staff:
with them, a hidden cell could be bounded unit by unit.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.reporting_api.disclosure.cells import is_few
from services.reporting_api.disclosure.counts import family_of_theme
from services.reporting_api.disclosure.policy import DisclosurePolicy
from services.reporting_api.disclosure.repository import Joint
from services.reporting_api.disclosure.service import PeriodPatterns
from services.reporting_api.disclosure.two_way import Place, hidden_of_table
from services.reporting_api.measures.figures import Compared, SuppressionReason
from services.reporting_api.periods.aggregates import FeedbackAggregate
from services.shared.periods import Period, PeriodKind

Themes = Mapping[str, frozenset[str]]
"""Theme to the topics that belong to it."""


@dataclass(frozen=True, slots=True)
class JointPattern:
    """Why nothing of the table is shown, or the places that are hidden."""

    whole: SuppressionReason | None
    places: frozenset[Place] = frozenset()

    def of(self, topic: str | None, type_code: str) -> SuppressionReason | None:
        """Why the cell is hidden; None if it is shown."""
        is_small = (topic or "", type_code) in self.places
        return self.whole or (SuppressionReason.SMALL_COUNTS if is_small else None)


DETAIL = JointPattern(SuppressionReason.DETAIL)


def pattern_of_joint(numbers: Joint, themes: Themes, policy: DisclosurePolicy) -> JointPattern:
    """The pattern of a finished quarter of the whole city; where a part cannot be protected, nothing is shown."""
    parts: dict[frozenset[str], dict[Place, int]] = defaultdict(dict)
    for (topic, type_code), number in numbers.items():
        about = frozenset(theme for theme, topics in themes.items() if topic in topics)
        parts[about][topic or "", type_code] = number
    hidden: set[Place] = set()
    for part in parts.values():
        places = hidden_of_table(part, policy)
        if places is None:
            return JointPattern(SuppressionReason.SMALL_COUNTS)
        hidden |= places
    return JointPattern(None, frozenset(hidden))


def revised_joint(numbers: Joint, editions: Sequence[Joint], themes: Themes, policy: DisclosurePolicy) -> JointPattern:
    """The pattern beside those of earlier editions: what was hidden stays so, and a small change hides the table."""
    pattern = pattern_of_joint(numbers, themes, policy)
    for before in editions:
        changes = [numbers.get(place, 0) - before.get(place, 0) for place in numbers.keys() | before.keys()]
        if min(changes, default=0) < 0 < max(changes, default=0) or any(
            is_few(abs(change), policy.minimum_cell) for change in changes
        ):
            return JointPattern(SuppressionReason.REVISED)
        earlier = pattern_of_joint(before, themes, policy)
        pattern = JointPattern(pattern.whole or earlier.whole, pattern.places | earlier.places)
    return pattern


def joint_patterns(
    periods: Compared[Period],
    patterns: Compared[PeriodPatterns],
    feedback: Compared[FeedbackAggregate],
    themes: Themes,
    policy: DisclosurePolicy,
    *,
    as_of: datetime,
) -> Compared[JointPattern]:
    """The patterns of a report of the whole city: of quarters that are over, and only beside themes shown whole."""

    def of(period: Period, others: PeriodPatterns, counted: FeedbackAggregate) -> JointPattern:
        if period.kind is not PeriodKind.QUARTER:
            return DETAIL
        if period.ends_at > as_of:
            return JointPattern(SuppressionReason.RUNNING)
        if not all(others.of(family_of_theme(theme), None).is_empty for theme in themes):
            return JointPattern(SuppressionReason.SMALL_COUNTS)
        return revised_joint(counted.by_topic_and_type, others.joint_before, themes, policy)

    return periods.combine(patterns, lambda period, others: (period, others)).combine(
        feedback, lambda both, counted: of(*both, counted)
    )

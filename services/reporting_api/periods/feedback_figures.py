"""The sections on written feedback and its themes."""

from collections.abc import Callable, Mapping
from datetime import date

from services.reporting_api.measures import registry
from services.reporting_api.measures.figures import Comparability, Compared, Figure, Reason, build_figure
from services.reporting_api.measures.registry import Measure
from services.reporting_api.measures.tallies import CountTally, MedianTally, ShareTally, mean_of_days
from services.reporting_api.periods.aggregates import NO_LANGUAGE, ClockAggregate, FeedbackAggregate, LanguageAggregate
from services.reporting_api.periods.schemas import (
    Balance,
    Entry,
    FeedbackSection,
    LanguageEntry,
    OnTarget,
    Target,
    ThemeEntry,
    Times,
    TopicEntry,
)
from services.shared.catalogue import Catalogue
from services.shared.periods import Period
from services.shared.tables import TargetPolicy
from services.shared.tables.base import Labels

UNCLASSIFIED: Labels = {"fi": "Luokittelematon", "sv": "Oklassificerad", "en": "Unclassified"}

LANGUAGES: Mapping[str, Labels] = {
    "fi": {"fi": "Suomi", "sv": "Finska", "en": "Finnish"},
    "sv": {"fi": "Ruotsi", "sv": "Svenska", "en": "Swedish"},
    "en": {"fi": "Englanti", "sv": "Engelska", "en": "English"},
    "other": {"fi": "Muu kieli", "sv": "Annat språk", "en": "Other language"},
}
"""The senders' languages that feedback is taken in."""

COMPLAINT = "complaint"
"""The type whose topics are the causes of dissatisfaction."""

CountOf = Callable[[FeedbackAggregate], int]


class FeedbackFigures:
    """Builds the figures of the feedback that three periods received."""

    def __init__(self, feedback: Compared[FeedbackAggregate], *, is_complete: bool) -> None:
        self._feedback = feedback
        self._is_running = not is_complete
        self._comparability = Comparability(
            is_complete,
            previous=None if feedback.previous.has_data else Reason.NO_DATA,
            last_year=None if feedback.last_year.has_data else Reason.NO_DATA,
        )

    def section(self, catalogue: Catalogue, period: Period) -> FeedbackSection[Figure]:
        """The section *feedback*: types in the catalogue's order, topics by number with the unclassified last."""
        return FeedbackSection[Figure](
            received=self._number(registry.RECEIVED, lambda it: it.received),
            kept_apart=self._number(registry.KEPT_APART, lambda it: it.kept_apart),
            counted=self._number(registry.COUNTED, lambda it: it.counted, lambda it: it.received),
            transferred_out=self._number(
                registry.TRANSFERRED_OUT, lambda it: it.transferred_out, lambda it: it.received
            ),
            inappropriate=self._number(registry.INAPPROPRIATE, lambda it: it.inappropriate, lambda it: it.received),
            handled=self._number(registry.HANDLED, lambda it: it.handled, _counted),
            open=self._number(registry.OPEN, lambda it: it.open, _counted),
            reopened=self._number(registry.REOPENED, lambda it: it.reopened, lambda it: it.handled),
            balance=_balance(self._feedback.current),
            by_type=[self._type(code, entry.names) for code, entry in catalogue.feedback_types.items()],
            by_topic=[self._topic(code, _topic_labels(catalogue, code)) for code in self._topics_by_number(catalogue)],
            by_topic_and_type=[self._topic_by_type(code, catalogue) for code in self._topics_by_number(catalogue)],
            causes=self._causes(catalogue),
            by_language=[self._language(code, labels) for code, labels in LANGUAGES.items()],
            handling_time=self._times(
                registry.HANDLING_MEAN, registry.HANDLING_MEDIAN, lambda feedback: feedback.handling, _counted
            ),
            reaction_time=self._times(
                registry.REACTION_MEAN, registry.REACTION_MEDIAN, lambda feedback: feedback.reaction, _counted
            ),
            on_target=self._on_target(targets_in_force(catalogue.target_policies, period)),
        )

    def themes(self, catalogue: Catalogue) -> list[ThemeEntry[Figure]]:
        """The section *themes*, all of the catalogue in its order."""
        types = {code: entry.names for code, entry in catalogue.feedback_types.items()}
        return [self._theme(code, theme.names, types) for code, theme in catalogue.themes.items()]

    def _number(self, measure: Measure, number: CountOf, among: CountOf | None = None) -> Figure:
        tallies = self._feedback.map(
            lambda it: CountTally(number(it), among(it) if among else None, is_known=it.has_data or self._is_running)
        )
        return build_figure(measure, tallies, self._comparability)

    def _share(self, measure: Measure, number: CountOf, among: CountOf) -> Figure:
        tallies = self._feedback.map(lambda it: ShareTally(number(it), among(it)))
        return build_figure(measure, tallies, self._comparability)

    def _type(self, code: str, labels: Labels) -> Entry[Figure]:
        def number(feedback: FeedbackAggregate) -> int:
            return feedback.by_type.get(code, 0)

        return Entry[Figure](
            code=code,
            labels=labels,
            number=self._number(registry.BY_TYPE, number, _counted),
            share=self._share(registry.TYPE_SHARE, number, _counted),
        )

    def _topic(self, code: str | None, labels: Labels) -> Entry[Figure]:
        def number(feedback: FeedbackAggregate) -> int:
            return feedback.by_topic.get(code, 0)

        return Entry[Figure](
            code=code,
            labels=labels,
            number=self._number(registry.BY_TOPIC, number, _counted),
            share=self._share(registry.TOPIC_SHARE, number, _counted),
        )

    def _topic_by_type(self, topic: str | None, catalogue: Catalogue) -> TopicEntry[Figure]:
        def total(feedback: FeedbackAggregate) -> int:
            return feedback.by_topic.get(topic, 0)

        return TopicEntry[Figure](
            code=topic,
            labels=_topic_labels(catalogue, topic),
            by_type=[
                self._joint(topic, code, code, entry.names, total) for code, entry in catalogue.feedback_types.items()
            ],
        )

    def _causes(self, catalogue: Catalogue) -> list[Entry[Figure]]:
        """The topics of complaints, the most common first, and those that had none."""

        def complaints(feedback: FeedbackAggregate) -> int:
            return feedback.by_type.get(COMPLAINT, 0)

        joint = self._feedback.current.by_topic_and_type
        ranked = sorted(
            self._topics_by_number(catalogue), key=lambda code: (code is None, -joint.get((code, COMPLAINT), 0))
        )
        return [
            self._joint(code, COMPLAINT, code, _topic_labels(catalogue, code), complaints, is_cause=True)
            for code in ranked
        ]

    def _language(self, code: str, labels: Labels) -> LanguageEntry[Figure]:
        def of(feedback: FeedbackAggregate) -> LanguageAggregate:
            return feedback.by_language.get(code, NO_LANGUAGE)

        def counted(feedback: FeedbackAggregate) -> int:
            return of(feedback).counted

        def handled(feedback: FeedbackAggregate) -> int:
            return of(feedback).handled

        return LanguageEntry[Figure](
            code=code,
            labels=labels,
            number=self._number(registry.BY_LANGUAGE, counted, _counted),
            share=self._share(registry.LANGUAGE_SHARE, counted, _counted),
            handled_share=self._share(registry.HANDLED_SHARE, handled, counted),
            handling_time=self._times(
                registry.HANDLING_MEAN, registry.HANDLING_MEDIAN, lambda it: of(it).handling, counted
            ),
            on_target=self._share(registry.ON_TARGET, lambda it: of(it).on_target, handled),
        )

    def _joint(
        self,
        topic: str | None,
        type_code: str,
        code: str | None,
        labels: Labels,
        among: CountOf,
        *,
        is_cause: bool = False,
    ) -> Entry[Figure]:
        def number(feedback: FeedbackAggregate) -> int:
            return feedback.by_topic_and_type.get((topic, type_code), 0)

        measures = (registry.CAUSE, registry.CAUSE_SHARE) if is_cause else (registry.JOINT, registry.JOINT_SHARE)
        return Entry[Figure](
            code=code,
            labels=labels,
            number=self._number(measures[0], number, among),
            share=self._share(measures[1], number, among),
        )

    def _topics_by_number(self, catalogue: Catalogue) -> list[str | None]:
        """All topics, with or without feedback: :func:`listing.listed` leaves out what is shown to have none."""
        by_topic = self._feedback.current.by_topic
        # Sorting is stable: topics of one number stay in the catalogue's order.
        return [*sorted(catalogue.topics, key=lambda code: -by_topic.get(code, 0)), None]

    def _theme(self, theme: str, labels: Labels, types: Mapping[str, Labels]) -> ThemeEntry[Figure]:
        def total(feedback: FeedbackAggregate) -> int:
            return sum(feedback.by_theme_and_type.get((theme, code), 0) for code in types)

        return ThemeEntry[Figure](
            code=theme,
            labels=labels,
            number=self._number(registry.THEME_FEEDBACK, total, _counted),
            by_type=[self._theme_type(theme, code, names, total) for code, names in types.items()],
        )

    def _theme_type(self, theme: str, code: str, labels: Labels, total: CountOf) -> Entry[Figure]:
        def number(feedback: FeedbackAggregate) -> int:
            return feedback.by_theme_and_type.get((theme, code), 0)

        return Entry[Figure](
            code=code,
            labels=labels,
            number=self._number(registry.THEME_BY_TYPE, number, total),
            share=self._share(registry.THEME_TYPE_SHARE, number, total),
        )

    def _times(
        self,
        mean: Measure,
        median: Measure,
        clock_of: Callable[[FeedbackAggregate], ClockAggregate],
        among: CountOf,
    ) -> Times[Figure]:
        means = self._feedback.map(
            lambda it: mean_of_days(clock_of(it).n, among(it), clock_of(it).microseconds, clock_of(it).variance)
        )
        medians = self._feedback.map(
            lambda it: MedianTally(clock_of(it).n, among(it), clock_of(it).median, clock_of(it).median_bounds)
        )
        return Times[Figure](
            mean=build_figure(mean, means, self._comparability),
            median=build_figure(median, medians, self._comparability),
        )

    def _on_target(self, policies: list[TargetPolicy]) -> OnTarget[Figure]:
        return OnTarget[Figure](
            share=self._share(registry.ON_TARGET, lambda it: it.on_target, lambda it: it.handled),
            target_days=float(policies[0].target_days) if len(policies) == 1 else None,
            targets=[
                Target(valid_from=policy.valid_from, target_days=float(policy.target_days), labels=policy.names)
                for policy in policies
            ],
        )


def _counted(feedback: FeedbackAggregate) -> int:
    return feedback.counted


def _topic_labels(catalogue: Catalogue, code: str | None) -> Labels:
    return UNCLASSIFIED if code is None else catalogue.topics[code].names


def _balance(feedback: FeedbackAggregate) -> Balance:
    return Balance(
        received=feedback.received,
        counted=feedback.counted,
        transferred_out=feedback.transferred_out,
        inappropriate=feedback.inappropriate,
        handled=feedback.handled,
        open=feedback.open,
        holds=(
            feedback.received == feedback.counted + feedback.transferred_out + feedback.inappropriate
            and feedback.counted == feedback.handled + feedback.open
            and feedback.counted == sum(feedback.by_type.values()) == sum(feedback.by_topic.values())
        ),
    )


def targets_in_force(policies: tuple[TargetPolicy, ...], period: Period) -> list[TargetPolicy]:
    """The policies of some day of the period, oldest first."""
    ends = [policy.valid_from for policy in policies[1:]] + [date.max] if policies else []
    return [
        policy
        for policy, ends_on in zip(policies, ends, strict=True)
        if policy.valid_from < period.ends_on and ends_on > period.starts_on
    ]

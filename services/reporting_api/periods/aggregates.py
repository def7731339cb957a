"""What the database counted in one period: the raw material of every figure. No arithmetic happens here but sums."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from services.reporting_api.measures.intervals import Interval
from services.shared.tables.base import Labels
from services.shared.tables.surveys import (
    ASKED_PREFIX,
    PARTIAL_QUESTION,
    RESPONSE_VALUE,
    RESPONSES_QUESTION,
    QuestionKind,
    QuestionPurpose,
    SurveyKind,
)


@dataclass(frozen=True, slots=True)
class ClockAggregate:
    """One clock of the counted items that have it: exact sum, spread and middle."""

    n: int = 0
    microseconds: int = 0
    variance: float = 0.0
    """Sample variance in squared days."""
    median: Fraction | None = None
    """In days."""
    median_bounds: Interval | None = None
    """In days: the values at the ranks that bound the median."""


@dataclass(frozen=True, slots=True)
class LanguageAggregate:
    """Counted feedback of one sender's language."""

    counted: int = 0
    handled: int = 0
    on_target: int = 0
    handling: ClockAggregate = field(default_factory=ClockAggregate)


NO_LANGUAGE = LanguageAggregate()


@dataclass(frozen=True, slots=True)
class FeedbackAggregate:
    """Feedback received in the period. ``has_data`` says whether any unit received any."""

    has_data: bool = False
    has_demonstration: bool = False
    received: int = 0
    kept_apart: int = 0
    transferred_out: int = 0
    inappropriate: int = 0
    counted: int = 0
    handled: int = 0
    open: int = 0
    reopened: int = 0
    on_target: int = 0
    handling: ClockAggregate = field(default_factory=ClockAggregate)
    reaction: ClockAggregate = field(default_factory=ClockAggregate)
    by_type: Mapping[str, int] = field(default_factory=dict)
    by_topic: Mapping[str | None, int] = field(default_factory=dict)
    """Counted items; the key None holds the unclassified ones."""
    by_topic_and_type: Mapping[tuple[str | None, str], int] = field(default_factory=dict)
    by_theme_and_type: Mapping[tuple[str, str], int] = field(default_factory=dict)
    by_language: Mapping[str, LanguageAggregate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OmbudsmanAggregate:
    """Contacts of the period."""

    has_demonstration: bool = False
    contacts: int = 0
    by_service: Mapping[str, int] = field(default_factory=dict)
    by_reason: Mapping[str, int] = field(default_factory=dict)

    @property
    def reasons_recorded(self) -> int:
        """All reasons of all contacts."""
        return sum(self.by_reason.values())


@dataclass(frozen=True, slots=True)
class ParticipationAggregate:
    """The registers of participation. ``begun`` are those that had any record by the period's end."""

    has_demonstration: bool = False
    begun: frozenset[str] = frozenset()
    social_reports: int = 0
    by_reason: Mapping[str, int] = field(default_factory=dict)
    by_barrier: Mapping[str, int] = field(default_factory=dict)
    meetings_by_kind: Mapping[str, int] = field(default_factory=dict)
    participants: int = 0
    proposals_by_status: Mapping[str, int] = field(default_factory=dict)
    proposals_answered: int = 0
    initiatives_by_status: Mapping[str, int] = field(default_factory=dict)
    initiatives_decided: int = 0

    @property
    def reasons_recorded(self) -> int:
        """All reasons of all social reports."""
        return sum(self.by_reason.values())

    @property
    def barriers_recorded(self) -> int:
        """All barriers of all social reports."""
        return sum(self.by_barrier.values())

    @property
    def meetings(self) -> int:
        """All meetings."""
        return sum(self.meetings_by_kind.values())

    @property
    def proposals(self) -> int:
        """All proposals made."""
        return sum(self.proposals_by_status.values())

    @property
    def initiatives(self) -> int:
        """All initiatives received."""
        return sum(self.initiatives_by_status.values())


@dataclass(frozen=True, slots=True)
class QuestionAggregate:
    """The answers of one question: how many of each value, in which versions and ways of collection."""

    histogram: Mapping[int, int] = field(default_factory=dict)
    versions: frozenset[int] = frozenset()
    by_mode: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    """The histogram by way of collection."""

    @property
    def answers(self) -> int:
        """All answers; not meaningful for multiple choice, where one respondent has several."""
        return sum(self.histogram.values())

    @property
    def collection_modes(self) -> frozenset[str]:
        """The ways in which the answers were collected."""
        return frozenset(self.by_mode)

    def differs_in_modes(self, other: "QuestionAggregate") -> Fraction:
        """What share of the answers would have to be collected in another way for both to have the same mix: 0 to 1."""
        return shift_of_mix(self.mix, other.mix)

    @property
    def mix(self) -> Mapping[str, int]:
        """How many of the answers were collected in each way."""
        return {mode: self.number_of_mode(mode) for mode in self.by_mode}

    def share_of_mode(self, mode: str) -> Fraction:
        """The share of the answers that were collected in the way: 0 to 1."""
        return Fraction(self.number_of_mode(mode), self.answers) if self.answers else Fraction(0)

    def number_of_mode(self, mode: str) -> int:
        """How many of the answers were collected in the way."""
        return sum(self.by_mode.get(mode, {}).values())


NO_ANSWERS = QuestionAggregate()


def shift_of_mix(current: Mapping[str, int], earlier: Mapping[str, int]) -> Fraction:
    """What share of the answers would have to be of another class for both to have the same mix: 0 to 1."""
    numbers = (sum(current.values()) or 1, sum(earlier.values()) or 1)
    differences = (
        abs(Fraction(current.get(one, 0), numbers[0]) - Fraction(earlier.get(one, 0), numbers[1]))
        for one in current.keys() | earlier.keys()
    )
    return sum(differences, Fraction(0)) / 2


@dataclass(frozen=True, slots=True)
class PeriodAggregate:
    """All that was counted in one period."""

    feedback: FeedbackAggregate
    ombudsman: OmbudsmanAggregate
    participation: ParticipationAggregate
    questions: Mapping[tuple[str, str], QuestionAggregate]
    """By survey and question."""
    smileys_by_point: Mapping[tuple[str, str, str], QuestionAggregate]
    """By survey, question and service point; surveys of kind smiley only."""
    invitations: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Sent in the period, by survey and way of collection."""

    def question(self, survey: str, question: str) -> QuestionAggregate:
        """The answers to a question; none if there were none."""
        return self.questions.get((survey, question), NO_ANSWERS)

    def respondents(self, survey: str) -> int:
        """How many responses the survey had, partial ones too."""
        return self.question(survey, RESPONSES_QUESTION).histogram.get(RESPONSE_VALUE, 0)

    def respondents_by_mode(self, survey: str) -> Mapping[str, int]:
        """The same by way of collection."""
        by_mode = self.question(survey, RESPONSES_QUESTION).by_mode
        return {mode: histogram.get(RESPONSE_VALUE, 0) for mode, histogram in by_mode.items()}

    def invitations_by_mode(self, survey: str) -> Mapping[str, int]:
        """How many were invited to answer, by the way in which they answer."""
        return {mode: count for (code, mode), count in self.invitations.items() if code == survey and count}

    def partial(self, survey: str) -> int:
        """How many of the survey's responses are partial."""
        return self.question(survey, PARTIAL_QUESTION).histogram.get(RESPONSE_VALUE, 0)

    def asked(self, survey: str, question: str) -> int:
        """How many were asked a follow-up question."""
        return self.question(survey, f"{ASKED_PREFIX}{question}").histogram.get(RESPONSE_VALUE, 0)


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a choice question, by its histogram value."""

    number: int
    code: str
    labels: Labels


@dataclass(frozen=True, slots=True)
class Question:
    """A question as its newest version words it, with the options and scale steps of all versions."""

    code: str
    kind: QuestionKind
    purpose: QuestionPurpose
    labels: Labels
    scale_steps: frozenset[int] = frozenset()
    is_follow_up: bool = False
    """In any version."""
    replaces: str | None = None
    """The question it follows without being comparable with it."""
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class SurveyDefinition:
    """A survey and its questions in their order."""

    code: str
    kind: SurveyKind
    labels: Labels
    unit_code: str
    is_demonstration: bool
    is_open_in_period: bool
    allows_several: bool
    """One who was invited may give several responses."""
    questions: tuple[Question, ...]

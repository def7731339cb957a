"""Demonstration feedback: whole items with their events, made to add up to the table of counts."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, repeat
from typing import Any, Protocol

from services.cli.demo.counts import FEEDBACK, SOURCE, UNCLASSIFIED, VACCINATION_TOPICS, Counts, FeedbackCounts
from services.cli.demo.instants import instants_of
from services.cli.demo.texts import answer_text, feedback_wording, other_wording
from services.shared.periods import PeriodKind, parse_period

ImportLine = dict[str, Any]

TARGET = timedelta(days=5)

DIVISION = "sote"
UNITS: Mapping[str, Sequence[str]] = {
    "vaccination_booking": ("vaccinations",),
    "vaccination_certificate": ("vaccinations",),
    "vaccination_sites": ("vaccinations",),
    "access_to_care": ("health-stations", "kallio-health-station", "malmi-health-station"),
    "maisa_e_services": ("e-services",),
    "staff_and_treatment": ("kallio-health-station", "malmi-health-station", "hospitals", "oral-health"),
    "apotti": ("e-services", "health-stations"),
    "oral_health_booking": ("oral-health", "ruskeasuo-dental-clinic"),
    "home_care": ("home-care",),
    "telephone_service": ("health-stations",),
    "social_services": ("adult-social-work", "child-families", "disability-services"),
    "benefits": ("adult-social-work",),
    "information": (DIVISION, "senior-info"),
    "premises": ("kinapori-service-centre", "kamppi-service-centre", "service-centres"),
    "website_accessibility": ("e-services",),
    "participation": (DIVISION,),
    UNCLASSIFIED: (DIVISION,),
}
"""Where feedback of a topic ends up."""

CHANNELS = ("web_form",) * 14 + ("service_map",) * 2 + ("email",) * 2 + ("telephone", "paper")

OTHER_DIVISIONS = (
    "Kaupunkiympäristön toimiala",
    "Kulttuurin ja vapaa-ajan toimiala",
    "Kasvatuksen ja koulutuksen toimiala",
)

PREFERRED = (
    ("accessibility", "website_accessibility", 1.0),
    ("compliment", "vaccination_sites", 0.75),
    ("question", "vaccination_certificate", 0.6),
    ("compliment", "staff_and_treatment", 0.3),
)
"""Types that go with a topic, and which share of what is possible does; the rest is paired by chance."""

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Subject:
    """What an item is about."""

    type_code: str
    topic: str


def feedback_count(quarter: str) -> int:
    """How many items the quarter has."""
    return FEEDBACK[quarter].received


def reference(quarter: str, number: int) -> str:
    """The reference of the quarter's item ``number``, from 1."""
    return f"{quarter}-{number:05}"


def feedback_lines(quarter: str) -> Iterator[ImportLine]:
    """The import lines of one quarter, in the order they were received; always the same."""
    counts = FEEDBACK[quarter]
    dice = random.Random(f"feedback {quarter}")  # noqa: S311 (a fixed seed is the point)
    period = parse_period(PeriodKind.QUARTER, quarter)
    received = instants_of(period, counts.received, dice)
    ends = _ends(counts, dice)
    for number, (received_at, end) in enumerate(zip(received, ends, strict=True), start=1):
        yield {
            "source": SOURCE,
            "reference": reference(quarter, number),
            "received_at": received_at.isoformat(),
            "channel": dice.choice(CHANNELS),
            **end.line(dice, received_at),
        }


def _ends(counts: FeedbackCounts, dice: random.Random) -> list["_End"]:
    """One end an item, shuffled, so that no kind of item gathers in one part of the quarter."""
    subjects = pair_types_with_topics(counts, dice)
    handling: list[timedelta | None] = [*handling_times(counts, dice), *repeat(None, counts.open)]
    dice.shuffle(handling)
    ends: list[_End] = [_Counted(subject, time) for subject, time in zip(subjects, handling, strict=True)]
    ends += repeat(_TransferredOut(), counts.transferred_out)
    ends += repeat(_Inappropriate(), counts.inappropriate)
    dice.shuffle(ends)
    return ends


def pair_types_with_topics(counts: FeedbackCounts, dice: random.Random) -> list[Subject]:
    """A type and a topic for each counted item, keeping both columns of the table exactly."""
    vaccination = {topic: counts.by_topic.get(topic, 0) for topic in VACCINATION_TOPICS}
    others = {topic: count for topic, count in counts.by_topic.items() if topic not in VACCINATION_TOPICS}
    other_types = {
        type_code: count - counts.vaccination_by_type.get(type_code, 0) for type_code, count in counts.by_type.items()
    }
    return [*_pair(counts.vaccination_by_type, vaccination, dice), *_pair(other_types, others, dice)]


def _pair(by_type: Counts, by_topic: Counts, dice: random.Random) -> list[Subject]:
    types, topics = dict(by_type), dict(by_topic)
    pairs: list[Subject] = []
    for type_code, topic, share in PREFERRED:
        count = int(min(types.get(type_code, 0), topics.get(topic, 0)) * share)
        if count:
            pairs += repeat(Subject(type_code, topic), count)
            types[type_code] -= count
            topics[topic] -= count
    rest = list(chain.from_iterable(repeat(type_code, count) for type_code, count in types.items()))
    dice.shuffle(rest)
    remaining = chain.from_iterable(repeat(topic, count) for topic, count in topics.items())
    return pairs + [Subject(type_code, topic) for type_code, topic in zip(rest, remaining, strict=True)]


def handling_times(counts: FeedbackCounts, dice: random.Random) -> list[timedelta]:
    """As many handling times as items were handled: so many under the target, and the mean exactly the table's.

    The bound is tried from both sides: one item takes exactly five days (not on target), one a second less.
    """
    under = [TARGET * dice.betavariate(1.4, 1.7) for _ in range(counts.on_target - 1)]
    under = [max(20 * MINUTE, time - time % timedelta(seconds=1)) for time in under]
    under = [min(time, TARGET - timedelta(seconds=2)) for time in under] + [TARGET - timedelta(seconds=1)]
    late_count = counts.handled - counts.on_target
    total = timedelta(days=counts.mean_handling_days) * counts.handled
    late_total = total - sum(under, timedelta()) - TARGET * late_count
    weights = [dice.expovariate(1.0) + 0.05 for _ in range(late_count - 1)]
    late = [late_total * weight / sum(weights) for weight in weights]
    late = [TARGET + time - time % timedelta(seconds=1) for time in late]
    # What rounding to seconds left over goes to the last, so that the sum is exact.
    late[-1] += total - sum(under, timedelta()) - sum(late, timedelta()) - TARGET
    return [*under, *late, TARGET]


class _End(Protocol):
    """How an item ends, and what is told of it."""

    def line(self, dice: random.Random, received_at: datetime) -> ImportLine:
        """The import line's fields beyond identity and time."""
        ...


@dataclass(frozen=True, slots=True)
class _Counted:
    """An item of the division's own; open where it has no handling time."""

    subject: Subject
    handling: timedelta | None

    def line(self, dice: random.Random, received_at: datetime) -> ImportLine:
        wording = feedback_wording(dice, self.subject.topic, self.subject.type_code)
        unit = dice.choice(UNITS[self.subject.topic])
        was_misplaced = unit != DIVISION and dice.random() < 0.1
        was_misjudged = dice.random() < 0.06
        topic = None if self.subject.topic == UNCLASSIFIED else self.subject.topic
        line = {
            "text": wording.text,
            "title": wording.title,
            "language": wording.language,
            "unit": DIVISION if was_misplaced else unit,
            "type": "other" if was_misjudged else self.subject.type_code,
            "topic": None if was_misjudged else topic,
            "reply_wanted": self.subject.type_code in ("question", "complaint") and dice.random() < 0.6,
            "events": list(self._events(dice, received_at, unit, was_misplaced, was_misjudged)),
        }
        return {name: value for name, value in line.items() if value is not None}

    def _events(
        self, dice: random.Random, received_at: datetime, unit: str, was_misplaced: bool, was_misjudged: bool
    ) -> Iterator[ImportLine]:
        span = self.handling or timedelta(days=2)

        def at(share: float) -> str:
            moment = span * share
            return (received_at + moment - moment % timedelta(seconds=1)).isoformat()

        if was_misjudged:
            classified = {"kind": "classified", "occurred_at": at(0.1), "type": self.subject.type_code}
            topic = self.subject.topic
            yield classified if topic == UNCLASSIFIED else classified | {"topic": topic}
        if was_misplaced:
            yield {"kind": "transferred", "occurred_at": at(0.2), "unit": unit}
        elif dice.random() < 0.5:
            yield {"kind": "assigned", "occurred_at": at(0.2), "unit": unit}
        if self.handling is None:
            return
        if self.handling > TARGET and dice.random() < 0.4:
            yield {"kind": "interim_answered", "occurred_at": at(dice.uniform(0.2, 0.6)), "note": "Selvitämme asiaa."}
        yield from self._ending(dice, received_at + self.handling)

    def _ending(self, dice: random.Random, handled_at: datetime) -> Iterator[ImportLine]:
        is_answer = dice.random() < 0.85
        if is_answer:
            yield {"kind": "answered", "occurred_at": handled_at.isoformat(), "note": answer_text(dice)}
        else:
            yield {"kind": "closed", "occurred_at": handled_at.isoformat()}
        if dice.random() < 0.02:
            # A later touch: the clocks stay as they are.
            later = handled_at + timedelta(days=dice.randint(1, 20))
            yield {"kind": "reopened", "occurred_at": later.isoformat()}
            yield {"kind": "answered", "occurred_at": (later + timedelta(hours=5)).isoformat()}


@dataclass(frozen=True, slots=True)
class _TransferredOut:
    """An item that another division must answer."""

    def line(self, dice: random.Random, received_at: datetime) -> ImportLine:
        wording = other_wording(dice, "transferred_out")
        moved_at = received_at + timedelta(minutes=dice.randint(30, 4_000))
        event = {
            "kind": "transferred",
            "occurred_at": moved_at.isoformat(),
            "recipient": dice.choice(OTHER_DIVISIONS),
        }
        return {"text": wording.text, "title": wording.title, "type": "complaint", "unit": DIVISION, "events": [event]}


@dataclass(frozen=True, slots=True)
class _Inappropriate:
    """An item that is no feedback."""

    def line(self, dice: random.Random, received_at: datetime) -> ImportLine:
        wording = other_wording(dice, "inappropriate")
        rejected_at = received_at + timedelta(minutes=dice.randint(10, 3_000))
        event = {"kind": "rejected", "occurred_at": rejected_at.isoformat()}
        return {"text": wording.text, "title": wording.title, "type": "other", "unit": DIVISION, "events": [event]}

"""An invented city with records of every kind: some places have many answers, some hardly any."""

import random
from collections.abc import Iterator, Sequence
from datetime import date

from tests.reporting_api.attack.constraints import FACES
from tests.reporting_api.attack.records import Item, Records, SurveyAsked

POINTS = {
    "kallio-health-station": ("helsinki", "sote", "sote-health", "health-stations", "kallio-health-station"),
    "malmi-health-station": ("helsinki", "sote", "sote-health", "health-stations", "malmi-health-station"),
    "ruskeasuo-dental-clinic": ("helsinki", "sote", "sote-health", "oral-health", "ruskeasuo-dental-clinic"),
    "kinapori-service-centre": ("helsinki", "sote", "sote-hospital", "service-centres", "kinapori-service-centre"),
    "old-clinic": ("helsinki", "sote", "sote-hospital", "service-centres", "old-clinic"),
}
"""Where answers are given, and the units above. The old clinic's work is carried on in another branch."""

SUCCESSOR = "ruskeasuo-dental-clinic"
CITY = frozenset(POINTS)

CHAT, SURVEY, TERMINALS = "chat-of-random", "survey-of-random", "terminals"

SURVEYS = {
    TERMINALS: SurveyAsked("smiley", {"mood": {"kind": "smiley_4", "purpose": "satisfaction"}}),
    CHAT: SurveyAsked(
        "chat",
        {
            "contact_topic": {
                "kind": "multiple_choice",
                "purpose": "contact_topic",
                "options": {1: "booking", 2: "advice", 3: "other"},
            },
            "helped": {"kind": "yes_no", "purpose": "statement"},
        },
    ),
    SURVEY: SurveyAsked(
        "questionnaire",
        {
            "reason": {"kind": "single_choice", "options": {1: "first", 2: "second", 3: "third"}},
            "again": {"kind": "yes_no"},
            "grade": {"kind": "grade"},
            "recommend": {"kind": "nps"},
        },
    ),
}

THEMES = {"covid_vaccination": frozenset({"vaccination_booking", "vaccination_certificate", "vaccination_sites"})}
TOPICS = ("vaccination_booking", "vaccination_sites", "access_to_care", "premises", None)
LONELY_HOUR = 20
"""When hardly anybody presses."""
RARE_TOPICS = ("premises", None)
TYPES = ("complaint", "question", "compliment", "idea")
SERVICES = ("health_and_substance_abuse", "family_and_social", "other")


def branches() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Every unit above the points, by both organisations."""
    codes = sorted({code for above in POINTS.values() for code in above})
    today = {**POINTS, "old-clinic": POINTS[SUCCESSOR]}
    for code in codes:
        for units, above in (("as_then", POINTS), ("as_today", today)):
            if (code, units) != ("old-clinic", "as_today"):
                yield code, units, frozenset(point for point in POINTS if code in above[point])


def invent(seed: int) -> Records:
    """Two quarters of 2019; what is asked seldom is answered by few everywhere."""
    dice = random.Random(seed)
    records = Records(SURVEYS, THEMES)
    for month in range(1, 7):
        for point in POINTS:
            day = date(2019, month, dice.randint(1, 28))
            is_rich = point not in ("malmi-health-station", "old-clinic") or dice.random() < 0.3
            for face in FACES:
                for _ in range(dice.randint(5, 60) if is_rich else dice.choice([0, 0, 1, 2, 7])):
                    records.answer(TERMINALS, point, day, dice.choice((9, 13)), {"mood": face})
            _ask(records, dice, point, day, dice.randint(10, 40) if is_rich else dice.choice([0, 0, 3, 8]))
        _receive(records, dice, month)
    for _ in range(2):
        records.answer(TERMINALS, "kallio-health-station", date(2019, 5, 12), LONELY_HOUR, {"mood": "happy"})
    return records


def _ask(records: Records, dice: random.Random, point: str, day: date, number: int) -> None:
    records.invitations[SURVEY, point, day] += number + dice.randint(0, 9)
    for _ in range(number):
        topics = dice.sample(("booking", "advice", "other"), dice.choice((1, 1, 2)))
        records.answer(CHAT, point, day, 10, {"contact_topic": topics, "helped": dice.random() < 0.9})
    for _ in range(number):
        answers = {
            "reason": dice.choices(("first", "second", "third"), (60, 39, 1))[0],
            "again": dice.random() < 0.7,
            "grade": min(10, dice.choice((9, 10, 10, 10, 8))),
            "recommend": dice.choice((10, 9, 9, 8, 7, 3)),
        }
        # Not every question is answered by everybody.
        kept = {code: given for code, given in answers.items() if dice.random() < 0.95}
        records.answer(SURVEY, point, day, 10, kept)


def _receive(records: Records, dice: random.Random, month: int) -> None:
    for point, topic, kind in ((p, t, k) for p in POINTS for t in TOPICS for k in TYPES):
        is_rare = topic in RARE_TOPICS or kind == "idea"
        for _ in range(dice.choice((0, 0, 0, 1) if is_rare else (0, 0, 1, 2, 6))):
            records.feedback.append(Item(point, _day(dice, month), topic, kind))
    for _ in range(dice.randint(3, 30)):
        service = dice.choices(SERVICES, (60, 35, 5))[0]
        reasons = _some(dice, ("self_determination", "access_to_information", "other"))
        records.contacts.append((_day(dice, month), service, reasons))
        reports = _some(dice, ("housing", "loneliness", "other")), _some(dice, ("waiting", "cost", "trust"))
        records.reports.append((_day(dice, month), *reports))


def _some(dice: random.Random, codes: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(dice.sample(codes, dice.choice((1, 1, 2)))))


def _day(dice: random.Random, month: int) -> date:
    return date(2019, month, dice.choice((5, 20)))


LATE_HOUR = 16


def invent_late(seed: int, wave: int) -> Records:
    """What comes to the second quarter after an edition: of some kinds enough to be told, of others hardly any."""
    dice = random.Random(-seed - wave)
    records = Records(SURVEYS, THEMES)
    day, is_first = date(2019, 6, 20 + wave), wave == 1
    for point in ("kallio-health-station", "malmi-health-station") if is_first else ("kallio-health-station",):
        for face, number in zip(FACES, (30, 12, 6, 2) if is_first else (1, 0, 0, 1), strict=True):
            for _ in range(number):
                records.answer(TERMINALS, point, day, LATE_HOUR, {"mood": face})
    _ask(records, dice, "kallio-health-station", day, 2 if is_first else 60)
    _ask(records, dice, "ruskeasuo-dental-clinic", day, 30 if is_first else 1)
    for number in range(30 if is_first else 12):
        topic, kind = dice.choices(TOPICS, (9, 9, 9, 2, 1))[0], dice.choices(TYPES, (9, 9, 9, 1))[0]
        records.feedback.append(Item(list(POINTS)[number % len(POINTS)], day, topic, kind))
    for _ in range(25 if is_first else 2):
        service = dice.choices(SERVICES, (60, 35, 5))[0]
        records.contacts.append((day, service, _some(dice, ("self_determination", "access_to_information", "other"))))
    for _ in range(3 if is_first else 40):
        reports = _some(dice, ("housing", "loneliness", "other")), _some(dice, ("waiting", "cost", "trust"))
        records.reports.append((day, *reports))
    return records

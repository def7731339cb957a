"""Demonstration surveys and their answers: four chats, the smiley buttons and the customer survey of 2015."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, repeat
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from services.cli.demo.counts import (
    CHATS,
    CUSTOMER_SURVEY,
    CUSTOMER_SURVEY_QUARTER,
    SMILEYS,
    ChatCounts,
    Counts,
    GradeCounts,
)
from services.cli.demo.instants import opening_hours_of
from services.cli.demo.texts import chat_comment
from services.shared.periods import PeriodKind, parse_period

Definition = dict[str, Any]
ImportLine = dict[str, Any]
Answers = dict[str, Any]

SMILEY_SURVEY = "service-point-smileys"
CUSTOMER_SURVEY_CODE = "customer-survey-2015"
BUTTONS = ("very_happy", "happy", "unhappy", "very_unhappy")
_RESPONSE_IDS = uuid5(NAMESPACE_URL, "katsaus:demonstration")


def response_id(survey: str, quarter: str, number: int) -> UUID:
    """The id of the survey's response ``number`` of the quarter, from 1; always the same."""
    return uuid5(_RESPONSE_IDS, f"{survey} {quarter} {number}")


def _labels(fi: str, sv: str, en: str) -> dict[str, str]:
    return {"fi": fi, "sv": sv, "en": en}


_SATISFACTION: Definition = {
    "code": "satisfaction",
    "kind": "scale",
    "purpose": "satisfaction",
    "labels": _labels(
        "Kuinka tyytyväinen olit chatiin? (0-100)",
        "Hur nöjd var du med chatten? (0-100)",
        "How satisfied were you with the chat? (0-100)",
    ),
    # A slider: every whole number is a step.
    "scale_steps": 101,
    "is_required": True,
}

_COMMENT: Definition = {
    "code": "comment",
    "kind": "text",
    "purpose": "comment",
    "labels": _labels("Mitä haluat sanoa?", "Vad vill du säga?", "What would you like to say?"),
}


def _contact_topic(kind: str, options: Mapping[str, dict[str, str]]) -> Definition:
    return {
        "code": "contact_topic",
        "kind": kind,
        "purpose": "contact_topic",
        "labels": _labels("Mitä asiasi koski?", "Vad gällde ditt ärende?", "What was it about?"),
        "is_required": True,
        "options": [{"code": code, "labels": labels} for code, labels in options.items()],
    }


def _statement(code: str, labels: dict[str, str]) -> Definition:
    return {"code": code, "kind": "yes_no", "purpose": "statement", "labels": labels, "is_required": True}


def _chat(code: str, names: dict[str, str], unit: str, opens_at: str, questions: Sequence[Definition]) -> Definition:
    return {
        "code": code,
        "kind": "chat",
        "names": names,
        "unit": unit,
        "collection_mode": "chat",
        "opens_at": opens_at,
        "is_demonstration": True,
        "questions": [_SATISFACTION, *questions, _COMMENT],
    }


DEFINITIONS: tuple[Definition, ...] = (
    _chat(
        "dental-chat",
        _labels("Hammashoito", "Tandvårdens chatt", "Dental care"),
        "oral-health",
        "2021-01-01T00:00:00+02:00",
        [
            _contact_topic(
                "multiple_choice",
                {
                    "booking": _labels("Ajanvaraus", "Tidsbokning", "Booking"),
                    "advice_and_other": _labels(
                        "Neuvonta ja muu tiedustelu", "Rådgivning och andra förfrågningar", "Advice and other inquiries"
                    ),
                    "care_instructions": _labels("Hoito-ohjeet", "Vårdanvisningar", "Care instructions"),
                },
            )
        ],
    ),
    _chat(
        "senior-info-chat",
        _labels("Seniori-info", "Seniorinfo", "Senior info"),
        "senior-info",
        "2021-02-01T00:00:00+02:00",
        [
            _contact_topic(
                "single_choice",
                {
                    "instructions": _labels("Ohjeiden saaminen", "Anvisningar", "Getting instructions"),
                    "general_advice": _labels("Yleinen neuvonta", "Allmän rådgivning", "General advice"),
                    "other": _labels("Muu", "Annat", "Other"),
                },
            )
        ],
    ),
    _chat(
        "housing-advice-chat",
        _labels("Asumisneuvonta", "Boenderådgivning", "Housing advice"),
        "housing-advice",
        "2021-01-01T00:00:00+02:00",
        [
            _contact_topic(
                "single_choice",
                {
                    "applying_for_housing": _labels("Asunnon haku", "Ansökan om bostad", "Applying for housing"),
                    "information_on_housing": _labels(
                        "Tieto asumisesta", "Information om boende", "Housing information"
                    ),
                    "other_advice": _labels(
                        "Muu neuvonta ja ohjaus", "Annan rådgivning och handledning", "Other advice and guidance"
                    ),
                    "consultation_between_experts": _labels(
                        "Asiantuntijoiden välinen konsultointi",
                        "Konsultation mellan sakkunniga",
                        "Consultation between experts",
                    ),
                    "social_services_and_benefits": _labels(
                        "Sosiaalipalvelut ja tukien hakeminen",
                        "Socialservice och ansökan om stöd",
                        "Social services and applying for benefits",
                    ),
                },
            )
        ],
    ),
    _chat(
        "social-advice-chat",
        _labels("Sosiaalineuvonta", "Socialrådgivning", "Social advice"),
        "social-advice",
        "2021-01-01T00:00:00+02:00",
        [
            _statement(
                "got_the_help_needed",
                _labels(
                    "Sain chatista avun, jota tarvitsin.",
                    "Jag fick den hjälp jag behövde.",
                    "I got the help I needed from the chat.",
                ),
            ),
            _statement(
                "effortless_to_use",
                _labels(
                    "Chatin käyttäminen oli vaivatonta.",
                    "Det var lätt att använda chatten.",
                    "Using the chat was effortless.",
                ),
            ),
        ],
    ),
    {
        "code": SMILEY_SURVEY,
        "kind": "smiley",
        "names": _labels("Pikapalautelaitteet", "Snabbresponsapparater", "Quick feedback devices"),
        "unit": "sote",
        "collection_mode": "device",
        "opens_at": "2020-01-01T00:00:00+02:00",
        "is_demonstration": True,
        "questions": [
            {
                "code": "satisfaction",
                "kind": "smiley_4",
                "purpose": "satisfaction",
                "labels": _labels(
                    "Millaista palvelu oli tänään?", "Hurdan var servicen i dag?", "How was the service?"
                ),
                "is_required": True,
            }
        ],
    },
    {
        "code": CUSTOMER_SURVEY_CODE,
        "kind": "questionnaire",
        "names": _labels("Asiakaskysely 2015", "Kundenkät 2015", "Customer survey 2015"),
        "unit": "sote",
        "collection_mode": "paper",
        "opens_at": "2015-01-01T00:00:00+02:00",
        "closes_at": "2015-04-01T00:00:00+03:00",
        "is_demonstration": True,
        "questions": [
            {
                "code": "overall_grade",
                "kind": "grade",
                "purpose": "overall_grade",
                "labels": _labels("Yleisarvosana (4-10)", "Helhetsvitsord (4-10)", "Overall grade (4-10)"),
                "is_required": True,
            }
        ],
    },
)


def response_counts() -> dict[tuple[str, str], int]:
    """How many responses there are, by survey and quarter, in the order they are sent."""
    counts: dict[tuple[str, str], int] = {}
    for quarter, chats in CHATS.items():
        counts |= {(survey, quarter): chat.respondents for survey, chat in chats.items()}
    for quarter, points in SMILEYS.items():
        counts[SMILEY_SURVEY, quarter] = sum(map(sum, points.values()))
    counts[CUSTOMER_SURVEY_CODE, CUSTOMER_SURVEY_QUARTER] = sum(
        grades.respondents for grades in CUSTOMER_SURVEY.values()
    )
    return counts


def response_lines() -> Iterator[ImportLine]:
    """The import lines of all demonstration responses, in the order of :func:`response_counts`; always the same."""
    for survey, quarter in response_counts():
        # Seeded by what it makes, so that a new survey changes no other one's answers.
        dice = random.Random(f"{survey} {quarter}")  # noqa: S311 (the same each time)
        answered = _answered(survey, quarter, dice)
        instants = opening_hours_of(parse_period(PeriodKind.QUARTER, quarter), len(answered), dice)
        for number, (instant, fields) in enumerate(zip(instants, answered, strict=True), start=1):
            yield _line(survey, quarter, number, instant, fields)


def _line(survey: str, quarter: str, number: int, instant: datetime, fields: ImportLine) -> ImportLine:
    return {
        "survey": survey,
        "id": str(response_id(survey, quarter, number)),
        "given_at": instant.isoformat(),
        **fields,
    }


def _answered(survey: str, quarter: str, dice: random.Random) -> list[ImportLine]:
    if survey == SMILEY_SURVEY:
        lines = list(_presses(quarter))
    elif survey == CUSTOMER_SURVEY_CODE:
        lines = list(_grades(dice))
    else:
        return [{"answers": answers} for answers in chat_answers(CHATS[quarter][survey], dice)]
    dice.shuffle(lines)
    return lines


def _presses(quarter: str) -> Iterator[ImportLine]:
    for point, presses in SMILEYS[quarter].items():
        for button, count in zip(BUTTONS, presses, strict=True):
            yield from repeat({"service_point": point, "answers": {"satisfaction": button}}, count)


def _grades(dice: random.Random) -> Iterator[ImportLine]:
    for point, counts in CUSTOMER_SURVEY.items():
        for grade in grades_of(counts, dice):
            yield {"service_point": point, "answers": {"overall_grade": grade}}


def chat_answers(counts: ChatCounts, dice: random.Random) -> list[Answers]:
    """Each respondent's answers to a chat's questions, adding up to ``counts``."""
    satisfaction = whole_numbers_of_mean(counts.respondents, counts.mean * counts.respondents, 0, 100, 24.0, dice)
    answers: list[Answers] = [{"satisfaction": value} for value in satisfaction]
    if counts.contact_topics:
        chosen = _chosen_topics(counts, dice)
        for answer, topics in zip(answers, chosen, strict=True):
            answer["contact_topic"] = topics
    for code, yes in counts.statements.items():
        said_yes = [*repeat(True, yes), *repeat(False, counts.respondents - yes)]
        dice.shuffle(said_yes)
        for answer, agrees in zip(answers, said_yes, strict=True):
            answer[code] = agrees
    for answer in answers:
        if dice.random() < 0.1:
            answer["comment"] = chat_comment(dice)
    return answers


def _chosen_topics(counts: ChatCounts, dice: random.Random) -> list[Any]:
    chosen = list(chain.from_iterable(repeat(code, count) for code, count in counts.contact_topics.items()))
    if len(chosen) == counts.respondents:
        dice.shuffle(chosen)
        return list(chosen)
    return pair_up(counts.contact_topics, counts.respondents, dice)


def pair_up(by_option: Counts, respondents: int, dice: random.Random) -> list[list[str]]:
    """Choices of ``respondents`` who chose one or two different options each, adding up to ``by_option``."""
    extra = sum(by_option.values()) - respondents
    largest = max(by_option, key=lambda code: by_option[code])
    others = [code for code, count in by_option.items() if code != largest for _ in range(count)]
    dice.shuffle(others)
    both = [[largest, other] for other in others[:extra]]
    single = [[other] for other in others[extra:]] + [[largest]] * (by_option[largest] - extra)
    choices = both + single
    dice.shuffle(choices)
    return choices


def grades_of(counts: GradeCounts, dice: random.Random) -> list[int]:
    """Grades 4-10 whose mean is exactly the table's."""
    total = counts.mean_hundredths * counts.respondents // 100
    return whole_numbers_of_mean(counts.respondents, total, 4, 10, 1.1, dice)


def whole_numbers_of_mean(
    count: int, total: int, lowest: int, highest: int, spread: float, dice: random.Random
) -> list[int]:
    """``count`` whole numbers between the bounds, normally spread, adding up to exactly ``total``."""
    mean = total / count
    numbers = [min(highest, max(lowest, round(dice.gauss(mean, spread)))) for _ in range(count)]
    step = 1 if sum(numbers) < total else -1
    while sum(numbers) != total:
        position = dice.randrange(count)
        if lowest <= numbers[position] + step <= highest:
            numbers[position] += step
    return numbers

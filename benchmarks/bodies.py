"""What residents send in the benchmark: a hundred different pieces of feedback and responses, the same in every run."""

import random
from typing import Any

SURVEY_CODE = "benchmark"
BODY_COUNT = 100

UNIQUE = "ainutkertainen"
"""The word that the load generator replaces by another one in each request, so that none repeats another."""

_SEED = 2021
_TYPES = ("complaint", "question", "compliment", "idea", "other")
_TOPICS = ("access_to_care", "staff_and_treatment", "telephone_service", "home_care", None)
_UNITS = ("health-stations", "oral-health", "home-care", "vaccinations")
_SERVICE_POINTS = ("kallio-health-station", "malmi-health-station", "ruskeasuo-dental-clinic", "kamppi-service-centre")
_REASONS = ("booking", "advice", "prescription", "other")
_SENTENCES = (
    "Ajanvaraus toimi hyvin, kiitos siitä koko henkilökunnalle!",
    "Jonotin puhelimessa yli tunnin, eikä kukaan soittanut takaisin.",
    "Koronarokotukseen ei saanut aikaa, vaikka verkkosivu lupasi niitä olevan.",
    "Hoitaja otti asiani vakavasti ja selitti kaiken selvästi.",
    "Miksi terveysaseman ovi on lukossa jo ennen ilmoitettua sulkemisaikaa?",
    "Kotihoidon käyntejä on siirretty kolmesti saman viikon aikana.",
    "Ehdotan, että odotustilaan saadaan vesipiste ja lisää tuoleja.",
)


def _labels(words: str) -> dict[str, str]:
    return dict.fromkeys(("fi", "sv", "en"), words)


def feedback_bodies() -> list[dict[str, Any]]:
    """Bodies of ``POST /v1/feedback``: one to six sentences, some with an address for a reply."""
    chance = random.Random(_SEED)
    bodies = []
    for number in range(BODY_COUNT):
        body: dict[str, Any] = {
            "text": " ".join([*chance.choices(_SENTENCES, k=chance.randint(1, 6)), f"Terveisin {UNIQUE}."]),
            "type": chance.choice(_TYPES),
            "topic": chance.choice(_TOPICS),
            "unit": chance.choice(_UNITS),
        }
        if number % 3 == 0:
            body |= {"sender_email": f"asukas{number}@example.org", "reply_wanted": True}
        bodies.append(body)
    return bodies


def survey_definition() -> dict[str, Any]:
    """A chat's questionnaire: a grade of 0-100, why one came, and whether one was helped."""
    return {
        "code": SURVEY_CODE,
        "kind": "chat",
        "names": _labels("Suorituskykymittaus"),
        "unit": "sote",
        "collection_mode": "chat",
        "opens_at": "2021-01-01T00:00:00+02:00",
        "questions": [
            {
                "code": "satisfaction",
                "kind": "scale",
                "purpose": "satisfaction",
                "labels": _labels("Kuinka tyytyväinen olit?"),
                "scale_steps": 5,
                "is_required": True,
            },
            {
                "code": "reason",
                "kind": "single_choice",
                "purpose": "contact_topic",
                "labels": _labels("Mitä asiasi koski?"),
                "options": [{"code": reason, "labels": _labels(reason)} for reason in _REASONS],
            },
            {"code": "helped", "kind": "yes_no", "purpose": "statement", "labels": _labels("Saitko apua?")},
        ],
    }


def response_bodies() -> list[dict[str, Any]]:
    """Bodies of ``POST /v1/surveys/{code}/responses``, spread over four service points."""
    chance = random.Random(_SEED)
    return [
        {
            "service_point": chance.choice(_SERVICE_POINTS),
            "language": chance.choice(("fi", "sv", "en")),
            "answers": {
                "satisfaction": chance.choice((0, 25, 50, 75, 100)),
                "reason": chance.choice(_REASONS),
                "helped": chance.random() < 0.8,
            },
        }
        for _ in range(BODY_COUNT)
    ]

"""The demonstration's records, as an attacker's target."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from services.cli.demo import surveys as demo
from services.cli.demo.counts import FEEDBACK, OMBUDSMAN, VACCINATION_TOPICS
from services.cli.demo.feedback import feedback_lines
from services.cli.demo.ombudsman import contact_lines
from services.cli.demo.participation import social_reports
from services.shared.clock import local_day, local_hour
from tests.reporting_api.attack.records import Item, Records, SurveyAsked

THEMES = {"covid_vaccination": frozenset(VACCINATION_TOPICS)}
COUNTED_OUT = ("transferred_out", "rejected")
"""Events after which an item is in no figure that is hidden."""


def demonstration() -> Records:
    """All its quarters."""
    records = Records({one["code"]: _asked(one) for one in demo.DEFINITIONS}, THEMES)
    units = {definition["code"]: definition["unit"] for definition in demo.DEFINITIONS}
    for line in demo.response_lines():
        given_at = datetime.fromisoformat(line["given_at"])
        answers = {code: given for code, given in line["answers"].items() if code != "comment"}
        survey = line["survey"]
        unit = line.get("service_point", units[survey])
        records.answer(survey, unit, local_day(given_at), local_hour(given_at), answers)
    for quarter in FEEDBACK:
        records.feedback += filter(None, (_item(line) for line in feedback_lines(quarter)))
    for quarter in OMBUDSMAN:
        records.contacts += [
            (date.fromisoformat(line["contacted_on"]), line["service"], tuple(sorted(line["reasons"])))
            for line in contact_lines(quarter)
        ]
    records.reports += [
        (date.fromisoformat(line["observed_on"]), tuple(sorted(line["reasons"])), tuple(sorted(line["barriers"])))
        for line in social_reports()
    ]
    return records


def _asked(definition: Mapping[str, Any]) -> SurveyAsked:
    questions = {
        question["code"]: question
        | {"options": {number: one["code"] for number, one in enumerate(question.get("options", []), 1)}}
        for question in definition["questions"]
    }
    return SurveyAsked(definition["kind"], questions)


def _item(line: Mapping[str, Any]) -> Item | None:
    """As its events leave it; None where it is not counted."""
    unit, type_code, topic = line["unit"], line["type"], line.get("topic")
    for event in line["events"]:
        if event["kind"] in COUNTED_OUT:
            return None
        unit, type_code = event.get("unit", unit), event.get("type", type_code)
        topic = event.get("topic", topic)
    return Item(unit, local_day(datetime.fromisoformat(line["received_at"])), topic, type_code)

"""What the review published against what the services say, each value at the precision it was published at."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from rich.console import Console
from rich.table import Table

from services.cli.demo.counts import CUSTOMER_SURVEY_QUARTER, PUBLISHED_QUARTER
from services.cli.demo.surveys import CUSTOMER_SURVEY_CODE
from services.cli.service_http import Service, Services

Report = Any
Number = int | float

GOOD_THOUSAND = range(1_000, 1_200)
""""Reilulla tuhannella": the review gives no number, so this is how far the words reach."""


@dataclass(frozen=True, slots=True)
class PublishedValue:
    """One value of the review: ``published`` as printed, ``value`` as the services give it."""

    what: str
    published: str
    value: Number | None

    @property
    def shown(self) -> str:
        """The services' value at the precision of the published one."""
        if self.value is None:
            return "–"
        precision = Decimal(self.published) if _is_number(self.published) else Decimal(1)
        return str(Decimal(str(self.value)).quantize(precision, ROUND_HALF_UP))

    @property
    def agrees(self) -> bool:
        """Whether both are the same."""
        if _is_number(self.published):
            return self.shown == self.published
        return self.value in GOOD_THOUSAND


CHAT_MEANS = {"dental-chat": "40", "senior-info-chat": "50", "housing-advice-chat": "65", "social-advice-chat": "60"}
CHAT_MEANS_BEFORE = {"housing-advice-chat": "55", "social-advice-chat": "64"}
CHAT_TOPICS = {
    "dental-chat": {"booking": "78", "advice_and_other": "16", "care_instructions": "17"},
    "senior-info-chat": {"instructions": "55", "general_advice": "33"},
    "housing-advice-chat": {
        "applying_for_housing": "32",
        "information_on_housing": "29",
        "other_advice": "24",
        "consultation_between_experts": "9",
        "social_services_and_benefits": "6",
    },
}
CHAT_STATEMENTS = {"social-advice-chat": {"got_the_help_needed": "54", "effortless_to_use": "66"}}
OMBUDSMAN_SERVICES = {
    "health_and_substance_abuse": "55",
    "family_and_social": "17",
    "hospital_rehabilitation_and_care": "12",
}
OMBUDSMAN_REASONS = {
    "dissatisfaction_with_care_and_treatment": "29",
    "self_determination": "8.2",
    "access_to_information": "7.5",
}
GRADES = {"sote-family": "8.26", "sote-health": "8.52", "sote-hospital": "8.60"}


def show_check(services: Services, console: Console) -> bool:
    """Print the comparison; whether every published value agrees."""
    values = published_values(services.reporting)
    table = Table(title=f"The review of {PUBLISHED_QUARTER}", title_justify="left", show_edge=False, pad_edge=False)
    table.add_column("")
    for heading in ("published", "Katsaus says", "agrees"):
        table.add_column(heading, no_wrap=True)
    for value in values:
        table.add_row(value.what, value.published, value.shown, "yes" if value.agrees else "NO")
    console.print(table)
    agreeing = sum(value.agrees for value in values)
    console.print(f"{agreeing} of {len(values)} published values agree. The records are demonstration data.")
    return agreeing == len(values)


def published_values(reporting: Service) -> list[PublishedValue]:
    """Every value that was published, beside what reporting_api says."""
    report = reporting.get(f"/v1/quarters/{PUBLISHED_QUARTER}")
    return [*_feedback(report), *_chats(report), *_ombudsman(report), *_smileys(report), *_grades(reporting)]


def _feedback(report: Report) -> Iterator[PublishedValue]:
    feedback = report["feedback"]
    received = feedback["received"]
    growth = received["same_quarter_last_year"]["difference"]
    yield PublishedValue("Feedback received", "2389", received["value"])
    yield PublishedValue("  more than in 2020-Q2", "a good thousand", growth)
    yield PublishedValue("Mean handling time, days", "4", feedback["handling_time"]["mean"]["value"])
    yield PublishedValue("Handled in under five days, %", "82.8", feedback["on_target"]["share"]["value"])


def _chats(report: Report) -> Iterator[PublishedValue]:
    chats = _by_code(report["chats"])
    for code, chat in chats.items():
        if code not in CHAT_MEANS:
            continue
        name = chat["labels"]["en"]
        satisfaction = chat["satisfaction"]
        yield PublishedValue(f"{name} chat, mean 0-100", CHAT_MEANS[code], satisfaction["value"])
        if code in CHAT_MEANS_BEFORE:
            before = satisfaction["previous_quarter"]["value"]
            yield PublishedValue("  the quarter before", CHAT_MEANS_BEFORE[code], before)
        topics = [option for question in chat["questions"] for option in question["options"]]
        yield from _shares(topics, CHAT_TOPICS.get(code, {}))
        yield from _shares(chat["statements"], CHAT_STATEMENTS.get(code, {}))


def _shares(entries: Iterable[Report], published: dict[str, str]) -> Iterator[PublishedValue]:
    found = _by_code(entries)
    for code, value in published.items():
        yield PublishedValue(f"  {found[code]['labels']['en']}, %", value, found[code]["share"]["value"])


def _ombudsman(report: Report) -> Iterator[PublishedValue]:
    ombudsman = report["ombudsman"]
    yield PublishedValue("Contacts to the ombudsmen", "446", ombudsman["contacts"]["value"])
    yield from _shares(ombudsman["by_service"], OMBUDSMAN_SERVICES)
    yield from _shares(ombudsman["by_reason"], OMBUDSMAN_REASONS)


def _smileys(report: Report) -> Iterator[PublishedValue]:
    # "Four of five satisfied or very satisfied"
    yield PublishedValue("Smileys, satisfied, %", "80", report["smileys"]["satisfied_share"]["value"])


def _grades(reporting: Service) -> Iterator[PublishedValue]:
    for unit, published in GRADES.items():
        report = reporting.get(f"/v1/quarters/{CUSTOMER_SURVEY_QUARTER}", unit=unit)
        survey = _by_code(report["surveys"]).get(CUSTOMER_SURVEY_CODE)
        value = survey["questions"][0]["figure"]["value"] if survey else None
        yield PublishedValue(f"Grade in 2015, {report['unit']['names']['en']}", published, value)


def _by_code(entries: Iterable[Report]) -> dict[str, Report]:
    return {entry["code"]: entry for entry in entries}


def _is_number(published: str) -> bool:
    return published.replace(".", "", 1).isdigit()

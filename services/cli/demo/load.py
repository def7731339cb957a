"""Sending the demonstration records through the services' own interfaces, with progress."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.cli.demo import participation
from services.cli.demo.counts import FEEDBACK, OMBUDSMAN
from services.cli.demo.feedback import feedback_count, feedback_lines
from services.cli.demo.ombudsman import contact_count, contact_lines
from services.cli.demo.surveys import DEFINITIONS, response_counts, response_lines
from services.cli.failure import CommandError
from services.cli.service_http import Service, Services

Record = Mapping[str, Any]


def load_demonstration(services: Services, console: Console, watch: Callable[[], None] = lambda: None) -> None:
    """Load all demonstration quarters. Repeating adds nothing; a load cut short is completed.

    ``watch`` is called between requests and may raise. Raises :class:`CommandError` where a record is refused.
    """
    for definition in DEFINITIONS:
        _ensure_survey(services.survey, definition)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        for name, service, path, records, total in _imports(services):
            bar = progress.add_task(f"Demonstration: {name}", total=total)

            def show_progress(sent: int, bar: Any = bar) -> None:
                progress.advance(bar, sent)
                watch()

            _send(service, path, records, show_progress)
        registers = list(participation.social_reports())
        bar = progress.add_task("Demonstration: participation", total=len(registers))
        _register_acts(services.feedback)
        for report in registers:
            services.feedback.register("/v1/social-reports", report)
            progress.advance(bar)
            watch()


def _imports(services: Services) -> Iterator[tuple[str, Service, str, Iterable[Record], int]]:
    feedback = chain.from_iterable(feedback_lines(quarter) for quarter in FEEDBACK)
    feedback_total = sum(feedback_count(quarter) for quarter in FEEDBACK)
    yield "feedback", services.feedback, "/v1/feedback/import", feedback, feedback_total
    contacts = chain.from_iterable(contact_lines(quarter) for quarter in OMBUDSMAN)
    contacts_total = sum(contact_count(quarter) for quarter in OMBUDSMAN)
    yield "ombudsman contacts", services.feedback, "/v1/ombudsman-contacts/import", contacts, contacts_total
    responses_total = sum(response_counts().values())
    yield "survey responses", services.survey, "/v1/responses/import", response_lines(), responses_total


def _register_acts(feedback_api: Service) -> None:
    panel_ids = {
        panel["reference"]: feedback_api.register("/v1/panels", panel)["id"] for panel in participation.panels()
    }
    for path, records in (
        ("/v1/panel-meetings", participation.meetings()),
        ("/v1/panel-proposals", participation.proposals()),
    ):
        for record in records:
            of_panel = {"panel_id": panel_ids[record["panel"]]}
            feedback_api.register(path, of_panel | {name: value for name, value in record.items() if name != "panel"})
    for initiative in participation.initiatives():
        feedback_api.register("/v1/initiatives", initiative)


def _ensure_survey(survey_api: Service, definition: Record) -> None:
    if survey_api.find(f"/v1/surveys/{definition['code']}") is None:
        survey_api.post("/v1/surveys", definition)


def _send(service: Service, path: str, records: Iterable[Record], show_progress: Callable[[int], None]) -> None:
    for sent in service.import_records(path, records, show_progress):
        if sent.status == "refused":
            name = sent.record.get("reference") or sent.record.get("id")
            raise CommandError(f"A demonstration record was refused by {path}: {name}: {sent.reason}")

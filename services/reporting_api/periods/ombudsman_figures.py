"""The section on contacts to the ombudsmen."""

from collections.abc import Callable

from services.reporting_api.measures import registry
from services.reporting_api.measures.figures import Comparability, Compared, Figure, Reason, build_figure
from services.reporting_api.measures.registry import Measure
from services.reporting_api.measures.tallies import CountTally, ShareTally
from services.reporting_api.periods.aggregates import OmbudsmanAggregate
from services.reporting_api.periods.schemas import Entry, OmbudsmanSection
from services.shared.catalogue import Catalogue
from services.shared.tables.base import Labels

CountOf = Callable[[OmbudsmanAggregate], int]

NOT_BY_UNIT: Labels = {
    "fi": "Yhteydenottoja asiamiehille ei kirjata yksiköittäin, joten niitä ei voi rajata yksikköön.",
    "sv": "Kontakter till ombudsmännen antecknas inte per enhet och kan därför inte avgränsas till en enhet.",
    "en": "Contacts to the ombudspersons are not recorded by unit, so they cannot be narrowed to one.",
}


class OmbudsmanFigures:
    """Builds the figures of the contacts of three periods."""

    def __init__(self, contacts: Compared[OmbudsmanAggregate], *, is_complete: bool) -> None:
        self._contacts = contacts
        self._is_running = not is_complete
        self._comparability = Comparability(
            is_complete,
            previous=None if contacts.previous.contacts else Reason.NO_DATA,
            last_year=None if contacts.last_year.contacts else Reason.NO_DATA,
        )

    def section(self, catalogue: Catalogue) -> OmbudsmanSection[Figure]:
        """The section *ombudsman*, services and reasons in the catalogue's order."""
        return OmbudsmanSection[Figure](
            contacts=self._number(registry.CONTACTS, _contacts),
            by_service=[self._service(code, entry.names) for code, entry in catalogue.ombudsman_services.items()],
            reasons_recorded=self._number(registry.REASONS_RECORDED, _reasons_recorded),
            by_reason=[self._reason(code, entry.names) for code, entry in catalogue.ombudsman_reasons.items()],
        )

    def _number(self, measure: Measure, number: CountOf, among: CountOf | None = None) -> Figure:
        tallies = self._contacts.map(
            lambda it: CountTally(
                number(it), among(it) if among else None, is_known=it.contacts > 0 or self._is_running
            )
        )
        return build_figure(measure, tallies, self._comparability)

    def _share(self, measure: Measure, number: CountOf, among: CountOf) -> Figure:
        tallies = self._contacts.map(lambda it: ShareTally(number(it), among(it)))
        return build_figure(measure, tallies, self._comparability)

    def _service(self, code: str, labels: Labels) -> Entry[Figure]:
        def number(contacts: OmbudsmanAggregate) -> int:
            return contacts.by_service.get(code, 0)

        return Entry[Figure](
            code=code,
            labels=labels,
            number=self._number(registry.CONTACTS_BY_SERVICE, number, _contacts),
            share=self._share(registry.CONTACT_SERVICE_SHARE, number, _contacts),
        )

    def _reason(self, code: str, labels: Labels) -> Entry[Figure]:
        def number(contacts: OmbudsmanAggregate) -> int:
            return contacts.by_reason.get(code, 0)

        return Entry[Figure](
            code=code,
            labels=labels,
            number=self._number(registry.CONTACTS_BY_REASON, number, _reasons_recorded),
            share=self._share(registry.CONTACT_REASON_SHARE, number, _reasons_recorded),
        )


def _contacts(contacts: OmbudsmanAggregate) -> int:
    return contacts.contacts


def _reasons_recorded(contacts: OmbudsmanAggregate) -> int:
    return contacts.reasons_recorded

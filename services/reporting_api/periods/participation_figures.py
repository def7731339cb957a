"""The section on the registers of participation."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from services.reporting_api.measures import registry
from services.reporting_api.measures.figures import Comparability, Compared, Figure, Reason, build_figure
from services.reporting_api.measures.registry import Measure
from services.reporting_api.measures.tallies import CountTally, ShareTally
from services.reporting_api.periods.aggregates import ParticipationAggregate
from services.reporting_api.periods.schemas import Entry, ParticipationSection, SocialReportSection
from services.shared.catalogue import Catalogue
from services.shared.tables.base import Labels
from services.shared.tables.participation import InitiativeStatus, PanelKind, ProposalStatus

CountOf = Callable[[ParticipationAggregate], int]
NumbersOf = Callable[[ParticipationAggregate], Mapping[str, int]]

NOT_BY_UNIT: Labels = {
    "fi": "Sosiaalista raportointia ei rajata yksikköön: yhdessä yksikössä kirjauksia on niin vähän, että ne voisivat "
    "paljastaa asiakkaan.",
    "sv": "De sociala rapporterna avgränsas inte till en enhet: i en enhet är de så få att de kunde röja en klient.",
    "en": "Social reports are not narrowed to a unit: in one unit they are so few that they could give a client away.",
}

KINDS: Mapping[str, Labels] = {
    PanelKind.PANEL: {"fi": "Asiakasraati", "sv": "Klientpanel", "en": "Client panel"},
    PanelKind.COUNCIL: {"fi": "Asiakasneuvosto", "sv": "Klientråd", "en": "Client council"},
    PanelKind.EXPERTS_BY_EXPERIENCE: {
        "fi": "Kokemusasiantuntijat",
        "sv": "Erfarenhetsexperter",
        "en": "Experts by experience",
    },
}
PROPOSAL_STATUSES: Mapping[str, Labels] = {
    ProposalStatus.OPEN: {"fi": "Avoin", "sv": "Öppet", "en": "Open"},
    ProposalStatus.ACCEPTED: {"fi": "Hyväksytty", "sv": "Godkänt", "en": "Accepted"},
    ProposalStatus.CARRIED_OUT: {"fi": "Toteutettu", "sv": "Genomfört", "en": "Carried out"},
    ProposalStatus.DECLINED: {"fi": "Hylätty", "sv": "Avslaget", "en": "Declined"},
}
INITIATIVE_STATUSES: Mapping[str, Labels] = {
    InitiativeStatus.RECEIVED: {"fi": "Saapunut", "sv": "Mottaget", "en": "Received"},
    InitiativeStatus.BEING_HANDLED: {"fi": "Käsiteltävänä", "sv": "Under behandling", "en": "Being handled"},
    InitiativeStatus.DECIDED: {"fi": "Päätetty", "sv": "Avgjort", "en": "Decided"},
    InitiativeStatus.TRANSFERRED: {"fi": "Siirretty", "sv": "Överfört", "en": "Transferred"},
    InitiativeStatus.WITHDRAWN: {"fi": "Peruttu", "sv": "Återtaget", "en": "Withdrawn"},
}


class ParticipationFigures:
    """Builds the figures of the registers of three periods."""

    def __init__(self, counted: Compared[ParticipationAggregate], *, is_complete: bool) -> None:
        self._counted = counted
        self._is_complete = is_complete

    def section(self, catalogue: Catalogue, *, is_of_unit: bool) -> ParticipationSection[Figure]:
        """The section *participation*."""
        return ParticipationSection[Figure](
            social_reports=None if is_of_unit else self._social_reports(catalogue),
            social_reports_note=NOT_BY_UNIT if is_of_unit else None,
            **self._panels(),
            **self._initiatives(),
        )

    def _social_reports(self, catalogue: Catalogue) -> SocialReportSection[Figure]:
        register = self._register("social_reports")
        reasons = ((code, entry.names) for code, entry in catalogue.help_reasons.items())
        barriers = ((code, entry.names) for code, entry in catalogue.help_barriers.items())
        return SocialReportSection[Figure](
            reports=register.number(registry.SOCIAL_REPORTS, lambda it: it.social_reports),
            reasons_recorded=register.number(registry.HELP_REASONS_RECORDED, lambda it: it.reasons_recorded),
            by_reason=register.entries(
                (registry.REPORTS_BY_REASON, registry.HELP_REASON_SHARE), reasons, lambda it: it.by_reason
            ),
            barriers_recorded=register.number(registry.HELP_BARRIERS_RECORDED, lambda it: it.barriers_recorded),
            by_barrier=register.entries(
                (registry.REPORTS_BY_BARRIER, registry.HELP_BARRIER_SHARE), barriers, lambda it: it.by_barrier
            ),
        )

    def _panels(self) -> dict[str, Figure | list[Entry[Figure]]]:
        register = self._register("panels")
        ripening = register.hindered_by(Reason.RIPENING)
        attendances = register.hindered_by(Reason.REPEATED_PERSONS)
        return {
            "meetings": register.number(registry.PANEL_MEETINGS, lambda it: it.meetings),
            "meetings_by_kind": register.entries(
                (registry.MEETINGS_BY_KIND, registry.MEETING_KIND_SHARE), KINDS.items(), lambda it: it.meetings_by_kind
            ),
            "participants": attendances.number(registry.MEETING_PARTICIPANTS, lambda it: it.participants),
            "proposals": register.number(registry.PANEL_PROPOSALS, lambda it: it.proposals),
            "proposals_by_status": ripening.entries(
                (registry.PROPOSALS_BY_STATUS, registry.PROPOSAL_STATUS_SHARE),
                PROPOSAL_STATUSES.items(),
                lambda it: it.proposals_by_status,
            ),
            "proposals_answered": register.number(registry.PROPOSALS_ANSWERED, lambda it: it.proposals_answered),
        }

    def _initiatives(self) -> dict[str, Figure | list[Entry[Figure]]]:
        register = self._register("initiatives")
        ripening = register.hindered_by(Reason.RIPENING)
        return {
            "initiatives": register.number(registry.INITIATIVES, lambda it: it.initiatives),
            "initiatives_by_status": ripening.entries(
                (registry.INITIATIVES_BY_STATUS, registry.INITIATIVE_STATUS_SHARE),
                INITIATIVE_STATUSES.items(),
                lambda it: it.initiatives_by_status,
            ),
            "initiatives_decided": register.number(registry.INITIATIVES_DECIDED, lambda it: it.initiatives_decided),
        }

    def _register(self, name: str) -> "_Register":
        comparability = Comparability(
            self._is_complete,
            previous=None if name in self._counted.previous.begun else Reason.NO_DATA,
            last_year=None if name in self._counted.last_year.begun else Reason.NO_DATA,
        )
        return _Register(name, self._counted, comparability)


class _Register:
    """The figures of one register, which all compare alike."""

    def __init__(self, name: str, counted: Compared[ParticipationAggregate], comparability: Comparability) -> None:
        self._name = name
        self._counted = counted
        self._comparability = comparability

    def hindered_by(self, reason: Reason) -> "_Register":
        """The same with a reason why no word is due, where nothing stands in the way of comparing otherwise."""
        comparability = replace(
            self._comparability,
            previous=self._comparability.previous or reason,
            last_year=self._comparability.last_year or reason,
        )
        return _Register(self._name, self._counted, comparability)

    def number(self, measure: Measure, number: CountOf) -> Figure:
        """A number of cases."""
        tallies = self._counted.map(lambda it: CountTally(number(it), None, is_known=self._is_known(it)))
        return build_figure(measure, tallies, self._comparability)

    def entries(
        self, measures: tuple[Measure, Measure], classes: Iterable[tuple[str, Labels]], numbers: NumbersOf
    ) -> list[Entry[Figure]]:
        """A number and its share for each class, of all classes together."""
        return [self._entry(measures, code, labels, numbers) for code, labels in classes]

    def _entry(self, measures: tuple[Measure, Measure], code: str, labels: Labels, numbers: NumbersOf) -> Entry[Figure]:
        counts = self._counted.map(
            lambda it: CountTally(numbers(it).get(code, 0), sum(numbers(it).values()), is_known=self._is_known(it))
        )
        shares = self._counted.map(lambda it: ShareTally(numbers(it).get(code, 0), sum(numbers(it).values())))
        return Entry[Figure](
            code=code,
            labels=labels,
            number=build_figure(measures[0], counts, self._comparability),
            share=build_figure(measures[1], shares, self._comparability),
        )

    def _is_known(self, counted: ParticipationAggregate) -> bool:
        return self._name in counted.begun or not self._comparability.is_complete

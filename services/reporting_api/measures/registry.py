"""The measures: one small object each, with all that a reader must know to use the figure. Published as they stand."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.reporting_api.measures.texts import texts_of
from services.shared.tables.base import Labels


class MeasureUnit(StrEnum):
    """What a value is counted in."""

    COUNT = "count"
    PERCENT = "percent"
    DAYS = "days"
    POINTS = "points"
    INDEX = "index"
    GRADE = "grade"


class IntervalMethod(StrEnum):
    """How a figure's interval is made; its difference's is the method's counterpart."""

    NONE = "none"
    WILSON = "wilson"
    STUDENT_T = "student_t"
    ORDER_STATISTICS = "order_statistics"
    MULTINOMIAL = "multinomial"


class Sensitivity(StrEnum):
    """What disclosure control must do about a figure."""

    CASES = "cases"
    """Cases that a large service received: may be shown however few."""
    OPINION_CELL = "opinion_cell"
    """Persons who chose something: hidden when few."""
    OPINION_MEAN = "opinion_mean"
    """What persons thought on average: hidden when few were asked."""


@dataclass(frozen=True, slots=True)
class MeasureVersion:
    """A definition a measure has, or had: what was received or answered from ``since`` on is measured by it."""

    version: int
    since: date | None
    """None: from the beginning."""
    change: Labels | None
    """A sentence on what is otherwise than in the version before; None of the first."""


FIRST_VERSION = MeasureVersion(version=1, since=None, change=None)


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. To change what it means, add a version that says from when and what: periods on two sides of that
    day are then not compared."""

    slug: str
    names: Labels
    unit: MeasureUnit
    decimals: int
    interval: IntervalMethod
    sensitivity: Sensitivity
    definition: Labels
    base: Labels
    versions: tuple[MeasureVersion, ...] = (FIRST_VERSION,)
    """The oldest first; the last is the one that ``definition`` tells."""

    def __post_init__(self) -> None:
        numbers = [it.version for it in self.versions]
        begun = [it.since for it in self.versions[1:] if it.since is not None and it.change is not None]
        is_whole = len(begun) == len(self.versions) - 1 and begun == sorted(set(begun))
        if self.versions[:1] != (FIRST_VERSION,) or numbers != list(range(1, len(numbers) + 1)) or not is_whole:
            raise ValueError(f"{self.slug}: versions begin with the first and follow by day, each with what changed")

    @property
    def source(self) -> str:
        """The code of the source of its data."""
        return texts_of(self.slug).source.code

    @property
    def version(self) -> int:
        """The present definition's number."""
        return self.versions[-1].version

    @property
    def since(self) -> date | None:
        """The day the present definition holds from; None: from the beginning."""
        return self.versions[-1].since

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the greatest value there can be; an interval never reaches beyond."""
        return _BOUNDS.get(self.slug, _UNIT_BOUNDS[self.unit])


_UNBOUNDED = float("inf")

_UNIT_BOUNDS = {
    MeasureUnit.COUNT: (0.0, _UNBOUNDED),
    MeasureUnit.PERCENT: (0.0, 100.0),
    MeasureUnit.DAYS: (0.0, _UNBOUNDED),
    MeasureUnit.POINTS: (0.0, 100.0),
    MeasureUnit.INDEX: (0.0, 100.0),
    MeasureUnit.GRADE: (4.0, 10.0),
}

_BOUNDS = {"nps": (-100.0, 100.0), "smiley_mean": (1.0, 5.0)}


def _names(fi: str, sv: str, en: str) -> Labels:
    return {"fi": fi, "sv": sv, "en": en}


def _count(slug: str, names: Labels, *, is_opinion: bool = False) -> Measure:
    return Measure(
        slug=slug,
        names=names,
        unit=MeasureUnit.COUNT,
        decimals=0,
        interval=IntervalMethod.NONE,
        sensitivity=Sensitivity.OPINION_CELL if is_opinion else Sensitivity.CASES,
        definition=texts_of(slug).definition,
        base=texts_of(slug).base,
    )


def _share(slug: str, names: Labels, *, is_opinion: bool = False) -> Measure:
    return Measure(
        slug=slug,
        names=names,
        unit=MeasureUnit.PERCENT,
        decimals=1,
        interval=IntervalMethod.WILSON,
        sensitivity=Sensitivity.OPINION_CELL if is_opinion else Sensitivity.CASES,
        definition=texts_of(slug).definition,
        base=texts_of(slug).base,
    )


def _time(slug: str, names: Labels, interval: IntervalMethod) -> Measure:
    return Measure(
        slug=slug,
        names=names,
        unit=MeasureUnit.DAYS,
        decimals=1,
        interval=interval,
        sensitivity=Sensitivity.CASES,
        definition=texts_of(slug).definition,
        base=texts_of(slug).base,
    )


def _opinion(
    slug: str,
    names: Labels,
    *,
    unit: MeasureUnit,
    decimals: int = 1,
    interval: IntervalMethod = IntervalMethod.STUDENT_T,
) -> Measure:
    return Measure(
        slug=slug,
        names=names,
        unit=unit,
        decimals=decimals,
        interval=interval,
        sensitivity=Sensitivity.OPINION_MEAN,
        definition=texts_of(slug).definition,
        base=texts_of(slug).base,
    )


# Feedback: all by the day it was received, in the city's calendar.
RECEIVED = _count("feedback_received", _names("Saapuneet palautteet", "Mottagen respons", "Feedback received"))
COUNTED = _count("feedback_counted", _names("Tilastoidut palautteet", "Räknad respons", "Feedback counted"))
KEPT_APART = _count("feedback_kept_apart", _names("Erillään pidetyt", "Hålls avskilda", "Kept apart"))
TRANSFERRED_OUT = _count(
    "feedback_transferred_out", _names("Toiselle toimijalle siirretyt", "Överförd till annan", "Transferred out")
)
INAPPROPRIATE = _count(
    "feedback_inappropriate", _names("Asiattomat palautteet", "Osaklig respons", "Inappropriate feedback")
)
HANDLED = _count("feedback_handled", _names("Käsitellyt palautteet", "Behandlad respons", "Feedback handled"))
OPEN = _count("feedback_open", _names("Käsiteltävänä olevat palautteet", "Respons under behandling", "Feedback open"))
REOPENED = _count("feedback_reopened", _names("Uudelleen avatut palautteet", "Återöppnad respons", "Feedback reopened"))
BY_TYPE = _count("feedback_by_type", _names("Palautteet tyypeittäin", "Respons enligt typ", "Feedback by type"))
TYPE_SHARE = _share(
    "feedback_type_share", _names("Palautetyypin osuus", "Responstypens andel", "Share of the feedback type")
)
BY_TOPIC = _count("feedback_by_topic", _names("Palautteet luokittain", "Respons enligt klass", "Feedback by topic"))
TOPIC_SHARE = _share(
    "feedback_topic_share", _names("Palauteluokan osuus", "Responsklassens andel", "Share of the topic")
)
JOINT = _count(
    "feedback_by_topic_and_type",
    _names("Palautteet luokittain ja tyypeittäin", "Respons enligt klass och typ", "Feedback by topic and type"),
    is_opinion=True,
)
JOINT_SHARE = _share(
    "feedback_type_share_of_topic",
    _names("Palautetyypin osuus luokassa", "Responstypens andel av klassen", "Share of the type in the topic"),
    is_opinion=True,
)
CAUSE = _count(
    "dissatisfaction_cause",
    _names("Tyytymättömyyden syyt", "Orsaker till missnöje", "Causes of dissatisfaction"),
    is_opinion=True,
)
CAUSE_SHARE = _share(
    "dissatisfaction_cause_share",
    _names("Syyn osuus moitteista", "Orsakens andel av risen", "Share of the cause"),
    is_opinion=True,
)
BY_LANGUAGE = _count(
    "feedback_by_language", _names("Palautteet kielittäin", "Respons enligt språk", "Feedback by language")
)
LANGUAGE_SHARE = _share("feedback_language_share", _names("Kielen osuus", "Språkets andel", "Share of the language"))
HANDLED_SHARE = _share("feedback_handled_share", _names("Käsiteltyjen osuus", "Andelen behandlade", "Share handled"))
HANDLING_MEAN = _time(
    "handling_time_mean",
    _names("Keskimääräinen käsittelyaika", "Genomsnittlig behandlingstid", "Mean handling time"),
    IntervalMethod.STUDENT_T,
)
HANDLING_MEDIAN = _time(
    "handling_time_median",
    _names("Käsittelyajan mediaani", "Behandlingstidens median", "Median handling time"),
    IntervalMethod.ORDER_STATISTICS,
)
REACTION_MEAN = _time(
    "reaction_time_mean",
    _names("Keskimääräinen reaktioaika", "Genomsnittlig reaktionstid", "Mean reaction time"),
    IntervalMethod.STUDENT_T,
)
REACTION_MEDIAN = _time(
    "reaction_time_median",
    _names("Reaktioajan mediaani", "Reaktionstidens median", "Median reaction time"),
    IntervalMethod.ORDER_STATISTICS,
)
ON_TARGET = _share(
    "on_target_share", _names("Tavoiteajassa käsitellyt", "Inom målsatt behandlingstid", "Handled on target")
)

# Themes: saved searches over the feedback. What they are about may touch a person's health.
THEME_FEEDBACK = _count("theme_feedback", _names("Teeman palautteet", "Temats respons", "Feedback on the theme"))
THEME_BY_TYPE = _count(
    "theme_by_type",
    _names("Teeman palautteet tyypeittäin", "Temats respons enligt typ", "Feedback on the theme by type"),
    is_opinion=True,
)
THEME_TYPE_SHARE = _share(
    "theme_type_share",
    _names("Palautetyypin osuus teemassa", "Responstypens andel av temat", "Share of the type in the theme"),
    is_opinion=True,
)

# Surveys: all by the day the answer was given.
RESPONDENTS = _count("respondents", _names("Vastaajat", "Svarande", "Respondents"))
INVITATIONS = _count("invitations", _names("Kutsutut", "Inbjudna", "Invited"))
RESPONSE_RATE = _share("response_rate", _names("Vastausprosentti", "Svarsprocent", "Response rate"))
COLLECTION_MODE_SHARE = _share(
    "collection_mode_share",
    _names("Vastaustavan osuus", "Svarssättets andel", "Share of the way of answering"),
    is_opinion=True,
)
COMMENTS = _count("comments", _names("Avoimet vastaukset", "Öppna svar", "Open comments"))
SATISFACTION = _opinion(
    "satisfaction_mean", _names("Keskityytyväisyys", "Medelnöjdhet", "Mean satisfaction"), unit=MeasureUnit.POINTS
)
SCALE_MEAN = _opinion(
    "scale_mean",
    _names("Keskiarvo asteikolla 0–100", "Medeltal på skalan 0–100", "Mean on 0–100"),
    unit=MeasureUnit.POINTS,
)
HAPPY_INDEX = _opinion(
    "happy_index", _names("Tyytyväisyysindeksi", "Nöjdhetsindex", "Happy index"), unit=MeasureUnit.INDEX, decimals=2
)
SMILEY_MEAN = _opinion(
    "smiley_mean",
    _names("Hymynaamojen keskiarvo (1–5)", "Smileyarnas medeltal (1–5)", "Mean of the smileys (1–5)"),
    unit=MeasureUnit.GRADE,
    decimals=2,
)
GRADE = _opinion(
    "grade_mean", _names("Kouluarvosana", "Skolvitsord", "School grade"), unit=MeasureUnit.GRADE, decimals=2
)
NPS = _opinion(
    "nps",
    _names("Suositteluindeksi (NPS)", "Nettorekommendationsindex (NPS)", "Net promoter score (NPS)"),
    unit=MeasureUnit.INDEX,
    interval=IntervalMethod.MULTINOMIAL,
)
CONTACT_TOPIC_SHARE = _share(
    "contact_topic_share",
    _names("Yhteydenoton aiheen osuus", "Kontaktämnets andel", "Share of the contact topic"),
    is_opinion=True,
)
OPTION_SHARE = _share(
    "option_share", _names("Vaihtoehdon osuus", "Alternativets andel", "Share of the option"), is_opinion=True
)
STATEMENT_SHARE = _share(
    "statement_share",
    _names("Väittämään kyllä vastanneet", "Instämde i påståendet", "Agreed with the statement"),
    is_opinion=True,
)
YES_SHARE = _share("yes_share", _names("Kyllä-vastausten osuus", "Andelen ja-svar", "Share of yes"), is_opinion=True)
PRESSES = _count("smiley_presses", _names("Painallukset", "Tryckningar", "Presses"))
SATISFIED = _share("satisfied_share", _names("Tyytyväisten osuus", "Andelen nöjda", "Share satisfied"), is_opinion=True)
SMILEY_SHARE = _share(
    "smiley_share", _names("Hymynaaman osuus", "Smileyns andel", "Share of the smiley"), is_opinion=True
)

# Ombudsman: by the day of the contact.
CONTACTS = _count(
    "ombudsman_contacts",
    _names("Yhteydenotot asiamiehille", "Kontakter till ombudsmännen", "Contacts to the ombudspersons"),
)
CONTACTS_BY_SERVICE = _count(
    "ombudsman_by_service",
    _names("Yhteydenotot palveluittain", "Kontakter enligt tjänst", "Contacts by service"),
    is_opinion=True,
)
CONTACT_SERVICE_SHARE = _share(
    "ombudsman_service_share",
    _names("Palvelun osuus yhteydenotoista", "Tjänstens andel av kontakterna", "Share of the service"),
    is_opinion=True,
)
REASONS_RECORDED = _count("ombudsman_reasons", _names("Kirjatut syyt", "Antecknade orsaker", "Reasons recorded"))
CONTACTS_BY_REASON = _count(
    "ombudsman_by_reason",
    _names("Yhteydenottojen syyt", "Orsaker till kontakterna", "Contacts by reason"),
    is_opinion=True,
)
CONTACT_REASON_SHARE = _share(
    "ombudsman_reason_share",
    _names("Syyn osuus kirjatuista syistä", "Orsakens andel av de antecknade", "Share of the reason"),
    is_opinion=True,
)

# Participation: social reports by the day of the observation, the others by the day of the act.
SOCIAL_REPORTS = _count(
    "social_reports", _names("Sosiaalisen raportoinnin kirjaukset", "Sociala rapporter", "Social reports")
)
HELP_REASONS_RECORDED = _count(
    "help_reasons",
    _names("Kirjatut avun hakemisen syyt", "Antecknade orsaker att söka hjälp", "Reasons for seeking help recorded"),
)
REPORTS_BY_REASON = _count(
    "social_reports_by_reason",
    _names("Avun hakemisen syyt", "Orsaker att söka hjälp", "Reasons for seeking help"),
    is_opinion=True,
)
HELP_REASON_SHARE = _share(
    "help_reason_share",
    _names("Syyn osuus avun hakemisen syistä", "Orsakens andel av orsakerna", "Share of the reason for seeking help"),
    is_opinion=True,
)
HELP_BARRIERS_RECORDED = _count(
    "help_barriers",
    _names("Kirjatut avun saamisen esteet", "Antecknade hinder för hjälp", "Barriers to getting help recorded"),
)
REPORTS_BY_BARRIER = _count(
    "social_reports_by_barrier",
    _names("Avun saamisen esteet", "Hinder för hjälp", "Barriers to getting help"),
    is_opinion=True,
)
HELP_BARRIER_SHARE = _share(
    "help_barrier_share",
    _names("Esteen osuus kirjatuista esteistä", "Hindrets andel av de antecknade", "Share of the barrier"),
    is_opinion=True,
)
PANEL_MEETINGS = _count(
    "panel_meetings",
    _names("Raatien ja neuvostojen kokoukset", "Panelernas och rådens möten", "Meetings of panels and councils"),
)
MEETINGS_BY_KIND = _count(
    "panel_meetings_by_kind", _names("Kokoukset muodoittain", "Möten enligt form", "Meetings by kind")
)
MEETING_KIND_SHARE = _share(
    "panel_meeting_kind_share",
    _names("Muodon osuus kokouksista", "Formens andel av mötena", "Share of the kind of panel"),
)
MEETING_PARTICIPANTS = _count(
    "panel_meeting_participants",
    _names("Osallistumiskerrat kokouksissa", "Deltaganden i möten", "Attendances at meetings"),
)
PANEL_PROPOSALS = _count(
    "panel_proposals",
    _names("Raatien ja neuvostojen ehdotukset", "Panelernas och rådens förslag", "Proposals of panels and councils"),
)
PROPOSALS_BY_STATUS = _count(
    "panel_proposals_by_status", _names("Ehdotukset tuloksen mukaan", "Förslag enligt utfall", "Proposals by outcome")
)
PROPOSAL_STATUS_SHARE = _share(
    "panel_proposal_status_share",
    _names("Tuloksen osuus ehdotuksista", "Utfallets andel av förslagen", "Share of the outcome of proposals"),
)
PROPOSALS_ANSWERED = _count(
    "panel_proposals_answered", _names("Vastatut ehdotukset", "Besvarade förslag", "Proposals answered")
)
INITIATIVES = _count(
    "residents_initiatives", _names("Kuntalaisaloitteet", "Invånarinitiativ", "Residents' initiatives")
)
INITIATIVES_BY_STATUS = _count(
    "residents_initiatives_by_status",
    _names("Kuntalaisaloitteet tilan mukaan", "Invånarinitiativ enligt läge", "Residents' initiatives by status"),
)
INITIATIVE_STATUS_SHARE = _share(
    "residents_initiative_status_share",
    _names("Tilan osuus kuntalaisaloitteista", "Lägets andel av initiativen", "Share of the status of initiatives"),
)
INITIATIVES_DECIDED = _count(
    "residents_initiatives_decided",
    _names("Päätetyt kuntalaisaloitteet", "Avgjorda invånarinitiativ", "Residents' initiatives decided"),
)

MEASURES: dict[str, Measure] = {
    measure.slug: measure for measure in list(globals().values()) if isinstance(measure, Measure)
}
"""All measures by slug, in the order above."""

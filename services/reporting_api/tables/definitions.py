"""The tables there are: what each takes from a period's report. A new section of the review adds its tables here.

One is not of reports: the smileys by weekday and hour, a finer split of the period, have an answer of their own.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from services.reporting_api.hours import table as hours_table
from services.reporting_api.hours.schemas import SmileyHours
from services.reporting_api.measures.figures import Figure
from services.reporting_api.periods.schemas import ChatEntry, Entry, QuestionEntry, Report, ShareEntry, SurveyEntry
from services.reporting_api.tables.model import Category, Row, Table, build_table
from services.shared.tables.base import Labels

UNCLASSIFIED_CODE = "unclassified"
"""The code of what has no class; in the report it is null."""


@dataclass(frozen=True, slots=True)
class TableDefinition:
    """A table's name (part of its address), titles and classifying dimensions."""

    name: str
    titles: Labels
    dimensions: Mapping[str, Labels]


@dataclass(frozen=True, slots=True)
class ReportTable(TableDefinition):
    """A table of what reports say."""

    rows: Callable[[Report[Figure]], Iterable[Row]]

    def build(self, reports: Mapping[str, Report[Figure]]) -> Table:
        """The table of the reports, by their periods' labels, oldest first."""
        return build_table(
            self.name, self.titles, self.dimensions, {label: self.rows(report) for label, report in reports.items()}
        )


@dataclass(frozen=True, slots=True)
class HoursTable(TableDefinition):
    """The table of the smileys by weekday and hour."""

    def build(self, hours: Mapping[str, SmileyHours]) -> Table:
        """The table of the grids, by their periods' labels, oldest first."""
        return hours_table.hours_table(hours)


AnyTable = ReportTable | HoursTable


def _labels(fi: str, sv: str, en: str) -> Labels:
    return {"fi": fi, "sv": sv, "en": en}


_TYPE = {"type": _labels("Palautetyyppi", "Responstyp", "Feedback type")}
_TOPIC = {"topic": _labels("Palauteluokka", "Responsklass", "Topic")}
_THEME = {"theme": _labels("Teema", "Tema", "Theme")}
_CHAT = {"chat": _labels("Chat", "Chatt", "Chat")}
_SURVEY = {"survey": _labels("Kysely", "Enkät", "Survey")}
_QUESTION = {"question": _labels("Kysymys", "Fråga", "Question")}
_MODE = {"mode": _labels("Vastaustapa", "Svarssätt", "Way of answering")}
_OPTION = {"option": _labels("Vaihtoehto", "Alternativ", "Option")}
_STATEMENT = {"statement": _labels("Väittämä", "Påstående", "Statement")}
_SMILEY = {"smiley": _labels("Hymynaama", "Smiley", "Smiley")}
_SERVICE_POINT = {"service_point": _labels("Palvelupiste", "Serviceställe", "Service point")}
_SERVICE = {"service": _labels("Palvelu", "Tjänst", "Service")}
_REASON = {"reason": _labels("Syy", "Orsak", "Reason")}
_BARRIER = {"barrier": _labels("Este", "Hinder", "Barrier")}
_PANEL_KIND = {"kind": _labels("Muoto", "Form", "Kind")}
_OUTCOME = {"outcome": _labels("Tulos", "Utfall", "Outcome")}
_STAGE = {"stage": _labels("Vaihe", "Skede", "Stage")}


def _category(entry: Entry[Figure] | ShareEntry[Figure]) -> Category:
    return Category(entry.code or UNCLASSIFIED_CODE, entry.labels)


def _entries(entries: Iterable[Entry[Figure]], *outer: Category) -> Iterator[Row]:
    for entry in entries:
        yield Row((*outer, _category(entry)), (entry.number, entry.share))


def _summary(report: Report[Figure]) -> Iterator[Row]:
    it = report.feedback
    yield Row(
        (),
        (
            it.received,
            it.kept_apart,
            it.counted,
            it.transferred_out,
            it.inappropriate,
            it.handled,
            it.open,
            it.reopened,
            it.handling_time.mean,
            it.handling_time.median,
            it.reaction_time.mean,
            it.reaction_time.median,
            it.on_target.share,
        ),
    )


def _languages(report: Report[Figure]) -> Iterator[Row]:
    for it in report.feedback.by_language:
        times = it.handling_time
        figures = (it.number, it.share, it.handled_share, times.mean, times.median, it.on_target)
        yield Row((Category(it.code, it.labels),), figures)


def _topics_by_type(report: Report[Figure]) -> Iterator[Row]:
    for topic in report.feedback.by_topic_and_type:
        yield from _entries(topic.by_type, Category(topic.code or UNCLASSIFIED_CODE, topic.labels))


def _themes(report: Report[Figure]) -> Iterator[Row]:
    for theme in report.themes:
        yield Row((Category(theme.code, theme.labels),), (theme.number,))


def _themes_by_type(report: Report[Figure]) -> Iterator[Row]:
    for theme in report.themes:
        yield from _entries(theme.by_type, Category(theme.code, theme.labels))


def _chats(report: Report[Figure]) -> Iterator[Row]:
    for chat in report.chats:
        figures = (chat.respondents, *_response_rate(chat))
        yield Row((Category(chat.code, chat.labels),), (*figures, chat.satisfaction) if chat.satisfaction else figures)


def _response_rate(survey: ChatEntry[Figure] | SurveyEntry[Figure]) -> tuple[Figure, Figure]:
    return survey.response_rate.invitations, survey.response_rate.share


def _options(questions: Iterable[QuestionEntry[Figure]], survey: Category) -> Iterator[Row]:
    for question in questions:
        for option in question.options:
            yield Row((survey, Category(question.code, question.labels), _category(option)), (option.share,))


def _chat_options(report: Report[Figure]) -> Iterator[Row]:
    for chat in report.chats:
        yield from _options([*chat.questions, *chat.other_questions], Category(chat.code, chat.labels))


def _chat_statements(report: Report[Figure]) -> Iterator[Row]:
    for chat in report.chats:
        for statement in chat.statements:
            yield Row((Category(chat.code, chat.labels), _category(statement)), (statement.share,))


def _smileys(report: Report[Figure]) -> Iterator[Row]:
    for face in report.smileys.distribution:
        yield Row((_category(face),), (face.share,))


def _smiley_summary(report: Report[Figure]) -> Iterator[Row]:
    it = report.smileys
    yield Row((), (it.presses, it.satisfied_share, it.happy_index, it.smiley_mean))


def _smileys_by_service_point(report: Report[Figure]) -> Iterator[Row]:
    for point in report.smileys.service_points:
        figures = (point.presses, point.satisfied_share, point.happy_index, point.smiley_mean)
        yield Row((Category(point.code, point.labels),), figures)


def _ombudsman_by_service(report: Report[Figure]) -> Iterator[Row]:
    if report.ombudsman is not None:
        yield from _entries(report.ombudsman.by_service)


def _ombudsman_by_reason(report: Report[Figure]) -> Iterator[Row]:
    if report.ombudsman is not None:
        yield from _entries(report.ombudsman.by_reason)


def _ombudsman_summary(report: Report[Figure]) -> Iterator[Row]:
    if report.ombudsman is not None:
        yield Row((), (report.ombudsman.contacts, report.ombudsman.reasons_recorded))


def _help_reasons(report: Report[Figure]) -> Iterator[Row]:
    if report.participation.social_reports is not None:
        yield from _entries(report.participation.social_reports.by_reason)


def _help_barriers(report: Report[Figure]) -> Iterator[Row]:
    if report.participation.social_reports is not None:
        yield from _entries(report.participation.social_reports.by_barrier)


def _participation(report: Report[Figure]) -> Iterator[Row]:
    it = report.participation
    reports = (it.social_reports.reports,) if it.social_reports is not None else ()
    numbers = (
        it.meetings,
        it.participants,
        it.proposals,
        it.proposals_answered,
        it.initiatives,
        it.initiatives_decided,
    )
    yield Row((), (*reports, *numbers))


def _survey_respondents(report: Report[Figure]) -> Iterator[Row]:
    for survey in report.surveys:
        yield Row((Category(survey.code, survey.labels),), (survey.respondents, *_response_rate(survey)))


def _survey_questions(report: Report[Figure]) -> Iterator[Row]:
    for survey in report.surveys:
        for question in survey.questions:
            if question.figure is not None:
                categories = Category(survey.code, survey.labels), Category(question.code, question.labels)
                yield Row(categories, (question.figure,))


def _survey_options(report: Report[Figure]) -> Iterator[Row]:
    for survey in report.surveys:
        yield from _options(survey.questions, Category(survey.code, survey.labels))


def _collection_modes(report: Report[Figure]) -> Iterator[Row]:
    surveys: list[ChatEntry[Figure] | SurveyEntry[Figure]] = [*report.chats, *report.surveys]
    for survey in surveys:
        for question in survey.collection_modes:
            for mode in question.modes:
                place = (
                    Category(survey.code, survey.labels),
                    Category(question.code, question.labels),
                    _category(mode),
                )
                yield Row(place, (mode.share,))


def _by_name(*definitions: AnyTable) -> Mapping[str, AnyTable]:
    return {definition.name: definition for definition in definitions}


HOURS_TABLE = HoursTable(
    hours_table.NAME, hours_table.TITLES, {"weekday": hours_table.WEEKDAY, "hour": hours_table.HOUR}
)

TABLES: Mapping[str, AnyTable] = _by_name(
    ReportTable(
        "feedback",
        _labels("Palautteet ja käsittelyajat", "Respons och behandlingstider", "Feedback and handling times"),
        {},
        _summary,
    ),
    ReportTable(
        "feedback-by-type",
        _labels("Palautteet tyypeittäin", "Respons enligt typ", "Feedback by type"),
        _TYPE,
        lambda report: _entries(report.feedback.by_type),
    ),
    ReportTable(
        "feedback-by-topic",
        _labels("Palautteet luokittain", "Respons enligt klass", "Feedback by topic"),
        _TOPIC,
        lambda report: _entries(report.feedback.by_topic),
    ),
    ReportTable(
        "feedback-by-language",
        _labels("Palautteet ja käsittelyajat kielittäin", "Respons enligt språk", "Feedback by language"),
        {"language": _labels("Kieli", "Språk", "Language")},
        _languages,
    ),
    ReportTable(
        "feedback-by-topic-and-type",
        _labels("Palautteet luokittain ja tyypeittäin", "Respons enligt klass och typ", "Feedback by topic and type"),
        _TOPIC | _TYPE,
        _topics_by_type,
    ),
    ReportTable(
        "causes-of-dissatisfaction",
        _labels("Tyytymättömyyden syyt", "Orsaker till missnöje", "Causes of dissatisfaction"),
        _TOPIC,
        lambda report: _entries(report.feedback.causes),
    ),
    ReportTable(
        "themes", _labels("Palautteet teemoittain", "Respons enligt tema", "Feedback by theme"), _THEME, _themes
    ),
    ReportTable(
        "themes-by-type",
        _labels("Teemojen palautteet tyypeittäin", "Temans respons enligt typ", "Feedback on themes by type"),
        _THEME | _TYPE,
        _themes_by_type,
    ),
    ReportTable(
        "chats",
        _labels(
            "Chattien vastaajat ja tyytyväisyys",
            "Chattarnas svarande och nöjdhet",
            "Respondents and satisfaction of chats",
        ),
        _CHAT,
        _chats,
    ),
    ReportTable(
        "chat-options",
        _labels("Chattien yhteydenottojen aiheet", "Chattarnas kontaktämnen", "Contact topics of chats"),
        _CHAT | _QUESTION | _OPTION,
        _chat_options,
    ),
    ReportTable(
        "chat-statements",
        _labels("Chattien väittämät", "Chattarnas påståenden", "Statements on chats"),
        _CHAT | _STATEMENT,
        _chat_statements,
    ),
    ReportTable("smileys", _labels("Hymynaamapalaute", "Smileyrespons", "Smiley feedback"), {}, _smiley_summary),
    ReportTable(
        "smileys-distribution",
        _labels("Painallukset hymynaamoittain", "Tryckningar enligt smiley", "Presses by smiley"),
        _SMILEY,
        _smileys,
    ),
    ReportTable(
        "smileys-by-service-point",
        _labels(
            "Hymynaamapalaute palvelupisteittäin",
            "Smileyrespons enligt serviceställe",
            "Smiley feedback by service point",
        ),
        _SERVICE_POINT,
        _smileys_by_service_point,
    ),
    HOURS_TABLE,
    ReportTable(
        "ombudsman",
        _labels("Yhteydenotot asiamiehille", "Kontakter till ombudsmännen", "Contacts to the ombudspersons"),
        {},
        _ombudsman_summary,
    ),
    ReportTable(
        "ombudsman-by-service",
        _labels(
            "Yhteydenotot asiamiehille palveluittain",
            "Kontakter till ombudsmännen enligt tjänst",
            "Contacts to the ombudspersons by service",
        ),
        _SERVICE,
        _ombudsman_by_service,
    ),
    ReportTable(
        "ombudsman-by-reason",
        _labels(
            "Asiamiehille tulleiden yhteydenottojen syyt",
            "Orsaker till kontakterna till ombudsmännen",
            "Reasons for contacts to the ombudspersons",
        ),
        _REASON,
        _ombudsman_by_reason,
    ),
    ReportTable("participation", _labels("Osallistuminen", "Deltagande", "Participation"), {}, _participation),
    ReportTable(
        "social-reports-by-reason",
        _labels("Avun hakemisen syyt", "Orsaker att söka hjälp", "Reasons for seeking help"),
        _REASON,
        _help_reasons,
    ),
    ReportTable(
        "social-reports-by-barrier",
        _labels("Avun saamisen esteet", "Hinder för hjälp", "Barriers to getting help"),
        _BARRIER,
        _help_barriers,
    ),
    ReportTable(
        "panel-meetings-by-kind",
        _labels(
            "Raatien ja neuvostojen kokoukset", "Panelernas och rådens möten", "Meetings of client panels and councils"
        ),
        _PANEL_KIND,
        lambda report: _entries(report.participation.meetings_by_kind),
    ),
    ReportTable(
        "panel-proposals-by-outcome",
        _labels(
            "Raatien ja neuvostojen ehdotukset",
            "Panelernas och rådens förslag",
            "Proposals of client panels and councils",
        ),
        _OUTCOME,
        lambda report: _entries(report.participation.proposals_by_status),
    ),
    ReportTable(
        "initiatives-by-stage",
        _labels("Kuntalaisaloitteet", "Invånarinitiativ", "Residents' initiatives"),
        _STAGE,
        lambda report: _entries(report.participation.initiatives_by_status),
    ),
    ReportTable(
        "surveys",
        _labels("Kyselyjen vastaajat", "Enkäternas svarande", "Respondents of surveys"),
        _SURVEY,
        _survey_respondents,
    ),
    ReportTable(
        "survey-questions",
        _labels("Kyselyjen tulokset kysymyksittäin", "Enkäternas resultat enligt fråga", "Survey results by question"),
        _SURVEY | _QUESTION,
        _survey_questions,
    ),
    ReportTable(
        "survey-options",
        _labels(
            "Kyselyjen vastaukset vaihtoehdoittain", "Enkäternas svar enligt alternativ", "Survey answers by option"
        ),
        _SURVEY | _QUESTION | _OPTION,
        _survey_options,
    ),
    ReportTable(
        "collection-modes",
        _labels("Vastaustavat kysymyksittäin", "Svarssätt enligt fråga", "Ways of answering by question"),
        _SURVEY | _QUESTION | _MODE,
        _collection_modes,
    ),
)
"""All tables by name, in the order they are listed."""

REPORT_TABLES: Mapping[str, ReportTable] = {
    name: table for name, table in TABLES.items() if isinstance(table, ReportTable)
}
"""Those of reports."""

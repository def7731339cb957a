"""The reasons of a deadline in Finnish, Swedish and English."""

from collections.abc import Mapping

from services.feedback_api.deadlines.rules import ReasonCode
from services.shared.tables.base import Labels

_CLOSED = {
    "fi": "{name} ei ole työpäivä.",
    "sv": "{name} är ingen arbetsdag.",
    "en": "{name} is not a working day.",
}

_WORDS: Mapping[ReasonCode, Labels] = {
    ReasonCode.EVENT_DAY_NOT_COUNTED: {
        "fi": "Saapumispäivää ei lasketa.",
        "sv": "Ankomstdagen räknas inte.",
        "en": "The day of receipt is not counted.",
    },
    ReasonCode.WEEKEND: _CLOSED,
    ReasonCode.PUBLIC_HOLIDAY: _CLOSED,
    ReasonCode.EVE: {
        "fi": "{name} ei ole työpäivä määräaikaa laskettaessa.",
        "sv": "{name} är ingen arbetsdag när tidsfristen räknas.",
        "en": "{name} is not a working day when the time limit is counted.",
    },
    ReasonCode.SHORTER_MONTH: {
        "fi": "Kuukaudessa ei ole vastaavaa päivää, joten sen viimeinen päivä ratkaisee.",
        "sv": "Månaden saknar motsvarande dag, så dess sista dag gäller.",
        "en": "The month has no such day, so its last day counts.",
    },
    ReasonCode.RECLASSIFIED: {
        "fi": "Palautetyyppi muuttui: {name}. Määräaika laskettiin saapumisesta uudelleen.",
        "sv": "Responstypen ändrades: {name}. Tidsfristen räknades på nytt från ankomsten.",
        "en": "The feedback type changed: {name}. The deadline was counted again from the receipt.",
    },
}


def words_of(code: ReasonCode, names: Labels) -> Labels:
    """The reason as a sentence in each language; a name lacking in a language is told in Finnish."""
    return {
        language: sentence.format(name=names.get(language, names.get("fi", "")))
        for language, sentence in _WORDS[code].items()
    }

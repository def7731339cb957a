"""Days and times as the review writes them."""

from datetime import date, datetime

from babel.dates import format_date, format_time

from services.reporting_api.language import Language
from services.reporting_api.review.numbers import LOCALES
from services.reporting_api.review.phrases import words_of
from services.shared.clock import CITY_ZONE, local_day
from services.shared.tables import Edition

_TIMES = {Language.SV: "H.mm"}
"""Where Finland writes times otherwise than the locale's data have it: kl. 9.00, not 09:00."""


def write_day(moment: datetime | date | None, language: Language) -> str | None:
    """The city's day of a moment, as the language writes it."""
    if moment is None:
        return None
    day = local_day(moment) if isinstance(moment, datetime) else moment
    return format_date(day, format="long", locale=LOCALES[language])


def write_embargo(edition: Edition, language: Language) -> str | None:
    """Until when the public is not to see it, by the city's clock."""
    if edition.embargo_until is None:
        return None
    words = words_of(language)["review"]
    until = edition.embargo_until.astimezone(CITY_ZONE)
    time = format_time(until, format=_TIMES.get(language, "short"), locale=LOCALES[language])
    return str(words["embargoed"].format(time=words["moment"].format(day=write_day(until, language), time=time)))

"""Finland's public holidays, computed by the package ``holidays``, with the two eves Act 150/1930 names."""

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

FIRST_YEAR = 2000
"""The earliest year a piece of feedback may have been received in (the setting ``earliest_year``)."""

LAST_YEAR = 2050
"""Later deadlines know only weekends; by then the law will have changed more than once."""

_LANGUAGES = {"fi": "fi", "sv": "sv_FI", "en": "en_US"}

_EVES = {(6, "Juhannusaatto"), (12, "Jouluaatto")}
"""Midsummer and Christmas Eve: no holidays by law, but Act 150/1930 s. 5 moves a last day from them all the same.

The package lists them among the holidays. Independence Day and May Day, which the Act names too, are holidays."""


def holidays_revision() -> str:
    """What the rows depend on: another release of the package may know another law."""
    return f"holidays {version('holidays')} {FIRST_YEAR}-{LAST_YEAR}"


def public_holiday_rows() -> Iterator[dict[str, Any]]:
    """A row of ``public_holiday`` for each holiday and eve of the years, in order."""
    import holidays  # noqa: PLC0415 (slow; only loading the catalogue needs it)

    from services.shared.tables.catalogue import ClosedDayKind  # noqa: PLC0415 (slow)

    years = range(FIRST_YEAR, LAST_YEAR + 1)
    by_language = {
        code: holidays.country_holidays("FI", years=years, language=language) for code, language in _LANGUAGES.items()
    }
    for day in sorted(by_language["fi"]):
        names = {code: calendar[day] for code, calendar in by_language.items()}
        is_eve = (day.month, names["fi"]) in _EVES
        yield {
            "day": day,
            "kind": (ClosedDayKind.EVE if is_eve else ClosedDayKind.PUBLIC_HOLIDAY).value,
            "names": names,
        }

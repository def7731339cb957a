"""Finnish personal identity codes (henkilötunnus): DDMMYY, a century sign, three digits and a check character.

Signs since 2023: ``+`` for the 1800s, ``- Y X W V U`` for the 1900s, ``A``-``F`` for the 2000s (dvv.fi). A code is
sure when its date is real and its check character right. One in the exact form that fails is masked as unsure if its
first four digits can be a day and a month; in any looser form only one that passes is taken for a code.
"""

import re
from collections.abc import Iterator

from stdnum.fi import hetu

from services.shared.personal_data.kinds import Found, PersonalData

EXACT_FORM = re.compile(r"(?P<date>\d{6})\s{0,2}+(?P<sign>--?|[+A-FU-Y])\s{0,2}+(?P<number>\d{3})(?P<check>[0-9A-Z])")

LOOSE_FORM = re.compile(
    r"(?<!\d)(?P<day>\d\d)[. /]?+(?P<month>\d\d)[. /]?+(?:(?:18|19|20)(?=\d\d))?(?P<year>\d\d)"
    r"\s{0,2}+(?P<sign>--?|[+A-FU-Y*_/.:])?+\s{0,2}+(?P<number>\d{3})\s?+(?P<check>[0-9A-Z])(?![\w\[])"
)
"""With dots in the date, four digits of the year, a space before the check character, a wrong sign or none."""


def find_exact(text: str) -> Iterator[Found]:
    """Codes in their form, spaces around the sign allowed; those that fail the check are unsure."""
    for match in EXACT_FORM.finditer(text):
        kind = _judge_exact(match, text)
        if kind:
            yield Found(*match.span(), kind)


def find_loose(text: str) -> Iterator[Found]:
    """Codes written in another way; without a century sign they are unsure."""
    for match in LOOSE_FORM.finditer(text):
        sign = match["sign"] or ""
        is_signed = sign != "" and sign[0] in "-+ABCDEFUVWXY"
        # A date and a time look the same, but for a letter: 13.10.2020 - 1400.
        has_letter = sign.isalpha() or match["check"].isalpha()
        date = match["day"] + match["month"] + match["year"]
        if has_letter and is_right(date, sign[0] if is_signed else "-", match["number"], match["check"]):
            yield Found(*match.span(), PersonalData.HENKILOTUNNUS if is_signed else PersonalData.HENKILOTUNNUS_UNSURE)


def is_right(date: str, sign: str, number: str, check: str) -> bool:
    """Whether the parts make a code with a real date and the right check character; temporary ones (900-999) too."""
    return hetu.is_valid(f"{date}{sign}{number}{check}", allow_temporary=True)


def _judge_exact(match: re.Match[str], text: str) -> PersonalData | None:
    date, sign, number, check = match.group("date", "sign", "number", "check")
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    if is_right(date, sign[0], number, check):
        if not before.isdigit() and not after.isdigit():
            return PersonalData.HENKILOTUNNUS
        # Within a longer number, where every thirty-first passes: a letter makes it a code.
        return PersonalData.HENKILOTUNNUS_UNSURE if sign.isalpha() or check.isalpha() else None
    # What was masked next to it may have been digits.
    stands_alone = not before.isdigit() and before != "]" and not after.isalnum() and after not in {"_", "["}
    can_be_date = 1 <= int(date[:2]) <= 31 and 1 <= int(date[2:4]) <= 12
    return PersonalData.HENKILOTUNNUS_UNSURE if stands_alone and can_be_date else None

"""E-mail addresses and telephone numbers, Finnish and international."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.shared.personal_data.kinds import Found, PersonalData

EMAIL = re.compile(
    r"[\w.%+'-]{1,64}+"
    r"(?: ?+@ ?+| ?+[(\[] ?+(?:AT|ÄT|A|@|MIUKUMAUKU|SNABEL-?A) ?+[)\]] ?+)"
    r"(?:[\w-]{1,63}+\.){1,8}[^\W\d_]{2,63}+"
)
"""Also with the sign spelt out in brackets, as people do who fear spam: etunimi.sukunimi(at)example.fi."""

GROUP = re.compile(r"[ ./-]{0,3}+(\d{1,20}+)")
"""Digits of a number with what parts them from those before."""

_FREE = r"(?:(?<!\w)|(?<=PUH)|(?<=TEL)|(?<=GSM))(?<![+\]])(?<![\d\]][.-])"
"""What may stand before a number: not a part of a longer one, of a date or of a code."""

_COUNTRY = (
    r"(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]"
    r"|(?:2[1-689]|3[578]|42|5[09]|6[789]|85|88|9[679])\d)"
)
"""Country codes in use (ITU-T E.164)."""

_NEXT_NUMBER_DIGITS = 9
"""After as many digits a group with a trunk zero begins the next number, parted from this one by a space only."""


@dataclass(frozen=True, slots=True)
class PhoneForm:
    """A way to write telephone numbers: how they begin, and how many digits then follow."""

    start: re.Pattern[str]
    least: int
    most: int
    not_after_numbers: bool = False
    not_before_numbers: bool = False
    """Whether the beginning leaves doubt where other numbers stand next to it, as in a number in groups of four."""
    unless: re.Pattern[str] | None = None
    """What, where it begins right after the beginning or the end, shows that it is something else."""


_PRICE = re.compile(r" ?(?:€|EUR|E\b|KPL|%)")
_YEAR = re.compile(r"[ /-]{1,3}(?:19|20)\d\d(?!\d)")

PHONES = (
    PhoneForm(re.compile(_FREE + r"(?:\+|\+ (?=358))358(?: ?\(0\))?"), 6, 10),
    PhoneForm(re.compile(_FREE + rf"\+(?!358){_COUNTRY}(?: ?\(0\))?"), 7, 12, unless=_PRICE),
    PhoneForm(re.compile(_FREE + rf"00 ?{_COUNTRY}(?=[ -])(?: ?\(0\))?"), 7, 12, not_after_numbers=True),
    PhoneForm(re.compile(_FREE + r"00(?:358|46|47|45|372|49|44|7)(?=\d{7})"), 7, 11),
    PhoneForm(re.compile(_FREE + r"358[ -]?(?=4\d|50)"), 8, 10),
    # Mobile: 04x and 050, their operator's digits apart or all together.
    PhoneForm(re.compile(_FREE + r"\(?0(?:4\d|50)\)?(?=[ ./-])"), 6, 8),
    PhoneForm(re.compile(_FREE + r"\(?0(?:4\d0|457|49\d|500)\)?(?=[ ./-])"), 6, 8, not_after_numbers=True),
    PhoneForm(re.compile(_FREE + r"0(?:4\d|50)(?=\d{6,8}(?!\d))"), 6, 8),
    PhoneForm(re.compile(_FREE + r"0(?:4\d|50)(?=\d{1,5}[ -])"), 6, 8, not_after_numbers=True, not_before_numbers=True),
    # Fixed and service numbers: the area's digits apart, the first group after them longer than an hour or a day.
    PhoneForm(re.compile(_FREE + r"\(0\d{1,3}\)(?=[ -]{0,3}\d{3})"), 5, 8),
    PhoneForm(
        re.compile(_FREE + r"0(?:9|[235689]|1[03-9]|[2-9]\d|[678]00|[23]\d\d)(?=[ /-]{1,3}\d{3})"),
        least=5,
        most=8,
        not_after_numbers=True,
        unless=_YEAR,
    ),
    PhoneForm(
        re.compile(_FREE + r"0(?:1[03-9]|[2-9]\d)(?=\d{6,7}(?!\d))"),
        least=6,
        most=7,
        not_after_numbers=True,
        not_before_numbers=True,
    ),
)

_TRUNK = re.compile(r"0[1-9]\d")
_NUMBERS_BEFORE = re.compile(r"[\d\]][ ./-]")
_NUMBERS_AFTER = re.compile(r" ?[\d\[]")
_GOES_ON = re.compile(r"[\w\[]|[:,/-]\d{1,2}(?![ -]?\d)")
"""After a group of digits: it is a part of something else, such as a time or a date."""


def find_emails(text: str) -> Iterator[Found]:
    """E-mail addresses."""
    for match in EMAIL.finditer(text):
        yield Found(*match.span(), PersonalData.EMAIL)


def find_phones(text: str, form: PhoneForm) -> Iterator[Found]:
    """Telephone numbers written in one form."""
    taken_to = 0
    for match in form.start.finditer(text):
        if match.start() < taken_to or (form.unless and form.unless.match(text, match.end())):
            continue
        end = _end_of_number(text, match.end(), form)
        if end is None or (form.unless and form.unless.match(text, end)):
            continue
        if form.not_after_numbers and _NUMBERS_BEFORE.match(text, max(match.start() - 2, 0), match.start()):
            continue
        if form.not_before_numbers and _NUMBERS_AFTER.match(text, end):
            continue
        taken_to = end
        yield Found(match.start(), end, PersonalData.PHONE)


def _end_of_number(text: str, start: int, form: PhoneForm) -> int | None:
    """Where the longest number of whole groups from ``start`` ends, or None where too few digits follow."""
    end, digits, at = None, 0, start
    while (group := GROUP.match(text, at)) is not None:
        begins_next = _TRUNK.match(group[1]) and digits + 3 >= _NEXT_NUMBER_DIGITS
        digits, at = digits + len(group[1]), group.end()
        if digits > form.most or (begins_next and end is not None):
            break
        if digits >= form.least and not _GOES_ON.match(text, at):
            end = at
    return end

"""Account and payment card numbers: those whose check digits are right, for order numbers look the same."""

import re
from collections.abc import Iterator
from functools import lru_cache

from stdnum import iban, luhn, numdb

from services.shared.personal_data.kinds import Found, PersonalData

IBAN_START = re.compile(r"(?:[A-Z]{2}|FI[ -])\d\d(?=[\s-]?+[0-9A-Z])")
IBAN_CHARACTER = re.compile(r"[\s-]?+([0-9A-Z])")
_STRUCTURE = re.compile(r"(\d{1,2})!")

_ISSUER = r"(?=[456]|3[04-9]|2(?:2[2-9]|[3-6]|7[0-2]))"
"""First digits that card networks have been given. Not 20: a time stamp (20210504123045) starts so."""

_APART = r"(?<![\w+\]])(?<![A-Z]{2}\d\d[ -])"
"""Not within a code, nor after the beginning of an account number that was mistyped."""

CARDS = (
    # Any grouping, where no other number stands next to it.
    re.compile(rf"(?<![\w+\]])(?<![\d\]][ -])(?=({_ISSUER}\d(?:[ -]{{0,3}}+\d){{12,18}}+)(?![ -]{{0,3}}+[\d\[]))"),
    # As printed on cards, even among other numbers: date of expiry, security code, telephone.
    re.compile(rf"(?<![\w+\]])(?=({_ISSUER}\d{{13,19}}+)(?!\d))"),
    re.compile(rf"{_APART}(?=({_ISSUER}\d{{4}}([ -])\d{{4}}\2\d{{4}}\2\d{{4}}\2\d{{3}})(?!\d))"),
    re.compile(rf"{_APART}(?=({_ISSUER}\d{{4}}([ -])\d{{4}}\2\d{{4}}\2\d{{1,4}}+)(?!\d))"),
    re.compile(rf"{_APART}(?=({_ISSUER}\d{{4}}([ -])\d{{6}}\2\d{{4,5}}+)(?!\d))"),
)


def find_ibans(text: str) -> Iterator[Found]:
    """International bank account numbers, in groups or not."""
    end = 0
    for match in IBAN_START.finditer(text):
        if match.start() < end:
            continue
        number = match[0].replace(" ", "").replace("-", "")
        at = match.end()
        for _ in range(_iban_length(number[:2]) - len(number)):
            character = IBAN_CHARACTER.match(text, at)
            if character is None:
                break
            number, at = number + character[1], character.end()
        if iban.is_valid(number, check_country=False):
            end = at
            yield Found(match.start(), end, PersonalData.IBAN)


@lru_cache(maxsize=26 * 26)
def _iban_length(country: str) -> int:
    """Characters of an IBAN of the country (ISO 13616); 0 for a country without."""
    properties = numdb.get("iban").info(country)[0][1]
    return 4 + sum(map(int, _STRUCTURE.findall(properties["bban"]))) if "bban" in properties else 0


def find_cards(text: str, form: re.Pattern[str]) -> Iterator[Found]:
    """Payment card numbers of 13 to 19 digits, written in one of :data:`CARDS`, that pass the Luhn check."""
    end = 0
    for match in form.finditer(text):
        digits = match[1].replace(" ", "").replace("-", "")
        if match.start(1) >= end and luhn.is_valid(digits):
            end = match.end(1)
            yield Found(match.start(1), end, PersonalData.PAYMENT_CARD)

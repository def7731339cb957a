"""The kinds of personal data that are masked, and what takes their place."""

from enum import StrEnum
from typing import NamedTuple


class PersonalData(StrEnum):
    """A kind of personal data, by the word the API uses."""

    IBAN = "iban"
    HENKILOTUNNUS = "henkilotunnus"
    HENKILOTUNNUS_UNSURE = "henkilotunnus_unsure"
    PAYMENT_CARD = "payment_card"
    EMAIL = "email"
    PHONE = "phone"


class Found(NamedTuple):
    """Where personal data stands in a folded text, the end exclusive."""

    start: int
    end: int
    kind: PersonalData


MASKS = {
    PersonalData.IBAN: "[iban]",
    PersonalData.HENKILOTUNNUS: "[hetu]",
    PersonalData.HENKILOTUNNUS_UNSURE: "[hetu?]",
    PersonalData.PAYMENT_CARD: "[card]",
    PersonalData.EMAIL: "[mail]",
    PersonalData.PHONE: "[phone]",
}
"""One short word in brackets, the same in every language; never longer than what it replaces, so that a text within
its limit stays there."""

EVERYTHING = frozenset(PersonalData)
"""What is masked in free text."""

CONTACT_FIELD = frozenset({PersonalData.HENKILOTUNNUS, PersonalData.HENKILOTUNNUS_UNSURE, PersonalData.PAYMENT_CARD})
"""What is masked in a field that asks for a name or an address."""

NUMBER_FIELD = frozenset({PersonalData.HENKILOTUNNUS, PersonalData.PAYMENT_CARD})
"""What is masked in a field that asks for a number: one that only looks like an identity code is what was asked for."""

"""The words of the three languages: the same things said in each, and no number that is not a fact."""

import re
import string
from collections.abc import Mapping
from typing import Any

import pytest

from services.reporting_api.language import Language
from services.reporting_api.measures.registry import MeasureUnit
from services.reporting_api.review.facts import Fact, Part
from services.reporting_api.review.numbers import write_fact, write_number
from services.reporting_api.review.phrases import Name, Phrase, quarter_words, say, words_of
from services.shared.periods import PeriodKind, parse_period

SCALES = ("0–100", "4–10")
"""The only digits that the words may hold: names of scales."""


def phrases_of(language: Language) -> dict[str, Any]:
    """The words of phrases, whose keys have a chapter and a name; the others are headings and texts."""
    return {key: words for key, words in words_of(language).items() if "." in key}


def shape(words: Any) -> Any:
    """The keys of headings and texts, all the way down."""
    if isinstance(words, Mapping):
        return {key: shape(value) for key, value in words.items()}
    return len(words) if isinstance(words, list) else None


def sentences(words: Any) -> list[str]:
    return list(words.values()) if isinstance(words, Mapping) else [words]


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", [Language.SV, Language.EN])
def test_each_language_says_the_same_things(language: Language) -> None:
    assert list(words_of(language)) == list(words_of(Language.FI))
    for key in words_of(Language.FI).keys() - phrases_of(Language.FI).keys():
        assert shape(words_of(language)[key]) == shape(words_of(Language.FI)[key]), key


@pytest.mark.parametrize("language", [Language.SV, Language.EN])
def test_each_language_tells_the_same_facts(language: Language) -> None:
    finnish, other = phrases_of(Language.FI), phrases_of(language)
    for key in finnish:
        told = [places(one) for one in sentences(finnish[key])]
        assert [places(one) for one in sentences(other[key])] == told, key
        assert all(one == told[0] for one in told), f"{key} tells other facts in singular than in plural"


@pytest.mark.parametrize("language", Language)
def test_words_hold_no_number_of_their_own(language: Language) -> None:
    for key, words in phrases_of(language).items():
        for sentence in sentences(words):
            bare = re.sub("|".join(SCALES), "", re.sub(r"\{\w+\}", "", sentence))
            assert not re.search(r"\d", bare), key


@pytest.mark.parametrize("language", Language)
def test_every_quarter_has_its_words(language: Language) -> None:
    for number in (1, 2, 3, 4):
        words = quarter_words(parse_period(PeriodKind.QUARTER, f"2021-Q{number}"), language, "in")
        assert words.endswith(" 2021")


@pytest.mark.parametrize(
    ("language", "written"), [(Language.FI, "2\u00a0389"), (Language.SV, "2\u00a0389"), (Language.EN, "2,389")]
)
def test_thousands_stand_apart_as_the_language_has_it(language: Language, written: str) -> None:
    assert write_number(2389, 0, language) == written


@pytest.mark.parametrize(
    ("language", "written"), [(Language.FI, "82,8\u00a0%"), (Language.SV, "82,8\u00a0%"), (Language.EN, "82.8%")]
)
def test_shares_have_their_sign(language: Language, written: str) -> None:
    assert write_fact(Fact("x", Part.VALUE, 82.8, MeasureUnit.PERCENT, 1), language) == written


def test_a_difference_of_shares_is_in_points_not_in_per_cent() -> None:
    assert write_fact(Fact("x", Part.PREVIOUS_DIFFERENCE, 2.25, MeasureUnit.PERCENT, 2), Language.EN) == "2.25"


@pytest.mark.parametrize(
    ("number", "said"), [(1, "Vielä käsiteltävänä on 1 palaute."), (8, "Vielä käsiteltävänä on 8 palautetta.")]
)
def test_words_follow_the_grammatical_number(number: int, said: str) -> None:
    fact = Fact("feedback.open", Part.VALUE, number, MeasureUnit.COUNT, 0)
    assert say(Phrase("feedback.open", {"n": fact}), Language.FI) == said


def test_a_common_noun_begins_small_within_a_sentence() -> None:
    fact = Fact("x", Part.VALUE, 1, MeasureUnit.COUNT, 0)
    phrase = Phrase("types.one", {"type": Name({"fi": "Moite"}, is_common=True), "share": fact, "number": fact})
    assert say(phrase, Language.FI) == "moite 1 (1)"

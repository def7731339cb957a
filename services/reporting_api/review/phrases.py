"""Phrases: what is said, before it is said in any language; and how a language says it.

The words of a phrase are in ``words/{language}.yaml`` under its key, either one sentence or one for each grammatical
number of the fact named ``n``. They hold no digits but the names of scales, so every number is a fact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from services.reporting_api.language import Language
from services.reporting_api.review.facts import Fact
from services.reporting_api.review.numbers import plural_form, write_fact
from services.shared.periods import Period
from services.shared.tables.base import Labels
from services.shared.yaml_text import read_yaml

QUANTITY = "n"
"""The fact by which the words choose their grammatical number."""


@dataclass(frozen=True, slots=True)
class Name:
    """A word of the vocabulary within a sentence; ``is_common`` ones begin with a small letter there."""

    labels: Labels
    is_common: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """What is said: the key of its words, and what stands in their places."""

    key: str
    parts: Mapping[str, "Part"] = field(default_factory=dict)

    def facts(self) -> list[Fact]:
        """Every fact the phrase tells."""
        found: list[Fact] = []
        for part in self.parts.values():
            if isinstance(part, Fact):
                found.append(part)
            elif isinstance(part, Phrase):
                found += part.facts()
            elif isinstance(part, Sequence):
                found += [fact for phrase in part for fact in phrase.facts()]
        return found


Part = Fact | Name | Period | Phrase | Sequence[Phrase]
"""A number, a word, the quarter, a phrase within the phrase, or a list of phrases."""


@cache
def words_of(language: Language) -> Mapping[str, Any]:
    """All words of a language by key."""
    content = (resources.files(__package__) / "words" / f"{language}.yaml").read_text(encoding="utf-8")
    words: Mapping[str, Any] = read_yaml(content)
    return words


def say(phrase: Phrase, language: Language) -> str:
    """The phrase in ``language``."""
    words = words_of(language)[phrase.key]
    if isinstance(words, Mapping):
        quantity = phrase.parts[QUANTITY]
        if not isinstance(quantity, Fact):
            raise TypeError(f"{phrase.key} chooses its words by {QUANTITY}, which must be a fact")
        words = words[plural_form(quantity.value, language)]
    sentence: str = words
    return sentence.format_map({name: _said(part, language) for name, part in phrase.parts.items()})


def _said(part: Part, language: Language) -> str:
    if isinstance(part, Fact):
        return write_fact(part, language)
    if isinstance(part, Name):
        return _word(part, language)
    if isinstance(part, Period):
        return quarter_words(part, language, "in")
    if isinstance(part, Phrase):
        return say(part, language)
    return _listed([say(phrase, language) for phrase in part], language)


def _listed(said: Sequence[str], language: Language) -> str:
    """One, two or more; what joins the last is another word than the names themselves hold (sekä, samt)."""
    *most, last = said
    if not most:
        return last
    joiner: str = words_of(language)["list"]["two" if len(most) == 1 else "last"]
    return joiner.format(first=", ".join(most), last=last)


def quarter_words(period: Period, language: Language, case: str) -> str:
    """The quarter by its months: ``in`` (huhti-kesäkuussa 2021), ``title`` or ``name`` (Huhti-, huhti-kesäkuu 2021)."""
    number = (period.starts_on.month - 1) // 3 + 1
    words: str = words_of(language)["quarters"][case][number]
    return words.format(year=period.starts_on.year)


def _word(name: Name, language: Language) -> str:
    word = name.labels.get(language, name.labels["fi"])
    return word[:1].lower() + word[1:] if name.is_common else word

"""The words of the demonstration feedback: sentences from ``texts.yaml``, put together by topic and type."""

import random
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from services.cli.demo.counts import VACCINATION_TOPICS

FINNISH_SHARE = 0.95
SWEDISH_SHARE = 0.03
"""The rest is in English: about as the city's feedback comes in."""

TITLE_MAX_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Wording:
    """A text and the language it is in."""

    text: str
    language: str

    @property
    def title(self) -> str:
        """The first words, as forms make titles of texts."""
        if len(self.text) <= TITLE_MAX_LENGTH:
            return self.text
        return self.text[:TITLE_MAX_LENGTH].rsplit(" ", 1)[0] + " …"


@lru_cache(maxsize=1)
def _sentences() -> dict[str, Any]:
    content = (resources.files("services.cli.demo") / "texts.yaml").read_text(encoding="utf-8")
    sentences: dict[str, Any] = yaml.safe_load(content)
    return sentences


def feedback_wording(dice: random.Random, topic: str, kind: str) -> Wording:
    """What a resident writes about ``topic`` as feedback of type ``kind``."""
    share = dice.random()
    if kind != "accessibility" and share > FINNISH_SHARE:
        language, name = ("sv", "swedish") if share < FINNISH_SHARE + SWEDISH_SHARE else ("en", "english")
        subject = "vaccination" if topic in VACCINATION_TOPICS else "other"
        return Wording(_filled(dice, dice.choice(_sentences()[name][subject])), language)
    sentences = _sentences()
    matter = sentences["anything"] if kind == "accessibility" else sentences["topics"][topic]
    parts = (sentences["openings"][kind], matter[kind], sentences["endings"][kind])
    words = " ".join(part for part in (dice.choice(choices) for choices in parts) if part)
    return Wording(_filled(dice, words), "fi")


def other_wording(dice: random.Random, group: str) -> Wording:
    """What a resident writes in feedback that is ``transferred_out`` or ``inappropriate``."""
    return Wording(_filled(dice, dice.choice(_sentences()[group])), "fi")


def answer_text(dice: random.Random) -> str:
    """What staff answer."""
    return str(dice.choice(_sentences()["answers"]))


def chat_comment(dice: random.Random) -> str:
    """What a chat's user adds to the ratings."""
    return str(dice.choice(_sentences()["chat_comments"]))


def _filled(dice: random.Random, sentence: str) -> str:
    if "{" not in sentence:
        return sentence
    return sentence.format(
        place=dice.choice(_sentences()["places"]),
        weekday=dice.choice(_sentences()["weekdays"]),
        number=dice.randint(2, 9),
        age=dice.randint(30, 89),
    )

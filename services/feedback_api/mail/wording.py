"""The words of letters, of ``letters.yaml``."""

from functools import cache
from importlib import resources
from typing import NamedTuple

import yaml

from services.shared.tables.base import Labels


class Words(NamedTuple):
    """A letter's subject and text."""

    subject: str
    text: str


def answer_words(language: str, *, receipt: str, words: str | None, link: str) -> Words:
    """An answer's letter; without words it only says that there is one, and that it is not for the mail."""
    template = _text("answer" if words is not None else "sensitive_answer", language)
    return Words(_text("answer_subject", language), template.format(receipt=receipt, words=words, link=link))


def access_words(language: str, *, link: str, hours: int) -> Words:
    """The letter with the link to a person's own data."""
    return Words(_text("access_subject", language), _text("access", language).format(link=link, hours=hours))


def _text(name: str, language: str) -> str:
    texts = _letters()[name]
    return texts.get(language, texts["en"])


@cache
def _letters() -> dict[str, Labels]:
    content = (resources.files(__package__) / "letters.yaml").read_text(encoding="utf-8")
    letters: dict[str, Labels] = yaml.safe_load(content)
    return letters

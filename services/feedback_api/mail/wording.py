"""The words of letters, of ``letters.yaml``."""

from functools import cache
from importlib import resources
from typing import NamedTuple

from services.shared.tables.base import Labels
from services.shared.yaml_text import read_yaml

OTHERS = ("en", "fi")
"""What is written to a sender whose language is none of the letters'."""

PARTING = "\n* * *\n\n"
"""Between two languages."""


class Words(NamedTuple):
    """A letter's subject and text."""

    subject: str
    text: str


def answer_words(language: str, *, receipt: str, words: str | None, link: str) -> Words:
    """An answer's letter; without words it only says that there is one, and that it is not for the mail."""
    name = "answer" if words is not None else "sensitive_answer"
    return _words("answer_subject", name, language, receipt=receipt, words=words, link=link)


def access_words(language: str, *, link: str, hours: int) -> Words:
    """The letter with the link to a person's own data."""
    return _words("access_subject", "access", language, link=link, hours=hours)


def _words(subject: str, text: str, language: str, **values: object) -> Words:
    letters = _letters()
    languages = (language,) if language in letters[text] else OTHERS
    return Words(
        " / ".join(letters[subject][one] for one in languages),
        PARTING.join(letters[text][one].format(**values) for one in languages),
    )


@cache
def _letters() -> dict[str, Labels]:
    content = (resources.files(__package__) / "letters.yaml").read_text(encoding="utf-8")
    letters: dict[str, Labels] = read_yaml(content)
    return letters

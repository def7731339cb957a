"""The words of the pages, by language."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from services.shared import languages
from services.shared.yaml_text import read_yaml

Texts = Mapping[str, Any]


@cache
def read_texts() -> Mapping[str, Texts]:
    """All words: language to name to text, or to a further level of names."""
    content = (resources.files(__package__) / "texts.yaml").read_text(encoding="utf-8")
    texts: Mapping[str, Texts] = read_yaml(content)
    return texts


def language_for(named: str | None, accepted: str) -> str:
    """The page's language: the one that is named, else the first that the browser accepts, else Finnish."""
    return languages.language_for(named, accepted, read_texts())

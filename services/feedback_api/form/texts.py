"""The words of the pages, by language."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

DEFAULT_LANGUAGE = "fi"

Texts = Mapping[str, Any]


@cache
def read_texts() -> Mapping[str, Texts]:
    """All words: language to name to text, or to a further level of names."""
    content = (resources.files(__package__) / "texts.yaml").read_text(encoding="utf-8")
    texts: Mapping[str, Texts] = yaml.safe_load(content)
    return texts


def language_for(named: str | None, accepted: str) -> str:
    """The page's language: the one that is named, else the first that the browser accepts, else Finnish."""
    wanted = [named or "", *(part.partition(";")[0].strip() for part in accepted.split(","))]
    codes = [one.replace("_", "-").partition("-")[0].lower() for one in wanted]
    return next((code for code in codes if code in read_texts()), DEFAULT_LANGUAGE)

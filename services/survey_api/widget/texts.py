"""The words and drawings of the widget and its pages."""

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
    return _read("texts.yaml")


@cache
def read_faces() -> Mapping[str, str]:
    """Smiley code to the path that draws its mouth, the best first."""
    return _read("faces.yaml")


def language_for(named: str | None, accepted: str) -> str:
    """The page's language: the one that is named, else the first that the browser accepts, else Finnish."""
    return languages.language_for(named, accepted, read_texts())


def _read(name: str) -> Mapping[str, Any]:
    content = (resources.files(__package__) / name).read_text(encoding="utf-8")
    read: Mapping[str, Any] = read_yaml(content)
    return read

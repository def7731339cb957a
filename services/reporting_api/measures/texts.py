"""What each measure is, where its data come from and what it is counted among, from ``texts.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict

from services.shared.tables.base import Labels
from services.shared.yaml_text import read_yaml


@dataclass(frozen=True, slots=True)
class DataSource:
    """Where measures' data come from, and what must be known of it to read them."""

    code: str
    names: Labels
    text: Labels


@dataclass(frozen=True, slots=True)
class MeasureTexts:
    """A measure's definition and base in Finnish, Swedish and English, and its source."""

    definition: Labels
    base: Labels
    source: DataSource


class _SourceTexts(TypedDict):
    names: Labels
    text: Labels


class _Written(TypedDict):
    sources: dict[str, _SourceTexts]
    bases: dict[str, Labels]
    measures: dict[str, dict[str, str]]


@cache
def _written() -> _Written:
    written: _Written = read_yaml(Path(__file__).with_name("texts.yaml").read_text(encoding="utf-8"))
    return written


@cache
def data_sources() -> Mapping[str, DataSource]:
    """All by code, in the order of the file."""
    return {code: DataSource(code, **texts) for code, texts in _written()["sources"].items()}


@cache
def _texts() -> Mapping[str, MeasureTexts]:
    written = _written()
    return {
        slug: MeasureTexts(
            definition={language: text for language, text in texts.items() if language not in ("base", "source")},
            base=written["bases"][texts["base"]],
            source=data_sources()[texts["source"]],
        )
        for slug, texts in written["measures"].items()
    }


def texts_of(slug: str) -> MeasureTexts:
    """The measure's texts; every measure of the registry has them."""
    return _texts()[slug]

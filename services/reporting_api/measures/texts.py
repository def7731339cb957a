"""What each measure is and what it is counted among, from ``texts.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.shared.tables.base import Labels
from services.shared.yaml_text import read_yaml


@dataclass(frozen=True, slots=True)
class MeasureTexts:
    """A measure's definition and base in Finnish, Swedish and English."""

    definition: Labels
    base: Labels


@cache
def _texts() -> Mapping[str, MeasureTexts]:
    written = read_yaml(Path(__file__).with_name("texts.yaml").read_text(encoding="utf-8"))
    bases: dict[str, Labels] = written["bases"]
    return {
        slug: MeasureTexts(
            definition={language: text for language, text in texts.items() if language != "base"},
            base=bases[texts["base"]],
        )
        for slug, texts in written["measures"].items()
    }


def texts_of(slug: str) -> MeasureTexts:
    """The measure's texts; every measure of the registry has them."""
    return _texts()[slug]

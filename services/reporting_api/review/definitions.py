"""The measures' definitions as people read them: grouped by where their data come from, each with an address."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.numbers import format_decimal

from services.reporting_api.disclosure.policy import DisclosurePolicy
from services.reporting_api.language import Language
from services.reporting_api.measures.registry import MEASURES, ON_TARGET, Measure
from services.reporting_api.measures.texts import DataSource, data_sources
from services.reporting_api.review.days import write_day
from services.reporting_api.review.definition_links import anchor_of
from services.reporting_api.review.numbers import LOCALES
from services.reporting_api.review.phrases import words_of
from services.shared.tables import TargetPolicy

Words = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DefinedMeasure:
    """A measure in a language; ``facts`` are what is said of it besides, each under a heading."""

    slug: str
    name: str
    definition: str
    facts: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class DefinedSource:
    """A source of data, and the measures that are made of them."""

    anchor: str
    name: str
    text: str
    measures: tuple[DefinedMeasure, ...]


@dataclass(frozen=True, slots=True)
class Definitions:
    """All that the page of definitions says in a language besides its fixed words."""

    disclosure: str
    disclosure_heading: str
    rules: tuple[str, ...]
    sources: tuple[DefinedSource, ...]


def definitions_of(
    language: Language, policy: DisclosurePolicy, rules: Sequence[Mapping[str, str]], targets: Sequence[TargetPolicy]
) -> Definitions:
    """Every measure as it is defined now; ``targets`` are those of the share on target, the oldest first."""
    words = words_of(language)["quality"]
    return Definitions(
        disclosure=words["disclosure_text"].format(**_limits(policy), unit=policy.minimum_unit_cases),
        disclosure_heading=words["disclosure_rules"].format(policy=policy.name),
        rules=tuple(rule[language] for rule in rules),
        sources=tuple(_source(it, words, language, policy, targets) for it in data_sources().values()),
    )


def _limits(policy: DisclosurePolicy) -> dict[str, int]:
    return {"cell": policy.minimum_cell, "mean": policy.minimum_mean_base}


def _source(
    source: DataSource, words: Words, language: Language, policy: DisclosurePolicy, targets: Sequence[TargetPolicy]
) -> DefinedSource:
    measures = tuple(
        DefinedMeasure(
            measure.slug,
            measure.names[language],
            measure.definition[language],
            tuple(_facts(measure, words, language, policy, targets)),
        )
        for measure in MEASURES.values()
        if measure.source == source.code
    )
    return DefinedSource(anchor_of(source.code), source.names[language], source.text[language], measures)


def _facts(
    measure: Measure, words: Words, language: Language, policy: DisclosurePolicy, targets: Sequence[TargetPolicy]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield words["base"], (measure.base[language],)
    yield words["unit"], (f"{words['units'][measure.unit]}, {words['decimals'][measure.decimals]}",)
    yield words["interval"], (words["intervals"][measure.interval],)
    yield words["disclosure_of"], (words["sensitivities"][measure.sensitivity].format(**_limits(policy)),)
    yield words["since"], tuple(_history(measure, words, language, targets))


def _history(measure: Measure, words: Words, language: Language, targets: Sequence[TargetPolicy]) -> Iterator[str]:
    if measure.since is None:
        yield words["from_beginning"]
    else:
        yield words["from_day"].format(day=write_day(measure.since, language))
    for version in reversed(measure.versions[1:]):
        change = (version.change or {}).get(language, "")
        yield words["change"].format(day=write_day(version.since, language), change=change)
    if measure is ON_TARGET:
        for place, target in enumerate(targets):
            key = "target_since" if place else "target"
            yield words[key].format(
                days=format_decimal(target.target_days, locale=LOCALES[language]),
                day=write_day(target.valid_from, language),
            )

"""Small invented cities with few answers, and what the rules would show of them."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from services.reporting_api.disclosure.counts import Counts, Key, Kind, Units, family_of_survey
from services.reporting_api.disclosure.opinions import Opinions
from services.reporting_api.disclosure.patterns import Pattern, pattern_of_city
from services.reporting_api.disclosure.policy import PUBLIC_4
from services.reporting_api.disclosure.quarters import QuarterPatterns
from services.reporting_api.disclosure.revisions import RevisedQuarter, changes_of, is_too_small
from services.reporting_api.disclosure.service import PeriodPatterns
from services.reporting_api.periods.aggregates import Option, Question, SurveyDefinition
from services.shared.periods import PeriodKind
from services.shared.tables.surveys import RESPONSES_QUESTION, QuestionKind, QuestionPurpose, SurveyKind
from tests.reporting_api.attack.solver import Area, Attacker, Finding, finding_of

SURVEY, QUESTION = "survey", "question"
CELLS = ("1", "2", "3")
QUARTERS = (("Q1", ("01", "02", "03")), ("Q2", ("04", "05", "06")))
BLOCKS = tuple(month for _, months in QUARTERS for month in months)

SURVEYS = [
    SurveyDefinition(
        SURVEY,
        SurveyKind.QUESTIONNAIRE,
        {"fi": SURVEY},
        "top",
        False,
        True,
        False,
        (
            Question(
                QUESTION,
                QuestionKind.SINGLE_CHOICE,
                QuestionPurpose.OTHER,
                {"fi": QUESTION},
                options=tuple(Option(int(cell), cell, {"fi": cell}) for cell in CELLS),
            ),
        ),
    )
]

Numbers = Mapping[tuple[str, str, str], int]
"""Unit, month and cell to answers."""

PatternOf = Callable[[Sequence[str], Units | None], Pattern]
"""What is hidden of months, in a set of units or the whole city."""


@dataclass(frozen=True)
class City:
    """Units, the sets of them that may be asked for, and the answers."""

    units: Sequence[str]
    askable: Sequence[Units]
    numbers: Numbers

    def count(self, units: Units, months: Sequence[str], cell: str) -> int:
        """The true number."""
        return sum(self.numbers[unit, month, cell] for unit in units for month in months)


def invent(seed: int) -> City:
    """A city of 3-6 units in two organisations, most with many answers, some with next to none."""
    dice = random.Random(seed)
    units = [f"u{number}" for number in range(dice.randint(3, 6))]
    askable = [*_tree(dice, units), *(frozenset({unit}) for unit in units), *_tree(dice, units)]
    poor = set(dice.sample(units, dice.randint(0, 2)))
    numbers = {(unit, month, cell): _answers(dice, unit in poor) for unit, month, cell in product(units, BLOCKS, CELLS)}
    for _ in range(dice.choice([0, 0, 1, 2, 9])):
        numbers[dice.choice(units), dice.choice(BLOCKS), dice.choice(CELLS)] = dice.randint(1, 4)
    return City(units, askable, numbers)


def _tree(dice: random.Random, units: Sequence[str]) -> Iterator[Units]:
    """The whole, and groups within it, of any depth."""
    yield frozenset(units)
    shuffled = list(units)
    dice.shuffle(shuffled)
    cut = dice.randint(1, len(shuffled) - 1)
    for part in (shuffled[:cut], shuffled[cut:]):
        if len(part) > 1:
            yield from _tree(dice, part)


def _answers(dice: random.Random, is_poor: bool) -> int:
    return dice.choice([0, 0, 0, 0, dice.randint(1, 3)]) if is_poor else dice.choice([0, dice.randint(5, 30)])


def rules_in_force(city: City) -> PatternOf:
    """What the reports follow, by the same code from the aggregates on."""
    quarters = {
        months: QuarterPatterns(
            _opinions(city, months),
            SURVEYS,
            PUBLIC_4,
            is_over=True,
            askable=city.askable,
            months=[_opinions(city, [month]) for month in months],
        )
        for _, months in QUARTERS
    }

    def pattern_of(months: Sequence[str], units: Units | None) -> Pattern:
        kind = {1: PeriodKind.MONTH, 3: PeriodKind.QUARTER}.get(len(months), PeriodKind.YEAR)
        touched = [patterns for of, patterns in quarters.items() if set(of) & set(months)]
        return PeriodPatterns(kind, touched).of(family_of_survey(SURVEY), units)

    return pattern_of


def each_distribution_alone(city: City) -> PatternOf:
    """The rule that guards one distribution only, as public-1 did."""

    def pattern_of(months: Sequence[str], units: Units | None) -> Pattern:
        return pattern_of_city(_counts(city, frozenset(city.units) if units is None else units, months), PUBLIC_4)

    return pattern_of


def small_cells_only(city: City) -> PatternOf:
    """Small cells without anything beside them."""

    def pattern_of(months: Sequence[str], units: Units | None) -> Pattern:
        counts = _counts(city, frozenset(city.units) if units is None else units, months)
        small = {(key.question, key.cell) for key, number in counts.items() if 0 < number < PUBLIC_4.minimum_cell}
        return Pattern(cells=frozenset(small))

    return pattern_of


def _counts(city: City, units: Units, months: Sequence[str]) -> Counts:
    return {Key(Kind.CELL, QUESTION, cell): city.count(units, months, cell) for cell in CELLS}


def _opinions(city: City, months: Sequence[str]) -> Opinions:
    answers: dict[tuple[str, str, str], Counter[int]] = {}
    for (unit, month, cell), number in city.numbers.items():
        if month in months and number:
            answers.setdefault((SURVEY, QUESTION, unit), Counter())[int(cell)] += number
            answers.setdefault((SURVEY, RESPONSES_QUESTION, unit), Counter())[1] += number
    return Opinions(answers=answers)


def attack(city: City, pattern_of: PatternOf) -> list[Finding]:
    """Reads quarters, months and the year of every set of units, and asks about every small count that is hidden."""
    attacker = Attacker()
    hidden: dict[tuple[Area, str], None] = {}
    for months in (BLOCKS, *(months for _, months in QUARTERS), *((month,) for month in BLOCKS)):
        for units in (None, *city.askable):
            area = Area(frozenset(city.units) if units is None else units, frozenset(months))
            pattern = pattern_of(months, units)
            for cell in _read(attacker, city, area, pattern):
                hidden[area, cell] = None
    return [
        finding
        for area, cell in hidden
        if 0 < (truth := city.count(area.units, sorted(area.blocks), cell)) < PUBLIC_4.minimum_cell
        and (finding := finding_of(attacker, f"{area} {cell}", area.atoms([cell]), truth, PUBLIC_4))
    ]


def _read(attacker: Attacker, city: City, area: Area, pattern: Pattern) -> Iterator[str]:
    """Learns what the pattern shows of the area; the cells that it hides."""
    months = sorted(area.blocks)
    if pattern.of_base(QUESTION) is None:
        attacker.learn(area.atoms(CELLS), sum(city.count(area.units, months, cell) for cell in CELLS))
    for cell in CELLS:
        if pattern.of_cell(QUESTION, cell) is None:
            attacker.learn(area.atoms([cell]), city.count(area.units, months, cell))
            continue
        if pattern.of_base(QUESTION) is None:
            # Noughts are shown, so what is hidden beside shown cells is none.
            attacker.learn(area.atoms([cell]), 1, sum(city.numbers.values()))
        yield cell


def shown_whole(city: City, pattern_of: PatternOf) -> tuple[int, int]:
    """How many quarters of parts of the city, and how many months, are shown whole."""
    parts = {units for units in city.askable if len(units) < len(city.units)}
    return (
        sum(pattern_of(months, units).is_empty for _, months in QUARTERS for units in parts),
        sum(pattern_of([month], None).is_empty for month in BLOCKS),
    )


FIRST = QUARTERS[0][1]
LATER = tuple((month,) for month in QUARTERS[1][1])
"""The months that stand for what the first edition counted, and for what came before each correction."""

Edition = tuple[Sequence[str], QuarterPatterns, QuarterPatterns | RevisedQuarter]
"""What it counted, and what is hidden of it: alone, and beside the ones before."""


def attack_corrections(city: City, seed: int, *, corrections: int = 1, is_guarded: bool) -> list[Finding]:
    """Reads all editions of every set of units, and asks how many came between them, and what the first hides.

    ``is_guarded`` follows the rules of a correction; else each edition hides as if it were the only one.
    """
    dice = random.Random(-seed - corrections)
    blocks = LATER[:corrections]
    late = {
        key: dice.choice([0, 0, 1, 3, 7, 40]) if (key[1],) in blocks else number for key, number in city.numbers.items()
    }
    city = City(city.units, city.askable, late)
    attacker = Attacker()
    everyone = frozenset(city.units)
    editions = _editions(city, blocks, is_guarded=is_guarded)
    for units in (None, *city.askable):
        for months, _, rule in editions:
            area = Area(everyone if units is None else units, frozenset(months))
            _learn_shown(attacker, city, area, rule.of(family_of_survey(SURVEY), units))
    return [
        finding
        for units in {everyone, *city.askable}
        for months in (FIRST, *_gaps(editions))
        for cell in CELLS
        for area in [Area(units, frozenset(months))]
        if 0 < (truth := city.count(units, months, cell)) < PUBLIC_4.minimum_cell
        and (finding := finding_of(attacker, f"{seed} {area} {cell}", area.atoms([cell]), truth, PUBLIC_4))
    ]


def _editions(city: City, blocks: Sequence[Sequence[str]], *, is_guarded: bool) -> list[Edition]:
    """The first edition and its corrections. One that could show no change takes over what the one before counted."""
    first = _quarter(city, FIRST)
    editions: list[Edition] = [(FIRST, first, first)]
    live = list(FIRST)
    for block in blocks:
        live = [*live, *block]
        alone = _quarter(city, live)
        earlier = [one for _, one, _ in editions]
        if not is_guarded:
            editions.append((live, alone, alone))
        elif not is_too_small(changes_of(earlier[-1].counts, alone.counts, family_of_survey(SURVEY)), PUBLIC_4):
            editions.append((live, alone, RevisedQuarter(alone, earlier, PUBLIC_4)))
    return editions


def _gaps(editions: Sequence[Edition]) -> Iterator[Sequence[str]]:
    """What came between any two editions."""
    for (before, *_), (after, *_) in combinations(editions, 2):
        yield [month for month in after if month not in before]


def _quarter(city: City, months: Sequence[str]) -> QuarterPatterns:
    return QuarterPatterns(_opinions(city, months), SURVEYS, PUBLIC_4, is_over=True, askable=city.askable)


def _learn_shown(attacker: Attacker, city: City, area: Area, pattern: Pattern) -> None:
    months = sorted(area.blocks)
    if pattern.of_base(QUESTION) is None:
        attacker.learn(area.atoms(CELLS), sum(city.count(area.units, months, cell) for cell in CELLS))
    for cell in CELLS:
        if pattern.of_cell(QUESTION, cell) is None:
            attacker.learn(area.atoms([cell]), city.count(area.units, months, cell))

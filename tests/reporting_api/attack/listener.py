"""Gathers what was said, tells an attacker, and asks what it knows of everything that was hidden."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.reporting_api.disclosure.cells import is_few
from services.reporting_api.disclosure.policy import IN_FORCE
from services.reporting_api.measures.registry import MEASURES
from services.shared.periods import Period
from tests.reporting_api.attack.collect import HOURS, Said
from tests.reporting_api.attack.constraints import Claim, Question, Questions, claims_of, scores_of
from tests.reporting_api.attack.means import spread_of
from tests.reporting_api.attack.solver import Area, Atom, Attacker, Finding, finding_of
from tests.reporting_api.attack.waves import true_day, wave_of

_NEARLY = 1e-6

_ASKED_OF_MANY = 30
"""About how many of the small counts by hour, or by topic and type, are asked about: there are hundreds of a kind."""


@dataclass
class Outcome:
    """Of how many small counts the attacker asked, and those that are known, or known to be small."""

    asked: int = 0
    found: list[Finding] = field(default_factory=list)


@dataclass
class Listener:
    """Remembers every figure that was said, once."""

    questions: Questions
    heard: dict[Said, None] = field(default_factory=dict)
    late: Sequence[frozenset[int]] = ()
    """Waves that came between two editions: of opinions, every small count of theirs is asked about."""

    def hear(self, said: Iterable[Said]) -> None:
        """Remember all of it."""
        self.heard |= dict.fromkeys(said)

    def attack(self) -> Outcome:
        """Asks about every small count that was hidden, of all questions."""
        claims: dict[str, list[Claim]] = {name: [] for name in self.questions}
        for said in self.heard:
            for claim in claims_of(said, self.questions):
                claims[claim.question].append(claim)
        outcome = Outcome()
        for name, question in self.questions.items():
            inquest = _Inquest(question, claims[name], self.late)
            for area, cells, truth in inquest.small(claims[name]):
                what = f"{name}: {', '.join(cells)} of {sorted(area.units)} in {sorted(area.blocks)}"
                finding = finding_of(inquest.attacker, what, area.atoms(cells), truth, IN_FORCE)
                outcome.asked += 1
                outcome.found += [finding] if finding else []
        return outcome


class _Inquest:
    """One question: its attacker, and the truth to measure it by."""

    def __init__(self, question: Question, claims: Sequence[Claim], late: Sequence[frozenset[int]]) -> None:
        self._question = question
        self._late = late
        self._units = {unit for unit, _, _ in question.answers}
        self._hours = frozenset(hour for hour, _, _ in question.by_hour)
        days = sorted({day for _, day, _ in question.answers})
        self._blocks = _blocks(days, {claim.said.period for claim in claims})
        self._numbers: Counter[Atom] = Counter()
        for (where, day, cell), number in [*question.answers.items(), *question.by_hour.items()]:
            self._numbers[where, self._blocks[day], cell] += number
        self.attacker = Attacker(counts_wholes=question.is_simple)
        if any(claim.said.table == HOURS for claim in claims):
            self._learn_hours()
        for claim in claims:
            if question.is_simple or self._area(claim).units == self._units:
                self._learn_claim(claim)

    def _learn_hours(self) -> None:
        """By hour or by unit, they are the same answers."""
        for block in set(self._blocks.values()):
            for cell in self._question.cells:
                by_hour = Area(self._hours, frozenset({block})).atoms([cell])
                by_unit = Area(frozenset(self._units), frozenset({block})).atoms([cell])
                weights: dict[Hashable, float] = dict.fromkeys(by_hour, 1.0)
                self.attacker.learn_weighted(weights | dict.fromkeys(by_unit, -1.0), 0, 0)

    def _learn_claim(self, claim: Claim) -> None:
        """What the claim tells."""
        said, area = claim.said, self._area(claim)
        if said.base is not None and claim.among:
            self._learn(area, dict.fromkeys(claim.among, 1.0), said.base, said.base)
        if said.count is None:
            return
        if claim.is_least:
            self._learn(area, dict.fromkeys(claim.cells, 1.0), said.count, float("inf"))
            return
        self._learn(area, dict.fromkeys(claim.cells, 1.0), said.count, said.count)
        if claim.is_mean and said.value is not None:
            scores = scores_of(said.measure, self._question)
            half_a_step = 10.0 ** -MEASURES[said.measure].decimals / 2
            self._learn(area, scores, (said.value - half_a_step) * said.count, (said.value + half_a_step) * said.count)
            squares = {cell: score * score for cell, score in scores.items()}
            self._learn(area, squares, *spread_of(said, scores))

    def _learn(self, area: Area, weights: Mapping[str, float], least: float, most: float) -> None:
        truth = sum(weight * self.truth(area, (cell,)) for cell, weight in weights.items())
        assert least - _NEARLY <= truth <= most + _NEARLY, f"not so: {area} {weights} {least}-{most}, but {truth}"
        self.attacker.learn_weighted(
            {atom: weight for cell, weight in weights.items() for atom in area.atoms([cell])}, least, most
        )

    def small(self, claims: Sequence[Claim]) -> Iterator[tuple[Area, tuple[str, ...], int]]:
        """The small ones of the counts that were hidden; of hours and of topics by types, some."""
        found = [
            (area, cells, truth)
            for area, cells in sorted(self._wanted(claims), key=repr)
            if is_few(truth := self.truth(area, cells), IN_FORCE.minimum_cell)
        ]
        many = [one for one in found if one[0].units <= self._hours or not self._question.is_simple]
        yield from (one for one in found if one not in many)
        yield from many[:: 1 + len(many) // _ASKED_OF_MANY]

    def _wanted(self, claims: Iterable[Claim]) -> set[tuple[Area, tuple[str, ...]]]:
        """The counts that were hidden; of a question whose answers are said as a mean only, each answer's number."""
        wanted = {(self._area(claim), claim.cells) for claim in claims if claim.said.is_hidden and not claim.is_mean}
        if not self._question.is_simple:
            # Units' numbers by type say nothing of topics, given those of the city.
            wanted = {(area, cells) for area, cells in wanted if area.units == self._units}
        areas = {self._area(claim) for claim in claims if claim.is_mean} | set(self._of_late())
        return wanted | {(area, (cell,)) for area in areas for cell in self._question.cells}

    def _of_late(self) -> Iterator[Area]:
        """Who came between two editions, in all units and in each."""
        if self._question.is_simple:
            for waves in self._late:
                blocks = frozenset(block for day, block in self._blocks.items() if wave_of(day) in waves)
                yield from (Area(frozenset(units), blocks) for units in (self._units, *zip(self._units)))

    def truth(self, area: Area, cells: Iterable[str]) -> int:
        """How many there are."""
        return sum(self._numbers[atom] for atom in area.atoms(cells))

    def _area(self, claim: Claim) -> Area:
        period = claim.said.period
        within = {
            block
            for day, block in self._blocks.items()
            if wave_of(day) in claim.said.waves and period.starts_on <= true_day(day) < period.ends_on
        }
        hour = frozenset({":".join(claim.said.key)}) if claim.said.table == HOURS else None
        return Area(hour or claim.said.units & self._units, frozenset(within))


def _blocks(days: Sequence[date], periods: set[Period]) -> dict[date, str]:
    """Days that no period tells apart are one block."""
    edges = sorted({edge for period in periods for edge in (period.starts_on, period.ends_on)})
    return {day: f"{wave_of(day)}:{sum(edge <= true_day(day) for edge in edges)}" for day in days}

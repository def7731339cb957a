"""What is hidden in one quarter: the quarter is what is published, and everything else follows it."""

from collections.abc import Iterable, Mapping, Sequence

from services.reporting_api.disclosure.counts import FEEDBACK, Family, Units, add_up, is_safe
from services.reporting_api.disclosure.opinions import WHOLE_CITY, ByUnit, Opinions, counts_by_family
from services.reporting_api.disclosure.patterns import SHOWN, Pattern, hidden_whole, pattern_of_city, shown_as_part
from services.reporting_api.disclosure.policy import DisclosurePolicy
from services.reporting_api.disclosure.tree import shown_units
from services.reporting_api.measures.figures import SuppressionReason
from services.reporting_api.periods.aggregates import SurveyDefinition

NOTHING: ByUnit = {}

FamilyCounts = Mapping[Family, ByUnit]


class QuarterPatterns:
    """The patterns of a quarter, of all families and all places, from its counts by unit.

    ``askable`` are the sets of units that anybody may ask for, the more important ones first. ``months`` are the
    counts of the quarter's three months, where a month is asked for.
    """

    def __init__(
        self,
        opinions: Opinions,
        surveys: Sequence[SurveyDefinition],
        policy: DisclosurePolicy,
        *,
        is_over: bool,
        askable: Sequence[Units] = (),
        months: Iterable[Opinions] = (),
    ) -> None:
        self.counts: FamilyCounts = counts_by_family(opinions, surveys)
        self._months = [counts_by_family(month, surveys) for month in months]
        self._policy = policy
        self._is_over = is_over
        self._askable = askable
        self._shown: dict[Family, set[Units]] = {}

    def of(self, family: Family, units: Units | None) -> Pattern:
        """What is hidden of the family's results of the units, or of the whole city."""
        by_unit = self.counts.get(family, NOTHING)
        everything = frozenset(by_unit)
        asked = everything if units is None else units & everything
        if family == FEEDBACK and asked == everything:
            return SHOWN
        if not self._is_over:
            return hidden_whole(SuppressionReason.RUNNING)
        if units is not None and WHOLE_CITY in by_unit:
            return hidden_whole(SuppressionReason.DETAIL)
        city = SHOWN if family == FEEDBACK else pattern_of_city(add_up(by_unit.values()), self._policy)
        return city if asked == everything else self._of_part(family, asked, city)

    def _of_part(self, family: Family, asked: Units, city: Pattern) -> Pattern:
        if not city.is_empty:
            return hidden_whole(SuppressionReason.PARENT_HIDDEN)
        if family not in self._shown:
            self._shown[family] = shown_units(self._askable, self.counts[family], self._policy)
        is_shown = not asked or asked in self._shown[family]
        if not is_shown:
            return hidden_whole(SuppressionReason.SMALL_COUNTS)
        return shown_as_part(add_up(self.counts[family].values()))

    def of_month(self, family: Family) -> Pattern:
        """What is hidden of a month of the quarter, of the whole city: all months are shown together, or none is."""
        quarter = self.of(family, None)
        if family == FEEDBACK or quarter.whole:
            return quarter
        are_safe = all(is_safe(add_up(month.get(family, NOTHING).values()), self._policy) for month in self._months)
        if not (quarter.is_empty and are_safe):
            return hidden_whole(SuppressionReason.DETAIL)
        return shown_as_part(add_up(self.counts.get(family, NOTHING).values()))

    def is_revised(self, _family: Family) -> bool:
        """Whether an earlier edition counted the family otherwise: there is none."""
        return False

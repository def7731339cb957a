"""All that the service keeps of what it counted."""

from dataclasses import dataclass
from datetime import timedelta

from services.reporting_api.hours.schemas import SmileyHours
from services.reporting_api.keeper import Keeper
from services.reporting_api.periods.answers import Written
from services.reporting_api.quarters.service import Quarters
from services.reporting_api.tables.service import TableKeepers
from services.shared.settings import Settings

_ASKERS = 2
"""Two see different figures: anyone, and those who see all."""


@dataclass(frozen=True, slots=True)
class Keepers:
    """One for each kind of result."""

    answers: Keeper[Written]
    hours: Keeper[SmileyHours]
    tables: TableKeepers
    quarters: Keeper[Quarters]

    @classmethod
    def of(cls, settings: Settings) -> "Keepers":
        """With nothing in them yet."""
        age_max = timedelta(seconds=settings.public_report_age_max_seconds)
        periods_kept = settings.table_periods_kept
        return cls(
            answers=Keeper(settings.reports_kept, age_max),
            hours=Keeper(settings.reports_kept, age_max),
            tables=TableKeepers(
                reports=Keeper(periods_kept, age_max, len),
                by_hour=Keeper(periods_kept, age_max, lambda built: len(built.edition.periods)),
            ),
            quarters=Keeper(_ASKERS, age_max),
        )

"""What stands beside the figures of a period: the period, the unit, and by which policy figures are hidden."""

from services.reporting_api.disclosure.policy import IN_FORCE
from services.reporting_api.disclosure.schemas import DisclosureAnswer
from services.reporting_api.periods.schemas import PeriodAnswer, UnitAnswer
from services.shared.catalogue import UnitsAs
from services.shared.periods import Period
from services.shared.tables import Unit
from services.shared.tables.base import Labels

DEMONSTRATION_NOTE: Labels = {
    "fi": "Luvuissa on mukana esittelyä varten keksittyjä tietoja.",
    "sv": "Siffrorna innehåller påhittade uppgifter för demonstration.",
    "en": "The figures include records invented for demonstration.",
}


def unit_answer(unit: Unit | None, units: UnitsAs) -> UnitAnswer | None:
    """The unit as it is answered; None for the whole city."""
    return None if unit is None else UnitAnswer(code=unit.code, names=unit.names, units=units)


def disclosure_answer(policy: str | None) -> DisclosureAnswer:
    """The thresholds in force, and the policy that was applied; None for those who see all."""
    return DisclosureAnswer(
        policy=policy,
        minimum_cell=IN_FORCE.minimum_cell,
        minimum_mean_base=IN_FORCE.minimum_mean_base,
        minimum_unit_cases=IN_FORCE.minimum_unit_cases,
    )


def period_answer(period: Period, *, is_complete: bool) -> PeriodAnswer:
    """The period as it is answered."""
    return PeriodAnswer(
        kind=period.kind,
        label=period.label,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        is_complete=is_complete,
    )

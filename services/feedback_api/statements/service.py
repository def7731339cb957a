"""The closing statement's numbers by name; every code of the catalogue is named, also where it counts 0."""

from collections.abc import Iterable
from datetime import datetime

from services.feedback_api.statements.participation_recount import ParticipationRecount
from services.feedback_api.statements.repository import Recount
from services.feedback_api.statements.schemas import Statement
from services.shared.catalogue import Catalogue
from services.shared.periods import Period
from services.shared.tables.access import Service
from services.shared.tables.participation import InitiativeStatus, PanelKind, ProposalStatus

UNCLASSIFIED = "unclassified"


async def state(
    recount: Recount, participation: ParticipationRecount, catalogue: Catalogue, period: Period, now: datetime
) -> Statement:
    """The statement of ``period``."""
    return Statement(
        service=Service.FEEDBACK_API,
        quarter=period.label,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        counted_at=now,
        numbers={
            **await _feedback(recount, catalogue),
            **await _ombudsman(recount, catalogue),
            **await _participation(participation, catalogue),
        },
    )


async def _feedback(recount: Recount, catalogue: Catalogue) -> dict[str, int]:
    numbers = {f"feedback.{name}": value for name, value in (await recount.totals()).items()}
    by_type = await recount.by_type()
    numbers |= {f"feedback.by_type.{code}": by_type.get(code, 0) for code in catalogue.feedback_types}
    by_topic = await recount.by_topic()
    numbers |= {f"feedback.by_topic.{code}": by_topic.get(code, 0) for code in (*catalogue.topics, UNCLASSIFIED)}
    by_theme = await recount.by_theme_and_type()
    numbers |= {
        f"themes.{theme}.by_type.{code}": by_theme.get((theme, code), 0)
        for theme in catalogue.themes
        for code in catalogue.feedback_types
    }
    return numbers


async def _ombudsman(recount: Recount, catalogue: Catalogue) -> dict[str, int]:
    by_service = await recount.ombudsman_by_service()
    by_reason = await recount.ombudsman_by_reason()
    return {
        "ombudsman.contacts": sum(by_service.values()),
        "ombudsman.reasons_recorded": sum(by_reason.values()),
        **{f"ombudsman.by_service.{code}": by_service.get(code, 0) for code in catalogue.ombudsman_services},
        **{f"ombudsman.by_reason.{code}": by_reason.get(code, 0) for code in catalogue.ombudsman_reasons},
    }


async def _participation(recount: ParticipationRecount, catalogue: Catalogue) -> dict[str, int]:
    codes: dict[str, Iterable[str]] = {
        "social_reports_by_reason": catalogue.help_reasons,
        "social_reports_by_barrier": catalogue.help_barriers,
        "meetings_by_kind": PanelKind,
        "proposals_by_status": ProposalStatus,
        "initiatives_by_status": InitiativeStatus,
    }
    by_code = await recount.counts_by_code()
    numbers = {f"participation.{name}": number for name, number in (await recount.counts()).items()}
    return numbers | {
        f"participation.{name}.{code}": by_code[name].get(code, 0) for name, known in codes.items() for code in known
    }

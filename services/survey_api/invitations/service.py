"""Recording how many were invited: a count takes the place of the one before, and never adds to it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.catalogue import Catalogue
from services.shared.problems import invalid
from services.shared.tables import SurveyInvitation
from services.shared.tables.surveys import DEVICE_MODES
from services.survey_api.invitations import repository
from services.survey_api.invitations.repository import Key, key_of
from services.survey_api.invitations.schemas import (
    InvitationCount,
    InvitationRead,
    InvitationsReplace,
    InvitationsWritten,
    InvitationWritten,
)
from services.survey_api.surveys.definitions import SurveyDefinition


async def record(
    session: AsyncSession, catalogue: Catalogue, survey: SurveyDefinition, body: InvitationsReplace, *, at: datetime
) -> InvitationsWritten:
    """Store the counts; raises :class:`InvalidRequestProblem` that names the one that is wrong."""
    places: dict[Key, int] = {}
    rows = []
    for place, item in enumerate(body.items):
        row = _row(catalogue, survey, item, place, at)
        first = places.setdefault(key_of(row), place)
        if first != place:
            raise invalid(
                f"items.{place}", f"is of the same day, way and service point as items.{first}; send their sum once"
            )
        rows.append(row)
    outcomes = await repository.replace(session, rows)
    return InvitationsWritten(
        items=[InvitationWritten(**InvitationRead.of(row).model_dump(), outcome=outcomes[key_of(row)]) for row in rows]
    )


def _row(
    catalogue: Catalogue, survey: SurveyDefinition, item: InvitationCount, place: int, at: datetime
) -> SurveyInvitation:
    mode = item.collection_mode or survey.collection_mode
    if mode in DEVICE_MODES:
        raise invalid(
            f"items.{place}.collection_mode",
            f"is {mode}: nobody is invited to a device; name the way in which the invited answer, such as sms",
        )
    service_point = item.service_point or survey.unit_code
    return SurveyInvitation(
        service_point_code=catalogue.resolve_unit(
            service_point, on=item.sent_on, field=f"items.{place}.service_point"
        ).code,
        survey_code=survey.code,
        sent_on=item.sent_on,
        collection_mode=mode.value,
        count=item.count,
        recorded_at=at,
    )

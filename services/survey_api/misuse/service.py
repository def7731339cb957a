"""Judging the presses of some days anew."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.clock import midnight
from services.shared.problems import invalid
from services.shared.settings import get_settings
from services.survey_api.devices import repository as devices
from services.survey_api.misuse.schemas import Recomputation, RecomputationCreate
from services.survey_api.responses import misuse
from services.survey_api.responses.misuse_rule import MisuseRule


async def recompute(session: AsyncSession, body: RecomputationCreate) -> Recomputation:
    """Judge the days' presses by the present rule; the histogram follows in the same transaction."""
    settings = get_settings()
    days = (body.last_day - body.first_day).days + 1
    if days < 1:
        raise invalid("to", "is before from; give a later day")
    if days > settings.misuse_recompute_max_days:
        raise invalid("to", f"spans {days} days; the most is {settings.misuse_recompute_max_days}, go step by step")
    codes = await devices.fetch_pressed(session, body.first_day, body.last_day)
    await devices.lock_devices(session, codes)
    judged = await misuse.recompute(
        session, codes, since=midnight(body.first_day), until=midnight(body.last_day + timedelta(days=1))
    )
    return Recomputation(
        first_day=body.first_day, last_day=body.last_day, rule=MisuseRule.of(settings).name, **judged._asdict()
    )

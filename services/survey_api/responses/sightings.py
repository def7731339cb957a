"""What a batch of lines tells of its devices: that they live, on which days they were pressed, and of their clocks."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.ndjson import LineResult
from services.shared.schemas import is_in_the_future
from services.survey_api.devices import repository as devices
from services.survey_api.devices.repository import Sighting
from services.survey_api.responses.lines import JudgedLine
from services.survey_api.responses.schemas import ResponseLine
from services.survey_api.responses.submission import JudgedResponse


async def note(
    session: AsyncSession,
    read: Sequence[ResponseLine],
    judged: Sequence[JudgedLine],
    results: Sequence[LineResult],
    *,
    at: datetime,
) -> None:
    """Write down what the lines tell; the devices are locked already."""
    sightings = [
        Sighting(
            device=line.device,
            ahead_seconds=int((line.given_at - at).total_seconds()) if is_in_the_future(line.given_at, at) else None,
            given_at=line.given_at,
        )
        for line in read
        if line.device is not None
    ]
    if not sightings:
        return
    await devices.note_sightings(session, sightings, at=at)
    days: Counter[tuple[str, date]] = Counter()
    for line, result in zip(judged, results, strict=True):
        response = line.outcome
        if result.status == "created" and isinstance(response, JudgedResponse) and response.origin.device is not None:
            days[response.origin.device, response.given_on] += 1
    await devices.add_days(session, days)

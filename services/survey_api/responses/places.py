"""What the database knows of the devices and points that a batch of lines names."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.survey_api.devices import repository as devices
from services.survey_api.responses.lines import PlacedLine
from services.survey_api.responses.origins import KnownDevice, Place, Places, Stay
from services.survey_api.source_points import repository as source_points


async def fetch(session: AsyncSession, lines: Sequence[PlacedLine]) -> Places:
    """The places of the lines. Their devices stay locked until the transaction ends: presses of one device are judged
    together, and none may be counted at a place that it is just leaving."""
    codes = sorted({line.device for line in lines if line.device is not None})
    points = sorted({(line.source, line.source_point) for line in lines if line.source and line.source_point})
    return Places(
        devices=await _devices(session, codes) if codes else {},
        points=await _points(session, points) if points else {},
    )


async def _devices(session: AsyncSession, codes: Sequence[str]) -> dict[str, KnownDevice]:
    surveys = await devices.lock_devices(session, codes)
    stays: dict[str, list[Stay]] = {code: [] for code in surveys}
    for row in await devices.fetch_assignments(session, list(surveys)):
        stays[row.device_code].append(Stay(row.service_point_code, row.valid_from, row.valid_to))
    return {code: KnownDevice(survey, stays[code]) for code, survey in surveys.items()}


async def _points(session: AsyncSession, points: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Place]:
    rows = await source_points.fetch_locked(session, points)
    return {(row.source, row.source_point): Place(row.survey_code, row.service_point_code) for row in rows}

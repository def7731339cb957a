"""Reading and writing devices, their assignments and the days they were pressed on."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from services.shared.tables import Device, DeviceAssignment, DeviceDay, HourlyCount, SurveyResponse
from services.survey_api.devices.errors import AssignmentOverlapProblem
from services.survey_api.responses.origins import device_key


class Sighting(NamedTuple):
    """A line of a device; ``ahead_seconds`` where its time is in the future."""

    device: str
    ahead_seconds: int | None
    given_at: datetime


_NOTE_SIGHTINGS = text(
    """
    UPDATE device
    SET last_seen_at = greatest(device.last_seen_at, :at),
        last_press_at = greatest(device.last_press_at, seen.last_press_at),
        clock_offset_seconds = coalesce(seen.ahead_seconds, device.clock_offset_seconds),
        clock_checked_at = CASE WHEN seen.ahead_seconds IS NULL THEN device.clock_checked_at ELSE :at END
    FROM (
        SELECT code, max(given_at) FILTER (WHERE ahead_seconds IS NULL) AS last_press_at,
            max(ahead_seconds) AS ahead_seconds
        FROM unnest(CAST(:codes AS text[]), CAST(:given_at AS timestamptz[]), CAST(:ahead AS bigint[]))
            AS given (code, given_at, ahead_seconds)
        GROUP BY code
    ) AS seen
    WHERE device.code = seen.code
    """
)

_ADD_DAYS = text(
    """
    INSERT INTO device_day (device_code, given_on, presses)
    SELECT * FROM unnest(CAST(:codes AS text[]), CAST(:days AS date[]), CAST(:presses AS bigint[]))
    ON CONFLICT (device_code, given_on) DO UPDATE SET presses = device_day.presses + excluded.presses
    """
)

OVERLAP = "ex_device_assignment_one_place_at_a_time"


async def add_device(session: AsyncSession, device: Device) -> bool:
    """Add the device; False where the code is taken."""
    statement = insert(Device).values(**device.model_dump()).on_conflict_do_nothing().returning(col(Device.code))
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def fetch_for_change(session: AsyncSession, code: str) -> Device | None:
    """The device, locked until the transaction ends: no presses are counted meanwhile."""
    statement = select(Device).where(col(Device.code) == code).with_for_update(key_share=True)
    return (await session.execute(statement.execution_options(populate_existing=True))).scalar_one_or_none()


async def change_device(session: AsyncSession, code: str, values: Mapping[str, Any]) -> Device:
    """Set the values of the device."""
    statement = (
        update(Device)
        .where(col(Device.code) == code)
        .values(**values)
        .returning(Device)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one()


async def lock_devices(session: AsyncSession, codes: Sequence[str]) -> dict[str, str]:
    """Lock those of the devices that are registered, in their order; code to survey."""
    statement = (
        select(Device.code, Device.survey_code)
        .where(col(Device.code).in_(codes))
        .order_by(col(Device.code))
        .with_for_update(key_share=True)
    )
    return dict((await session.execute(statement)).all())


async def fetch_assignments(session: AsyncSession, codes: Sequence[str]) -> Sequence[DeviceAssignment]:
    """The assignments of the devices, the oldest first."""
    statement = (
        select(DeviceAssignment)
        .where(col(DeviceAssignment.device_code).in_(codes))
        .order_by(col(DeviceAssignment.device_code), col(DeviceAssignment.valid_from))
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalars().all()


async def add_assignment(session: AsyncSession, assignment: DeviceAssignment) -> None:
    """Add the assignment; raises :class:`AssignmentOverlapProblem`."""
    try:
        async with session.begin_nested():
            await session.execute(insert(DeviceAssignment).values(**assignment.model_dump()))
    except IntegrityError as error:
        if OVERLAP not in str(error.orig):
            raise
        raise AssignmentOverlapProblem(
            f"{assignment.device_code!r} has another service point in that time; end that assignment first, or begin "
            "this one later"
        ) from error


async def end_open_assignment(session: AsyncSession, code: str, *, at: datetime) -> None:
    """End at ``at`` the assignment that began before and has no end."""
    statement = (
        update(DeviceAssignment)
        .where(
            col(DeviceAssignment.device_code) == code,
            col(DeviceAssignment.valid_from) < at,
            col(DeviceAssignment.valid_to).is_(None),
        )
        .values(valid_to=at)
        .execution_options(synchronize_session=False)
    )
    await session.execute(statement)


async def newest_counted(
    session: AsyncSession, code: str, service_points: Sequence[str], *, since: datetime, until: datetime | None
) -> datetime | None:
    """The time of the newest press or hour of the device, counted at the service points, of the span; None: none."""
    response = col(SurveyResponse.given_at)
    hour = col(HourlyCount.hour_starts_at)
    presses = select(func.max(response)).where(col(SurveyResponse.device_code) == code, response >= since)
    hours = select(func.max(hour)).where(
        col(HourlyCount.service_point_code).in_(service_points),
        col(HourlyCount.origin) == device_key(code),
        hour >= since,
    )
    if until is not None:
        presses, hours = presses.where(response < until), hours.where(hour < until)
    found = [(await session.execute(statement)).scalar_one() for statement in (presses, hours)]
    return max((instant for instant in found if instant is not None), default=None)


async def note_sightings(session: AsyncSession, sightings: Sequence[Sighting], *, at: datetime) -> None:
    """Write down that the devices were heard of; of unregistered ones nothing is known."""
    await session.execute(
        _NOTE_SIGHTINGS,
        {
            "at": at,
            "codes": [sighting.device for sighting in sightings],
            "given_at": [sighting.given_at for sighting in sightings],
            "ahead": [sighting.ahead_seconds for sighting in sightings],
        },
    )


async def add_days(session: AsyncSession, days: Mapping[tuple[str, date], int]) -> None:
    """Add new presses to the devices' days."""
    if not days:
        return
    keys = sorted(days)
    await session.execute(
        _ADD_DAYS,
        {
            "codes": [code for code, _ in keys],
            "days": [day for _, day in keys],
            "presses": [days[key] for key in keys],
        },
    )


async def fetch_pressed(session: AsyncSession, first_day: date, last_day: date) -> list[str]:
    """The devices pressed on one of the days, by code."""
    statement = (
        select(DeviceDay.device_code)
        .where(col(DeviceDay.given_on).between(first_day, last_day))
        .distinct()
        .order_by(col(DeviceDay.device_code))
    )
    return list((await session.execute(statement)).scalars())


async def list_devices(session: AsyncSession, *, after: str | None, limit: int) -> Sequence[Device]:
    """Up to ``limit`` devices after the code, by code."""
    statement = select(Device).order_by(col(Device.code)).limit(limit)
    if after is not None:
        statement = statement.where(col(Device.code) > after)
    return (await session.execute(statement.execution_options(populate_existing=True))).scalars().all()


async def fetch_days(session: AsyncSession, codes: Sequence[str], *, since: date) -> dict[str, list[date]]:
    """The days since ``since`` that each device was pressed on."""
    statement = select(col(DeviceDay.device_code), col(DeviceDay.given_on)).where(
        col(DeviceDay.device_code).in_(codes), col(DeviceDay.given_on) >= since, col(DeviceDay.presses) > 0
    )
    days: dict[str, list[date]] = {code: [] for code in codes}
    for code, day in await session.execute(statement):
        days[code].append(day)
    return days

"""Registering devices, moving them, hearing of them, and telling which of them something is the matter with."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.catalogue import Catalogue
from services.shared.clock import local_day
from services.shared.identifiers import new_uuid
from services.shared.problems import invalid
from services.shared.settings import Settings, get_settings
from services.shared.tables import Device, DeviceAssignment
from services.survey_api.devices import repository
from services.survey_api.devices.errors import AlreadyCountedProblem, DeviceExistsProblem, DeviceNotFoundProblem
from services.survey_api.devices.schemas import (
    AssignmentCreate,
    DeviceChange,
    DeviceCreate,
    DeviceRead,
    DeviceState,
    Heartbeat,
)
from services.survey_api.devices.silence import Pattern, SilenceRule, find_pattern
from services.survey_api.surveys import service as surveys


async def register(session: AsyncSession, catalogue: Catalogue, body: DeviceCreate, *, at: datetime) -> DeviceRead:
    """A new device, which stands nowhere yet; raises :class:`DeviceExistsProblem` or :class:`SurveyNotFoundProblem`."""
    survey = await surveys.get_published(session, body.survey)
    device = Device(code=body.code, name=body.name, kind=body.kind, survey_code=survey.code, created_at=at)
    if not await repository.add_device(session, device):
        raise DeviceExistsProblem(f"{body.code!r} is registered already; change it with PATCH, or give another code")
    return await get_one(session, catalogue, body.code, at=at)


async def change(
    session: AsyncSession, catalogue: Catalogue, code: str, body: DeviceChange, *, at: datetime
) -> DeviceRead:
    """The device with what was given changed; raises :class:`DeviceNotFoundProblem`, :class:`AlreadyCountedProblem`."""
    await _lock(session, code)
    values = body.model_dump(exclude_none=True)
    if not values:
        raise invalid("body", "changes nothing; give a name, a kind or retired_at")
    if body.retired_at is not None:
        await _refuse_counted(session, code, since=body.retired_at, until=None)
        await repository.end_open_assignment(session, code, at=body.retired_at)
    await repository.change_device(session, code, values)
    return await get_one(session, catalogue, code, at=at)


async def assign(
    session: AsyncSession, catalogue: Catalogue, code: str, body: AssignmentCreate, *, at: datetime
) -> DeviceRead:
    """The device at its new place; an earlier assignment without an end ends where this one begins.

    Raises :class:`AlreadyCountedProblem` where answers since are counted at another place: figures do not move.
    """
    if body.valid_to is not None and body.valid_to <= body.valid_from:
        raise invalid("valid_to", "is not after valid_from; give a later time, or leave it out")
    unit = catalogue.resolve_unit(body.service_point, on=local_day(body.valid_from), field="service_point")
    device = await _lock(session, code)
    if device.retired_at is not None and (body.valid_to is None or body.valid_to > device.retired_at):
        raise invalid(
            "valid_to", f"{code!r} was retired at {device.retired_at.isoformat()}; end the assignment by then"
        )
    await _refuse_counted(session, code, since=body.valid_from, until=body.valid_to)
    await repository.end_open_assignment(session, code, at=body.valid_from)
    await repository.add_assignment(
        session,
        DeviceAssignment(
            id=new_uuid(),
            device_code=code,
            service_point_code=unit.code,
            valid_from=body.valid_from,
            valid_to=body.valid_to,
            created_at=at,
        ),
    )
    return await get_one(session, catalogue, code, at=at)


async def hear(session: AsyncSession, catalogue: Catalogue, code: str, body: Heartbeat, *, at: datetime) -> DeviceRead:
    """The device after its sign of life; raises :class:`DeviceNotFoundProblem`."""
    await _lock(session, code)
    values: dict[str, object] = {"last_seen_at": at}
    if body.battery_percent is not None:
        values["battery_percent"] = body.battery_percent
    if body.device_time is not None:
        values["clock_offset_seconds"] = round((body.device_time - at).total_seconds())
        values["clock_checked_at"] = at
    await repository.change_device(session, code, values)
    return await get_one(session, catalogue, code, at=at)


async def get_one(session: AsyncSession, catalogue: Catalogue, code: str, *, at: datetime) -> DeviceRead:
    """The device as it stands; raises :class:`DeviceNotFoundProblem`."""
    device = await repository.fetch_for_change(session, code)
    if device is None:
        raise _not_found(code)
    return (await _read_all(session, catalogue, [device], at))[0]


async def list_devices(
    session: AsyncSession,
    catalogue: Catalogue,
    state: DeviceState | None,
    *,
    after: str | None,
    limit: int,
    at: datetime,
) -> list[DeviceRead]:
    """Up to ``limit`` devices after the code, by code: all that are in use, or those in ``state``."""
    found: list[DeviceRead] = []
    while len(found) < limit:
        devices = await repository.list_devices(session, after=after, limit=limit)
        read = await _read_all(session, catalogue, devices, at)
        found += [device for device in read if _is_asked_for(device, state)]
        if len(devices) < limit:
            break
        after = devices[-1].code
    return found[:limit]


def _is_asked_for(device: DeviceRead, state: DeviceState | None) -> bool:
    return state in device.states if state is not None else DeviceState.RETIRED not in device.states


async def _read_all(
    session: AsyncSession, catalogue: Catalogue, devices: Sequence[Device], at: datetime
) -> list[DeviceRead]:
    settings, today = get_settings(), local_day(at)
    codes = [device.code for device in devices]
    assignments: dict[str, list[DeviceAssignment]] = {code: [] for code in codes}
    for row in await repository.fetch_assignments(session, codes):
        assignments[row.device_code].append(row)
    days = await repository.fetch_days(session, codes, since=today - timedelta(days=settings.device_history_days))
    read = []
    for device in devices:
        current = _current(assignments[device.code], at)
        pattern = None
        if current is not None:
            pattern = find_pattern(
                days[device.code],
                placed_on=local_day(current.valid_from),
                today=today,
                closed=catalogue.public_holidays,
                rule=SilenceRule.of(settings),
            )
        states = _states(device, pattern, settings)
        read.append(DeviceRead.of(device, assignments[device.code], states, pattern))
    return read


def _current(assignments: Sequence[DeviceAssignment], at: datetime) -> DeviceAssignment | None:
    standing = (row for row in assignments if row.valid_from <= at and (row.valid_to is None or at < row.valid_to))
    return next(standing, None)


def _states(device: Device, pattern: Pattern | None, settings: Settings) -> list[DeviceState]:
    if device.retired_at is not None:
        return [DeviceState.RETIRED]
    states = []
    if pattern is None:
        states.append(DeviceState.UNASSIGNED)
    elif pattern.is_silent:
        states.append(DeviceState.SILENT)
    if abs(device.clock_offset_seconds or 0) > settings.device_clock_skew_seconds:
        states.append(DeviceState.SKEWED)
    return states or [DeviceState.OK]


async def _lock(session: AsyncSession, code: str) -> Device:
    device = await repository.fetch_for_change(session, code)
    if device is None:
        raise _not_found(code)
    return device


async def _refuse_counted(session: AsyncSession, code: str, *, since: datetime, until: datetime | None) -> None:
    assignments = await repository.fetch_assignments(session, [code])
    places = [row.service_point_code for row in assignments]
    newest = await repository.newest_counted(session, code, places, since=since, until=until)
    if newest is not None:
        raise AlreadyCountedProblem(
            f"answers of {code!r} up to {newest.isoformat()} are counted where it stood by its assignments; "
            "give a later time"
        )


def _not_found(code: str) -> DeviceNotFoundProblem:
    return DeviceNotFoundProblem(f"there is no device {code!r}; GET /v1/devices lists them")

"""What is judged misuse is kept, flagged and left out of the histogram: by its sender's judgement, and by our rule."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.settings import get_settings
from services.shared.tables.surveys import MisuseReason, TimePrecision
from services.survey_api.responses import flags
from services.survey_api.responses.flags import DevicePress, Span
from services.survey_api.responses.histogram import change_histogram, differences_of
from services.survey_api.responses.misuse_rule import MisuseRule
from services.survey_api.responses.submission import HistogramKey, JudgedResponse, ResponseKey


class Judged(NamedTuple):
    """How many presses were judged, and of how many the flag was set or taken away."""

    presses: int
    flagged: int
    cleared: int


async def flag_by_source(session: AsyncSession, reasons: Mapping[ResponseKey, MisuseReason | None]) -> None:
    """Set their senders' judgements of stored responses (None: no misuse); the histogram follows."""
    changes = await flags.set_by_source(session, reasons)
    await change_histogram(session, await differences_of(session, changes))


async def judge_new(
    session: AsyncSession, responses: Sequence[JudgedResponse]
) -> tuple[set[ResponseKey], dict[HistogramKey, int]]:
    """Judge what was just stored, and its neighbours in time anew: which of the new ones are misuse by our rule, and
    what the histogram changes by in the others. Their devices are locked."""
    new = {response.key for response in responses if is_judged(response)}
    if not new:
        return set(), {}
    rule = MisuseRule.of(get_settings())
    spans = _spans_around([response for response in responses if response.key in new], rule.window)
    presses = await flags.fetch_presses(session, spans)
    misused = _misused(presses, rule)
    changes = await flags.set_by_rule(session, _changed(presses, misused), rule.name)
    others = [change for change in changes if change[0].key not in new]
    return misused & new, await differences_of(session, others)


def is_judged(response: JudgedResponse) -> bool:
    """Whether our rule applies: to presses of our devices whose second is known."""
    return response.origin.device is not None and response.origin.precision is TimePrecision.SECOND


async def recompute(session: AsyncSession, codes: Sequence[str], *, since: datetime, until: datetime) -> Judged:
    """Judge all presses of the locked devices from ``since`` until before ``until`` by the present rule."""
    rule = MisuseRule.of(get_settings())
    differences: dict[HistogramKey, int] = {}
    presses_judged = flagged = cleared = 0
    for code in codes:
        presses = await flags.fetch_presses(session, [Span(code, since - rule.window, since, until)])
        misused = _misused(presses, rule)
        changes = await flags.set_by_rule(session, _changed(presses, misused), rule.name)
        for key, difference in (await differences_of(session, changes)).items():
            differences[key] = differences.get(key, 0) + difference
        judged = [press for press in presses if press.is_judged]
        presses_judged += len(judged)
        flagged += sum(1 for press in judged if press.key in misused and not press.is_misuse)
        cleared += sum(1 for press in judged if press.key not in misused and press.is_misuse)
    await change_histogram(session, differences)
    return Judged(presses_judged, flagged, cleared)


def _spans_around(responses: Sequence[JudgedResponse], window: timedelta) -> list[Span]:
    """Disjoint spans that hold every press whose flag the responses may change, those within a window after one of
    them, and the presses of the window before, on which the first of these depend."""
    spans: list[Span] = []
    for device, instant in sorted((response.origin.device or "", response.given_at) for response in responses):
        last = spans[-1] if spans else None
        if last is not None and last.device == device and instant - window <= last.until:
            spans[-1] = last._replace(until=instant + window)
        else:
            spans.append(Span(device, instant - window, instant, instant + window))
    return spans


def _misused(presses: Sequence[DevicePress], rule: MisuseRule) -> set[ResponseKey]:
    by_device: dict[str, list[DevicePress]] = {}
    for press in presses:
        by_device.setdefault(press.device, []).append(press)
    found: set[ResponseKey] = set()
    for own in by_device.values():
        found |= rule.misused((press.given_at, press.key) for press in own)
    return found & {press.key for press in presses if press.is_judged}


def _changed(presses: Sequence[DevicePress], misused: set[ResponseKey]) -> dict[ResponseKey, bool]:
    judged = (press for press in presses if press.is_judged)
    return {press.key: press.key in misused for press in judged if press.is_misuse != (press.key in misused)}

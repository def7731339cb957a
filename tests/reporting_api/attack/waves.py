"""Records that came after an edition was counted: waves, each of which a later edition may count.

A record of a later wave is told apart by its day, moved on by so many centuries; the first wave is nought.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.reporting_api.attack.collect import HOURS, Said
from tests.reporting_api.attack.constraints import Answers, Question
from tests.reporting_api.attack.records import Records

Waves = frozenset[int]

_CENTURY = 100
_FIRST = 20

CONTACTS, REPORTS, CASES = "contacts", "reports", "cases"
"""What an edition takes over or not as one, besides each survey."""

_KEPT = """
SELECT edition, survey_code, sum(count) FROM edition_answers WHERE quarter = :quarter GROUP BY 1, 2
UNION ALL SELECT edition, 'contacts', count(*) FROM edition_contact WHERE quarter = :quarter GROUP BY 1
UNION ALL SELECT edition, 'reports', count(*) FROM edition_social_report WHERE quarter = :quarter GROUP BY 1
UNION ALL SELECT edition, 'cases', count(*) FROM edition_feedback WHERE quarter = :quarter GROUP BY 1
"""


def day_in_wave(day: date, wave: int) -> date:
    """The day by which records of the wave are told apart."""
    return day.replace(year=day.year + wave * _CENTURY)


def wave_of(day: date) -> int:
    """The wave that such a day is of."""
    return day.year // _CENTURY - _FIRST


def true_day(day: date) -> date:
    """The day itself."""
    return day_in_wave(day, -wave_of(day))


def questions_of(waves: Sequence[Records]) -> dict[str, Question]:
    """Everything an attacker may ask about all of them."""
    of_waves = [records.questions() for records in waves]
    return {
        name: replace(
            question,
            cells=tuple(dict.fromkeys(cell for one in of_waves for cell in one[name].cells)),
            answers=_in_waves([one[name].answers for one in of_waves]),
            by_hour=_in_waves([one[name].by_hour for one in of_waves]),
        )
        for name, question in of_waves[0].items()
    }


def _in_waves(waves: Sequence[Answers]) -> Answers:
    return {
        (where, day_in_wave(day, wave), cell): number
        for wave, answers in enumerate(waves)
        for (where, day, cell), number in answers.items()
    }


async def waves_counted(
    session: AsyncSession, quarter: str, waves: Sequence[Records]
) -> Mapping[int, Mapping[str, Waves]]:
    """By version, of which waves each survey and each register is, as far as the number of its records tells."""
    counted: dict[int, dict[str, Waves]] = {}
    for version, source, number in await session.execute(text(_KEPT), {"quarter": quarter}):
        sizes = [sum(_size(records, source, quarter) for records in waves[: last + 1]) for last in range(len(waves))]
        counted.setdefault(version, {})[source] = frozenset(range(len(sizes) - sizes[::-1].index(number)))
    return counted


def _size(records: Records, source: str, quarter: str) -> int:
    days = {
        CONTACTS: [day for day, *_ in records.contacts],
        REPORTS: [day for day, *_ in records.reports],
        CASES: [item.day for item in records.feedback],
    }
    if source in days:
        return sum(_is_in(day, quarter) for day in days[source])
    answers = records.answers.items()
    return sum(number for (survey, _, _, day, *_), number in answers if survey == source and _is_in(day, quarter))


def _is_in(day: date, quarter: str) -> bool:
    return f"{day.year}-Q{(day.month + 2) // 3}" == quarter


def source_of(said: Said, smileys: str) -> str:
    """Which records a figure is of."""
    if said.table == HOURS or said.table.startswith("smileys"):
        return smileys
    if said.table in ("surveys", "chats", "chat-statements", "survey-options", "survey-questions", "collection-modes"):
        return said.key[0]
    if said.table.startswith("ombudsman"):
        return CONTACTS
    return REPORTS if said.table.startswith(("social-reports", "participation")) else CASES

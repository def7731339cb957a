"""Counts answers from the records a session reads: the live histogram, or what editions were counted from."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.answers.cells import Cell, Cells
from services.reporting_api.answers.months import KeptMonth, kept_months
from services.reporting_api.disclosure.published import LIVE, editions_shown, records_of
from services.shared.clock import now
from services.shared.periods import Period, PeriodKind, period_of, periods_over

_CELLS = "service_point_code, survey_code, question_code, version, collection_mode, value"

COUNT_LIVE = f"""
SELECT {_CELLS}, sum(count)::bigint AS answers
FROM public.answer_histogram
WHERE given_on >= :starts_on AND given_on < :ends_on
GROUP BY {_CELLS}
HAVING sum(count) > 0
"""  # noqa: S608 (a constant)

COUNT_KEPT = f"""
SELECT {_CELLS}, sum(count)::bigint AS answers
FROM public.edition_answers
WHERE quarter = :quarter AND edition = :edition AND given_on >= :starts_on AND given_on < :ends_on
GROUP BY {_CELLS}
HAVING sum(count) > 0
"""  # noqa: S608 (a constant)

STATE = """
SELECT pg_postmaster_start_time()::text AS server, pg_current_snapshot()::text AS snapshot,
    pg_current_xact_id_if_assigned() IS NULL AS has_only_read
"""

# A kept month holds where all that its snapshot saw is seen now, and no change is seen that it did not see.
UNCHANGED = """
SELECT kept.month
FROM unnest(CAST(:months AS date[]), CAST(:snapshots AS pg_snapshot[])) AS kept (month, snapshot)
WHERE pg_snapshot_xmax(kept.snapshot) <= pg_snapshot_xmax(pg_current_snapshot())
AND NOT EXISTS (
    SELECT FROM pg_snapshot_xip(pg_current_snapshot()) AS running (xid)
    WHERE pg_visible_in_snapshot(running.xid, kept.snapshot)
)
AND NOT EXISTS (
    SELECT FROM answer_change AS change
    WHERE change.month IN (kept.month, '-infinity')
    AND change.xid >= pg_snapshot_xmin(kept.snapshot)::text::bigint
    AND NOT pg_visible_in_snapshot(change.xid::text::xid8, kept.snapshot)
)
"""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the answers of a quarter are counted: in an edition's own records, or (None) in the live histogram."""

    quarter: str
    edition: int | None = None
    made_at: datetime | None = None
    """When a published edition's records were copied: they never change, so their counts are right for ever."""

    @property
    def may_be_kept(self) -> bool:
        """Not the records of a draft, which may be made anew."""
        return self.edition is None or self.made_at is not None


@dataclass(frozen=True, slots=True)
class State:
    """What the session sees of the server."""

    server: str
    snapshot: str
    has_only_read: bool
    """One that has written sees what is in no snapshot, so it neither takes nor leaves anything in memory."""


class AnswerRepository:
    """Counts over one session, whose statements must see one snapshot."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._kept = kept_months(session)

    async def count(self, periods: Iterable[Period]) -> dict[str, Cells]:
        """The cells of each period, by its label. Whole months come from memory where nothing has changed."""
        distinct = {period.label: period for period in periods}
        spans = {label: _spans_of(period) for label, period in distinct.items()}
        needed = {span for of_period in spans.values() for span in of_period}
        sources = await self._sources({period_of(PeriodKind.QUARTER, span.starts_on).label for span in needed})
        counted = await self._count_spans(needed, sources)
        return {label: _sum([counted[span] for span in of_period]) for label, of_period in spans.items()}

    async def _sources(self, quarters: set[str]) -> Mapping[str, Source]:
        sources = {quarter: Source(quarter) for quarter in quarters}
        records = records_of(self._session)
        if records == LIVE:
            return sources
        for edition in await editions_shown(self._session, quarters):
            sources[edition.quarter] = Source(edition.quarter, edition.version, edition.created_at)
        if records.edition and records.edition[0] in quarters:
            quarter, version = records.edition
            sources[quarter] = Source(quarter, version)
        return sources

    async def _count_spans(self, spans: Iterable["Span"], sources: Mapping[str, Source]) -> dict["Span", Cells]:
        state = State(**(await self._session.execute(text(STATE))).mappings().one())
        by_source = {span: sources[period_of(PeriodKind.QUARTER, span.starts_on).label] for span in spans}
        counted = await self._from_memory(by_source, state) if state.has_only_read else {}
        for span, source in by_source.items():
            if span not in counted:
                counted[span] = await self._count_span(span, source)
                if state.has_only_read and span.is_month and source.may_be_kept:
                    self._kept.keep(
                        state.server, source, span.starts_on, KeptMonth(counted[span], state.snapshot, now())
                    )
        return counted

    async def _from_memory(self, spans: Mapping["Span", Source], state: State) -> dict["Span", Cells]:
        kept = {
            span: (source, month)
            for span, source in spans.items()
            if span.is_month and (month := self._kept.find(state.server, source, span.starts_on))
        }
        live = {span: month for span, (source, month) in kept.items() if source.edition is None}
        unchanged = await self._unchanged(live)
        return {
            span: month.cells
            for span, (source, month) in kept.items()
            if source.edition is not None or span.starts_on in unchanged
        }

    async def _unchanged(self, months: Mapping["Span", KeptMonth]) -> set[date]:
        if not months:
            return set()
        parameters = {
            "months": [span.starts_on for span in months],
            "snapshots": [month.snapshot for month in months.values()],
        }
        return set((await self._session.execute(text(UNCHANGED), parameters)).scalars())

    async def _count_span(self, span: "Span", source: Source) -> Cells:
        parameters: dict[str, object] = {"starts_on": span.starts_on, "ends_on": span.ends_on}
        statement = COUNT_LIVE
        if source.edition is not None:
            statement = COUNT_KEPT
            parameters |= {"quarter": source.quarter, "edition": source.edition}
        rows = await self._session.execute(text(statement), parameters)
        return {Cell(*cell): answers for *cell, answers in rows}


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``starts_on`` up to but not including ``ends_on``, all of one quarter."""

    starts_on: date
    ends_on: date
    is_month: bool
    """A whole calendar month."""


def _spans_of(period: Period) -> Sequence[Span]:
    """The months of the period, or of a week the days in each quarter."""
    if period.kind is not PeriodKind.WEEK:
        return [Span(it.starts_on, it.ends_on, is_month=True) for it in periods_over(period, PeriodKind.MONTH)]
    return [
        Span(max(period.starts_on, it.starts_on), min(period.ends_on, it.ends_on), is_month=False)
        for it in periods_over(period, PeriodKind.QUARTER)
    ]


def _sum(parts: Sequence[Cells]) -> Cells:
    if len(parts) == 1:
        return parts[0]
    total: Counter[Cell] = Counter()
    for part in parts:
        total.update(part)
    return total

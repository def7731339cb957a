"""Tables of one or several periods, from the same reports that the figures are served from."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.hours.service import HoursService
from services.reporting_api.keeper import Asking, Keeper
from services.reporting_api.language import Language
from services.reporting_api.measures.figures import Figure
from services.reporting_api.periods.inquiry import Inquiry, series_of
from services.reporting_api.periods.published import editions_within
from services.reporting_api.periods.schemas import EditionShown, QuarterReport, Report
from services.reporting_api.periods.service import PeriodService
from services.reporting_api.tables.definitions import TABLES, AnyTable, HoursTable, TableDefinition
from services.reporting_api.tables.errors import UnknownTableProblem
from services.reporting_api.tables.formats.flat import Edition, columns_of, flat_rows, in_language
from services.reporting_api.tables.model import Table
from services.reporting_api.tables.schemas import TableAnswer, TableDimensionAnswer, TableSummary
from services.shared.periods import Period, parse_period
from services.shared.tables.base import Labels

SOURCE: Labels = {
    "fi": "Katsaus, asiakaspalautteen raportointi",
    "sv": "Katsaus, rapportering av kundrespons",
    "en": "Katsaus, reporting of client feedback",
}


@dataclass(frozen=True, slots=True)
class BuiltTable:
    """A table, and what is said beside it."""

    table: Table
    edition: Edition


Reports = Mapping[str, Report[Figure]]
"""By their periods' labels, oldest first."""


@dataclass(frozen=True, slots=True)
class TableKeepers:
    """What tables are built from, weighed by the number of periods."""

    reports: Keeper[Reports]
    by_hour: Keeper[BuiltTable]


class TableService:
    """Builds tables from the reports of periods, and of their smileys by hour."""

    def __init__(
        self,
        session: AsyncSession,
        catalogue_revision: str,
        periods: PeriodService,
        hours: HoursService,
        keepers: TableKeepers,
    ) -> None:
        self._session = session
        self._catalogue_revision = catalogue_revision
        self._periods = periods
        self._hours = hours
        self._keepers = keepers

    async def series(self, name: str, inquiry: Inquiry, number: int) -> BuiltTable:
        """The table of the period asked for and ``number - 1`` periods before it, oldest first."""
        definition = find_table(name)
        return await self.build(definition, inquiry, series_of(inquiry, number))

    async def build(self, definition: AnyTable, inquiry: Inquiry, periods: Sequence[Period]) -> BuiltTable:
        """The table of the periods, which have begun and are of the inquiry's kind, oldest first."""
        asking = self._asking(inquiry)
        if isinstance(definition, HoursTable):
            what = definition.name, _what(inquiry, periods)
            built, as_of = await self._keepers.by_hour.find(
                asking, what, lambda: self._by_hour(definition, inquiry, periods)
            )
            return replace(built, edition=replace(built.edition, asked_at=as_of))
        reports, as_of = await self._keepers.reports.find(
            asking, _what(inquiry, periods), lambda: self._periods.reports(inquiry, periods)
        )
        return BuiltTable(definition.build(reports), beside(reports, as_of))

    async def _by_hour(self, definition: HoursTable, inquiry: Inquiry, periods: Sequence[Period]) -> BuiltTable:
        # Of the same data as the hours, not of a moment before: what stands beside a table says of when it is.
        reports = await self._keepers.reports.present(
            self._asking(inquiry), _what(inquiry, periods), lambda: self._periods.reports(inquiry, periods)
        )
        table = definition.build(await self._hours.series(inquiry, periods))
        return BuiltTable(table, beside(reports, inquiry.as_of))

    def _asking(self, inquiry: Inquiry) -> Asking:
        return Asking(self._session, inquiry.as_of, inquiry.is_internal, self._catalogue_revision)


def _what(inquiry: Inquiry, periods: Sequence[Period]) -> Hashable:
    return inquiry.kind, tuple(period.label for period in periods), inquiry.unit, inquiry.units


def find_table(name: str) -> AnyTable:
    """The definition; raises :class:`UnknownTableProblem` with the names there are."""
    if name not in TABLES:
        raise UnknownTableProblem(f"{name[:100]!r} is no table; there are {', '.join(TABLES)}")
    return TABLES[name]


def summary_of(table: Table | TableDefinition) -> TableSummary:
    """A table as it is listed."""
    dimensions = {it.code: it.labels for it in table.classifying} if isinstance(table, Table) else table.dimensions
    return TableSummary(
        name=table.name,
        titles=table.titles,
        dimensions=[TableDimensionAnswer(code=code, labels=labels) for code, labels in dimensions.items()],
    )


def answer_of(built: BuiltTable, language: Language) -> TableAnswer:
    """The table as flat rows in JSON."""
    table, edition = built.table, built.edition
    return TableAnswer(
        name=table.name,
        title=in_language(table.titles, language),
        language=language,
        periods=[category.code for category in table.dimensions[0].categories],
        as_of=edition.as_of,
        updated=edition.updated,
        editions=edition.editions,
        policy=edition.policy,
        notes=[in_language(note, language) for note in edition.notes],
        columns=list(columns_of(table)),
        rows=list(flat_rows(table, language)),
    )


def beside(reports: Reports, asked_at: datetime) -> Edition:
    """What is said beside the tables of reports by their periods' labels, oldest first."""
    periods = {label: _own_editions(report) for label, report in reports.items()}
    return _beside(list(reports.values())[-1], asked_at, periods)


def beside_frozen(figures: QuarterReport) -> Edition:
    """What is said beside the tables of an edition."""
    return _beside(figures, figures.as_of, {figures.period.label: ()})


def _beside(
    newest: Report[Figure] | QuarterReport, asked_at: datetime, periods: Mapping[str, tuple[EditionShown, ...]]
) -> Edition:
    notes = (newest.demonstration.note, newest.smileys.note)
    return Edition(
        asked_at=asked_at,
        periods=periods,
        policy=newest.disclosure.policy,
        notes=tuple(note for note in notes if note is not None),
        source=SOURCE,
    )


def _own_editions(report: Report[Figure]) -> tuple[EditionShown, ...]:
    period = parse_period(report.period.kind, report.period.label)
    return tuple(editions_within(report.editions, period))

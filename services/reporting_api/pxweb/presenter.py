"""Tables and the configuration as PxWebApi 2 answers them."""

from collections.abc import Sequence
from importlib.metadata import version
from math import ceil

from services.reporting_api.language import Language
from services.reporting_api.pxweb.formats import OutputFormat
from services.reporting_api.pxweb.schemas import (
    ConfigAnswer,
    LanguageAnswer,
    Link,
    PageInfo,
    PxTable,
    PxTables,
    SourceReference,
)
from services.reporting_api.tables.definitions import TABLES, TableDefinition
from services.reporting_api.tables.formats.flat import in_language
from services.reporting_api.tables.formats.json_stat import STATISTIC_LABELS
from services.reporting_api.tables.model import MEASURE_LABELS, PERIOD_LABELS
from services.reporting_api.tables.service import SOURCE
from services.shared.periods import Period
from services.shared.settings import Settings

API_VERSION = "2.0.0"
_NAMES = {Language.FI: "suomi", Language.SV: "svenska", Language.EN: "English"}
_NO_LIMIT = 2**31 - 1
"""The largest number of calls the specification's type can tell: none is refused."""


def config_of(settings: Settings) -> ConfigAnswer:
    """What the API offers."""
    return ConfigAnswer(
        api_version=API_VERSION,
        app_version=version("katsaus"),
        languages=[LanguageAnswer(id=language.value, label=_NAMES[language]) for language in Language],
        default_language=Language.FI.value,
        max_data_cells=settings.pxweb_max_cells,
        max_calls_per_time_window=_NO_LIMIT,
        time_window=1,
        license=settings.figures_license,
        source_references=[
            SourceReference(language=language.value, text=in_language(SOURCE, language)) for language in Language
        ],
        default_data_format=OutputFormat.JSON_STAT.value,
        data_formats=[str(one) for one in OutputFormat],
        features=[],
    )


class TablesPresenter:
    """Presents tables in a language, with links below ``root``."""

    def __init__(self, root: str, language: Language, quarters: Sequence[Period]) -> None:
        self._root = root
        self._language = language
        self._quarters = quarters

    def table(self, definition: TableDefinition) -> PxTable:
        """A table as it is listed."""
        variables = (PERIOD_LABELS, *definition.dimensions.values(), MEASURE_LABELS, STATISTIC_LABELS)
        return PxTable(
            type="Table",
            id=definition.name,
            label=in_language(definition.titles, self._language),
            description=None,
            sort_code=f"{list(TABLES).index(definition.name):03}",
            tags=[],
            updated=None,
            first_period=self._quarters[0].label if self._quarters else None,
            last_period=self._quarters[-1].label if self._quarters else None,
            category="public",
            variable_names=[in_language(labels, self._language) for labels in variables],
            discontinued=False,
            source=in_language(SOURCE, self._language),
            time_unit="Quarterly",
            links=self.links(definition.name),
        )

    def links(self, name: str) -> list[Link]:
        """Where a table, its metadata and its data are."""
        return [
            self._link("self", f"/tables/{name}"),
            self._link("metadata", f"/tables/{name}/metadata"),
            self._link("data", f"/tables/{name}/data"),
        ]

    def page(self, found: Sequence[TableDefinition], number: int, size: int, query: str) -> PxTables:
        """A page of the tables found."""
        pages = max(1, ceil(len(found) / size))

        def link(rel: str, page: int) -> Link:
            return self._link(rel, f"/tables?pageNumber={page}&pageSize={size}{query}", joint="&")

        neighbours = [link("prev", number - 1)] if 1 < number <= pages else []
        neighbours += [link("next", number + 1)] if number < pages else []
        return PxTables(
            language=self._language.value,
            tables=[self.table(one) for one in found[(number - 1) * size : number * size]],
            page=PageInfo(
                page_number=number,
                page_size=size,
                total_elements=len(found),
                total_pages=pages,
                links=[link("first", 1), *neighbours, link("last", pages)],
            ),
            links=[link("self", number)],
        )

    def _link(self, rel: str, path: str, *, joint: str = "?") -> Link:
        return Link(
            rel=rel, hreflang=self._language.value, href=f"{self._root}{path}{joint}lang={self._language.value}"
        )

"""What an edition holds: everything the review says, so that nothing of it is computed again.

The same records and the same code give the same bytes: times of making are left out, and keys are sorted.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

import orjson

from services.reporting_api.actions.endpoints import public as public_action
from services.reporting_api.actions.schemas import ActionPublic
from services.reporting_api.comments.schemas import CommentKey
from services.reporting_api.editions.formats import CURRENT_FORMAT, upgrade
from services.reporting_api.hours.schemas import SmileyHours
from services.reporting_api.measures.figures import Figure
from services.reporting_api.measures.registry import MEASURES
from services.reporting_api.measures.schemas import MeasureAnswer
from services.reporting_api.periods.schemas import QuarterReport, Report
from services.reporting_api.tables.definitions import HOURS_TABLE, REPORT_TABLES
from services.reporting_api.tables.model import Definitions
from services.reporting_api.tables.stored import StoredTable
from services.shared.schemas import ResponseModel
from services.shared.tables import ChapterText, ReviewAction
from services.shared.tables.editions import Chapter, ReviewLanguage

PASSING = frozenset({"as_of", "statements", "editions"})
"""Properties of a report that differ each time it is made without any figure having changed."""


class EditionContent(ResponseModel):
    """An edition: the quarter's figures and tables, series of quarters, texts, actions and definitions."""

    content_format: int
    """The format it was stored in (``formats.py``)."""
    quarter: str
    figures: QuarterReport
    tables: dict[str, StoredTable]
    """The quarter's tables by name; one that a later release adds is missing from older editions."""
    series: dict[str, StoredTable]
    """The tables of reports over ``SERIES_QUARTERS`` quarters, oldest first."""
    texts: dict[Chapter, dict[ReviewLanguage, str]]
    actions: list[ActionPublic]
    measures: list[MeasureAnswer]
    """The definitions of the measures the edition uses, as they were."""
    comments: list[CommentKey]
    """Released comments that the review quotes. Their words stay where they can be erased, and are read when shown."""

    @property
    def definitions(self) -> Definitions:
        """The same by slug: of measures, too, that there are no more."""
        return {measure.slug: measure for measure in self.measures}


def build_content(
    quarter: str,
    reports: Mapping[str, Report[Figure]],
    hours: SmileyHours,
    texts: Sequence[ChapterText],
    actions: Sequence[ReviewAction],
    comments: Sequence[CommentKey],
) -> EditionContent:
    """The content; ``reports`` are of the series' quarters by label, oldest first, ``quarter`` being the last."""
    by_chapter: dict[Chapter, dict[ReviewLanguage, str]] = {}
    for text in texts:
        by_chapter.setdefault(Chapter(text.chapter), {})[ReviewLanguage(text.language)] = text.markdown
    report = reports[quarter]
    tables = {name: StoredTable.of(table.build({quarter: report})) for name, table in REPORT_TABLES.items()}
    tables[HOURS_TABLE.name] = StoredTable.of(HOURS_TABLE.build({quarter: hours}))
    series = {name: StoredTable.of(table.build(reports)) for name, table in REPORT_TABLES.items()}
    used = {cell.key[-1] for table in (*tables.values(), *series.values()) for cell in table.cells}
    return EditionContent(
        content_format=CURRENT_FORMAT,
        quarter=quarter,
        figures=QuarterReport.model_validate(report),
        tables=tables,
        series=series,
        texts=by_chapter,
        actions=[public_action(action) for action in actions],
        measures=[MeasureAnswer.model_validate(it) for slug, it in MEASURES.items() if slug in used],
        comments=list(comments),
    )


def canonical(content: EditionContent) -> str:
    """The content's canonical JSON: keys sorted, no spaces, no time of making."""
    written = content.model_dump(mode="json")
    written["figures"] = {name: it for name, it in written["figures"].items() if name not in PASSING}
    return orjson.dumps(written, option=orjson.OPT_SORT_KEYS).decode()


def digest(canonical_content: str) -> str:
    """SHA-256 of the canonical JSON in UTF-8, in hexadecimal."""
    return hashlib.sha256(canonical_content.encode()).hexdigest()


def read_content(canonical_content: str, *, as_of: datetime) -> EditionContent:
    """The content of an edition made at ``as_of``, in the present format."""
    written = upgrade(orjson.loads(canonical_content))
    written["figures"] |= {"as_of": as_of, "statements": None, "editions": []}
    return EditionContent.model_validate(written)

"""Which topics a report lists, and in which order, so that neither tells of a hidden number.

A topic that is listed only where it was met, or stands where its number puts it, is known to have been met, or to lie
between its neighbours. Of a unit that had one piece of feedback that is the topic of that piece.
"""

from collections.abc import Mapping, Sequence

from services.reporting_api.measures.figures import Figure, FigureStatus
from services.reporting_api.periods.schemas import Entry, Report
from services.shared.catalogue import Catalogue

Order = Mapping[str | None, int]


def listed(report: Report[Figure], catalogue: Catalogue) -> Report[Figure]:
    """The report without topics that are shown to have had nothing; hidden ones in the catalogue's order."""
    order = {code: place for place, code in enumerate([*catalogue.topics, None])}
    section = report.feedback
    by_topic = _listed(section.by_topic, order, keeps_unclassified=True)
    places = {entry.code: place for place, entry in enumerate(by_topic)}
    by_topic_and_type = sorted(
        (topic for topic in section.by_topic_and_type if topic.code in places), key=lambda topic: places[topic.code]
    )
    causes = _listed(section.causes, order, keeps_unclassified=False)
    update = {"by_topic": by_topic, "by_topic_and_type": by_topic_and_type, "causes": causes}
    return report.model_copy(update={"feedback": section.model_copy(update=update)})


def _listed(entries: Sequence[Entry[Figure]], order: Order, *, keeps_unclassified: bool) -> list[Entry[Figure]]:
    """Those that are shown, as ranked; then those that are hidden; the unclassified last."""
    hidden = [entry for entry in entries if entry.number.status is FigureStatus.SUPPRESSED]
    shown = [
        entry
        for entry in entries
        if entry.number.status is not FigureStatus.SUPPRESSED
        and (entry.number.value or (entry.code is None and keeps_unclassified))
    ]
    ranked = [*shown, *sorted(hidden, key=lambda entry: order[entry.code])]
    return sorted(ranked, key=lambda entry: entry.code is None)

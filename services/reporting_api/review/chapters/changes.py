"""What may be said of a change: the verb follows the interval of the difference, never the bare difference."""

from services.reporting_api.measures.figures import Change, Reason
from services.reporting_api.periods.schemas import ComparisonAnswer
from services.reporting_api.review.facts import Earlier
from services.reporting_api.review.phrases import Phrase

_TOLD_REASONS = frozenset(
    {
        Reason.SURVEY_VERSION_CHANGED,
        Reason.COLLECTION_MODE_CHANGED,
        Reason.DEVICE_PRESSES,
        Reason.MEASURE_CHANGED,
        Reason.TARGET_CHANGED,
    }
)
"""Why a reader who remembers the earlier value is told that the two do not compare; other reasons need no words."""


def change_phrases(key: str, earlier: Earlier) -> list[Phrase]:
    """``{key}.rose``, ``.fell`` or ``.no_clear_change`` with the earlier value; why not, or nothing."""
    change = earlier.comparison.change
    if change is Change.NOT_COMPARABLE:
        return break_phrases(earlier)
    parts = {"earlier": earlier.value}
    if change is not Change.NO_CLEAR_CHANGE:
        return [Phrase(f"{key}.{change}", parts | {"n": earlier.difference})]
    return [Phrase(f"{key}.{change}", parts)]


def break_phrases(earlier: Earlier) -> list[Phrase]:
    """Why the earlier value does not compare, where a reader who remembers it is to be told."""
    reason = earlier.comparison.reason
    if not earlier.is_shown or reason not in _TOLD_REASONS:
        return []
    return [Phrase(f"not_comparable.{reason}"), *_standardised(earlier.comparison)]


def _standardised(comparison: ComparisonAnswer) -> list[Phrase]:
    """What the change would be, had the answers come in the ways they came in then; nothing where nobody knows."""
    standardised = comparison.standardised
    if standardised is None or standardised.change is Change.NOT_COMPARABLE:
        return []
    return [Phrase(f"standardised.{standardised.change}")]

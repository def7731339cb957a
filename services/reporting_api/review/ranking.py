"""In which order classes are told and drawn: the largest first, what is gathered as "other" last."""

from collections.abc import Sequence

from services.reporting_api.measures.figures import FigureStatus
from services.reporting_api.periods.schemas import Entry, QuarterFigure, ShareEntry

OTHER = "other"
"""The code of the gathered class in every catalogue."""


def ranked(entries: Sequence[Entry[QuarterFigure]]) -> list[Entry[QuarterFigure]]:
    """Those with a number that is shown and is not nought."""
    shown = [entry for entry in entries if entry.number.value]
    return sorted(shown, key=lambda entry: (entry.code == OTHER, -(entry.number.value or 0)))


def ranked_shares(options: Sequence[ShareEntry[QuarterFigure]]) -> list[ShareEntry[QuarterFigure]]:
    """Those with a share that is shown and is not nought."""
    shown = [option for option in options if option.share.value]
    return sorted(shown, key=lambda option: (option.code == OTHER, -(option.share.value or 0)))


def hidden(entries: Sequence[Entry[QuarterFigure]]) -> list[Entry[QuarterFigure]]:
    """Those that disclosure control hides, in the order of the catalogue, which tells nothing of them."""
    return [entry for entry in entries if entry.number.status is FigureStatus.SUPPRESSED]


def hidden_shares(options: Sequence[ShareEntry[QuarterFigure]]) -> list[ShareEntry[QuarterFigure]]:
    """Those whose share disclosure control hides."""
    return [option for option in options if option.share.status is FigureStatus.SUPPRESSED]

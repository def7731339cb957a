"""Refusals of hourly counts, and of presses in hours that are counted."""

from services.shared.problems import ConflictProblem


class HourHasPressesProblem(ConflictProblem):
    """Single presses of the hour are here."""

    code = "hour_has_presses"
    title = "Single presses of that hour are counted already"


class HourHasCountsProblem(ConflictProblem):
    """Counts of the hour are here."""

    code = "hour_has_counts"
    title = "That hour is counted as a whole already"

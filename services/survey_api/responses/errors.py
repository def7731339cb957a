"""Refusals of responses."""

from services.shared.problems import ConflictProblem


class SurveyClosedProblem(ConflictProblem):
    """The survey took no answers at the time the response was given."""

    code = "survey_closed"
    title = "The survey takes no answers at that time"


class ResponseConflictProblem(ConflictProblem):
    """The id came before with other content."""

    code = "response_conflict"
    title = "Another response has this id"

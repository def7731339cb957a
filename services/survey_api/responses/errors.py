"""Refusals of responses."""

from services.shared.problems import ConflictProblem


class SurveyClosedProblem(ConflictProblem):
    """The survey took no answers at the time the response was given."""

    code = "survey_closed"
    title = "The survey takes no answers at that time"


class InteractionAnsweredProblem(ConflictProblem):
    """The survey takes one response of each interaction, and has one of this."""

    code = "interaction_answered"
    title = "The interaction was answered already"


class CompletionOverProblem(ConflictProblem):
    """The partial response was left so long ago that it stays partial."""

    code = "completion_over"
    title = "The time for completing the response is over"


class ResponseConflictProblem(ConflictProblem):
    """The id came before with other content."""

    code = "response_conflict"
    title = "Another response has this id"

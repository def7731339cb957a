"""What can be wrong with a question about an action."""

from services.shared.problems import NotFoundProblem


class ActionNotFoundProblem(NotFoundProblem):
    """There is no such action in the quarter."""

    code = "action_not_found"
    title = "There is no such action"

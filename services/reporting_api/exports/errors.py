"""What can be wrong with a question for an export."""

from services.shared.problems import ForbiddenProblem


class ContentElsewhereProblem(ForbiddenProblem):
    """Content is asked of a service that cannot read it."""

    code = "content_elsewhere"
    title = "The figures' service holds no content"

"""What can be refused about a person's own data."""

from services.shared.problems import NotFoundProblem


class LinkEndedProblem(NotFoundProblem):
    """The link is not one of ours, or its time is over."""

    code = "link_ended"
    title = "This link does not lead to anything"

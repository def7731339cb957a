"""What can be refused about publication."""

from services.shared.problems import ConflictProblem


class NotPublishableProblem(ConflictProblem):
    """The sender did not permit it, the content is erased, or the item is kept apart."""

    code = "not_publishable"
    title = "This feedback cannot be published"

"""Refusals about decisions on comments."""

from services.shared.problems import ConflictProblem, NotFoundProblem


class CommentNotFoundProblem(NotFoundProblem):
    """No such comment, or it has been erased."""

    code = "comment_not_found"
    title = "There is no such comment, or it has been erased"


class CommentChangedProblem(ConflictProblem):
    """The comment's words are not those that were read."""

    code = "comment_changed"
    title = "The comment has changed since it was read"

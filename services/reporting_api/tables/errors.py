"""What can be wrong with a question about a table."""

from services.shared.problems import NotFoundProblem


class UnknownTableProblem(NotFoundProblem):
    """There is no table of the name."""

    code = "unknown_table"
    title = "There is no table of this name"

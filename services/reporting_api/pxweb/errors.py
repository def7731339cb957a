"""What can be wrong with a question to PxWebApi, with the statuses its specification has."""

from services.shared.problems import BadRequestProblem, ForbiddenProblem, InvalidParam


class SelectionProblem(BadRequestProblem):
    """A selection names a variable or value that the table does not have, or leaves one out."""

    code = "invalid_selection"
    title = "The selection does not fit the table"


class OutputFormatProblem(BadRequestProblem):
    """The output format, or a parameter of it, is not offered."""

    code = "unsupported_output_format"
    title = "The output format is not offered"


class TooManyCellsProblem(ForbiddenProblem):
    """The selection has more cells than one answer may have."""

    code = "too_many_cells"
    title = "The selection has too many cells"


def wrong_selection(variable: str, reason: str) -> SelectionProblem:
    """The problem of one variable's selection."""
    name = f"valuecodes[{variable[:100]}]"
    return SelectionProblem(f"{name}: {reason}", invalid_params=[InvalidParam(name=name, reason=reason)])

"""What can be wrong with a question about a period."""

from services.shared.problems import InvalidRequestProblem, NotFoundProblem


class PeriodLabelProblem(InvalidRequestProblem):
    """The label names no period of the kind."""

    code = "invalid_period"
    title = "The label names no period"


class PeriodNotBegunProblem(NotFoundProblem):
    """The period lies in the future."""

    code = "period_not_begun"
    title = "The period has not begun"


class UnknownUnitProblem(InvalidRequestProblem):
    """The unit is not in the catalogue."""

    code = "unknown_unit"
    title = "The unit is not in the catalogue"


class StatementsOfUnitProblem(InvalidRequestProblem):
    """Statements are of the whole city."""

    code = "statements_are_not_by_unit"
    title = "Statements cannot be compared with a unit's figures"

"""What can be wrong with a question about hours."""

from services.shared.problems import InvalidRequestProblem


class UnitOrPointProblem(InvalidRequestProblem):
    """Both a unit and a service point were asked for."""

    code = "unit_or_service_point"
    title = "Either a unit or a service point"

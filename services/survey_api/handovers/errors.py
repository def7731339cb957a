"""Refusals about hand-overs."""

from services.shared.problems import ConflictProblem, NotFoundProblem


class HandoverNotFoundProblem(NotFoundProblem):
    """No hand-over has the id."""

    code = "handover_not_found"
    title = "There is no hand-over with this id"


class HandoverNotParkedProblem(ConflictProblem):
    """The hand-over waits or is delivered: there is nothing to try again."""

    code = "handover_not_parked"
    title = "Only a parked hand-over can be tried again"

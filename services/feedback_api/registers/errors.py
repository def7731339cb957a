"""What can be refused about a record of a register."""

from services.shared.problems import ConflictProblem, NotFoundProblem


class RecordNotFoundProblem(NotFoundProblem):
    """No record has the id."""

    code = "record_not_found"
    title = "There is no such record"


class RecordConflictProblem(ConflictProblem):
    """The source's reference is registered already."""

    code = "record_conflict"
    title = "The record is registered already"


class PanelInUseProblem(ConflictProblem):
    """The panel has meetings or proposals."""

    code = "panel_in_use"
    title = "The panel has meetings or proposals"

"""What can be refused about an ombudsman contact."""

from services.shared.problems import ConflictProblem


class ContactConflictProblem(ConflictProblem):
    """The contact is registered already, with other content."""

    code = "ombudsman_contact_conflict"
    title = "The contact is registered already and differs"

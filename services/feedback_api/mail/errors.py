"""What can be refused about letters."""

from services.shared.problems import ConflictProblem, NotFoundProblem, UnavailableProblem


class MailNotConfiguredProblem(UnavailableProblem):
    """The deployment sends no mail."""

    code = "mail_not_configured"
    title = "This service sends no mail"


class MailNotFoundProblem(NotFoundProblem):
    """No letter has the id."""

    code = "mail_not_found"
    title = "There is no letter with this id"


class MailNotParkedProblem(ConflictProblem):
    """Only a letter that was given up can be tried again."""

    code = "mail_not_parked"
    title = "The letter was not given up"

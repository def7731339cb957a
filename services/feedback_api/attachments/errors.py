"""What can be refused about attachments."""

from services.shared.problems import InvalidRequestProblem, NotFoundProblem, UnavailableProblem, invalid


class AttachmentsNotConfiguredProblem(UnavailableProblem):
    """The deployment has no store for files."""

    code = "attachments_not_configured"
    title = "This service takes no attachments"


class ScannerUnavailableProblem(UnavailableProblem):
    """The virus scanner does not answer: nothing was stored, the sender may try again."""

    code = "scanner_unavailable"
    title = "Attachments cannot be checked for viruses now"


class AttachmentNotFoundProblem(NotFoundProblem):
    """The item has no attachment of that number, or it was erased."""

    code = "attachment_not_found"
    title = "There is no such attachment"


def refused(position: int, reason: str) -> InvalidRequestProblem:
    """The problem of the ``position``-th file (from 1); the sender's name for it is never repeated."""
    return invalid(f"attachments[{position}]", reason)

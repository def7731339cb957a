"""What can be refused about a receipt."""

from services.shared.problems import NotFoundProblem


class ReceiptNotFoundProblem(NotFoundProblem):
    """No feedback has the receipt."""

    code = "receipt_not_found"
    title = "There is no feedback with this receipt"

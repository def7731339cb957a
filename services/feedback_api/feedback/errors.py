"""What can be refused about a piece of feedback."""

from services.shared.problems import ConflictProblem, NotFoundProblem


class FeedbackNotFoundProblem(NotFoundProblem):
    """No feedback has the id."""

    code = "feedback_not_found"
    title = "There is no feedback with this id"


class EventNotAllowedProblem(ConflictProblem):
    """The item's state does not allow the event."""

    code = "event_not_allowed"
    title = "The state of the feedback does not allow this event"


class EventOutOfOrderProblem(ConflictProblem):
    """The event would lie before one that is recorded already."""

    code = "event_out_of_order"
    title = "The event lies before the item's latest event"


class SensitiveAnswerProblem(ConflictProblem):
    """An answer with private matters, to a sender nobody knows."""

    code = "sender_not_identified"
    title = "A sensitive answer needs an identified sender"


class ImportConflictProblem(ConflictProblem):
    """The item is here already, with another time or other events."""

    code = "import_conflict"
    title = "The item is here already and differs"


class ImportFailedProblem(ConflictProblem):
    """The database refused the line for a reason nobody foresaw."""

    code = "import_failed"
    title = "The line could not be stored"

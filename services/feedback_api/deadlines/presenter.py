"""A stored deadline to its wire shape."""

from services.feedback_api.deadlines.repository import KnownDeadline
from services.feedback_api.deadlines.rules import ReasonCode, due_at_of
from services.feedback_api.deadlines.schemas import DeadlinePublic, DeadlineReason
from services.feedback_api.deadlines.wording import words_of
from services.shared.tables.catalogue import DeadlineBasis


def deadline_of_item(known: KnownDeadline | None) -> DeadlinePublic | None:
    """The deadline of an item, or None where no policy applies."""
    if known is None:
        return None
    deadline, policy = known
    return DeadlinePublic(
        due_on=deadline.due_on,
        due_at=due_at_of(deadline.due_on),
        policy=policy.kind,
        policy_valid_from=policy.valid_from,
        basis=DeadlineBasis(policy.basis),
        names=policy.names,
        moved_because=[
            DeadlineReason(**reason, words=words_of(ReasonCode(reason["code"]), reason["names"]))
            for reason in deadline.reasons
        ],
    )

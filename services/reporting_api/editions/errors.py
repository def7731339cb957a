"""What can be refused about editions."""

from services.shared.problems import ConflictProblem, NotFoundProblem, UnavailableProblem


class EditionNotFoundProblem(NotFoundProblem):
    """There is no such edition, or it is not public yet."""

    code = "edition_not_found"
    title = "There is no such edition"


class EditionInPreparationProblem(ConflictProblem):
    """The quarter has a draft already."""

    code = "edition_in_preparation"
    title = "An edition of this quarter is in preparation"


class EditionStateProblem(ConflictProblem):
    """The edition's state does not allow it."""

    code = "edition_state"
    title = "The edition's state does not allow this"


class SameSignerProblem(ConflictProblem):
    """Who made the draft may not sign it off."""

    code = "same_signer"
    title = "Another key must sign the edition off"


class CorrectionReasonProblem(ConflictProblem):
    """A correction of a published edition needs a reason."""

    code = "correction_reason_missing"
    title = "A correction needs its reason"


class NotReadyProblem(ConflictProblem):
    """A check stands in the way of publishing."""

    code = "edition_not_ready"
    title = "The edition is not ready to be published"


class EditionFormatProblem(UnavailableProblem):
    """The edition was stored by newer code, as after going back to an earlier release."""

    code = "edition_format"
    title = "This release cannot read the edition"

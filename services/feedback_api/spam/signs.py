"""Which signs make a submission suspected spam. Pure."""

from enum import StrEnum

from services.feedback_api.spam.form_token import FormTokenVerdict
from services.feedback_api.spam.proof_of_work import ProofVerdict


class SpamReason(StrEnum):
    """Why a submission is suspected: the code that staff see."""

    HONEYPOT_FILLED = "honeypot_filled"
    FILLED_TOO_FAST = "filled_too_fast"
    FORM_TOKEN_FORGED = "form_token_forged"  # noqa: S105 (a code)
    FORM_TOKEN_MISSING = "form_token_missing"  # noqa: S105 (a code)
    FORM_TOKEN_EXPIRED = "form_token_expired"  # noqa: S105 (a code)
    PROOF_OF_WORK_MISSING = "proof_of_work_missing"
    PROOF_OF_WORK_FAILED = "proof_of_work_failed"


_ALWAYS = {
    FormTokenVerdict.TOO_FAST: SpamReason.FILLED_TOO_FAST,
    FormTokenVerdict.FORGED: SpamReason.FORM_TOKEN_FORGED,
}
_WHERE_REQUIRED = {
    FormTokenVerdict.MISSING: SpamReason.FORM_TOKEN_MISSING,
    FormTokenVerdict.EXPIRED: SpamReason.FORM_TOKEN_EXPIRED,
}
_OF_WORK = {
    ProofVerdict.MISSING: SpamReason.PROOF_OF_WORK_MISSING,
    ProofVerdict.FAILED: SpamReason.PROOF_OF_WORK_FAILED,
}


def suspicion_of(
    website: str | None,
    token: FormTokenVerdict,
    work: ProofVerdict,
    *,
    is_token_required: bool,
    is_work_required: bool,
) -> SpamReason | None:
    """The first sign that a robot sent it, or None. A person who took a day to fill the form is no robot."""
    if website:
        return SpamReason.HONEYPOT_FILLED
    if token in _ALWAYS:
        return _ALWAYS[token]
    if is_token_required and token in _WHERE_REQUIRED:
        return _WHERE_REQUIRED[token]
    return _OF_WORK.get(work) if is_work_required else None

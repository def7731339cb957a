"""/v1/form-token and /v1/challenge: for forms that are being opened."""

from fastapi import APIRouter, Request, Response

from services.feedback_api.spam import form_token
from services.feedback_api.spam.proof_of_work import challenge_of
from services.feedback_api.spam.schemas import Challenge, FormToken
from services.shared.clock import now
from services.shared.settings import settings_of

router = APIRouter(prefix="/v1", tags=["feedback"])


@router.get("/form-token", summary="Open a form")
async def form_token_read(request: Request, response: Response) -> FormToken:
    """For a form that is being shown. Sent back with the feedback, it tells that a person took the time to write."""
    settings, at = settings_of(request), now()
    response.headers["Cache-Control"] = "no-store"
    return FormToken(
        token=form_token.issue(settings, at=at),
        minimum_seconds=settings.form_min_fill_seconds,
        expires_at=form_token.expires_at(settings, issued_at=at),
        is_required=settings.form_token_required,
        proof_of_work_required=settings.proof_of_work_required,
    )


@router.get("/challenge", summary="Get a proof-of-work challenge")
async def challenge_read(request: Request, response: Response) -> Challenge:
    """For ALTCHA's widget (`challengeurl`) or your own: find the number up to `maxnumber` whose SHA-256 after the salt
    is the challenge, and send the Base64 of the JSON of all five and `number` as `proof_of_work`.
    """
    response.headers["Cache-Control"] = "no-store"
    return Challenge.model_validate(challenge_of(settings_of(request)))

"""What forms are given against robots."""

from datetime import datetime

from pydantic import Field

from services.shared.schemas import ResponseModel


class FormToken(ResponseModel):
    """A token for a form that is being opened."""

    token: str = Field(description="Send it back as `form_token`.")
    minimum_seconds: float = Field(description="A form filled faster than this is taken for a robot's.")
    expires_at: datetime
    is_required: bool = Field(description="Whether feedback without it is kept apart.")
    proof_of_work_required: bool = Field(description="Whether a solved `GET /v1/challenge` is wanted too.")


class Challenge(ResponseModel):
    """A proof-of-work challenge with the names that ALTCHA's widget reads."""

    algorithm: str = Field(examples=["SHA-256"])
    challenge: str
    maxnumber: int = Field(description="The secret number is no larger.")
    salt: str
    signature: str

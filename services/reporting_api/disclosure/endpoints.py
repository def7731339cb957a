"""The disclosure policy, as it is in force."""

from fastapi import APIRouter, Request, Response

from services.reporting_api.conditional import NOT_MODIFIED, conditional_answer
from services.reporting_api.disclosure.policy import IN_FORCE, REASONS, RULES
from services.reporting_api.disclosure.schemas import PolicyAnswer, ReasonAnswer

router = APIRouter(prefix="/v1", tags=["measures"])


@router.get(
    "/disclosure-policy", summary="What is hidden, and why", response_model=PolicyAnswer, responses=NOT_MODIFIED
)
async def disclosure_policy_read(request: Request) -> Response:
    """The policy that everything public follows: thresholds, rules, and the reasons given with hidden figures."""
    answer = PolicyAnswer(
        name=IN_FORCE.name,
        minimum_cell=IN_FORCE.minimum_cell,
        minimum_mean_base=IN_FORCE.minimum_mean_base,
        minimum_interval_others=IN_FORCE.minimum_interval_others,
        minimum_unit_cases=IN_FORCE.minimum_unit_cases,
        rules=list(RULES),
        reasons=[ReasonAnswer(code=code, labels=labels) for code, labels in REASONS.items()],
    )
    return conditional_answer(request, answer)

"""The fast path of a piece of feedback without files: read, judged and committed with others, then answered."""

from http import HTTPStatus

from fastapi import Request, Response
from pydantic import ValidationError

from services.feedback_api.feedback import intake, screening
from services.feedback_api.feedback.group_commit import Arrival, FeedbackGroups
from services.feedback_api.feedback.intake import Judged
from services.feedback_api.feedback.schemas import FeedbackCreate
from services.feedback_api.feedback.submission import FORM, read_form
from services.feedback_api.spam.proof_of_work import ProofVerdict
from services.feedback_api.spam.rate_limit import refuse_over_limit
from services.shared.catalogue import Catalogue, CatalogueCache
from services.shared.clock import now
from services.shared.database import sessions_of
from services.shared.fast_path import JSON, fast_path
from services.shared.group_keys import key_of
from services.shared.problems import Problem
from services.shared.settings import settings_of


async def _take(request: Request) -> Response | None:
    catalogue: CatalogueCache = request.app.state.catalogue
    # A proof of work is looked up in the database.
    if settings_of(request).proof_of_work_required:
        return None
    fresh = await catalogue.renewed(sessions_of(request))
    if fresh is None:
        return None
    submission = await _read(request)
    judged = _judge(request, submission, fresh) if submission is not None else None
    if submission is None or judged is None:
        return None
    await refuse_over_limit(request)
    groups: FeedbackGroups = request.app.state.feedback_groups
    key = key_of(request, submission)
    arrival = Arrival(judged, key, str(request.base_url), fresh, settings_of(request))
    receipt = await groups.take(sessions_of(request), arrival)
    return Response(receipt, HTTPStatus.CREATED.value, media_type=JSON) if receipt is not None else None


GroupRoute = fast_path(_take, JSON, FORM, f"{FORM};charset=UTF-8")
"""A route that tries the group first; the last content type is what scripts in browsers say."""


async def _read(request: Request) -> FeedbackCreate | None:
    body, is_json = await request.body(), request.headers["content-type"] == JSON
    try:
        return FeedbackCreate.model_validate_json(body) if is_json else read_form(body)
    except (ValidationError, Problem):
        return None


def _judge(request: Request, submission: FeedbackCreate, catalogue: Catalogue) -> Judged | None:
    settings, at = settings_of(request), now()
    origin = intake.origin_of(request, None)
    held = screening.judge(settings, submission, ProofVerdict.OK, is_trusted=origin.is_trusted, at=at)
    try:
        return intake.judge(catalogue, submission, origin, settings, held, at=at)
    except Problem:
        return None

"""Responses that arrive together are judged, stored and counted together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.catalogue import Catalogue
from services.shared.clock import now
from services.shared.group_commit import GroupCommit
from services.shared.group_keys import RequestKey
from services.shared.metrics.instruments import Metrics
from services.survey_api.responses import group_repository, service
from services.survey_api.responses.schemas import ResponseCreate
from services.survey_api.responses.submission import JudgedResponse, ResponseKey
from services.survey_api.surveys.cache import SurveyCache
from services.survey_api.surveys.origins import refuse_unless_listed

GROUPED_FIELDS = frozenset(
    {"version", "service_point", "collection_mode", "language", "interaction_id", "answers", "id", "given_at"}
)
"""A response of these fields is stored and counted, and needs nothing besides. Others are taken each by itself."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A response that waits for its commit, given ``at`` if it does not say when, by a page of ``origin``."""

    code: str
    body: ResponseCreate
    catalogue: Catalogue
    origin: str | None
    key: RequestKey | None = None
    at: datetime = field(default_factory=now)


ResponseGroups = GroupCommit[Arrival, ResponseKey]
"""The queue of responses, which tells each its key."""


def response_groups(surveys: SurveyCache, *, waiting_max: int, group_max: int, metrics: Metrics) -> ResponseGroups:
    """A queue of responses to the surveys that are known."""

    async def write(session: AsyncSession, arrivals: Sequence[Arrival]) -> Sequence[ResponseKey | None]:
        judged = [_judge(surveys, arrival) for arrival in arrivals]
        first, request_keys = _first_of_each(arrivals, judged)
        created = await group_repository.store(session, first, request_keys)
        kept = {id(response): key for key, response in first.items() if key in created}
        return [kept.get(id(response)) for response in judged]

    return GroupCommit("responses", write, waiting_max=waiting_max, group_max=group_max, metrics=metrics)


def _first_of_each(
    arrivals: Sequence[Arrival], judged: Sequence[JudgedResponse | None]
) -> tuple[dict[ResponseKey, JudgedResponse], dict[ResponseKey, RequestKey]]:
    """The first response of each id and request key, with their keys; others are compared with it, each by itself."""
    first: dict[ResponseKey, JudgedResponse] = {}
    request_keys: dict[ResponseKey, RequestKey] = {}
    seen = set[str]()
    for arrival, response in zip(arrivals, judged, strict=True):
        key = arrival.key
        if response is None or response.key in first or (key is not None and key.key in seen):
            continue
        first[response.key] = response
        if key is not None:
            request_keys[response.key] = key
            seen.add(key.key)
    return first, request_keys


def _judge(surveys: SurveyCache, arrival: Arrival) -> JudgedResponse | None:
    """The response, ready to be stored; None where it must be taken by itself: refused, or found to be a repeat."""
    survey = surveys.known(arrival.code)
    if survey is None:
        return None
    try:
        refuse_unless_listed(arrival.origin, survey.allowed_origins)
        return service.judge_plain(survey, arrival.catalogue, arrival.body, at=arrival.at)
    except Exception:  # noqa: BLE001 (taken by itself it fails by itself, and says why)
        return None


def is_grouped(body: ResponseCreate) -> bool:
    """Whether the response needs nothing but being stored and counted."""
    return body.model_fields_set <= GROUPED_FIELDS

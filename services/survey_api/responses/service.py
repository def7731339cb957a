"""Taking responses: stored, counted and handed over in one transaction, each once however often it is sent."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.catalogue import Catalogue
from services.shared.identifiers import new_uuid
from services.survey_api.handovers import service as handovers
from services.survey_api.handovers.service import Commenter
from services.survey_api.responses import misuse, repository
from services.survey_api.responses.completion import Resent, complete
from services.survey_api.responses.counted_hours import refuse_counted_hour
from services.survey_api.responses.errors import InteractionAnsweredProblem
from services.survey_api.responses.histogram import change_histogram
from services.survey_api.responses.schemas import ResponseCreate
from services.survey_api.responses.submission import (
    JudgedResponse,
    ResponseKey,
    hash_content,
    histogram_of,
    judge,
    service_point_of,
    without_personal_data,
)
from services.survey_api.surveys.definitions import SurveyDefinition


async def submit(
    session: AsyncSession, catalogue: Catalogue, survey: SurveyDefinition, body: ResponseCreate, *, at: datetime
) -> ResponseKey:
    """Take one response given at ``body.given_at`` or else ``at``; its key.

    With the client's own id, a repeat of the same content changes nothing, and more content completes a partial
    response. Raises :class:`ResponseConflictProblem` for other content, :class:`CompletionOverProblem`,
    :class:`InteractionAnsweredProblem`, :class:`SurveyClosedProblem` and :class:`InvalidRequestProblem`.
    """
    resent = _read(survey, catalogue, body, at=at)
    # Asked first: a repeat is answered as before even if the survey has closed or changed meanwhile.
    if body.id is not None and await _is_stored(session, resent, at=at):
        return resent.key
    judged = _judge(resent, at=at)
    await refuse_counted_hour(session, judged)
    if await store(session, [judged], at=at):
        await _hand_over(session, judged, resent.body, at=at)
    # Otherwise another request with this id was faster, or one of the same interaction.
    elif not await _is_stored(session, resent, at=at):
        raise interaction_answered(judged)
    return resent.key


def judge_plain(
    survey: SurveyDefinition, catalogue: Catalogue, body: ResponseCreate, *, at: datetime
) -> JudgedResponse:
    """The response, which is taken as it is if its id is new, and its hour no count.

    Raises the problems of :func:`submit` that need no database, also for a repeat of what was taken once.
    """
    return _judge(_read(survey, catalogue, body, at=at), at=at)


def _read(survey: SurveyDefinition, catalogue: Catalogue, body: ResponseCreate, *, at: datetime) -> Resent:
    body = without_personal_data(survey, body)
    service_point = service_point_of(survey, catalogue, body, body.given_at or at)
    content_hash = hash_content(
        survey, body, service_point=service_point, given_at=body.given_at, please_handle=body.please_handle
    )
    return Resent(survey, body, ResponseKey(service_point, body.id or new_uuid()), content_hash)


def _judge(resent: Resent, *, at: datetime) -> JudgedResponse:
    return judge(
        resent.survey,
        resent.body,
        key=resent.key,
        given_at=resent.body.given_at or at,
        content_hash=resent.content_hash,
    )


async def _is_stored(session: AsyncSession, resent: Resent, *, at: datetime) -> bool:
    """Whether the response is here already, after adding to it what a partial one lacked."""
    stored = (await repository.fetch_content_hashes(session, [resent.key])).get(resent.key)
    if stored is None or stored == resent.content_hash:
        return stored is not None
    completed = await complete(session, resent, at=at)
    if completed is not None:
        await _hand_over(session, completed, resent.body, at=at)
    return True


async def _hand_over(session: AsyncSession, response: JudgedResponse, body: ResponseCreate, *, at: datetime) -> None:
    if body.please_handle:
        commenter = Commenter(name=body.contact_name, email=body.contact_email)
        await handovers.enqueue(session, response, commenter, at=at)


async def store(session: AsyncSession, responses: Sequence[JudgedResponse], *, at: datetime) -> set[ResponseKey]:
    """Store and count those of the responses that are new; the keys of these. No key may come twice."""
    created = await repository.insert_new(session, responses, recorded_at=at)
    is_all = len(created) == len(responses)
    new = responses if is_all else [response for response in responses if response.key in created]
    repeated, differences = await misuse.judge_new(session, new)
    left_out = repeated | {response.key for response in new if response.origin.source_misuse is not None}
    counts = Counter(histogram_of(new, left_out))
    if not differences:
        await repository.add_to_histogram(session, counts)
        return created
    counts.update(differences)
    await change_histogram(session, counts)
    return created


def interaction_answered(response: JudgedResponse) -> InteractionAnsweredProblem:
    """The problem of another response of an interaction that takes one."""
    return InteractionAnsweredProblem(
        f"version {response.version} of {response.survey.code!r} takes one response an interaction, and the one of "
        "this interaction_id is here under another id; leave this one out, or let the survey allow several"
    )

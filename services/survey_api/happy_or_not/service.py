"""Asking for pulls, the mapping, and how the connector stands."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.catalogue import Catalogue
from services.shared.problems import InvalidParam, InvalidRequestProblem
from services.shared.settings import Settings
from services.shared.tables import (
    HappyOrNotOption,
    HappyOrNotPointMapping,
    HappyOrNotPull,
    HappyOrNotSurvey,
    HappyOrNotSurveyMapping,
)
from services.shared.tables.happy_or_not import Generation, IndexOrder, OrderCheck, PullKind
from services.survey_api.happy_or_not import pulls, repository
from services.survey_api.happy_or_not.errors import ConnectorNotConfiguredProblem, PullNotFoundProblem
from services.survey_api.happy_or_not.mapping import LEFT_OUT, SOURCE, PairKey
from services.survey_api.happy_or_not.mapping_check import Fault, Gaps, Seen, find_faults, find_gaps
from services.survey_api.happy_or_not.repository import StoredMapping
from services.survey_api.happy_or_not.schemas import (
    ConnectorState,
    MappingFault,
    MappingPut,
    MappingReport,
    OptionSeen,
    PointSeen,
    PullCreate,
    PullRead,
    SurveyMappingEntry,
    SurveySeen,
    WaitingRead,
)
from services.survey_api.source_points import service as source_points
from services.survey_api.source_points.schemas import SourcePointPut
from services.survey_api.surveys.cache import SurveyCache


def configured_generations(settings: Settings) -> list[Generation]:
    """The interfaces there is a token for."""
    has_v1 = settings.happy_or_not_v1_token is not None and settings.happy_or_not_v1_client_id is not None
    has = {Generation.V2: settings.happy_or_not_token is not None, Generation.V1: has_v1}
    return [generation for generation, is_set in has.items() if is_set]


async def ask_for_pull(
    session: AsyncSession, settings: Settings, body: PullCreate, *, requested_by: str, at: datetime
) -> HappyOrNotPull:
    """A queued pull; the same again while it is queued is the same pull."""
    if not configured_generations(settings):
        raise ConnectorNotConfiguredProblem(
            "set KATSAUS_HAPPY_OR_NOT_TOKEN (or, for v1, KATSAUS_HAPPY_OR_NOT_V1_CLIENT_ID and "
            "KATSAUS_HAPPY_OR_NOT_V1_TOKEN) for survey_api, and start it again"
        )
    until = body.to_day + timedelta(days=1) if body.to_day else None
    return await pulls.enqueue(
        session, PullKind.READ, requested_by=requested_by, at=at, from_day=body.from_day, until_day=until
    )


async def get_pull(session: AsyncSession, pull_id: UUID) -> HappyOrNotPull:
    """The pull; raises :class:`PullNotFoundProblem`."""
    pull = await pulls.fetch(session, pull_id)
    if pull is None:
        raise PullNotFoundProblem(f"there is no pull {pull_id}; GET /v1/connectors/happy-or-not/pulls lists them")
    return pull


async def put_mapping(
    session: AsyncSession,
    catalogue: Catalogue,
    surveys: SurveyCache,
    settings: Settings,
    body: MappingPut,
    *,
    requested_by: str,
    at: datetime,
    is_dry_run: bool,
) -> MappingReport:
    """Check the mapping and, unless it is a dry run, put it in the place of the one before and count what waits.

    Raises :class:`InvalidRequestProblem` with every fault, and :class:`MappingCountedProblem` where answers were
    counted at another place than the mapping now says.
    """
    await repository.lock_mapping(session)
    seen = await _seen(session)
    definitions = await surveys.find_all(session, {entry.survey for entry in body.surveys}) if body.surveys else {}
    faults = find_faults(body, definitions, catalogue, seen, points_max=settings.happy_or_not_mapping_max)
    gaps = find_gaps(body, seen)
    if is_dry_run:
        return _report(faults, gaps, is_stored=False)
    if faults:
        params = [InvalidParam(name=fault.name, reason=fault.reason) for fault in faults]
        raise InvalidRequestProblem(
            f"the mapping has {len(faults)} faults, so it was not stored", invalid_params=params
        )
    await _follow_changed_orders(session, body, seen.surveys)
    await repository.replace_mapping(session, *_rows_of(body, catalogue, at))
    await _map_source_points(session, catalogue, body.surveys, at)
    await pulls.enqueue(session, PullKind.APPLY_MAPPING, requested_by=requested_by, at=at)
    return _report(faults, gaps, is_stored=True)


def _report(faults: Sequence[Fault], gaps: Gaps, *, is_stored: bool) -> MappingReport:
    return MappingReport(
        is_stored=is_stored,
        faults=[MappingFault(name=fault.name, reason=fault.reason) for fault in faults],
        unmapped_surveys=gaps.surveys,
        unmapped_points=gaps.points,
        unmapped_options=gaps.options,
        proposed=gaps.proposed,
    )


def _rows_of(body: MappingPut, catalogue: Catalogue, at: datetime) -> StoredMapping:
    return StoredMapping(
        [
            HappyOrNotSurveyMapping(
                generation=entry.generation,
                survey_id=entry.survey_id,
                survey_code=entry.survey,
                rating_question=entry.rating,
                comment_question=entry.comment,
                follow_up_question=entry.follow_up,
                options={option: code or LEFT_OUT for option, code in entry.options.items()},
                index_order=entry.index_order or IndexOrder.NEGATIVE_FIRST,
                reviewed_by=entry.reviewed_by,
                updated_at=at,
            )
            for entry in body.surveys
        ],
        [
            HappyOrNotPointMapping(
                generation=entry.generation,
                survey_id=entry.survey_id,
                point_id=point,
                service_point_code=catalogue.find_unit(unit).code,
            )
            for entry in body.surveys
            for point, unit in entry.points.items()
        ],
    )


async def _follow_changed_orders(session: AsyncSession, body: MappingPut, surveys: Sequence[HappyOrNotSurvey]) -> None:
    """What contradicted one order of v1's buttons confirms the other."""
    stored = (await repository.fetch_mapping(session)).surveys
    before = {row.survey_id: row.index_order for row in stored if row.generation == Generation.V1}
    after = {entry.survey_id: entry.index_order for entry in body.surveys if entry.generation is Generation.V1}
    for survey in surveys:
        if survey.generation != Generation.V1 or survey.order_check not in _OTHER_CHECK:
            continue
        was = before.get(survey.survey_id) or IndexOrder.NEGATIVE_FIRST
        if was != (after.get(survey.survey_id) or IndexOrder.NEGATIVE_FIRST):
            await repository.note_order_check(session, survey.survey_id, _OTHER_CHECK[survey.order_check])


_OTHER_CHECK: dict[str, OrderCheck] = {
    OrderCheck.CONFIRMED: OrderCheck.CONTRADICTED,
    OrderCheck.CONTRADICTED: OrderCheck.CONFIRMED,
}


async def _map_source_points(
    session: AsyncSession, catalogue: Catalogue, entries: Sequence[SurveyMappingEntry], at: datetime
) -> None:
    """What is reviewed is a mapping like that of any other system, and like it stays once anything is counted by it."""
    for entry in entries:
        if entry.reviewed_by is None:
            continue
        for point, unit in entry.points.items():
            key = PairKey(entry.generation, entry.survey_id, point)
            body = SourcePointPut(source=SOURCE, source_point=key.source_point, survey=entry.survey, service_point=unit)
            await source_points.put(session, catalogue, body, reviewed_by=entry.reviewed_by, at=at)


async def _seen(session: AsyncSession) -> Seen:
    waiting = await repository.fetch_waiting(session)
    return Seen(
        await repository.fetch_surveys(session),
        await repository.fetch_points(session),
        await repository.fetch_options(session),
        sorted({(row.generation, row.survey_id, row.point_id) for row in waiting}),
    )


async def state_of(session: AsyncSession, settings: Settings) -> ConnectorState:
    """The connector as it stands."""
    mapping = await repository.fetch_mapping(session)
    last = await pulls.fetch_last_read(session)
    surveys, points = await repository.fetch_surveys(session), await repository.fetch_points(session)
    mapped = {(row.generation, row.point_id) for row in mapping.points}
    return ConnectorState(
        configured=configured_generations(settings),
        pull_minutes=settings.happy_or_not_pull_minutes,
        read_until={generation: await pulls.fetch_cursor(session, generation) for generation in Generation},
        last_pull=PullRead.of(last) if last else None,
        surveys=[_survey_seen(row, mapping) for row in surveys],
        points=[
            PointSeen(
                generation=Generation(row.generation),
                point_id=row.point_id,
                name=row.name,
                is_mapped=(row.generation, row.point_id) in mapped,
            )
            for row in points
            if not row.is_group
        ],
        options=await _options_seen(session, mapping),
        waiting=await _waiting(
            session,
            {(row.generation, row.survey_id): row.question for row in surveys},
            {(row.generation, row.point_id): row.name for row in points},
        ),
    )


def _survey_seen(row: HappyOrNotSurvey, mapping: StoredMapping) -> SurveySeen:
    entry = next(
        (one for one in mapping.surveys if (one.generation, one.survey_id) == (row.generation, row.survey_id)), None
    )
    state = "unmapped" if entry is None else "reviewed" if entry.reviewed_by else "proposed"
    return SurveySeen(
        generation=Generation(row.generation),
        survey_id=row.survey_id,
        question=row.question,
        scale=row.scale,
        index_type=row.index_type,
        state=row.state,
        order_check=OrderCheck(row.order_check) if row.order_check else None,
        mapping=state,
    )


async def _options_seen(session: AsyncSession, mapping: StoredMapping) -> list[OptionSeen]:
    rows: Sequence[HappyOrNotOption] = await repository.fetch_options(session)
    waiting = await repository.fetch_waiting_options(session)
    mapped: Collection[str] = {option for entry in mapping.surveys for option in entry.options}
    return [
        OptionSeen(
            option_id=row.option_id,
            survey_id=row.survey_id,
            label=row.label,
            is_positive=row.is_positive,
            is_mapped=row.option_id in mapped,
            waiting=waiting.get(row.option_id, 0),
        )
        for row in rows
    ]


async def _waiting(
    session: AsyncSession,
    questions: dict[tuple[str, str], str | None],
    points: dict[tuple[str, str], str | None],
) -> list[WaitingRead]:
    return [
        WaitingRead(
            generation=Generation(row.generation),
            survey_id=row.survey_id,
            question=questions.get((row.generation, row.survey_id)),
            point_id=row.point_id,
            point=points.get((row.generation, row.point_id)),
            reason=row.reason,
            count=row.waiting,
            first_at=row.first_at,
            last_at=row.last_at,
        )
        for row in await repository.fetch_waiting(session)
    ]

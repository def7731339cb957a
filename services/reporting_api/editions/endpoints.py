"""/v1/editions: public once published; made by keys of scope ``report:publish``."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.conditional import NOT_MODIFIED, conditional_answer
from services.reporting_api.editions import repository
from services.reporting_api.editions.comparison import EditionComparison
from services.reporting_api.editions.content import EditionContent
from services.reporting_api.editions.contents import Contents
from services.reporting_api.editions.corrections import correction_log
from services.reporting_api.editions.dependencies import TurnDep
from services.reporting_api.editions.errors import (
    CorrectionReasonProblem,
    EditionInPreparationProblem,
    EditionNotFoundProblem,
    EditionStateProblem,
    NotReadyProblem,
    SameSignerProblem,
)
from services.reporting_api.editions.live import LiveFigures
from services.reporting_api.editions.schemas import (
    CorrectionLog,
    EditionAnswer,
    EditionDraft,
    EditionInWork,
    EditionList,
    EditionPublication,
    EditionSummary,
    EditionWithdrawal,
)
from services.reporting_api.editions.service import EditionService, is_public
from services.reporting_api.language import Language
from services.reporting_api.periods.errors import PeriodLabelProblem, PeriodNotBegunProblem
from services.reporting_api.readiness.checks import Check
from services.reporting_api.tables.endpoints import FILES, FormatQuery, LanguageQuery, table_answer
from services.reporting_api.tables.errors import UnknownTableProblem
from services.reporting_api.tables.formats.registry import FileFormat
from services.reporting_api.tables.schemas import DatasetAnswer, TableAnswer, TableList
from services.reporting_api.tables.service import BuiltTable, beside_frozen, summary_of
from services.reporting_api.texts.endpoints import RESPONSES, OfficerDep
from services.reporting_api.texts.schemas import Quarter
from services.shared.catalogue import CatalogueDep
from services.shared.clock import now
from services.shared.database import ReadSessionDep, SessionDep, sessions_of
from services.shared.idempotency import IdempotencyDep
from services.shared.problems import InvalidRequestProblem, problem_responses
from services.shared.scopes import Scope
from services.shared.security import PrincipalDep
from services.shared.tables import Edition

router = APIRouter(prefix="/v1", tags=["editions"])

VersionPath = Annotated[int, Path(ge=1, le=10_000, examples=[1])]


def _service(request: Request, session: SessionDep, catalogue: CatalogueDep) -> EditionService:
    live = LiveFigures(sessions_of(request), catalogue, request.app.state.statement_clients)
    return EditionService(session, live)


EditionServiceDep = Annotated[EditionService, Depends(_service, scope="function")]

FOUND = problem_responses(EditionNotFoundProblem, InvalidRequestProblem)


@router.get("/editions", summary="The published editions", responses=NOT_MODIFIED)
async def edition_list(session: ReadSessionDep, principal: PrincipalDep) -> EditionList:
    """Newest quarter and version first; keys of scope `report:publish` see those in preparation too."""
    is_officer = principal is not None and principal.has(Scope.REPORT_PUBLISH)
    at = now()
    editions = await repository.list_editions(session)
    return EditionList(
        editions=[EditionSummary.model_validate(it) for it in editions if is_officer or is_public(it, at)]
    )


@router.get("/corrections", summary="The log of corrections", responses=NOT_MODIFIED)
async def correction_list(session: ReadSessionDep) -> CorrectionLog:
    """Every correction and withdrawal of a published edition, with its reason; newest first."""
    at = now()
    shown = [it for it in await repository.list_editions(session) if is_public(it, at)]
    return CorrectionLog(corrections=correction_log(shown))


@router.get(
    "/editions/{quarter}",
    summary="The newest published edition of a quarter",
    response_model=EditionAnswer,
    responses=NOT_MODIFIED | FOUND,
)
async def edition_newest(request: Request, quarter: Quarter, session: ReadSessionDep) -> Response:
    """With its figures, tables, texts and definitions, as they were when it was published."""
    at = now()
    shown = [it for it in await repository.list_editions(session, quarter) if is_public(it, at)]
    if not shown:
        raise EditionNotFoundProblem(f"no edition of {quarter} is published; GET /v1/editions lists those there are")
    return conditional_answer(request, _answer(shown[0], await _content(request, session, shown[0])))


@router.get(
    "/editions/{quarter}/{version}",
    summary="A published edition",
    response_model=EditionAnswer,
    responses=NOT_MODIFIED | FOUND,
)
async def edition_read(request: Request, quarter: Quarter, version: VersionPath, session: ReadSessionDep) -> Response:
    """It never changes; where it was corrected, a later version stands beside it."""
    edition = await _published(session, quarter, version)
    return conditional_answer(request, _answer(edition, await _content(request, session, edition)))


@router.get(
    "/editions/{quarter}/{version}/tables",
    summary="The tables of a published edition",
    response_model=TableList,
    responses=NOT_MODIFIED | FOUND,
)
async def edition_table_list(
    request: Request, quarter: Quarter, version: VersionPath, session: ReadSessionDep
) -> Response:
    """Every table's name, title, dimensions and formats."""
    content = await _content(request, session, await _published(session, quarter, version))
    tables = [summary_of(stored.table(content.definitions)) for stored in content.tables.values()]
    return conditional_answer(request, TableList(period=quarter, formats=list(FileFormat), tables=tables))


@router.get(
    "/editions/{quarter}/{version}/tables/{table}",
    summary="A table of a published edition",
    response_model=TableAnswer | DatasetAnswer,
    responses=NOT_MODIFIED | FOUND | problem_responses(UnknownTableProblem) | FILES,
)
async def edition_table_read(
    request: Request,
    quarter: Quarter,
    version: VersionPath,
    table: Annotated[str, Path(examples=["feedback-by-type"])],
    session: ReadSessionDep,
    format: FormatQuery = FileFormat.JSON,  # noqa: A002 (the promised name)
    lang: LanguageQuery = Language.FI,
) -> Response:
    """The cells as they were published, in any of the formats."""
    content = await _content(request, session, await _published(session, quarter, version))
    if table not in content.tables:
        raise UnknownTableProblem(f"{table[:100]!r} is no table; there are {', '.join(content.tables)}")
    built = BuiltTable(content.tables[table].table(content.definitions), beside_frozen(content.figures))
    return table_answer(request, built, format, lang, name=f"{table}-{quarter}-v{version}")


@router.get("/editions/{quarter}/{version}/comparison", summary="What a correction changed", responses=FOUND)
async def edition_compare(quarter: Quarter, version: VersionPath, service: EditionServiceDep) -> EditionComparison:
    """Cell by cell, with the version before."""
    edition = await service.find(quarter, version)
    before = await service.find(quarter, version - 1) if version > 1 else None
    at = now()
    # The one before may be under an embargo still, which what changed since would tell.
    if before is None or not (is_public(edition, at) and is_public(before, at)):
        raise EditionNotFoundProblem(f"version {version} of {quarter} corrects no published one")
    return await service.compare(edition)


@router.post(
    "/editions",
    status_code=HTTPStatus.CREATED,
    summary="Make a draft",
    responses=RESPONSES
    | problem_responses(
        EditionInPreparationProblem, CorrectionReasonProblem, PeriodNotBegunProblem, PeriodLabelProblem
    ),
)
async def edition_create(
    _turn: TurnDep,
    body: EditionDraft,
    service: EditionServiceDep,
    idempotency: IdempotencyDep,
    officer: OfficerDep,
) -> EditionInWork:
    """From the live figures, texts and actions; the answer says what stands in the way of publishing it."""

    async def create() -> EditionInWork:
        at = now()
        edition = await service.draft(body, officer, at)
        return in_work(edition, await service.checks(edition, at, is_just_made=True))

    return await idempotency.answer(body, EditionInWork, create)


@router.get(
    "/editions/{quarter}/{version}/checks", summary="What stands in the way of publishing", responses=RESPONSES | FOUND
)
async def edition_check(
    _turn: TurnDep, quarter: Quarter, version: VersionPath, service: EditionServiceDep, _officer: OfficerDep
) -> EditionInWork:
    """On the figures as they are now."""
    edition = await service.find(quarter, version)
    return in_work(edition, await service.checks(edition, now()))


@router.post(
    "/editions/{quarter}/{version}/sign-off",
    summary="Sign a draft off",
    responses=RESPONSES | FOUND | problem_responses(EditionStateProblem, SameSignerProblem),
)
async def edition_sign_off(
    quarter: Quarter, version: VersionPath, service: EditionServiceDep, officer: OfficerDep
) -> EditionInWork:
    """With another key than the draft was made with: two people have looked at it."""
    edition = await service.find(quarter, version, is_locked=True)
    await service.sign_off(edition, officer, now())
    return in_work(edition, [])


@router.post(
    "/editions/{quarter}/{version}/publish",
    summary="Publish an edition",
    responses=RESPONSES | FOUND | problem_responses(EditionStateProblem, NotReadyProblem),
)
async def edition_publish(
    _turn: TurnDep,
    quarter: Quarter,
    version: VersionPath,
    body: EditionPublication,
    service: EditionServiceDep,
    officer: OfficerDep,
) -> EditionInWork:
    """Freezes it for good; safe to repeat. Both services' recounts must agree with the figures to the last count."""
    edition, checks = await service.publish(quarter, version, body, officer, now())
    return in_work(edition, checks)


@router.post(
    "/editions/{quarter}/{version}/withdraw",
    summary="Withdraw a published edition",
    responses=RESPONSES | FOUND | problem_responses(EditionStateProblem),
)
async def edition_withdraw(
    quarter: Quarter, version: VersionPath, body: EditionWithdrawal, service: EditionServiceDep, officer: OfficerDep
) -> EditionInWork:
    """It stays to be seen as withdrawn, with the reason."""
    edition = await service.find(quarter, version, is_locked=True)
    await service.withdraw(edition, body, officer, now())
    return in_work(edition, [])


@router.delete(
    "/editions/{quarter}/{version}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Discard an edition in preparation",
    responses=RESPONSES | FOUND | problem_responses(EditionStateProblem),
)
async def edition_discard(
    quarter: Quarter, version: VersionPath, service: EditionServiceDep, _officer: OfficerDep
) -> None:
    """A published one is kept."""
    await service.discard(await service.find(quarter, version, is_locked=True))


def in_work(edition: Edition, checks: list[Check]) -> EditionInWork:
    """The edition as those who make it see it."""
    return EditionInWork(
        **EditionSummary.model_validate(edition).model_dump(),
        created_by=edition.created_by,
        signed_off_by=edition.signed_off_by,
        published_by=edition.published_by,
        withdrawn_by=edition.withdrawn_by,
        checks=checks,
    )


async def _published(session: AsyncSession, quarter: str, version: int) -> Edition:
    edition = await repository.find_without_content(session, quarter, version)
    if edition is None or not is_public(edition, now()):
        raise EditionNotFoundProblem(f"version {version} of {quarter} is not published; GET /v1/editions lists them")
    return edition


async def _content(request: Request, session: AsyncSession, edition: Edition) -> EditionContent:
    contents: Contents = request.app.state.contents
    return await contents.of(session, edition)


def _answer(edition: Edition, content: EditionContent) -> EditionAnswer:
    return EditionAnswer(**EditionSummary.model_validate(edition).model_dump(), content=content)

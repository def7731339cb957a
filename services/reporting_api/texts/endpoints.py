"""/v1/quarters/{quarter}/texts, for communications officers."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from services.reporting_api.periods.errors import PeriodNotBegunProblem
from services.reporting_api.periods.inquiry import Inquiry
from services.reporting_api.periods.schemas import QuarterReport
from services.reporting_api.periods.series import SERIES_QUARTERS
from services.reporting_api.periods.service import PeriodService
from services.reporting_api.texts import repository
from services.reporting_api.texts.errors import ChapterTextNotFoundProblem
from services.reporting_api.texts.facts import NONE_KNOWN, KnownNumbers, unknown_numbers
from services.reporting_api.texts.markdown import render
from services.reporting_api.texts.schemas import ChapterTextInput, ChapterTextList, ChapterTextPublic, Quarter
from services.shared.catalogue import CatalogueDep, UnitsAs
from services.shared.clock import now
from services.shared.database import ReadSessionDep, SessionDep, sessions_of
from services.shared.periods import PeriodKind
from services.shared.problems import ForbiddenProblem, InvalidRequestProblem, UnauthorizedProblem, problem_responses
from services.shared.scopes import Scope
from services.shared.security import Principal, require
from services.shared.tables import ChapterText
from services.shared.tables.editions import Chapter, ReviewLanguage

router = APIRouter(prefix="/v1/quarters/{quarter}", tags=["texts"])

OfficerDep = Annotated[Principal, Depends(require(Scope.REPORT_PUBLISH))]

RESPONSES = problem_responses(UnauthorizedProblem, ForbiddenProblem, InvalidRequestProblem)


async def _known_numbers(
    request: Request, quarter: Quarter, catalogue: CatalogueDep, _officer: OfficerDep
) -> KnownNumbers:
    """Those that the public may see now: of a quarter that has not begun, none.

    Read before the request's transaction begins: no request may wait for a second connection while it holds one.
    """
    inquiry = Inquiry(PeriodKind.QUARTER, quarter, None, UnitsAs.THEN, now(), is_internal=False)
    async with sessions_of(request).session() as session:
        periods = PeriodService(session, catalogue, request.app.state.statement_clients)
        try:
            reports = await periods.series(inquiry, SERIES_QUARTERS)
        except PeriodNotBegunProblem:
            return NONE_KNOWN
    received = [report.feedback.received.value for report in reports.values()]
    return KnownNumbers.of(QuarterReport.model_validate(reports[quarter]), received)


KnownNumbersDep = Annotated[KnownNumbers, Depends(_known_numbers, scope="function")]


@router.get("/texts", summary="The officers' texts of a quarter", responses=RESPONSES)
async def text_list(
    quarter: Quarter, session: ReadSessionDep, known: KnownNumbersDep, _officer: OfficerDep
) -> ChapterTextList:
    """As they stand now; an edition keeps those of its draft."""
    texts = await repository.list_texts(session, quarter)
    return ChapterTextList(texts=[_public(text, texts, known) for text in texts])


@router.put("/texts/{chapter}/{language}", summary="Write a chapter's text", responses=RESPONSES)
async def text_put(
    quarter: Quarter,
    chapter: Chapter,
    language: ReviewLanguage,
    body: ChapterTextInput,
    session: SessionDep,
    known: KnownNumbersDep,
    officer: OfficerDep,
) -> ChapterTextPublic:
    """In place of what there was. The answer shows it as the review will, and names the languages that lack it.

    It warns of numbers that the quarter's figures do not have; an edition's checks ask the same of its own figures.
    """
    text = ChapterText(
        quarter=quarter,
        chapter=chapter.value,
        language=language.value,
        markdown=body.markdown,
        updated_at=now(),
        updated_by=officer.name,
    )
    await repository.put(session, text)
    return _public(text, await repository.list_texts(session, quarter), known)


@router.delete(
    "/texts/{chapter}/{language}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Take a chapter's text away",
    responses=RESPONSES | problem_responses(ChapterTextNotFoundProblem),
)
async def text_delete(
    quarter: Quarter, chapter: Chapter, language: ReviewLanguage, session: SessionDep, _officer: OfficerDep
) -> None:
    """Editions that hold it keep it."""
    if not await repository.remove(session, quarter, chapter, language):
        raise ChapterTextNotFoundProblem(f"{quarter} has no {language} text of {chapter}; GET …/texts lists them")


def _public(text: ChapterText, texts: Sequence[ChapterText], known: KnownNumbers) -> ChapterTextPublic:
    written = {one.language for one in texts if one.chapter == text.chapter}
    return ChapterTextPublic(
        quarter=text.quarter,
        chapter=Chapter(text.chapter),
        language=ReviewLanguage(text.language),
        markdown=text.markdown,
        html=render(text.markdown),
        updated_at=text.updated_at,
        updated_by=text.updated_by,
        missing_languages=[language for language in ReviewLanguage if language not in written],
        unknown_numbers=unknown_numbers(text.markdown, ReviewLanguage(text.language), known),
    )

"""/reviews: the published reviews as pages, for anyone; drafts and the internal version for those with a key."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from services.reporting_api.editions import repository
from services.reporting_api.editions.service import content_of, internal_content_of, is_public
from services.reporting_api.language import Language
from services.reporting_api.review.document import put_together, write_day
from services.reporting_api.review.feed import to_atom
from services.reporting_api.review.pages import (
    ASSETS,
    Addresses,
    ArchivedReview,
    archive_page,
    asset_address,
    not_found_page,
    read_asset,
    review_page,
    statement_page,
)
from services.reporting_api.review.phrases import quarter_words, words_of
from services.reporting_api.texts.schemas import Quarter
from services.shared.clock import now
from services.shared.database import ReadSessionDep
from services.shared.periods import PeriodKind, parse_period
from services.shared.problems import NotFoundProblem, problem_responses
from services.shared.scopes import Scope
from services.shared.security import PrincipalDep
from services.shared.settings import settings_of
from services.shared.tables import Edition

router = APIRouter(prefix="/reviews", tags=["reviews"], include_in_schema=False)

LangQuery = Annotated[Language, Query(description="Language of the page.")]
VersionQuery = Annotated[int | None, Query(ge=1, le=10_000, description="An earlier version; by default the newest.")]
InternalQuery = Annotated[bool, Query(description="With nothing hidden, for keys of scope `report:internal`.")]

KEPT_FOR_EVER = "public, max-age=31536000, immutable"


class Reader:
    """Who asks for a review, and what they may see of it."""

    def __init__(self, request: Request, session: ReadSessionDep, principal: PrincipalDep) -> None:
        self.request = request
        self._session = session
        self._principal = principal

    def _has(self, scope: Scope) -> bool:
        return self._principal is not None and self._principal.has(scope)

    def may_see_internal(self) -> bool:
        """Whether hidden numbers may be shown."""
        return self._has(Scope.REPORT_INTERNAL)

    async def editions(self, quarter: str | None = None) -> list[Edition]:
        """Those the reader may see, newest first: officers see drafts too."""
        is_officer, at = self._has(Scope.REPORT_PUBLISH), now()
        editions = await repository.list_editions(self._session, quarter)
        return [it for it in editions if is_officer or is_public(it, at)]

    def addresses(self, quarter: str = "", version: int = 0, language: Language = Language.FI) -> Addresses:
        """The addresses the pages link to."""
        settings = settings_of(self.request)
        return Addresses(
            base_url=settings.public_reporting_base_url,
            tables_url=f"/v1/editions/{quarter}/{version}/tables",
            feedback_form=f"{settings.public_feedback_base_url}/form?lang={language}",
        )


ReaderDep = Annotated[Reader, Depends()]


@router.get("/", summary="The archive of reviews", response_class=HTMLResponse)
async def review_archive(reader: ReaderDep, lang: LangQuery = Language.FI) -> Response:
    """Every quarter's newest published review."""
    newest = {edition.quarter: edition for edition in reversed(await reader.editions())}
    lines = [_archived(edition, lang) for _, edition in sorted(newest.items(), reverse=True)]
    return archive_page(lang, lines, reader.addresses(language=lang))


@router.get("/feed.atom", summary="The feed of reviews", response_class=Response)
async def review_feed(reader: ReaderDep, lang: LangQuery = Language.FI) -> Response:
    """Atom: published reviews and their corrections, newest first."""
    at = now()
    editions = [it for it in await reader.editions() if is_public(it, at)]
    content = to_atom(editions, lang, settings_of(reader.request).public_reporting_base_url)
    return Response(content, media_type="application/atom+xml")


@router.get("/accessibility-statement", summary="The accessibility statement", response_class=HTMLResponse)
async def review_accessibility_statement(reader: ReaderDep, lang: LangQuery = Language.FI) -> Response:
    """How accessible the reviews are, and where to tell what is not."""
    return statement_page(lang, reader.addresses(language=lang))


@router.get(
    "/assets/{digest}/{name}",
    summary="A style sheet",
    response_class=Response,
    responses=problem_responses(NotFoundProblem),
)
async def review_asset(
    digest: Annotated[str, Path(max_length=12)], name: Annotated[str, Path(max_length=40)]
) -> Response:
    """Its address changes with its content."""
    if name not in ASSETS or asset_address(name) != f"/reviews/assets/{digest}/{name}":
        raise NotFoundProblem("the pages name the style sheets there are")
    return Response(read_asset(name), media_type=ASSETS[name], headers={"Cache-Control": KEPT_FOR_EVER})


@router.get(
    "/{quarter}",
    summary="A review",
    response_class=HTMLResponse,
    responses={404: {"description": "A page that says so."}},
)
async def review_read(
    reader: ReaderDep,
    quarter: Quarter,
    lang: LangQuery = Language.FI,
    version: VersionQuery = None,
    internal: InternalQuery = False,
) -> Response:
    """The newest version, or the one asked for, as a page that needs no script."""
    editions = await reader.editions(quarter)
    edition = next((it for it in editions if version is None or it.version == version), None)
    if edition is None or (internal and not reader.may_see_internal()):
        return not_found_page(lang, reader.addresses(language=lang))
    content = internal_content_of(edition) if internal else content_of(edition)
    page = review_page(
        put_together(edition, content, lang, is_internal=internal),
        reader.addresses(quarter, edition.version, lang),
        corrections=_corrections(editions, lang),
        newer_version=edition is not editions[0],
    )
    if internal or edition.published_at is None:
        page.headers["Cache-Control"] = "private, no-store"
    return page


def _archived(edition: Edition, language: Language) -> ArchivedReview:
    words = words_of(language)["review"]
    quarter = parse_period(PeriodKind.QUARTER, edition.quarter)
    day = write_day(edition.embargo_until or edition.published_at, language)
    status = words["published"].format(day=day, version=edition.version) if day else words["draft"]
    return ArchivedReview(edition.quarter, f"{words['title']} {quarter_words(quarter, language, 'title')}", status)


def _corrections(editions: list[Edition], language: Language) -> list[str]:
    line: str = words_of(language)["review"]["correction_line"]
    return [
        line.format(version=it.version, day=write_day(it.published_at, language), reason=it.reason)
        for it in editions
        if it.reason and it.published_at
    ]

"""/reviews: the published reviews as pages, for anyone; drafts and the internal version for those with a key."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import HTMLResponse

from services.reporting_api.conditional import NOT_MODIFIED
from services.reporting_api.disclosure.policy import IN_FORCE, RULES
from services.reporting_api.editions.comparison import compare_contents
from services.reporting_api.editions.corrections import correction_log
from services.reporting_api.editions.schemas import Correction
from services.reporting_api.editions.service import content_of, is_embargoed, is_public
from services.reporting_api.language import Language
from services.reporting_api.review.changes import changes_of
from services.reporting_api.review.days import write_day, write_embargo
from services.reporting_api.review.definitions import definitions_of
from services.reporting_api.review.feed import to_atom
from services.reporting_api.review.pages import (
    ASSETS,
    ArchivedReview,
    CorrectedReview,
    archive_page,
    asset_address,
    changes_page,
    corrections_page,
    definitions_page,
    not_found_page,
    read_asset,
    statement_page,
)
from services.reporting_api.review.phrases import quarter_words, words_of
from services.reporting_api.review.reader import AskedDep, LangQuery, ReaderDep
from services.reporting_api.review.reasons import line_of
from services.reporting_api.review.rendering import Medium
from services.reporting_api.texts.schemas import Quarter
from services.shared.catalogue import CatalogueDep
from services.shared.clock import now
from services.shared.periods import PeriodKind, parse_period
from services.shared.problems import NotFoundProblem, problem_responses
from services.shared.settings import settings_of
from services.shared.tables import Edition

router = APIRouter(prefix="/reviews", tags=["reviews"], include_in_schema=False)

RESPONSES: dict[int | str, dict[str, str]] = {404: {"description": "A page that says so."}}

KEPT_FOR_EVER = "public, max-age=31536000, immutable"


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


@router.get("/corrections", summary="The corrections of reviews", response_class=HTMLResponse)
async def review_corrections(reader: ReaderDep, lang: LangQuery = Language.FI) -> Response:
    """Every correction and withdrawal with its reason, newest first."""
    lines = [_corrected(it, lang) for it in correction_log(await reader.editions())]
    return corrections_page(lang, lines, reader.addresses(language=lang))


@router.get("/definitions", summary="What each figure means", response_class=HTMLResponse)
async def review_definitions(reader: ReaderDep, catalogue: CatalogueDep, lang: LangQuery = Language.FI) -> Response:
    """Every measure's definition, each at an address of its own, and the rules that hold for all."""
    definitions = definitions_of(lang, IN_FORCE, RULES, catalogue.target_policies)
    return definitions_page(lang, definitions, reader.addresses(language=lang))


@router.get("/{quarter}/changes", summary="What a correction changed", response_class=HTMLResponse, responses=RESPONSES)
async def review_changes(
    reader: ReaderDep, quarter: Quarter, version: Annotated[int, Query(ge=2, le=10_000)], lang: LangQuery = Language.FI
) -> Response:
    """Number by number, beside the version before."""
    addresses = reader.addresses(language=lang)
    found = {it.version: it for it in await reader.editions(quarter)}
    if version not in found or version - 1 not in found:
        return not_found_page(lang, addresses)
    old, new = [await reader.whole(found[it]) for it in (version - 1, version)]
    before, after = content_of(old), content_of(new)
    comparison = compare_contents(before, after, version=version, previous=old.version)
    return changes_page(
        lang, changes_of(new, comparison, before, after, lang, is_public=is_public(new, now())), addresses
    )


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


@router.get("/{quarter}.pdf", summary="A review as a PDF", response_class=Response, responses=RESPONSES | NOT_MODIFIED)
async def review_pdf(asked: AskedDep) -> Response:
    """As the page: for reading aloud too, by PDF/UA-1."""
    return await asked.answer(Medium.PDF)


@router.get(
    "/{quarter}/card.png", summary="A review's picture", response_class=Response, responses=RESPONSES | NOT_MODIFIED
)
async def review_card(asked: AskedDep) -> Response:
    """For those who share a link to it."""
    return await asked.answer(Medium.CARD)


@router.get("/{quarter}", summary="A review", response_class=HTMLResponse, responses=RESPONSES | NOT_MODIFIED)
async def review_read(asked: AskedDep) -> Response:
    """The newest version, or the one asked for, as a page that needs no script."""
    return await asked.answer(Medium.PAGE)


def _corrected(line: Correction, language: Language) -> CorrectedReview:
    words = words_of(language)["review"]
    quarter = parse_period(PeriodKind.QUARTER, line.quarter)
    name = f"{words['title']} {quarter_words(quarter, language, 'title')}"
    return CorrectedReview(
        line.quarter, line.version, name, line_of(line, language), has_changes=not line.is_withdrawal
    )


def _archived(edition: Edition, language: Language) -> ArchivedReview:
    words = words_of(language)["review"]
    quarter = parse_period(PeriodKind.QUARTER, edition.quarter)
    day = write_day(edition.embargo_until or edition.published_at, language)
    if edition.withdrawn_at is not None:
        status = words["archive_withdrawn"].format(day=write_day(edition.withdrawn_at, language))
    elif is_embargoed(edition, now()):
        status = write_embargo(edition, language) or ""
    else:
        status = words["published"].format(day=day, version=edition.version) if day else words["draft"]
    return ArchivedReview(edition.quarter, f"{words['title']} {quarter_words(quarter, language, 'title')}", status)

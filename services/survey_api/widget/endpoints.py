"""/widget.js for pages of the city, /embed for iframes, /demo/chat to try it in."""

import asyncio
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, BackgroundTasks, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from services.shared.catalogue import CatalogueDep
from services.shared.clock import now
from services.shared.database import ReadSessionDep, SessionDep
from services.shared.problems import ConflictProblem, InvalidRequestProblem, NotFoundProblem
from services.survey_api.responses import service as responses
from services.survey_api.surveys import service as surveys
from services.survey_api.surveys.definitions import SurveyDefinition
from services.survey_api.surveys.origins import is_own, refuse_foreign_page, refuse_unless_listed
from services.survey_api.surveys.schemas import SurveyStatus
from services.survey_api.widget import pages
from services.survey_api.widget.pages import Filled
from services.survey_api.widget.schemas import WidgetRead
from services.survey_api.widget.script import Asset, read_page_asset, read_script
from services.survey_api.widget.submission import Inputs, errors_of, first, read_inputs, response_of
from services.survey_api.widget.texts import language_for, read_texts

router = APIRouter(tags=["widget"])

ALIAS_SECONDS = 300
"""How long a browser keeps the short address: a mended widget reaches every page in minutes."""

ALIAS_CACHE = f"public, max-age={ALIAS_SECONDS}, stale-while-revalidate=86400"
IMMUTABLE_CACHE = "public, max-age=31536000, immutable"

INTERACTION_MAX = 300

CodePath = Annotated[str, Path(max_length=100)]
LangQuery = Annotated[str | None, Query(max_length=20)]
InteractionQuery = Annotated[str | None, Query(max_length=INTERACTION_MAX)]


def _language(request: Request, named: str | None) -> str:
    return language_for(named, request.headers.get("accept-language", ""))


def _file(request: Request, asset: Asset, cache_control: str) -> Response:
    """The file, compressed where the browser takes that, or 304 where it has it."""
    accepted = [part.replace(" ", "") for part in request.headers.get("accept-encoding", "").split(",")]
    is_compressed = "gzip" in accepted or any(part.startswith("gzip;q=") and float_of(part) > 0 for part in accepted)
    tag = f'"{asset.digest}{"-gzip" if is_compressed else ""}"'
    headers = {
        "Cache-Control": cache_control,
        "ETag": tag,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        # Any page may load it, also one that checks its hash (which takes CORS) or isolates itself.
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    known = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if known & {tag, "*"}:
        return Response(status_code=304, headers=headers)
    if is_compressed:
        return Response(asset.compressed, media_type=asset.media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(asset.content, media_type=asset.media_type, headers=headers)


def float_of(part: str) -> float:
    """The weight of a part of Accept-Encoding; 0 where it is none."""
    try:
        return float(part.partition(";q=")[2])
    except ValueError:
        return 0


@router.get("/widget.js", include_in_schema=False)
async def widget_script(request: Request) -> Response:
    """The widget, whatever its version."""
    return _file(request, read_script(), ALIAS_CACHE)


@router.get("/widget.json", summary="The widget's present version")
async def widget_get(response: Response) -> WidgetRead:
    """What a page needs to load this version of the widget and no other. After an update of the service the address
    is another; `/widget.js` is always the present one."""
    response.headers["Cache-Control"] = f"public, max-age={ALIAS_SECONDS}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    script = read_script()
    return WidgetRead(
        url=pages.widget_address(),
        integrity=script.integrity,
        size=len(script.content),
        compressed_size=len(script.compressed),
    )


@router.get("/widget/{digest}/widget.js", include_in_schema=False)
async def widget_version(request: Request, digest: str) -> Response:
    """One version of the widget, for ever the same."""
    script = read_script()
    if digest != script.digest:
        raise NotFoundProblem("this version is no longer served; GET /widget.json tells the present one")
    return _file(request, script, IMMUTABLE_CACHE)


@router.get("/embed/assets/{digest}/{name}", include_in_schema=False)
async def embed_asset(request: Request, digest: str, name: str) -> Response:
    """A style sheet or script of the pages; its address changes with its content."""
    asset = read_page_asset(name)
    if asset is None or digest != asset.digest:
        raise NotFoundProblem
    return _file(request, asset, IMMUTABLE_CACHE)


def _refuse_foreign_frame(request: Request, survey: SurveyDefinition) -> None:
    # The browser holds the frame to frame-ancestors in any case; here it is told why, if the framing page is known.
    referrer = urlsplit(request.headers.get("referer", ""))
    if request.headers.get("sec-fetch-dest") == "iframe" and referrer.netloc and not is_own(request, referrer.geturl()):
        refuse_unless_listed(f"{referrer.scheme}://{referrer.netloc}", survey.allowed_origins)


@router.get("/embed/{code}", response_class=HTMLResponse, include_in_schema=False)
async def embed_show(
    request: Request,
    code: CodePath,
    session: ReadSessionDep,
    lang: LangQuery = None,
    interaction: InteractionQuery = None,
    sent: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:
    """The survey's questions as a page, which works without JavaScript and better with it."""
    survey = await surveys.get_published(session, code)
    _refuse_foreign_frame(request, survey)
    language = _language(request, lang)
    words = read_texts()[language]["widget"]
    if sent:
        more = [words["handled_more"]] if sent == "handled" else []
        return pages.note_page(survey, language, [words["thanks"], words["thanks_more"], *more], is_done=True)
    if not survey.is_open(now()):
        return pages.note_page(survey, language, [words["not_open"]], is_done=False)
    return pages.form_page(survey, survey.newest, language, interaction=interaction, filled=Filled())


@router.post("/embed/{code}", response_class=HTMLResponse, include_in_schema=False)
async def embed_post(
    request: Request, code: CodePath, catalogue: CatalogueDep, session: SessionDep, background: BackgroundTasks
) -> Response:
    """What a browser without JavaScript posts: thanks, or the page again with what is wrong."""
    await refuse_foreign_page(request, session, code)
    survey = await surveys.get_published(session, code)
    inputs = read_inputs(await request.body())
    language = _language(request, first(inputs, "lang"))
    words = read_texts()[language]["widget"]
    number = first(inputs, "version") or ""
    version = (survey.find_version(int(number)) if number.isdecimal() else None) or survey.newest
    try:
        body = response_of(version, inputs, language)
        await responses.submit(session, catalogue, survey, body, at=now())
    except InvalidRequestProblem as problem:
        await session.rollback()
        return pages.form_page(
            survey,
            version,
            language,
            interaction=first(inputs, "interaction"),
            filled=Filled(inputs, errors_of(problem, version, words)),
        )
    except ConflictProblem as problem:
        await session.rollback()
        reason = words["refused"].get(problem.code, words["refused"]["other"])
        return pages.note_page(survey, language, [reason], is_done=False)
    if body.please_handle:
        # Runs after the answer was sent, and so after the commit.
        background.add_task(_wake, request.app.state.handovers_waiting)
    return _thanks(request, code, language, inputs)


def _thanks(request: Request, code: str, language: str, inputs: Inputs) -> RedirectResponse:
    # Shown by another request, so that a reload sends nothing again. By path: the browser stays where it reached us.
    told = {"lang": language, "sent": "handled" if first(inputs, pages.HANDLE) else "1"}
    path = request.app.url_path_for("embed_show", code=code)
    return RedirectResponse(f"{path}?{urlencode(told)}", status_code=303)


async def _wake(event: asyncio.Event) -> None:
    event.set()


@router.get("/demo/chat", response_class=HTMLResponse, include_in_schema=False)
async def demo_chat(request: Request, session: ReadSessionDep, lang: LangQuery = None) -> HTMLResponse:
    """A made-up chat that ends with the widget, on a page whose policy is as strict as policies get."""
    open_now = await surveys.list_published(session, SurveyStatus.OPEN, at=now())
    shown = next((one for one in open_now if one.is_demonstration and one.kind == "chat"), None)
    if shown is None:
        raise NotFoundProblem("there is no open demonstration survey; `katsaus demo` loads some")
    return pages.demo_page(shown, _language(request, lang))

"""/form: the city's form and the receipt, as pages."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from services.feedback_api.feedback.schemas import FeedbackCreate, FeedbackReceipt
from services.feedback_api.feedback.sending import SenderDep
from services.feedback_api.feedback.submission import FormContentDep, Submission, form_fields
from services.feedback_api.form import pages
from services.feedback_api.form.errors import keep_what_was_written
from services.feedback_api.form.pages import TARGETS, Filled
from services.feedback_api.form.texts import language_for, read_texts
from services.feedback_api.publication import service as publication
from services.feedback_api.receipts import service as receipts
from services.feedback_api.spam import form_token
from services.feedback_api.spam.rate_limit import CountersDep
from services.shared.catalogue import CatalogueDep
from services.shared.client_address import address_block
from services.shared.clock import now
from services.shared.database import ReadSessionDep, SessionDep
from services.shared.idempotency import Idempotency
from services.shared.identifiers import new_uuid
from services.shared.problems import BadRequestProblem, NotFoundProblem, Problem, validation_problem
from services.shared.settings import settings_of

router = APIRouter(prefix="/form", tags=["form"], include_in_schema=False)

LangQuery = Annotated[str | None, Query(max_length=20)]

ASSET_HEADERS = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}


def _language(request: Request, named: str | None) -> str:
    return language_for(named, request.headers.get("accept-language", ""))


def _form_page(
    request: Request, catalogue: CatalogueDep, language: str, filled: Filled, status: int = HTTPStatus.OK
) -> HTMLResponse:
    settings = settings_of(request)
    return pages.form_page(
        settings,
        catalogue,
        language,
        # A page that is shown again for its errors goes on with its own token: its writer was there already.
        form_token=filled.values.get("form_token") or form_token.issue(settings),
        idempotency_key=str(new_uuid()),
        filled=filled,
        status=status,
    )


async def _values(request: Request, form: FormContentDep) -> dict[str, str]:
    if form is None:
        raise BadRequestProblem("post the form as a browser does")
    values = dict(form.pairs)
    keep_what_was_written(request, values)
    return values


ValuesDep = Annotated[dict[str, str], Depends(_values)]
"""What was written, by field; kept for whatever page answers."""


@router.get("", response_class=HTMLResponse)
async def form_show(request: Request, catalogue: CatalogueDep, lang: LangQuery = None) -> HTMLResponse:
    """The form in the language that is named, or that the browser asks for."""
    return _form_page(request, catalogue, _language(request, lang), Filled())


@router.post("", response_class=HTMLResponse)
async def form_post(
    request: Request,
    response: Response,
    values: ValuesDep,
    form: FormContentDep,
    sender: SenderDep,
    counters: CountersDep,
) -> Response:
    """What a browser without JavaScript posts: the receipt's page, or the form again with what is wrong."""
    language = _language(request, values.get("lang"))
    if values.get("narrow"):
        return _form_page(request, sender.catalogue, language, Filled(values, is_shown_again=True))
    seconds = await counters.seconds_to_wait(address_block(request))
    if seconds:
        words = read_texts()[language]["errors"]["too_many"].format(seconds=f"{seconds:.0f}")
        page = _again(request, sender, language, values, {"other": words}, HTTPStatus.TOO_MANY_REQUESTS)
        page.headers["Retry-After"] = f"{seconds:.0f}"
        return page
    try:
        receipt = await _send(request, response, sender, form, values)
    except Problem as problem:
        if problem.status >= 500:
            raise
        await sender.session.rollback()
        errors = _errors(pages.limited(language, settings_of(request))["errors"], problem)
        return _again(request, sender, language, values, errors, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _thanks(request, language, receipt)


def _again(
    request: Request, sender: SenderDep, language: str, values: dict[str, str], errors: dict[str, str], status: int
) -> HTMLResponse:
    """The form as it was filled, with what is wrong."""
    return _form_page(request, sender.catalogue, language, Filled(values, errors, is_shown_again=True), status)


def _thanks(request: Request, language: str, receipt: FeedbackReceipt) -> RedirectResponse:
    told = {"lang": language, "sent": "1"}
    if receipt.masked:
        told["masked"] = ",".join(receipt.masked)
    if receipt.duplicate_of:
        told["duplicate"] = "1"
    if receipt.belongs_elsewhere:
        told["matter"] = receipt.belongs_elsewhere.matter
    # Shown by another request, so that a reload sends nothing again.
    path = request.app.url_path_for("receipt_show", receipt=receipt.receipt)
    # By path: whatever name and scheme the browser knows us by, it stays there.
    return RedirectResponse(f"{path}?{urlencode(told)}", status_code=303)


async def _send(
    request: Request, response: Response, sender: SenderDep, form: FormContentDep, values: dict[str, str]
) -> FeedbackReceipt:
    assert form is not None  # noqa: S101 (its values were read)
    try:
        fields = FeedbackCreate.model_validate(form_fields(form.pairs))
    except ValidationError as error:
        raise validation_problem(error.errors()) from None
    if fields.reply_wanted and fields.sender_email is None:
        raise validation_problem([{"loc": ("sender_email",), "type": "missing", "msg": "is needed for a reply"}])
    key = values.get("idempotency_key") or None
    idempotency = Idempotency(request, response, sender.session, "", key[:200] if key else None)
    return await sender.send(Submission(fields, form.uploads), idempotency)


def _errors(words: dict[str, str], problem: Problem) -> dict[str, str]:
    """What is wrong, by field, in the page's language; in general words where we have none for the field."""
    names = [param.name.split("[")[0].split(".")[0] for param in problem.invalid_params]
    return {name if name in TARGETS else "other": words[name if name in TARGETS else "other"] for name in names or [""]}


@router.get("/receipts/{receipt}", response_class=HTMLResponse)
async def receipt_show(
    request: Request,
    receipt: str,
    session: ReadSessionDep,
    lang: LangQuery = None,
    sent: bool = False,
    masked: Annotated[str, Query(max_length=200)] = "",
    duplicate: bool = False,
    matter: Annotated[str, Query(max_length=50)] = "",
    withdrawn: bool = False,
) -> HTMLResponse:
    """Where the feedback with the receipt stands."""
    language = _language(request, lang)
    status = await receipts.read_status(session, receipt)
    notices = pages.notices_of(language, masked=masked, is_duplicate=duplicate, matter=matter, is_withdrawn=withdrawn)
    return pages.receipt_page(language, status, is_sent=sent, notices=notices)


@router.post("/receipts/{receipt}/withdrawal")
async def permission_withdrawn(
    request: Request, receipt: str, session: SessionDep, lang: LangQuery = None
) -> RedirectResponse:
    """The button of the receipt's page that takes the permission to publish back."""
    is_known = await publication.withdraw_by_receipt(session, receipt, at=now())
    told = {"lang": _language(request, lang)} | ({"withdrawn": "1"} if is_known else {})
    path = request.app.url_path_for("receipt_show", receipt=receipt)
    return RedirectResponse(f"{path}?{urlencode(told)}", status_code=HTTPStatus.SEE_OTHER)


@router.get("/assets/{digest}/{name}")
async def asset_read(digest: str, name: str) -> Response:
    """A style sheet or script; its address changes with its content."""
    if name not in pages.ASSETS or not digest.isalnum():
        raise NotFoundProblem
    return Response(pages.read_asset(name), media_type=pages.ASSETS[name], headers=ASSET_HEADERS)

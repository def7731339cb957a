"""From the review to the bytes of its PDF."""

from collections.abc import Sequence
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Literal

import orjson
import pikepdf
import typst

from services.reporting_api.review.document import Review
from services.reporting_api.review.pdf.payload import payload_of
from services.reporting_api.review.reasons import ReasonLine

STANDARD: Literal["ua-1"] = "ua-1"


@cache
def _template() -> bytes:
    return (resources.files(__package__) / "review.typ").read_bytes()


def render_pdf(review: Review, *, corrections: Sequence[ReasonLine], has_newer: bool, base_url: str) -> bytes:
    """The review as PDF/UA-1; the same review gives the same bytes."""
    payload = payload_of(review, corrections=corrections, has_newer=has_newer, base_url=base_url)
    compiler = typst.Compiler(
        _template(), ignore_system_fonts=True, sys_inputs={"review": orjson.dumps(payload).decode()}
    )
    drawn = compiler.compile(format="pdf", pdf_standards=[STANDARD])
    if not isinstance(drawn, bytes):
        raise TypeError("the typesetter gives the one file it is asked for")
    return _with_row_headers(drawn)


def _with_row_headers(drawn: bytes) -> bytes:
    """Mark the first cell of each row as the row's header, which the typesetter has no word for."""
    with pikepdf.open(BytesIO(drawn)) as pdf:
        _mark_rows(pdf.Root.StructTreeRoot, pdf)
        written = BytesIO()
        pdf.save(written, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.preserve)
    return written.getvalue()


def _mark_rows(element: pikepdf.Object, pdf: pikepdf.Pdf) -> None:
    kids = _kids(element)
    if element.get("/S") == "/TR" and kids and kids[0].get("/S") == "/TD":
        kids[0].S = pikepdf.Name.TH
        kids[0].A = pikepdf.Dictionary(O=pikepdf.Name.Table, Scope=pikepdf.Name.Row)
    for kid in kids:
        _mark_rows(kid, pdf)


def _kids(element: pikepdf.Object) -> list[pikepdf.Object]:
    kids = element.get("/K", pikepdf.Array())
    listed = list(kids.as_list()) if isinstance(kids, pikepdf.Array) else [kids]
    return [kid for kid in listed if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]

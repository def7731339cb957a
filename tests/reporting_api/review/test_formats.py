"""Editions stored in earlier formats, read by the code of today.

`formats/N.json.gz` is the canonical content of an edition of format N, of the invented city of `conftest.py`; and
`formats/N.shape.json` is what the content of format N has to look like. Neither is ever changed once it is released.
"""

import gzip
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pyarrow.parquet as pq
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.editions.content import EditionContent, digest
from services.reporting_api.editions.formats import CURRENT_FORMAT, STEPS
from services.reporting_api.measures.registry import MeasureUnit
from services.reporting_api.tables.formats.registry import FileFormat
from services.reporting_api.tables.formats.units import UNIT_LABELS
from services.shared.identifiers import new_uuid
from services.shared.tables import Edition
from tests.reporting_api.review.conftest import PUBLISHED_AT, draft, publish

pytestmark = pytest.mark.anyio

KEPT = Path(__file__).with_name("formats")
SAID_OF_RECEIVED = {
    "fi": "yhteensä {} palautetta",
    "sv": "sammanlagt {} responser",
    "en": "a total of {} pieces of feedback",
}
"""How the review's first sentence names the feedback received."""

SAID_ONLY = frozenset({"title", "description", "examples"})
"""Keywords of a JSON Schema that hold nothing to anything."""


def shape() -> Any:
    """What a content has to look like to be read, whatever is said of it."""

    def held(schema: Any, *, is_names: bool = False) -> Any:
        if isinstance(schema, dict):
            return {
                name: held(it, is_names=name in {"properties", "$defs"} and not is_names)
                for name, it in schema.items()
                if is_names or name not in SAID_ONLY
            }
        return [held(it) for it in schema] if isinstance(schema, list) else schema

    return held(EditionContent.model_json_schema())


def test_the_shape_is_that_of_the_format() -> None:
    path = KEPT / f"{CURRENT_FORMAT}.shape.json"
    if not path.exists():
        path.write_text(json.dumps(shape(), indent=1, sort_keys=True) + "\n")
        pytest.fail(f"wrote {path.name}; commit it with the step that leads to format {CURRENT_FORMAT}")
    assert shape() == json.loads(path.read_text()), (
        "the shape of an edition's content has changed: editions that are published could not be read any more. Add a "
        "step to services/reporting_api/editions/formats.py that says what older ones left out, and run this again"
    )


@pytest.mark.usefixtures("published")
async def test_an_edition_of_the_format_is_kept(session: AsyncSession) -> None:
    path = KEPT / f"{CURRENT_FORMAT}.json.gz"
    if not path.exists():
        content = (await session.execute(text("SELECT content FROM edition"))).scalar_one()
        path.write_bytes(gzip.compress(content.encode(), mtime=0))
        pytest.fail(f"wrote {path.name}; commit it with the step that leads to format {CURRENT_FORMAT}")
    assert json.loads(gzip.decompress(path.read_bytes()))["content_format"] == CURRENT_FORMAT


def edition(content: str) -> Edition:
    """A published edition with the content, as a release of its time left it."""
    at = datetime.fromisoformat(PUBLISHED_AT)
    return Edition(
        quarter="2019-Q2",
        version=1,
        state="published",
        content=content,
        content_hash=digest(content),
        internal_content=content,
        internal_hash=digest(content),
        code_version="0.0.1",
        created_at=at,
        created_by="one",
        created_by_key=new_uuid(),
        signed_off_at=at,
        signed_off_by="other",
        signed_off_by_key=new_uuid(),
        published_at=at,
        published_by="one",
    )


@pytest.fixture(params=range(1, CURRENT_FORMAT + 1))
async def stored(request: pytest.FixtureRequest, session: AsyncSession) -> dict[str, Any]:
    """An edition of each format, in the database; its content."""
    content = gzip.decompress((KEPT / f"{request.param}.json.gz").read_bytes()).decode()
    session.add(edition(content))
    await session.flush()
    written: dict[str, Any] = json.loads(content)
    return written


REGISTERS = ("panel_", "residents_initiatives", "social_reports", "help_")
"""How the measures of participation begin; the city keeps none of its registers."""


class TestOfEveryFormat:
    async def test_the_review_is_shown(self, stored: dict[str, Any], anyone: httpx.AsyncClient) -> None:
        received = stored["figures"]["feedback"]["received"]["value"]
        assert received == 42
        for language, said in SAID_OF_RECEIVED.items():
            page = await anyone.get("/reviews/2019-Q2", params={"lang": language})
            assert page.status_code == 200, page.text
            assert said.format(received) in page.text.replace("\u00a0", " "), language
        assert (await anyone.get("/reviews/2019-Q2.pdf")).content.startswith(b"%PDF-")
        assert (await anyone.get("/reviews/2019-Q2/card.png")).status_code == 200
        assert "2019" in (await anyone.get("/reviews/")).text
        assert (await anyone.get("/reviews/feed.atom")).status_code == 200

    async def test_what_was_stored_is_what_is_answered(self, stored: dict[str, Any], anyone: httpx.AsyncClient) -> None:
        answer = (await anyone.get("/v1/editions/2019-Q2")).json()
        assert answer["content"]["tables"] == stored["tables"]
        assert answer["content_hash"] == digest(
            json.dumps(stored, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        )
        for name in stored["tables"]:
            table = await anyone.get(f"/v1/editions/2019-Q2/1/tables/{name}", params={"format": "csv"})
            assert table.status_code == 200, table.text

    @pytest.mark.usefixtures("city")
    async def test_a_correction_is_compared_with_it(
        self, stored: dict[str, Any], app: FastAPI, anyone: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await draft(app, reason="Luku korjattu.")
        await publish(session)
        compared = (await anyone.get("/v1/editions/2019-Q2/2/comparison")).json()
        changed = [one for one in compared["cells"] if one["change"] == "changed"]
        # Rules of disclosure of those days kept intervals that are hidden now, and 0 was said of registers that were
        # not kept. No number is another one.
        unsaid: dict[str, str | None] = {"lower": None, "upper": None}
        unkept = unsaid | {"value": None, "status": "not_available"}
        for one in changed:
            is_nought = one["before"]["value"] == 0 and one["key"][-1].startswith(REGISTERS)
            assert one["after"] in [one["before"] | unsaid, *([one["before"] | unkept] if is_nought else [])]
        received = ["2019-Q2", "received"]
        assert [one for one in compared["cells"] if one["key"] == received] == []
        assert compared["compared"] >= sum(len(table["cells"]) for table in stored["tables"].values())


THEN = "_then"
DEFINED = {"fi": "Silloin näin.", "sv": "Då så här.", "en": "So it was then."}


def of_measures_there_are_no_more(content: dict[str, Any]) -> dict[str, Any]:
    """The content as if every measure had been renamed, and defined otherwise, since."""

    def renamed(part: Any) -> Any:
        if isinstance(part, list):
            return [renamed(it) for it in part]
        if not isinstance(part, dict):
            return part
        return {name: it + THEN if name == "measure" else renamed(it) for name, it in part.items()}

    for tables in (content["tables"], content["series"]):
        for table in tables.values():
            for category in table["dimensions"][-1]["categories"]:
                category["code"] += THEN
            for cell in table["cells"]:
                cell["key"][-1] += THEN
    is_in_languages = content.get("content_format", 1) > ENGLISH_ONLY
    for measure in content["measures"]:
        measure["slug"] += THEN
        measure["definition"] = DEFINED if is_in_languages else DEFINED["en"]
    return content | {"figures": renamed(content["figures"])}


ENGLISH_ONLY = 6
"""The last format whose definitions were in English only."""


@pytest.mark.parametrize("number", [1, CURRENT_FORMAT])
async def test_an_edition_of_measures_there_are_no_more(
    number: int, anyone: httpx.AsyncClient, session: AsyncSession
) -> None:
    content = json.loads(gzip.decompress((KEPT / f"{number}.json.gz").read_bytes()))
    units = {it["slug"] + THEN: it["unit"] for it in content["measures"]}
    session.add(edition(json.dumps(of_measures_there_are_no_more(content))))
    await session.flush()

    for name, stored in content["tables"].items():
        address = f"/v1/editions/2019-Q2/1/tables/{name}"
        answers = {one: await anyone.get(address, params={"format": one, "lang": "en"}) for one in FileFormat}
        assert {answer.status_code for answer in answers.values()} == {200}, name
        rows = answers[FileFormat.JSON].json()["rows"]
        values = {tuple(cell["key"]): cell["value"] for cell in stored["cells"]}
        codes = [dimension["code"] for dimension in stored["dimensions"]]
        assert {tuple(row[code] for code in codes): row["value"] for row in rows} == values
        assert all(row["unit"] == units[row["measure"]] for row in rows)
        assert pq.read_table(io.BytesIO(answers[FileFormat.PARQUET].content)).num_rows == len(rows)
        decimals = answers[FileFormat.JSON_STAT].json()["dimension"]["measure"]["category"].get("unit", {})
        words = {slug: UNIT_LABELS[MeasureUnit(units[slug])]["en"] for slug in decimals}
        assert {slug: it["label"] for slug, it in decimals.items()} == words
        notes = openpyxl.load_workbook(io.BytesIO(answers[FileFormat.XLSX].content))["notes"]
        told = {str(word): str(text) for word, text in notes.iter_rows(values_only=True)}
        assert all(DEFINED["en"] in told[slug] for slug in decimals)
    for language, said in SAID_OF_RECEIVED.items():
        page = await anyone.get("/reviews/2019-Q2", params={"lang": language})
        assert said.format(42) in page.text.replace("\u00a0", " "), language
    assert (await anyone.get("/reviews/2019-Q2.pdf")).content.startswith(b"%PDF-")


async def test_an_edition_of_a_later_release(anyone: httpx.AsyncClient, session: AsyncSession) -> None:
    session.add(edition(f'{{"content_format":{CURRENT_FORMAT + 1}}}'))
    await session.flush()
    answer = await anyone.get("/v1/editions/2019-Q2")
    assert (answer.status_code, answer.json()["code"]) == (503, "edition_format")


def test_every_format_has_a_step_onwards() -> None:
    assert list(STEPS) == list(range(1, CURRENT_FORMAT))

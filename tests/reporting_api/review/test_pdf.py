"""The review's PDF, read back as a screen reader does: it says what the page says, in the same order, and is tagged."""

from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import httpx
import pikepdf
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.reporting_api.language import Language
from services.reporting_api.review.document import OfficerText, Review, ReviewChapter
from services.reporting_api.review.pdf.glyphs import has_glyph, readable
from services.reporting_api.review.pdf.typesetter import render_pdf
from services.reporting_api.review.reasons import ReasonLine
from services.shared.periods import PeriodKind, parse_period
from services.shared.tables.editions import Chapter
from tests.reporting_api.review.conftest import draft
from tests.reporting_api.review.pdf_reading import Tag, flat, printed, read_tags

pytestmark = pytest.mark.anyio

PAGE = "/reviews/2019-Q2"


class Page(HTMLParser):
    """The page's texts in order: headings, sentences, captions, the cells of tables."""

    _TOLD = frozenset({"h1", "h2", "h3", "p", "li", "strong", "th", "td"})
    _UNTOLD = frozenset({"nav", "header", "footer", "summary", "caption", "svg"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[str] = []
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = dict(attrs).get("class") or ""
        if tag in self._UNTOLD or "downloads" in classes or self._silent:
            self._silent += tag not in ("meta", "link", "br")
        elif tag in self._TOLD or "caption" in classes:
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= bool(self._silent)

    def handle_data(self, data: str) -> None:
        if self.texts and not self._silent:
            self.texts[-1] += data


async def read_pdf(client: httpx.AsyncClient, **params: str) -> tuple[pikepdf.Pdf, Tag]:
    answer = await client.get(f"{PAGE}.pdf", params=params)
    assert answer.status_code == 200, answer.text
    pdf = pikepdf.open(BytesIO(answer.content))
    return pdf, read_tags(pdf)


@pytest.mark.usefixtures("published")
async def test_it_says_what_the_page_says_in_the_same_order(anyone: httpx.AsyncClient) -> None:
    for language in Language:
        page = Page((await anyone.get(PAGE, params={"lang": language})).text)
        _, tags = await read_pdf(anyone, lang=language)

        told = [flat(text) for text in page.texts if flat(text)]
        aloud, at = flat(tags.text), 0
        assert len(told) > 150
        for text in told:
            found = aloud.find(text.removesuffix(" #"), at)
            assert found >= 0, f"{text!r} is not told after {aloud[max(0, at - 60) : at]!r}"
            at = found


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("language", "title", "contents", "figure", "follows"),
    [
        (Language.FI, "Miten onnistuimme?", "Sisältö", "Kuva", "kuvan jälkeisessä taulukossa."),
        (Language.SV, "Hur lyckades vi?", "Innehåll", "Figur", "tabellen efter figuren."),
        (Language.EN, "How did we do?", "Contents", "Figure", "in the table that follows."),
    ],
)
async def test_it_is_tagged_as_pdf_ua_asks(
    anyone: httpx.AsyncClient, language: Language, title: str, contents: str, figure: str, follows: str
) -> None:
    pdf, tags = await read_pdf(anyone, lang=language)

    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert str(metadata["dc:title"]).startswith(title)
    assert str(pdf.Root.Lang) == language
    assert bool(pdf.Root.MarkInfo.Marked)
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert len(list(tags.all("Title"))) == 1
    headings = [flat(tag.text) for tag in tags.all("H1")]
    with pdf.open_outline() as outline:
        # The table of contents is in the file's outline too, but for its own heading.
        assert [entry.title for entry in outline.root] == [one for one in headings if one != contents]
    figures = list(tags.all("Figure"))
    assert len(figures) >= 6
    assert all(it.alt and it.alt.endswith(follows) for it in figures)
    captions = [flat(caption.text) for caption in tags.all("Caption")]
    assert [one.partition(".")[0] for one in captions] == [f"{figure} {place}" for place in range(1, len(figures) + 1)]
    assert len(list(tags.all("Link"))) >= len(headings) - 1


@pytest.mark.usefixtures("published")
async def test_every_table_has_headers_of_its_columns_and_rows(anyone: httpx.AsyncClient) -> None:
    _, tags = await read_pdf(anyone)

    tables = list(tags.all("Table"))
    assert len(tables) == len(list(tags.all("Figure")))
    for table in tables:
        (head,), rows = table.all("THead"), [row for body in table.all("TBody") for row in body.all("TR")]
        assert {cell.scope for cell in head.all("TH")} == {"/Column"}
        assert rows
        assert [[kid.kind for kid in row.kids if isinstance(kid, Tag)][:2] for row in rows] == [["TH", "TD"]] * len(
            rows
        )
        assert {next(row.all("TH")).scope for row in rows} == {"/Row"}


@pytest.mark.usefixtures("published")
async def test_words_of_another_language_are_marked(anyone: httpx.AsyncClient) -> None:
    _, tags = await read_pdf(anyone, lang="en")

    finnish = " ".join(
        flat(tag.text) for tag in tags.all("P", "Span", "L", "H2", "LBody", "Em") if tag.language == "fi"
    )

    assert "This text is available in Finnish only." in flat(tags.text)
    assert "Lautakunta" in finnish
    assert "Nimesimme vastuuhoitajan." in finnish


@pytest.mark.usefixtures("published")
async def test_the_same_review_gives_the_same_bytes(anyone: httpx.AsyncClient, officer: httpx.AsyncClient) -> None:
    one, other = await anyone.get(f"{PAGE}.pdf"), await officer.get(f"{PAGE}.pdf", params={"version": "1"})

    assert one.headers["content-type"] == "application/pdf"
    assert one.headers["content-disposition"] == 'inline; filename="katsaus-2019-Q2-v1-fi.pdf"'
    assert one.content == other.content


@pytest.mark.usefixtures("city")
async def test_a_draft_is_marked_and_for_officers_only(
    app: FastAPI, officer: httpx.AsyncClient, anyone: httpx.AsyncClient
) -> None:
    await draft(app)

    assert (await anyone.get(f"{PAGE}.pdf")).status_code == 404
    answer = await officer.get(f"{PAGE}.pdf", params={"lang": "en"})
    assert answer.headers["cache-control"] == "private, no-store"
    _, tags = await read_pdf(officer, lang="en")
    assert "Draft, not published" in flat(tags.text)


@pytest.mark.usefixtures("published")
async def test_the_internal_version_says_on_every_page_that_it_is_one(
    officer: httpx.AsyncClient, anyone: httpx.AsyncClient
) -> None:
    assert (await anyone.get(f"{PAGE}.pdf", params={"internal": "true"})).status_code == 404
    pdf, tags = await read_pdf(officer, internal="true", lang="en")
    assert "Internal version. Numbers that are not published are shown." in flat(tags.text)
    cover, *pages = (flat(printed(page)) for page in pdf.pages)
    assert "Internal version." in cover
    assert len(pages) > 4
    # In the head, and across the page behind the text.
    assert [page.count("Internal version, not public") for page in pages] == [2] * len(pages)
    public, _ = await read_pdf(anyone, lang="en")
    assert not any("Internal" in printed(page) for page in public.pages)


async def test_a_quarter_without_data(app: FastAPI, officer: httpx.AsyncClient) -> None:
    await draft(app)

    _, tags = await read_pdf(officer, lang="en")

    assert "No feedback was received in April–June 2019." in flat(tags.text)
    assert list(tags.all("Figure")) == []


def bare_review(markdown: str) -> Review:
    """A review of one chapter with an officer's text."""
    return Review(
        language=Language.FI,
        quarter=parse_period(PeriodKind.QUARTER, "2021-Q2"),
        title="Otsikko",
        subtitle="Alaotsikko",
        version=1,
        published_on="1. elokuuta 2021",
        embargo=None,
        withdrawal=ReasonLine("Vedetty pois: ", "Laskuvirhe 😀.", Language.FI, None),
        correction=None,
        content_hash="0" * 64,
        is_internal=False,
        is_draft=False,
        demonstration_note=None,
        mark=None,
        digest=("Selvästi.",),
        chapters=(
            ReviewChapter(
                Chapter.PARTICIPATION, "Osallisuus", OfficerText(markdown, Language.FI), (), (), False, (), None
            ),
            ReviewChapter(Chapter.METHODS, "Menetelmät", None, (), (), False, (), None),
        ),
        actions=(),
        methods=("Näin.",),
    )


CORRECTION = ReasonLine("Version 2, 1.8.2021: ", "Korjaus 😀.", Language.SV, "(ruotsiksi)")


def typeset(markdown: str) -> Tag:
    written = render_pdf(bare_review(markdown), corrections=[CORRECTION], has_newer=True, base_url="https://katsaus.fi")
    return read_tags(pikepdf.open(BytesIO(written)))


@pytest.mark.parametrize(
    "text",
    [
        '#panic("x")',
        '#read("/etc/passwd")',
        "$ x^2 $ @viite <nimi> ~ --- \\u{1f600}",
        "= Otsikko / termi: selitys",
        "// ei huomautus",
        "#let review = none",
    ],
)
def test_an_officers_text_commands_nothing(text: str) -> None:
    assert flat(text) in flat(typeset(f"Alku {text} loppu".replace("<", "\\<").replace("\\u", "\\\\u")).text)


def test_headings_of_a_text_skip_no_level() -> None:
    tags = typeset("##### Syvä\n\n# Ylin\n\n### Alempi")

    assert [(tag.kind, flat(tag.text)) for tag in tags.all("H2", "H3", "H4", "H5")] == [
        ("H2", "Syvä"),
        ("H2", "Ylin"),
        ("H3", "Alempi"),
        ("H2", "Korjaukset"),
    ]


def test_characters_that_the_fonts_lack_are_told_by_their_names() -> None:
    assert readable("Hienoa 😀❤️!") == "Hienoa [grinning face][heavy black heart]!"
    assert "Hienoa [grinning face]" in flat(typeset("Hienoa 😀").text)


def test_the_fonts_have_what_they_are_said_to_have() -> None:
    all_of_them = "".join(chr(code) for code in range(0x20, 0x10000) if has_glyph(chr(code)))
    escaped = "".join(f"\\{one}" if one.isascii() and not one.isalnum() else one for one in all_of_them)
    code = all_of_them.replace("`", "")

    tags = typeset(f"{escaped}\n\n**a{escaped}b**\n\n*a{escaped}b*\n\n***a{escaped}b***\n\n`{code}`")

    assert tags.text.count("ŋ") == 5


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet=st.sampled_from("ab \n#*_`[]()<>!-+>1.\\&|😀\u00ad\u200d\t"), max_size=80))
@example("> " * 60 + "syvä")
@example("- " * 60 + "syvä")
@example("[](https://www.hel.fi) []() [x](#topics) # ")
@example("*" * 300)
@example("\x00\ufffe\ud7ff\u202e")
@example("1. a\n\n999999999. b")
def test_no_text_breaks_the_file(markdown: str) -> None:
    assert "Menetelmät" in typeset(markdown).text


def test_a_reason_in_another_language_is_read_aloud_in_it() -> None:
    review, corrections = bare_review("Teksti."), [CORRECTION]
    pdf = pikepdf.open(
        BytesIO(render_pdf(review, corrections=corrections, has_newer=False, base_url="https://katsaus.fi"))
    )

    assert "1.8.2021: Korjaus [grinning face]. (ruotsiksi)" in flat(read_tags(pdf).text)
    marked: list[Any] = [
        instruction.operands[1]
        for page in pdf.pages
        for instruction in pikepdf.parse_content_stream(page)
        if str(instruction.operator) == "BDC"
    ]
    assert [str(it.Lang) for it in marked if "/Lang" in it] == ["sv"]

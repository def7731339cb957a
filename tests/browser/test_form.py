"""The form in Chromium: for everybody, by keyboard, without JavaScript, without a network, on a telephone."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import Up

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]

LANGUAGES = ("fi", "sv", "en")
SEND = {"fi": "Lähetä palaute", "sv": "Skicka responsen", "en": "Send feedback"}
THANKS = {"fi": "Kiitos palautteesta!", "sv": "Tack för din respons!", "en": "Thank you for your feedback!"}
A_PERSONS_TIME = 3.2
"""Seconds: a form that is filled faster is taken for a robot's."""

NewPage = Callable[..., Page]


@pytest.fixture
def new_page(browser: Browser, katsaus_up: Up) -> Iterator[NewPage]:
    """Opens a page of the service in a browser of its own; nothing may be written to the console."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(path: str, **options: object) -> Page:
        context = browser.new_context(base_url=f"http://127.0.0.1:{katsaus_up.ports[0]}", **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # A refused or lost request is told by the browser itself.
    assert [one for one in complaints if not one.startswith("Failed to load resource")] == []


def violations(page: Page) -> list[str]:
    """What axe finds, by rule and element."""
    found = Axe().run(page)
    return [f"{one['id']}: {node['target']}" for one in found.response["violations"] for node in one["nodes"]]


def items(up: Up, words: str) -> list[dict[str, object]]:
    """Feedback that has the words."""
    with up.client(0, key=up.key) as client:
        found: list[dict[str, object]] = client.get("/v1/feedback", params={"q": words}).json()["items"]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barriers_on_any_page(new_page: NewPage, language: str, scheme: str) -> None:
    page = new_page(f"/form?lang={language}", color_scheme=scheme)
    assert violations(page) == []
    page.get_by_role("button", name=SEND[language]).click()
    expect(page.locator("#errors")).to_be_visible()
    assert violations(page) == []
    time.sleep(A_PERSONS_TIME)
    page.locator("#text").fill(f"Selaintesti {language} {scheme}, soita 040 123 4567.")
    page.get_by_role("button", name=SEND[language]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS[language])
    assert violations(page) == []
    page.goto(re.sub(r"sent=1", "sent=0", page.url))
    assert violations(page) == []


def test_the_whole_form_by_keyboard(new_page: NewPage, katsaus_up: Up) -> None:
    page = new_page("/form?lang=fi")
    keys = page.keyboard

    def tab_to(selector: str) -> None:
        for _ in range(30):
            keys.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"{selector} cannot be reached by Tab")

    keys.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    tab_to("[name=type]")
    keys.press("Space")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    tab_to("#text")
    keys.type("Näppäimistöllä kirjoitettu idea")
    tab_to("#unit")
    keys.type("Suun")
    tab_to("#address")
    tab_to("#reply_wanted")
    keys.press("Space")
    tab_to("#sender_email")
    tab_to("[type=submit]")
    time.sleep(A_PERSONS_TIME)
    keys.press("Enter")
    # The error summary has the focus; its link leads to the field.
    expect(page.locator("#errors")).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    expect(page.locator("#sender_email")).to_be_focused()
    keys.type("aino@example.org")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS["fi"])
    (item,) = items(katsaus_up, "näppäimistöllä kirjoitettu")
    assert (item["type"], item["unit"], item["reply_wanted"], item["hold"]) == ("idea", "oral-health", True, None)


def test_without_javascript(new_page: NewPage, katsaus_up: Up) -> None:
    page = new_page("/form?lang=sv", java_script_enabled=False)
    page.get_by_role("button", name=SEND["sv"]).click()
    expect(page.get_by_role("alert")).to_contain_text("Skriv din respons")
    expect(page).to_have_title("Fel: Ge respons")
    time.sleep(A_PERSONS_TIME)
    page.get_by_label("Idé").check()
    page.get_by_label("Respons *").fill("Utan skript fungerar blanketten också")
    page.get_by_role("button", name=SEND["sv"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS["sv"])
    (item,) = items(katsaus_up, "skript")
    assert (item["type"], item["language"], item["hold"]) == ("idea", "sv", None)


def test_two_clicks_are_one_feedback(new_page: NewPage, katsaus_up: Up) -> None:
    page = new_page("/form?lang=en")
    page.locator("#text").fill("Doubleclicked")
    time.sleep(A_PERSONS_TIME)
    page.get_by_role("button", name=SEND["en"]).dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS["en"])
    assert len(items(katsaus_up, "doubleclicked")) == 1


def test_offline_and_back_and_a_reload(new_page: NewPage, katsaus_up: Up) -> None:
    page = new_page("/form?lang=fi")
    page.locator("#text").fill("Metrossa kirjoitettu")
    time.sleep(A_PERSONS_TIME)
    page.context.set_offline(True)
    page.get_by_role("button", name=SEND["fi"]).click()
    expect(page.locator("#status")).to_contain_text("Verkkoyhteys puuttuu")
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("#text")).to_have_value("Metrossa kirjoitettu")
    time.sleep(A_PERSONS_TIME)
    page.get_by_role("button", name=SEND["fi"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS["fi"])
    assert len(items(katsaus_up, "metrossa")) == 1
    page.goto("/form?lang=fi")
    expect(page.locator("#text")).to_have_value("")


def test_the_place_of_the_telephone(new_page: NewPage, katsaus_up: Up) -> None:
    page = new_page("/form?lang=fi", geolocation={"latitude": 60.17, "longitude": 24.94}, permissions=["geolocation"])
    page.get_by_role("button", name="Käytä nykyistä sijaintiani").click()
    expect(page.get_by_text("Sijainti on lisätty.")).to_be_visible()
    page.locator("#text").fill("Lampunvaihto")
    time.sleep(A_PERSONS_TIME)
    page.get_by_role("button", name=SEND["fi"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS["fi"])
    (item,) = items(katsaus_up, "lampunvaihto")
    with katsaus_up.client(0, key=katsaus_up.key) as client:
        content = client.get(f"/v1/feedback/{item['id']}").json()["content"]
    assert (content["latitude"], content["longitude"]) == (60.17, 24.94)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_narrow_telephone_scrolls_one_way_only(new_page: NewPage, language: str) -> None:
    page = new_page(f"/form?lang={language}", viewport={"width": 320, "height": 600})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, select, textarea, input:not([type=hidden]), .choice')]
            .filter(e => e.offsetParent && !e.closest('.trap') && !e.parentElement.matches('.choice'))
            .filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"""
    )
    assert small == []


def test_text_of_twice_the_size(new_page: NewPage) -> None:
    page = new_page("/form?lang=fi", viewport={"width": 640, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '225%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640

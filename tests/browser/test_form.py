"""The form in Chromium: for everybody, by keyboard, without JavaScript, without a network, on a telephone."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

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
    edge = "e => getComputedStyle(e).borderTopColor"
    assert page.locator("#text").evaluate(edge) != page.locator("#title").evaluate(edge), "what is wrong is marked"
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
    tab_to("#title")
    keys.type("Otsikko")
    tab_to("#text")
    keys.type("Näppäimistöllä kirjoitettu idea")
    tab_to("#topic")
    keys.type("Puis")
    tab_to("#branch")
    keys.type("Terv")
    expect(page.locator("#narrowed")).to_contain_text("yksikköä")
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
    assert item["topic"] == "parks"


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


def test_units_narrow_without_javascript(new_page: NewPage, katsaus_up: Up) -> None:
    page = new_page("/form?lang=en", java_script_enabled=False)
    page.locator("#text").fill("Narrowed by hand")
    page.locator("#branch").select_option("sote-health")
    page.get_by_role("button", name="Narrow the units").click()
    expect(page.locator("#errors")).to_be_hidden()
    expect(page.locator("#text")).to_have_value("Narrowed by hand")
    assert page.url.endswith("#unit")
    assert page.locator("#unit option[value=home-care]").count() == 0
    page.locator("#unit").select_option("oral-health")
    time.sleep(A_PERSONS_TIME)
    # Enter sends, though the button that narrows comes first to the eye.
    page.locator("#address").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS["en"])
    (item,) = items(katsaus_up, "narrowed")
    assert item["unit"] == "oral-health"


def test_units_narrow_as_one_chooses_and_widen_again(new_page: NewPage) -> None:
    page = new_page("/form?lang=en")
    expect(page.get_by_role("button", name="Narrow the units")).to_have_count(0)
    options = page.locator("#unit option")
    everything = options.count()
    page.locator("#unit").select_option("home-care")
    page.locator("#branch").select_option("sote-health")
    expect(page.locator("#narrowed")).to_have_text(re.compile(r"There are \d+ units in the list."))
    assert 1 < options.count() < everything
    expect(page.locator("#unit")).to_have_value("")
    page.locator("#branch").select_option("")
    assert options.count() == everything


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_barriers_on_error_pages(new_page: NewPage, language: str, scheme: str) -> None:
    page = new_page(f"/form/nothing?lang={language}", color_scheme=scheme)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert violations(page) == []
    page.goto(f"/form/receipts/XXXX-XXXX-XXXX-XXXX?lang={language}")
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barriers_in_forced_colours(new_page: NewPage, scheme: str) -> None:
    page = new_page("/form?lang=fi", forced_colors="active", color_scheme=scheme)
    page.get_by_role("button", name=SEND["fi"]).click()
    expect(page.locator("#errors")).to_be_focused()
    assert violations(page) == []
    # What a colour says must be said by an edge too.
    edges = "e => getComputedStyle(e).borderTopWidth"
    for selector in ("#errors", "#send", "#text", "#unit"):
        assert page.locator(selector).evaluate(edges) != "0px", selector


def test_files_over_the_limit_are_told_before_they_are_sent(new_page: NewPage) -> None:
    page = new_page("/form?lang=en")
    page.locator("#text").fill("With many files")
    files = [{"name": f"{number}.png", "mimeType": "image/png", "buffer": b"x"} for number in range(6)]
    page.locator("#attachments").set_input_files(files)  # type: ignore[arg-type]
    page.get_by_role("button", name=SEND["en"]).click()
    expect(page.locator("#errors")).to_be_focused()
    expect(page.locator("#attachments-error")).to_contain_text("up to 5")


def test_too_large_a_body_without_javascript_is_a_page_and_the_words_are_there_again(
    new_page: NewPage, tmp_path: Path
) -> None:
    page = new_page("/form?lang=sv", java_script_enabled=False)
    page.locator("#text").fill("Det här försvinner inte")
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.truncate(70_000_000)
    page.locator("#attachments").set_input_files(large)
    page.get_by_role("button", name=SEND["sv"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Filerna är för stora")
    page.go_back()
    expect(page.locator("#text")).to_have_value("Det här försvinner inte")


def test_a_permission_is_withdrawn_on_the_receipts_page(new_page: NewPage, katsaus_up: Up) -> None:
    page = new_page("/form?lang=en", java_script_enabled=False)
    page.locator("#text").fill("Publishable words")
    page.get_by_label("My feedback may be published").check()
    time.sleep(A_PERSONS_TIME)
    page.get_by_role("button", name=SEND["en"]).click()
    page.get_by_role("button", name="Withdraw the permission to publish").click()
    expect(page.get_by_text("has been withdrawn")).to_be_visible()
    (item,) = items(katsaus_up, "publishable")
    assert item["publication_permitted"] is False


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
    page.get_by_label("Idea").check()
    page.locator("#branch").select_option("sote-health")
    page.locator("#topic").select_option("parks")
    page.locator("#sender_email").fill("aino@example.org")
    time.sleep(A_PERSONS_TIME)
    page.context.set_offline(True)
    page.get_by_role("button", name=SEND["fi"]).click()
    expect(page.locator("#status")).to_contain_text("Verkkoyhteys puuttuu")
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("#text")).to_have_value("Metrossa kirjoitettu")
    expect(page.get_by_label("Idea")).to_be_checked()
    expect(page.locator("#branch")).to_have_value("sote-health")
    expect(page.locator("#topic")).to_have_value("parks")
    expect(page.locator("#sender_email")).to_have_value("")
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

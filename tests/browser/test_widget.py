"""The widget in Chromium, on pages that are not ours: for everybody, by keyboard, without a network, in two tabs."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, Route, expect

from tests.browser.host_page import HostSite, host_site
from tests.journeys.conftest import Up

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]

LANGUAGES = ("fi", "sv", "en")
SEND = {"fi": "Lähetä vastaukset", "sv": "Skicka svaren", "en": "Send answers"}
THANKS = {"fi": "Kiitos vastauksestasi!", "sv": "Tack för ditt svar!", "en": "Thank you for your answer!"}
WAITING = "Kiitos! Vastauksesi odottaa lähettämistä."
RETRY_MS = 20_000
"""More than the widget waits before it tries again."""

HOSTILE = """
* { all: unset !important; color: yellow !important; font: 3px/1 cursive !important; }
body *, body *::before { position: static !important; visibility: hidden !important; opacity: 0 !important; }
div, section, form, fieldset, label, input, button { display: none !important; }
main, h1 { display: block !important; }
html { font-size: 3px !important; }
"""


def label(fi: str, sv: str, en: str) -> dict[str, str]:
    return {"fi": fi, "sv": sv, "en": en}


def asked(code: str, kind: str, words: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"code": code, "kind": kind, "labels": words} | more


CHOICES = [
    {"code": "booking", "labels": label("Ajanvaraus", "Tidsbokning", "Booking")},
    {"code": "advice", "labels": label("Neuvonta", "Rådgivning", "Advice")},
    {"code": "other", "labels": label("Muu", "Annat", "Other")},
]
MOOD = asked("mood", "smiley_5", label("Miten asiointi sujui?", "Hur gick det?", "How did it go?"), is_required=True)
QUESTIONS = [
    MOOD,
    asked("buttons", "smiley_4", label("Entä odotusaika?", "Och väntetiden?", "And the wait?")),
    asked("clear", "scale", label("Oliko ohje selkeä?", "Var anvisningen tydlig?", "Was it clear?"), scale_steps=101),
    asked("topic", "single_choice", label("Mitä asiasi koski?", "Vad gällde det?", "What about?"), options=CHOICES),
    asked("ways", "multiple_choice", label("Miten asioit?", "Hur?", "In which ways?"), options=CHOICES),
    asked("settled", "yes_no", label("Asiani hoitui.", "Ärendet sköttes.", "It was settled."), purpose="statement"),
    asked("grade", "grade", label("Minkä arvosanan annat?", "Vilket vitsord?", "Which grade?")),
    asked("again", "nps", label("Suositteletko?", "Rekommenderar du?", "Would you recommend it?")),
    asked("comment", "text", label("Mitä haluat sanoa?", "Vad vill du säga?", "Anything else?"), purpose="comment"),
]


@dataclass
class Service:
    """survey_api, as a page's owner and as staff see it."""

    up: Up

    @property
    def origin(self) -> str:
        """Where the widget comes from."""
        return f"http://127.0.0.1:{self.up.ports[1]}"

    def call(self, method: str, path: str, **options: Any) -> Any:
        """The JSON that staff get."""
        with self.up.client(1, key=self.up.key) as client:
            answer: httpx.Response = client.request(method, path, **options)
        assert answer.is_success, answer.text
        return answer.json()

    def add(self, code: str, questions: list[dict[str, Any]] | None = None, **more: Any) -> str:
        """A new survey; its code."""
        names = label("Kerro kokemuksestasi", "Berätta om din upplevelse", "Tell us about your visit")
        body = {"code": code, "kind": "questionnaire", "names": names, "unit": "oral-health", "collection_mode": "web"}
        opened = {"opens_at": "2021-01-01T00:00:00+02:00", "questions": questions or [MOOD, QUESTIONS[-1]]}
        self.call("POST", "/v1/surveys", json=body | opened | more)
        return code

    def answers(self, survey: str) -> list[dict[str, Any]]:
        """What has arrived."""
        items: list[dict[str, Any]] = self.call("GET", "/v1/responses", params={"survey": survey})["items"]
        return items

    def tag(self, survey: str, **data: str) -> str:
        """What a page's owner pastes."""
        attributes = "".join(f' data-{name.replace("_", "-")}="{value}"' for name, value in data.items())
        return f'<script src="{self.origin}/widget.js" data-survey="{survey}"{attributes} async></script>'


@pytest.fixture(scope="module")
def service(katsaus_up: Up) -> Service:
    return Service(katsaus_up)


@pytest.fixture(scope="module")
def site() -> Iterator[HostSite]:
    with host_site() as site:
        yield site


@pytest.fixture(scope="module")
def every_kind(service: Service) -> str:
    """A survey with every kind of question, whose last option has no words but Finnish."""
    return service.add("widget-every-kind", QUESTIONS)


NewPage = Callable[..., Page]


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """Opens an address in a browser of its own; nothing may be written to the console but what is expected."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(address: str, **options: Any) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # A refused or lost request is told by the browser itself; [katsaus] is for the page's owner.
    assert [one for one in complaints if not one.startswith(("Failed to load resource", "[katsaus]"))] == []


def violations(page: Page) -> list[str]:
    """What axe finds, by rule and element."""
    found = Axe().run(page)
    return [f"{one['id']}: {node['target']}" for one in found.response["violations"] for node in one["nodes"]]


def happy(page: Page) -> Locator:
    """The radio button of the first smiley."""
    return page.locator('input[name=mood][value="very_happy"]')


def id_of(request: Request) -> str:
    """The id of the response that is sent."""
    body = request.post_data_json
    assert body is not None
    return str(body["id"])


def kept(page: Page) -> list[str]:
    """The keys of what the widget has left in the browser."""
    keys: list[str] = page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('katsaus.'))")
    return keys


def answer_and_send(page: Page, language: str = "fi") -> None:
    happy(page).check()
    page.get_by_role("button", name=SEND[language]).click()


class TestBarriers:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_none_in_any_state(
        self, new_page: NewPage, service: Service, site: HostSite, every_kind: str, language: str, scheme: str
    ) -> None:
        address = site.page(f"/axe-{language}", service.tag(every_kind, lang=language), lang=language)
        page = new_page(address, color_scheme=scheme)
        send = page.get_by_role("button", name=SEND[language])
        expect(send).to_be_visible()
        assert violations(page) == []
        page.locator("#_handle").check()
        page.locator("#_email").fill("nowhere")
        send.click()
        expect(page.locator(".summary")).to_be_focused()
        assert page.locator(".summary a").count() == 3
        assert violations(page) == []
        for locator in (happy(page), page.locator("[name=ways]").first):
            locator.check()
        page.locator("#comment").fill("…")
        page.locator("#_email").fill("aino@example.org")
        page.context.set_offline(True)
        send.click()
        expect(page.locator(".wait")).to_be_visible()
        assert violations(page) == []
        page.context.set_offline(False)
        expect(page.get_by_role("heading", name=THANKS[language])).to_be_focused(timeout=RETRY_MS)
        assert violations(page) == []

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_none_on_our_own_pages(self, new_page: NewPage, service: Service, every_kind: str, language: str) -> None:
        page = new_page(f"{service.origin}/demo/chat?lang={language}")
        page.locator("#end").click()
        expect(page.locator("#ended")).to_be_focused()
        expect(page.get_by_role("button", name=SEND[language])).to_be_visible()
        assert violations(page) == []
        plain = new_page(f"{service.origin}/embed/{every_kind}?lang={language}", java_script_enabled=False)
        expect(plain.get_by_role("button", name=SEND[language])).to_be_visible()
        page.goto(f"{service.origin}/embed/{every_kind}?lang={language}&sent=1")
        expect(page.get_by_role("heading", level=1)).to_have_text(THANKS[language])
        assert violations(page) == []

    def test_the_whole_widget_by_keyboard(
        self, new_page: NewPage, service: Service, site: HostSite, every_kind: str
    ) -> None:
        page = new_page(site.page("/keyboard", service.tag(every_kind, interaction="keyboard")))
        expect(page.get_by_role("button", name=SEND["fi"])).to_be_visible()
        page.evaluate(
            """window.focused = () => {
              let one = document.activeElement;
              while (one.shadowRoot) one = one.shadowRoot.activeElement;
              return one;
            }"""
        )

        def tab_to(selector: str) -> None:
            for _ in range(30):
                page.keyboard.press("Tab")
                if page.evaluate("selector => window.focused()?.matches?.(selector)", selector):
                    seen = "one => one.matches('.tile input') ? one.nextElementSibling : one"
                    outline = page.evaluate(f"getComputedStyle(({seen})(window.focused())).outlineStyle")
                    assert outline == "solid", f"the focus of {selector} is not seen"
                    return
            raise AssertionError(f"{selector} cannot be reached by Tab")

        tab_to("[type=submit]")
        page.keyboard.press("Enter")
        expect(page.locator(".summary")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(happy(page)).to_be_focused()
        page.keyboard.press("ArrowRight")
        tab_to("[name=clear]")
        page.keyboard.press("ArrowLeft")
        tab_to("[name=ways]")
        page.keyboard.press("Space")
        tab_to("[name=settled]")
        page.keyboard.press("Space")
        tab_to("#comment")
        page.keyboard.type("Kirjoitettu näppäimillä")
        tab_to("[type=submit]")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=THANKS["fi"])).to_be_focused()
        (item,) = [one for one in service.answers(every_kind) if one["interaction_id"] == "keyboard"]
        assert item["answers"] == {"mood": "happy", "clear": 100, "ways": ["booking"], "settled": True, "comment": True}

    def test_what_a_screen_reader_hears(
        self, new_page: NewPage, service: Service, site: HostSite, every_kind: str
    ) -> None:
        page = new_page(site.page("/names", service.tag(every_kind, lang="sv"), lang="sv"))
        group = page.get_by_role("group", name="Hur gick det? (obligatorisk)")
        expect(group.get_by_role("radio")).to_have_count(5)
        for name in ("Mycket nöjd", "Nöjd", "Varken eller", "Missnöjd", "Mycket missnöjd"):
            expect(group.get_by_role("radio", name=name, exact=True)).to_have_count(1)
        expect(page.get_by_role("textbox", name="Vad vill du säga?")).to_have_accessible_description(
            re.compile("personbeteckning")
        )
        expect(page.locator("section.katsaus")).to_have_attribute("lang", "sv")

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_narrow_telephone_scrolls_one_way_only(
        self, new_page: NewPage, service: Service, site: HostSite, every_kind: str, language: str
    ) -> None:
        address = site.page(f"/narrow-{language}", service.tag(every_kind, lang=language))
        page = new_page(address, viewport={"width": 320, "height": 600})
        expect(page.get_by_role("button", name=SEND[language])).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        small = page.locator(".box, .choice, button, textarea, select").evaluate_all(
            "all => all.filter(e => e.offsetParent).map(e => [e.className, e.getBoundingClientRect()])"
            ".filter(([, box]) => box.height < 44 || box.width < 44).map(([name]) => name)"
        )
        assert small == []

    def test_text_of_twice_the_size(self, new_page: NewPage, service: Service, site: HostSite, every_kind: str) -> None:
        # Zooming to 200 % halves the room and leaves all else.
        page = new_page(site.page("/zoom", service.tag(every_kind)), viewport={"width": 320, "height": 256})
        expect(page.get_by_role("button", name=SEND["fi"])).to_be_visible()
        cut = page.locator(".box, .choice, legend, .label").evaluate_all(
            "all => all.filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth).map(e => e.textContent)"
        )
        assert cut == []

    def test_forced_colours_show_what_is_chosen(
        self, new_page: NewPage, service: Service, site: HostSite, every_kind: str
    ) -> None:
        page = new_page(site.page("/forced", service.tag(every_kind)), forced_colors="active")
        happy(page).check()
        colours = (
            page.locator(".faces")
            .first.locator(".box")
            .evaluate_all("all => all.map(e => getComputedStyle(e).backgroundColor)")
        )
        assert colours[0] != colours[1]
        assert len(set(colours[1:])) == 1

    def test_motion_only_for_those_who_like_it(
        self, new_page: NewPage, service: Service, site: HostSite, every_kind: str
    ) -> None:
        address = site.page("/motion", service.tag(every_kind))
        durations = []
        for motion in ("reduce", "no-preference"):
            box = new_page(address, reduced_motion=motion).locator(".box").first
            durations.append(box.evaluate("e => getComputedStyle(e).transitionDuration"))
        assert durations[0] == "0s" != durations[1]

    @pytest.mark.parametrize(("theme", "scheme", "is_dark"), [("dark", "light", True), ("light", "dark", False)])
    def test_a_page_may_set_the_theme(
        self, new_page: NewPage, service: Service, site: HostSite, theme: str, scheme: str, is_dark: bool
    ) -> None:
        address = site.page(f"/theme-{theme}", service.tag("dental-chat", theme=theme))
        box = new_page(address, color_scheme=scheme).locator("section.katsaus")
        colour = box.evaluate("e => getComputedStyle(e).backgroundColor")
        assert (colour == "rgb(20, 23, 28)") == is_dark


class TestHostPage:
    def test_hostile_styles_do_not_reach_it(
        self, new_page: NewPage, service: Service, site: HostSite, every_kind: str
    ) -> None:
        peaceful = new_page(site.page("/peaceful", service.tag(every_kind)))
        hostile = new_page(site.page("/hostile", service.tag(every_kind), head=f"<style>{HOSTILE}</style>"))
        looks = []
        for page in (peaceful, hostile):
            expect(page.get_by_role("button", name=SEND["fi"])).to_be_visible()
            looks.append(
                page.locator(".title, legend, .box, .choice, textarea, button").evaluate_all(
                    "all => all.map(e => { const s = getComputedStyle(e); return [s.display, s.visibility, s.opacity,"
                    " s.color, s.fontSize, s.fontFamily, s.lineHeight, s.height, s.borderTopWidth] })"
                )
            )
        assert len(looks[0]) > 50
        assert looks[0] == looks[1]
        answer_and_send(hostile)
        expect(hostile.get_by_role("heading", name=THANKS["fi"])).to_be_visible()

    @pytest.mark.parametrize("trusted_types", ["", "; require-trusted-types-for 'script'"])
    def test_a_strict_policy_lets_it_work(
        self, new_page: NewPage, service: Service, site: HostSite, every_kind: str, trusted_types: str
    ) -> None:
        policy = (
            f"default-src 'none'; script-src {service.origin}; connect-src {service.origin}; base-uri 'none'; "
            f"form-action 'none'; style-src 'self'{trusted_types}"
        )
        page = new_page(site.page(f"/strict{len(trusted_types)}", service.tag(every_kind), policy=policy))
        answer_and_send(page)
        expect(page.get_by_role("heading", name=THANKS["fi"])).to_be_visible()
        colour = page.locator("section.katsaus").evaluate("e => getComputedStyle(e).borderTopColor")
        assert colour == "rgb(0, 0, 191)"

    def test_its_hash_is_checked(self, new_page: NewPage, service: Service, site: HostSite, every_kind: str) -> None:
        with service.up.client(1) as client:
            told = client.get("/widget.json").json()

        def tag(integrity: str) -> str:
            return (
                f'<script src="{service.origin}{told["url"]}" integrity="{integrity}" crossorigin="anonymous" '
                f'data-survey="{every_kind}" async onerror="document.title = \'blocked\'"></script>'
            )

        page = new_page(site.page("/pinned", tag(told["integrity"])))
        expect(page.get_by_role("button", name=SEND["fi"])).to_be_visible()
        context = page.context
        other = context.new_page()
        other.goto(site.page("/forged", tag("sha384-" + "A" * 64)))
        expect(other).to_have_title("blocked")

    def test_it_adds_one_name_and_two_widgets_live_side_by_side(
        self, new_page: NewPage, service: Service, site: HostSite, every_kind: str
    ) -> None:
        address = site.page(
            "/two",
            "<script>window.before = new Set(Object.keys(window))</script>"
            f'<div id="here"><a href="#">A link instead</a></div>{service.tag(every_kind, target="#here")}'
            f"{service.tag('dental-chat', lang='en', heading='3')}",
        )
        page = new_page(address)
        expect(page.locator("#here").get_by_role("button", name=SEND["fi"])).to_be_visible()
        expect(page.get_by_role("button", name=SEND["en"])).to_be_visible()
        expect(page.get_by_role("heading", level=3, name="Dental care")).to_be_visible()
        expect(page.get_by_text("A link instead")).to_have_count(0)
        added = page.evaluate("Object.keys(window).filter(name => !window.before.has(name) && name !== 'before')")
        assert added == ["katsausWidget"]

    def test_what_cannot_be_shown_costs_the_page_nothing(
        self, new_page: NewPage, service: Service, site: HostSite
    ) -> None:
        body = f'<div id="here"><a href="#">A link instead</a></div>{service.tag("nowhere", target="#here")}'
        page = new_page(site.page("/nowhere", body))
        with page.expect_console_message(lambda message: "nowhere" in message.text):
            page.reload()
        expect(page.get_by_text("A link instead")).to_be_visible()

    def test_scripts_may_draw_it_and_hear_of_the_answer(
        self, new_page: NewPage, service: Service, site: HostSite, every_kind: str
    ) -> None:
        page = new_page(site.page("/mount", f'<div id="here"></div><script src="{service.origin}/widget.js"></script>'))
        page.evaluate(
            "survey => { document.addEventListener('katsaus:answered', event => { window.heard = event.detail });"
            " window.katsausWidget.mount({survey, lang: 'en', target: '#here', interaction: 'mounted'}) }",
            every_kind,
        )
        answer_and_send(page, "en")
        expect(page.get_by_role("heading", name=THANKS["en"])).to_be_visible()
        (item,) = [one for one in service.answers(every_kind) if one["interaction_id"] == "mounted"]
        assert page.evaluate("window.heard") == {"survey": every_kind, "id": item["id"]}
        assert (item["version"], item["language"], item["answers"]) == (1, "en", {"mood": "very_happy"})

    def test_another_page_is_told_that_it_may_not(self, new_page: NewPage, service: Service, site: HostSite) -> None:
        survey = service.add("widget-listed", allowed_origins=["https://www.hel.fi"])
        page = new_page(site.page("/unlisted", service.tag(survey)))
        expect(page.get_by_text("Kyselyyn ei voi vastata tällä sivulla.")).to_be_visible()
        frame = site.page("/framing", f'<iframe title="Kysely" src="{service.origin}/embed/{survey}?lang=fi"></iframe>')
        with page.expect_response(lambda response: "/embed/" in response.url) as answered:
            page.goto(frame)
        assert answered.value.status == 403
        service.call("PUT", f"/v1/surveys/{survey}/allowed-origins", json={"allowed_origins": [site.origin]})
        page.goto(frame)
        inside = page.frame_locator("iframe")
        inside.locator('input[name=mood][value="happy"]').check()
        inside.get_by_role("button", name=SEND["fi"]).click()
        expect(inside.get_by_role("heading", name=THANKS["fi"])).to_be_visible()
        page.goto(f"{site.origin}/unlisted")
        answer_and_send(page)
        expect(page.get_by_role("heading", name=THANKS["fi"])).to_be_visible()
        assert len(service.answers(survey)) == 2


class TestFollowUps:
    def test_a_follow_up_is_asked_after_its_answers_only(
        self, new_page: NewPage, service: Service, site: HostSite
    ) -> None:
        survey = service.add("widget-follow-up", [MOOD, QUESTIONS[4], QUESTIONS[5], QUESTIONS[-1]])
        conditions = {
            "ways": {"question": "mood", "values": ["unhappy", "very_unhappy"]},
            "settled": {"question": "ways", "values": ["booking"]},
        }

        def conditioned(route: Route) -> None:
            answer = route.fetch()
            shown = answer.json()
            for question in shown["questions"]:
                question["shown_when"] = conditions.get(question["code"])
            route.fulfill(response=answer, json=shown)

        page = new_page("about:blank")
        page.route(f"**/v1/surveys/{survey}", conditioned)
        page.goto(site.page("/follow-up", service.tag(survey)))
        ways, settled = page.locator("[name=ways]").first, page.locator("[name=settled]").first
        expect(happy(page)).to_be_visible()
        expect(ways).to_be_hidden()
        page.locator('[name=mood][value="unhappy"]').check()
        expect(settled).to_be_hidden()
        ways.check()
        settled.check()
        # Whoever thinks better of it is not asked, and what was answered meanwhile is not sent.
        happy(page).check()
        expect(ways).to_be_hidden()
        expect(settled).to_be_hidden()
        page.get_by_role("button", name=SEND["fi"]).click()
        expect(page.get_by_role("heading", name=THANKS["fi"])).to_be_visible()
        (item,) = service.answers(survey)
        assert item["answers"] == {"mood": "very_happy"}


class TestWithoutJavaScript:
    def test_the_page_takes_answers(self, new_page: NewPage, service: Service) -> None:
        survey = service.add("widget-plain", QUESTIONS)
        page = new_page(f"{service.origin}/embed/{survey}?lang=sv&interaction=plain", java_script_enabled=False)
        page.get_by_role("button", name=SEND["sv"]).click()
        expect(page.get_by_role("alert")).to_contain_text("Välj ett alternativ.")
        page.get_by_role("radio", name="Nöjd", exact=True).first.check()
        page.get_by_label("Vad vill du säga?").fill("Utan skript")
        page.get_by_role("button", name=SEND["sv"]).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(THANKS["sv"])
        page.reload()
        (item,) = service.answers(survey)
        assert (item["interaction_id"], item["language"]) == ("plain", "sv")
        assert item["answers"] == {"mood": "happy", "comment": True}

    def test_the_widget_takes_the_pages_place(self, new_page: NewPage, service: Service, every_kind: str) -> None:
        page = new_page(f"{service.origin}/embed/{every_kind}?lang=en&interaction=framed")
        expect(page.locator("form[action]")).to_have_count(0)
        answer_and_send(page, "en")
        expect(page.get_by_role("heading", level=1, name=THANKS["en"])).to_be_visible()
        assert page.url.endswith("interaction=framed")


class TestSendingOnce:
    def test_two_clicks_are_one_answer(self, new_page: NewPage, service: Service, site: HostSite) -> None:
        survey = service.add("widget-double")
        page = new_page(site.page("/double", service.tag(survey)))
        happy(page).check()
        page.get_by_role("button", name=SEND["fi"]).dblclick()
        expect(page.get_by_role("heading", name=THANKS["fi"])).to_be_visible()
        assert len(service.answers(survey)) == 1
        assert kept(page) == []

    def test_offline_and_back_on_another_page(self, new_page: NewPage, service: Service, site: HostSite) -> None:
        survey = service.add("widget-offline")
        address = site.page("/offline", service.tag(survey))
        page = new_page(address)
        happy(page).check()
        page.locator("#comment").fill("Metrossa kirjoitettu")
        page.context.set_offline(True)
        before = datetime.now(UTC)
        page.get_by_role("button", name=SEND["fi"]).click()
        expect(page.get_by_role("heading", name=WAITING)).to_be_focused()
        assert len(kept(page)) == 1
        page.goto("about:blank")
        page.context.set_offline(False)
        assert service.answers(survey) == []
        with page.expect_response(lambda response: response.request.method == "POST") as sent:
            page.goto(address)
        assert sent.value.status == 201
        page.wait_for_function("Object.keys(localStorage).length === 0")
        (item,) = service.answers(survey)
        assert abs(datetime.fromisoformat(item["given_at"]) - before) < timedelta(seconds=30)
        assert item["id"][14] == "7"

    def test_offline_and_back_on_the_same_page(self, new_page: NewPage, service: Service, site: HostSite) -> None:
        survey = service.add("widget-underground")
        page = new_page(site.page("/underground", service.tag(survey)))
        happy(page).check()
        page.context.set_offline(True)
        page.get_by_role("button", name=SEND["fi"]).click()
        expect(page.get_by_role("heading", name=WAITING)).to_be_visible()
        page.context.set_offline(False)
        expect(page.get_by_role("heading", name=THANKS["fi"])).to_be_visible(timeout=RETRY_MS)
        assert len(service.answers(survey)) == 1

    def test_a_service_that_is_down_and_back(self, new_page: NewPage, service: Service, site: HostSite) -> None:
        survey = service.add("widget-down")
        page = new_page(site.page("/down", service.tag(survey)))
        happy(page).check()
        tries: list[str] = []

        def unavailable(route: Route) -> None:
            tries.append(id_of(route.request))
            headers = {"Retry-After": "1", "Access-Control-Allow-Origin": "*"}
            if len(tries) == 1:
                # It took the answer, and went down before it said so.
                route.fetch()
            route.fulfill(status=503, headers=headers, json={"code": "unavailable"})

        page.route("**/responses", unavailable)
        page.get_by_role("button", name=SEND["fi"]).click()
        expect(page.get_by_role("heading", name=WAITING)).to_be_visible()
        page.unroute("**/responses")
        with page.expect_response("**/responses", timeout=RETRY_MS) as again:
            pass
        assert (again.value.status, again.value.json()["id"]) == (201, tries[0])
        expect(page.get_by_role("heading", name=THANKS["fi"])).to_be_visible()
        assert [one["id"] for one in service.answers(survey)] == [tries[0]]
        assert kept(page) == []

    @pytest.mark.parametrize("has_locks", [True, False], ids=["locks", "leases"])
    def test_two_tabs_do_not_send_it_twice(
        self, new_page: NewPage, service: Service, site: HostSite, has_locks: bool
    ) -> None:
        survey = service.add(f"widget-tabs-{str(has_locks).lower()}")
        address = site.page(f"/tabs-{has_locks}", service.tag(survey))
        page = new_page(address)
        context = page.context
        if not has_locks:
            context.add_init_script("Object.defineProperty(navigator, 'locks', {value: undefined})")
            page.reload()
        other = context.new_page()
        other.goto(address)
        happy(page).check()
        context.set_offline(True)
        page.get_by_role("button", name=SEND["fi"]).click()
        expect(page.get_by_role("heading", name=WAITING)).to_be_visible()
        posts: list[str] = []

        def slowly(route: Route, request: Request) -> None:
            if request.method == "POST":
                posts.append(id_of(request))
            route.continue_()

        context.route("**/responses", slowly)
        # Both hear that the network is back at once.
        context.set_offline(False)
        expect(page.get_by_role("heading", name=THANKS["fi"])).to_be_visible(timeout=RETRY_MS)
        other.reload()
        expect(other.get_by_role("button", name=SEND["fi"])).to_be_visible()
        assert len(posts) == 1
        assert len(service.answers(survey)) == 1
        assert kept(other) == []

    def test_a_final_refusal_is_dropped_and_told(self, new_page: NewPage, service: Service, site: HostSite) -> None:
        survey = service.add("widget-refused")
        page = new_page(site.page("/refused", service.tag(survey)))
        happy(page).check()
        page.context.set_offline(True)
        page.get_by_role("button", name=SEND["fi"]).click()
        expect(page.get_by_role("heading", name=WAITING)).to_be_visible()
        service.call("PUT", f"/v1/surveys/{survey}/allowed-origins", json={"allowed_origins": []})
        page.context.set_offline(False)
        expect(page.get_by_text("Kyselyyn ei voi vastata tällä sivulla.")).to_be_visible(timeout=RETRY_MS)
        assert kept(page) == []
        assert service.answers(survey) == []

    def test_where_nothing_can_be_kept_it_is_sent_again_by_hand(
        self, new_page: NewPage, service: Service, site: HostSite
    ) -> None:
        survey = service.add("widget-forgetful")
        address = site.page("/forgetful", service.tag(survey))
        page = new_page(address)
        page.context.add_init_script("Storage.prototype.setItem = () => { throw new Error('full') }")
        page.reload()
        happy(page).check()
        page.context.set_offline(True)
        page.get_by_role("button", name=SEND["fi"]).click()
        expect(page.get_by_role("alert")).to_contain_text("Yritä hetken kuluttua uudelleen.")
        expect(happy(page)).to_be_checked()
        page.context.set_offline(False)
        page.get_by_role("button", name=SEND["fi"]).click()
        expect(page.get_by_role("heading", name=THANKS["fi"])).to_be_visible()
        assert len(service.answers(survey)) == 1

    def test_no_more_is_kept_than_is_said(self, new_page: NewPage, service: Service, site: HostSite) -> None:
        survey = service.add("widget-bounded")
        address = site.page("/bounded", service.tag(survey))
        page = new_page(address)
        page.evaluate(
            """() => { for (let n = 0; n < 20; n += 1) localStorage.setItem(`katsaus.answer.${n}`,
                JSON.stringify({id: `${n}`, api: "https://elsewhere.example", made: Date.now(), next: 0, body: {}}));
              localStorage.setItem("katsaus.answer.old", JSON.stringify({id: "old", made: Date.now() - 8 * 86400000}));
              localStorage.setItem("katsaus.answer.broken", "{");
              localStorage.setItem("somebody's own", "1") }"""
        )
        page.reload()
        happy(page).check()
        page.context.set_offline(True)
        page.get_by_role("button", name=SEND["fi"]).click()
        expect(page.get_by_role("alert")).to_contain_text("Yritä hetken kuluttua uudelleen.")
        assert len(kept(page)) == 20
        assert page.evaluate("""localStorage.getItem("somebody's own")""") == "1"

    @pytest.mark.parametrize("days", [-400, 400])
    def test_a_clock_that_is_a_year_off(self, new_page: NewPage, service: Service, site: HostSite, days: int) -> None:
        survey = service.add(f"widget-clock{days}")
        address = site.page(f"/clock{days}", service.tag(survey))
        page = new_page("about:blank")
        page.context.add_init_script(f"const right = Date.now; Date.now = () => right() + {days} * 86400000")
        page.goto(address)
        answer_and_send(page)
        expect(page.get_by_role("heading", name=THANKS["fi"])).to_be_visible()
        (item,) = service.answers(survey)
        assert abs(datetime.fromisoformat(item["given_at"]) - datetime.now(UTC)) < timedelta(minutes=2)


class TestFineScale:
    @pytest.mark.parametrize(
        ("language", "name"), [("fi", "Tai kirjoita luku"), ("sv", "Eller skriv ett tal"), ("en", "Or enter a number")]
    )
    def test_every_step_can_be_given(
        self, new_page: NewPage, service: Service, site: HostSite, every_kind: str, language: str, name: str
    ) -> None:
        interaction = f"exact-{language}"
        page = new_page(site.page(f"/{interaction}", service.tag(every_kind, lang=language, interaction=interaction)))
        number = page.get_by_role("textbox", name=f"{name} (0–100)")
        number.fill("40")
        expect(page.locator("[name=clear][value='40']")).to_be_checked()
        page.locator("[name=clear][value='70']").check()
        expect(number).to_have_value("70")
        number.fill("37")
        expect(page.locator("[name=clear]:checked")).to_have_count(0)
        answer_and_send(page, language)
        expect(page.get_by_role("heading", name=THANKS[language])).to_be_visible()
        (item,) = [one for one in service.answers(every_kind) if one["interaction_id"] == interaction]
        assert item["answers"]["clear"] == 37

    @pytest.mark.parametrize("written", ["101", "-1", "3,5", "x"])
    def test_what_is_no_step_is_told_and_led_to(
        self, new_page: NewPage, service: Service, site: HostSite, every_kind: str, written: str
    ) -> None:
        page = new_page(site.page("/no-step", service.tag(every_kind)))
        number = page.locator("#clear-exact")
        number.fill(written)
        answer_and_send(page)
        link = page.locator(".summary a")
        expect(link).to_have_text("Oliko ohje selkeä? Kirjoita luku (0–100)")
        link.click()
        expect(number).to_be_focused()
        expect(number).to_have_attribute("aria-invalid", "true")
        expect(number).to_have_accessible_description("Kirjoita luku (0–100)")

    def test_a_required_scale_of_other_steps(self, new_page: NewPage, service: Service, site: HostSite) -> None:
        asked_once = asked("calm", "scale", label("Rauhallista?", "Lugnt?", "Calm?"), scale_steps=21, is_required=True)
        survey = service.add("widget-fives", [asked_once])
        page = new_page(site.page("/fives", service.tag(survey)))
        page.get_by_role("button", name=SEND["fi"]).click()
        expect(page.locator(".summary a")).to_have_text("Rauhallista? Valitse vaihtoehto.")
        number = page.get_by_role("textbox", name="Tai kirjoita luku (0, 5, 10 … 100)")
        for written in ("37", "35"):
            number.fill(written)
            page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=THANKS["fi"])).to_be_visible()
        assert [one["answers"] for one in service.answers(survey)] == [{"calm": 35}]


class TestPartial:
    QUESTIONS = (
        MOOD,
        QUESTIONS[2],
        QUESTIONS[4],
        asked("must", "yes_no", label("A?", "A?", "A?"), is_required=True),
        QUESTIONS[-1],
    )

    def begin(self, service: Service, site: HostSite, code: str) -> tuple[str, str]:
        """A survey that takes what is begun, and a page with it."""
        survey = service.add(code, list(self.QUESTIONS), widget_sends_partial=True)
        return survey, site.page(f"/{code}", service.tag(survey))

    def arrived(self, service: Service, survey: str, page: Page) -> dict[str, Any]:
        """The one response of the survey, once it is there."""
        for _ in range(50):
            found = service.answers(survey)
            if found:
                break
            page.wait_for_timeout(100)
        (item,) = found
        return item

    def answer_half(self, page: Page) -> None:
        happy(page).check()
        page.locator("#clear-exact").fill("37")
        page.locator("[name=ways]").first.check()
        page.locator("#comment").fill("Kesken jäänyt")

    def finish(self, page: Page) -> None:
        page.locator("[name=must]").first.check()
        page.get_by_role("button", name=SEND["fi"]).click()
        expect(page.get_by_role("heading", name=THANKS["fi"])).to_be_visible(timeout=RETRY_MS)

    HALF: ClassVar = {"mood": "very_happy", "clear": 37, "ways": ["booking"]}

    def test_half_answered_the_tab_is_closed_and_another_opened(
        self, new_page: NewPage, service: Service, site: HostSite
    ) -> None:
        survey, address = self.begin(service, site, "widget-half")
        page = new_page(address)
        expect(page.get_by_text("tähän asti valitsemasi vastaukset tallentuvat")).to_be_visible()
        assert violations(page) == []
        self.answer_half(page)
        other = page.context.new_page()
        page.close()
        begun = self.arrived(service, survey, other)
        assert (begun["complete"], begun["answers"]) == (False, self.HALF)
        other.goto(address)
        expect(happy(other)).to_be_checked()
        expect(other.locator("#clear-exact")).to_have_value("37")
        expect(other.locator("#comment")).to_have_value("")
        other.locator("#comment").fill("Nyt valmis")
        self.finish(other)
        (item,) = service.answers(survey)
        assert (item["id"], item["complete"]) == (begun["id"], True)
        assert item["answers"] == self.HALF | {"must": True, "comment": True}
        assert kept(other) == []
        # The next answer of this browser is another's.
        other.goto(address)
        expect(happy(other)).not_to_be_checked()

    def test_who_only_looked_or_did_not_change_anything_sends_nothing(
        self, new_page: NewPage, service: Service, site: HostSite
    ) -> None:
        survey, address = self.begin(service, site, "widget-looked")
        page = new_page(address)
        posts: list[Request] = []
        page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
        page.locator("#comment").fill("Vain sanoja")
        self.hide(page)
        page.goto("about:blank")
        page.goto(address)
        expect(happy(page)).not_to_be_checked()
        assert (kept(page), posts, service.answers(survey)) == ([], [], [])
        happy(page).check()
        self.hide(page)
        page.wait_for_function("!Object.keys(localStorage).some(key => key.startsWith('katsaus.answer.'))")
        self.hide(page)
        page.reload()
        expect(happy(page)).to_be_checked()
        self.hide(page)
        assert len(posts) == 1

    def test_a_survey_that_does_not_say_so_takes_what_was_sent_only(
        self, new_page: NewPage, service: Service, site: HostSite
    ) -> None:
        survey = service.add("widget-whole")
        address = site.page("/whole", service.tag(survey))
        page = new_page(address)
        happy(page).check()
        self.hide(page)
        page.reload()
        expect(happy(page)).not_to_be_checked()
        assert (kept(page), service.answers(survey)) == ([], [])

    def test_left_without_a_network_and_come_back_with_one(
        self, new_page: NewPage, service: Service, site: HostSite
    ) -> None:
        survey, address = self.begin(service, site, "widget-half-offline")
        page = new_page(address)
        self.answer_half(page)
        # Chromium's own emulation of an absent network does not reach what is sent when a page is left.
        page.context.route("**/responses", lambda route: route.abort())
        with page.expect_event("requestfailed"):
            self.hide(page)
        page.goto("about:blank")
        page.context.unroute("**/responses")
        assert service.answers(survey) == []
        with page.expect_response(lambda response: response.request.method == "POST") as sent:
            page.goto(address)
        assert sent.value.status == 201
        begun = self.arrived(service, survey, page)
        assert (begun["complete"], begun["answers"]) == (False, self.HALF)
        page.context.set_offline(True)
        page.locator("[name=must]").first.check()
        page.get_by_role("button", name=SEND["fi"]).click()
        expect(page.get_by_role("heading", name=WAITING)).to_be_visible()
        page.context.set_offline(False)
        expect(page.get_by_role("heading", name=THANKS["fi"])).to_be_visible(timeout=RETRY_MS)
        (item,) = service.answers(survey)
        assert (item["id"], item["complete"], item["answers"]) == (begun["id"], True, self.HALF | {"must": True})
        assert kept(page) == []

    def hide(self, page: Page) -> None:
        """As when another tab is looked at, which a browser without windows does not do."""
        page.evaluate(
            """() => {
              Object.defineProperty(document, "visibilityState", {value: "hidden", configurable: true});
              document.dispatchEvent(new Event("visibilitychange"));
              delete document.visibilityState;
            }"""
        )

    def test_another_tab_in_between_and_the_part_comes_last(
        self, new_page: NewPage, service: Service, site: HostSite
    ) -> None:
        survey, address = self.begin(service, site, "widget-late-part")
        page = new_page(address)
        held: list[Route] = []

        def hold(route: Route, request: Request) -> None:
            if (request.post_data_json or {}).get("complete") is False:
                held.append(route)
            else:
                route.continue_()

        page.route("**/responses", hold)
        happy(page).check()
        with page.expect_request("**/responses"):
            self.hide(page)
        # Hidden and left at once is one leaving.
        self.hide(page)
        self.finish(page)
        assert len(held) == 1
        with page.expect_response("**/responses") as late:
            held[0].continue_()
        assert late.value.status == 201
        (item,) = service.answers(survey)
        assert (item["complete"], item["answers"]) == (True, {"mood": "very_happy", "must": True})
        assert kept(page) == []

    def test_two_tabs_make_one_response(self, new_page: NewPage, service: Service, site: HostSite) -> None:
        survey, address = self.begin(service, site, "widget-half-twice")
        page = new_page(address)
        other = page.context.new_page()
        other.goto(address)
        happy(page).check()
        with page.expect_response(lambda response: response.request.method == "POST"):
            self.hide(page)
        other.locator("#comment").fill("Toisessa välilehdessä")
        other.locator('input[name=mood][value="unhappy"]').check()
        self.finish(other)
        self.finish_again(page)
        (item,) = service.answers(survey)
        assert item["answers"] == {"mood": "unhappy", "comment": True, "must": True}

    def finish_again(self, page: Page) -> None:
        page.locator("[name=must]").first.check()
        page.get_by_role("button", name=SEND["fi"]).click()
        expect(page.get_by_role("alert")).to_have_text("Tähän kyselyyn on jo vastattu tässä selaimessa.")

    def test_begun_too_long_ago_the_whole_is_a_response_of_its_own(
        self, new_page: NewPage, service: Service, site: HostSite
    ) -> None:
        survey, address = self.begin(service, site, "widget-over")
        page = new_page(address)
        happy(page).check()
        with page.expect_response(lambda response: response.request.method == "POST"):
            self.hide(page)
        ids: list[str] = []

        def over(route: Route, request: Request) -> None:
            ids.append(id_of(request))
            if len(ids) > 1:
                return route.continue_()
            headers = {"Access-Control-Allow-Origin": "*"}
            return route.fulfill(status=409, headers=headers, json={"code": "completion_over"})

        page.route("**/responses", over)
        self.finish(page)
        assert len(set(ids)) == 2
        assert {one["id"]: one["complete"] for one in service.answers(survey)} == {ids[0]: False, ids[1]: True}
        assert kept(page) == []


class TestHandling:
    def test_a_comment_to_be_handled_becomes_feedback(
        self, new_page: NewPage, service: Service, site: HostSite
    ) -> None:
        survey = service.add("widget-handling")
        page = new_page(site.page("/handling", service.tag(survey)))
        happy(page).check()
        page.locator("#_handle").check()
        page.locator("#_email").fill("nowhere")
        page.get_by_role("button", name=SEND["fi"]).click()
        expect(page.locator(".summary a")).to_have_count(2)
        page.locator("#comment").fill("Widgetistä käsittelyyn")
        page.locator("#_email").fill("aino@example.org")
        page.get_by_role("button", name=SEND["fi"]).click()
        expect(page.get_by_text("Viestisi välitetään käsiteltäväksi.")).to_be_visible()
        found: list[dict[str, Any]] = []
        with service.up.client(0, key=service.up.key) as client:
            for _ in range(50):
                found = client.get("/v1/feedback", params={"q": "widgetistä"}).json()["items"]
                if found:
                    break
                page.wait_for_timeout(200)
        assert [(one["unit"], one["language"]) for one in found] == [("oral-health", "fi")]

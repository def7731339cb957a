"""The page and the scripts that docs/form.md shows, in a browser, as a form's developer would copy them."""

import base64
import hashlib
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from tests.browser.test_form import A_PERSONS_TIME, items, violations
from tests.feedback_api.test_attachments import picture
from tests.journeys.conftest import Up

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]

DOCUMENT = (Path(__file__).parents[2] / "docs" / "form.md").read_text(encoding="utf-8")
SHELL = '<!DOCTYPE html><html lang="en"><title>Feedback</title><main><h1>Feedback</h1>{}</main></html>'


def examples(language: str) -> list[str]:
    """The page's examples in the language."""
    return re.findall(rf"```{language}\n(.*?)```", DOCUMENT, flags=re.DOTALL)


@pytest.fixture
def copied(browser: Browser, katsaus_up: Up) -> Iterator[Page]:
    """The example's page, as if the service's own host served it."""
    origin = f"http://127.0.0.1:{katsaus_up.ports[0]}"
    (form,) = examples("html")
    page = browser.new_page()

    def serve(route: Route) -> None:
        body = SHELL.format(form.replace("http://127.0.0.1:8001", origin))
        route.fulfill(body=body, content_type="text/html; charset=utf-8")

    page.route("**/copied", serve)
    page.goto(f"{origin}/copied")
    yield page
    page.close()


def run(page: Page, script: str, katsaus_up: Up) -> None:
    """Run a script as the page's own."""
    page.add_script_tag(content=script.replace(":8001", f":{katsaus_up.ports[0]}"))


def test_the_smallest_form_is_answered_with_pages(copied: Page, katsaus_up: Up) -> None:
    assert violations(copied) == []
    copied.get_by_label("Your feedback").fill("Copied form")
    copied.get_by_label("I would like an answer", exact=True).check()
    copied.get_by_role("button", name="Send").click()
    expect(copied.locator("#errors")).to_contain_text("Write the e-mail address")
    copied.go_back()
    copied.get_by_label("I would like an answer", exact=True).uncheck()
    copied.locator("#attachments").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    copied.get_by_role("button", name="Send").click()
    expect(copied.get_by_role("heading", level=1)).to_have_text("Thank you for your feedback!")
    (item,) = items(katsaus_up, "copied")
    with katsaus_up.client(0, key=katsaus_up.key) as client:
        assert len(client.get(f"/v1/feedback/{item['id']}/attachments").json()["items"]) == 1


def test_the_script_tells_what_is_wrong_and_sends(copied: Page, katsaus_up: Up) -> None:
    run(copied, examples("js")[0], katsaus_up)
    copied.locator("#text").fill("Scripted form")
    broken = FilePayload(name="a.heic", mimeType="image/heic", buffer=b"no picture")
    copied.locator("#attachments").set_input_files(broken)
    copied.get_by_role("button", name="Send").click()
    expect(copied.locator("#errors")).to_be_focused()
    expect(copied.locator("#attachments-error")).to_contain_text("The file cannot be sent")
    assert violations(copied) == []
    copied.locator("#attachments").set_input_files([])
    time.sleep(A_PERSONS_TIME)
    copied.get_by_role("button", name="Send").click()
    expect(copied.locator("#status")).to_contain_text(re.compile(r"[A-Z0-9]{4}-[A-Z0-9]{4}"))
    expect(copied.locator("#errors")).to_be_empty()
    (item,) = items(katsaus_up, "scripted")
    assert (item["hold"], item["language"]) == (None, "en")


def test_its_challenge_is_solved(copied: Page, katsaus_up: Up) -> None:
    run(copied, examples("js")[0], katsaus_up)
    solved = json.loads(base64.b64decode(copied.evaluate("solvedChallenge()")))
    assert hashlib.sha256(f"{solved['salt']}{solved['number']}".encode()).hexdigest() == solved["challenge"]


def test_the_json_request(copied: Page, katsaus_up: Up) -> None:
    script = examples("js")[1].replace(":8001", f":{katsaus_up.ports[0]}")
    status = copied.evaluate(f"(async () => {{ {script} return answer.status; }})()")
    assert status == 201
    (item,) = items(katsaus_up, "playground")
    assert (item["type"], item["topic"]) == ("idea", "parks")

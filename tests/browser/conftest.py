"""A real Chromium on the services as they run."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.conftest import katsaus_up

__all__ = ["katsaus_up"]

# No connection but to the services; the sandbox needs a user that is not root.
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# Of a module: Playwright's own event loop runs while it is open, and the tests of other modules start theirs.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser without windows; the tests that need it are skipped where the machine has none."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("there is no chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()

"""Every line of a service's log is a JSON object of its own, whoever wrote it and whatever is in it."""

import json
import subprocess
import sys

_PROGRAM = """
import logging, structlog
from services.shared.logs import configure_logging
log = structlog.get_logger("services.test")
configure_logging("survey_api", "INFO")
log.debug("unheard")
log.info("answered", status=201, number=2**80, text="\\ud800", other=object)
logging.getLogger("uvicorn.error").warning("from a %s", "library")
try:
    1 / 0
except ZeroDivisionError:
    log.exception("failed")
"""


def test_each_line_is_an_object_with_the_service_and_level() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(line["event"], line["level"], line["service"]) for line in lines] == [
        ("answered", "info", "survey_api"),
        ("from a library", "warning", "survey_api"),
        ("failed", "error", "survey_api"),
    ]
    assert lines[0]["status"] == 201
    assert "ZeroDivisionError" in lines[2]["exception"]
    assert all(line["timestamp"].endswith("Z") for line in lines)


_REQUEST = """
import asyncio, structlog
from services.shared.logs import configure_logging
from services.shared.request_context import RequestContextMiddleware
log = structlog.get_logger("services.test")
configure_logging("survey_api", "INFO")
async def app(scope, receive, send):
    log.info("within")
    await send({"type": "http.response.start", "status": 204, "headers": []})
async def send(message):
    pass
scope = {"type": "http", "method": "GET", "headers": [(b"x-request-id", b"the-callers")]}
asyncio.run(RequestContextMiddleware(app)(scope, None, send))
log.info("outside")
"""


def test_the_lines_of_a_request_bear_its_id() -> None:
    done = subprocess.run([sys.executable, "-c", _REQUEST], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(line["event"], line.get("request_id")) for line in lines] == [
        ("within", "the-callers"),
        ("answered", "the-callers"),
        ("outside", None),
    ]

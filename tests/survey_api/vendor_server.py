"""A HappyOrNot to test against: behaves as the vendor's document says, and fails where it is told to.

It runs in a thread with a real socket, so that a connection can be cut in the middle of an answer.
"""

import asyncio
import base64
import contextlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID, uuid5

TOKEN = "hon-token-of-the-tests"
CLIENT_ID, V1_TOKEN = "client-of-the-tests", "v1-token-of-the-tests"

V2_SCOPES = [
    "token/introspect",
    "experience-points",
    "surveys",
    "questions",
    "follow-up-questions",
    "follow-up-options",
    "results/button-feedbacks",
    "results/follow-up-feedbacks",
    "results/text-feedbacks",
]
NAMESPACE = UUID("2f1c9f0e-5d53-4a58-9c5b-000000000000")


Answer = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""


@dataclass(frozen=True)
class Cut:
    """Bytes to send before the connection is cut, as a share of the right answer; None: before any."""

    share: float | None


@dataclass
class Vendor:
    """What the vendor has, and how it is to behave."""

    points: list[dict[str, Any]] = field(default_factory=list)
    surveys: list[dict[str, Any]] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)
    follow_up_questions: list[dict[str, Any]] = field(default_factory=list)
    follow_up_options: list[dict[str, Any]] = field(default_factory=list)
    buttons: list[dict[str, Any]] = field(default_factory=list)
    follow_ups: list[dict[str, Any]] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)
    folders: Any = None
    v1_hours: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    v1_presses: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    scopes: list[str] = field(default_factory=lambda: list(V2_SCOPES))
    token: str = TOKEN
    requests: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    fault: Callable[[int, str], Any] = lambda _number, _path: None
    """Told the request's number from 0 and its path: an int is a status to answer, a :class:`Cut` a cut, bytes a body,
    a tuple of a dict more headers."""
    before_page: Callable[[str, int], None] = lambda _resource, _offset: None
    url: str = ""

    # What it has ------------------------------------------------------------------------------------------------------

    def press(self, which: str, local_time: str, button: int, **more: Any) -> dict[str, Any]:
        """Add a press; ``which`` makes its id."""
        row = {
            "feedbackId": str(uuid5(NAMESPACE, which)),
            "smileyId": 7,
            "localTime": local_time,
            "surveyId": 11,
            "experiencePointId": 42,
            "buttonIndex": button,
            "misuse": False,
            "position": 0,
            "ui": "physical",
            "smileyType": "SMILEY_TERMINAL",
        } | more
        self.buttons.append(row)
        return row

    def follow_up(self, press: dict[str, Any], option: int, **more: Any) -> None:
        """Add an option chosen after a press."""
        self.follow_ups.append(self._companion(press) | {"followupOptionId": option, "position": 1} | more)

    def text(self, press: dict[str, Any], text: str, **more: Any) -> None:
        """Add a text written after a press, with all that the vendor makes of it."""
        made = {
            "text": text,
            "textInEnglish": text,
            "spam": False,
            "categories": "",
            "themes": "",
            "maskedText": "***",
            "rephrasedText": "nicely put",
            "position": 2,
        }
        self.texts.append(self._companion(press) | made | more)

    @staticmethod
    def _companion(press: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in press.items() if key != "ui"}

    @property
    def resources(self) -> Counter[str]:
        """How often each resource was asked for."""
        return Counter(urlsplit(request).path for request in self.requests)

    # How it answers ---------------------------------------------------------------------------------------------------

    def answer(self, path: str, query: dict[str, str], headers: dict[str, str]) -> Answer:
        """Status, headers and body."""
        generation, _, resource = path.strip("/").partition("/")
        if generation == "v2":
            return self._answer_v2(resource.removesuffix(".json"), query, headers)
        if generation == "v1":
            return self._answer_v1(resource, query, headers)
        return _json(404, {})

    def _answer_v2(self, resource: str, query: dict[str, str], headers: dict[str, str]) -> Answer:
        if headers.get("x-hon-api-token") != self.token:
            return _json(401, {})
        if resource not in self.scopes:
            return _json(403, {})
        lists = {
            "token/introspect": {"token_id": 1, "token_name": "tests", "scopes": self.scopes},
            "experience-points": self.points,
            "surveys": self.surveys,
            "questions": self.questions,
            "follow-up-questions": self.follow_up_questions,
            "follow-up-options": self.follow_up_options,
        }
        if resource in lists:
            return _json(200, lists[resource])
        results = {
            "results/button-feedbacks": lambda: self.buttons,
            "results/follow-up-feedbacks": lambda: self.follow_ups,
            "results/text-feedbacks": lambda: self.texts,
        }
        if resource not in results:
            return _json(404, {})
        return self._results(resource, results[resource], query)

    def _results(self, resource: str, rows_of: Callable[[], list[dict[str, Any]]], query: dict[str, str]) -> Answer:
        known = {"startDate", "endDate", "includeMisuse", "includeSpam", "offset", "limit", "order"}
        offset, limit = int(query.get("offset", 0)), int(query.get("limit", 1000))
        if set(query) - known or not 0 <= limit <= 10_000 or offset < 0:
            return _json(400, {})
        start, end = query["startDate"], query["endDate"]
        days = (datetime.fromisoformat(end) - datetime.fromisoformat(start)).days
        if not 0 < days <= 366:
            return _json(400, {})
        self.before_page(resource, offset)
        rows = [row for row in rows_of() if start <= row["localTime"][:10] < end]
        if query.get("includeMisuse") != "true":
            rows = [row for row in rows if not row["misuse"]]
        if query.get("includeSpam") == "false":
            rows = [row for row in rows if not row.get("spam")]
        rows.sort(key=lambda row: (row["localTime"], row["feedbackId"]))
        page, more = rows[offset : offset + limit], offset + limit < len(rows)
        headers = {"X-More-Available": str(more).lower()}
        if more:
            following = urlencode(query | {"offset": str(offset + limit)})
            headers["Link"] = f'<{self.url}/v2/{resource}.json?{following}>; rel="next"'
        return _json(200, page, headers)

    def _answer_v1(self, resource: str, query: dict[str, str], headers: dict[str, str]) -> Answer:
        basic = "Basic " + base64.b64encode(f"{CLIENT_ID}:{V1_TOKEN}".encode()).decode()
        by_headers = (headers.get("x-hon-client-id"), headers.get("x-hon-api-token")) == (CLIENT_ID, V1_TOKEN)
        if not by_headers and headers.get("authorization") != basic:
            return _json(401, {})
        if resource == "folders":
            return _json(200, self.folders) if query.get("surveys") == "true" else _json(400, {})
        _, key, what = resource.split("/")
        rows = {"results": self.v1_hours, "rawresults": self.v1_presses}.get(what, {}).get(key)
        if rows is None:
            return _json(404, {})
        if what == "results" and query.get("truncate") != "hour":
            return _json(400, {})
        start, end = (datetime.fromisoformat(query[name]) for name in ("date_start", "date_end"))
        return _json(200, [row for row in rows if start <= _at(row["ts"]) < end])


def _at(timestamp: str) -> datetime:
    return datetime.fromisoformat(timestamp)


def _json(status: int, content: Any, headers: dict[str, str] | None = None) -> Answer:
    return status, headers or {}, json.dumps(content).encode()


async def _serve(vendor: Vendor, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        target = head[0].split(" ")[1]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        split = urlsplit(target)
        number = len(vendor.requests)
        vendor.requests.append(target)
        vendor.headers.append(headers)
        fault = vendor.fault(number, split.path)
        status, more, body = _json(200, None)
        if isinstance(fault, int):
            status = fault
        elif isinstance(fault, bytes):
            body = fault
        elif not isinstance(fault, Cut) or fault.share is not None:
            status, more, body = vendor.answer(split.path, dict(parse_qsl(split.query)), headers)
        if isinstance(fault, tuple):
            more = more | fault[0]
        if not (isinstance(fault, Cut) and fault.share is None):
            lines = [f"HTTP/1.1 {status} Vendor", "Content-Type: application/json", f"Content-Length: {len(body)}"]
            lines += [f"{name}: {value}" for name, value in more.items()]
            writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode())
            share = fault.share if isinstance(fault, Cut) and fault.share is not None else 1.0
            writer.write(body[: int(len(body) * share)])
            await writer.drain()
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


@contextlib.contextmanager
def running(vendor: Vendor) -> Iterator[Vendor]:
    """The vendor, answering at ``vendor.url`` while the context is open."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="vendor", daemon=True)
    thread.start()

    async def listen() -> asyncio.Server:
        return await asyncio.start_server(lambda reader, writer: _serve(vendor, reader, writer), "127.0.0.1", 0)

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    vendor.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield vendor
    finally:

        async def end() -> None:
            server.close()
            await server.wait_closed()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()

        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()

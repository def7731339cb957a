"""Refusing on the connection itself: what comes while the process is full costs an ASGI call several times as much.

Refused here is what is refused alike wherever it goes: requests below ``/v1/``. Addresses whose errors have a shape of
their own are refused by the app, and what browsers ask beforehand is answered by it.
"""

import asyncio
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from services.shared.crowd import STATUS, Crowd

PLAIN = b"/v1/"

_ELSEWHERE = frozenset({b"HEAD", b"OPTIONS"})
"""Methods whose answers have no body, or are no refusals."""

_STATUS_LINE = STATUS_LINE[int(STATUS)]


class _Answered:
    """Stands where Uvicorn keeps the request that is answered: there never was a call of the app."""

    response_complete = True
    message_event = asyncio.Event()
    """Set when the connection ends; nobody waits for it."""


_ANSWERED = cast("RequestResponseCycle", _Answered())


class RefusingProtocol(HttpToolsProtocol):
    """Uvicorn's protocol for an app with a :class:`Crowd` as ``app.state.crowd``; others it serves as ever."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._crowd: Crowd | None = getattr(getattr(self.app, "state", None), "crowd", None)

    def on_headers_complete(self) -> None:
        """Called when the request's head is read: call the app, or refuse."""
        # Also those of whom the app knows nothing yet: many may come in one turn of the event loop.
        is_full = self._crowd is not None and len(self.tasks) >= self._crowd.requests_max
        if self._crowd is not None and is_full and self._is_plain():
            self._refuse(self._crowd)
        else:
            super().on_headers_complete()

    def _is_plain(self) -> bool:
        """Whether nothing but the refusal is to be said, now, and the connection lives on."""
        is_next = self.cycle is None or self.cycle.response_complete
        return (
            is_next
            and self.url.startswith(PLAIN)
            and self.parser.should_keep_alive()
            and not self.parser.should_upgrade()
            and not self.expect_100_continue
            and self.parser.get_http_version() == "1.1"
            and self.parser.get_method() not in _ELSEWHERE
            # Who does not read the answers must not fill the memory with them.
            and not self.flow.write_paused
        )

    def _refuse(self, crowd: Crowd) -> None:
        # The date and the server's name.
        common = [b"%b: %b\r\n" % header for header in self.server_state.default_headers]
        self.cycle = _ANSWERED
        self.transport.write(b"".join((_STATUS_LINE, *common, crowd.refuse().written)))
        self.on_response_complete()

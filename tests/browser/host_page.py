"""Somebody's page that carries the widget: of another origin than the service, with a policy and styles of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class HostSite:
    """A site at ``origin``. ``pages`` are path to (HTML, Content-Security-Policy or None)."""

    origin: str
    pages: dict[str, tuple[str, str | None]] = field(default_factory=dict)

    def page(self, path: str, body: str, *, head: str = "", policy: str | None = None, lang: str = "fi") -> str:
        """Add a page; its address."""
        html = (
            f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>A host page</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}</head>'
            f"<body><main><h1>A host page</h1>{body}</main></body></html>"
        )
        self.pages[path] = (html, policy)
        return f"{self.origin}{path}"


@contextmanager
def host_site() -> Iterator[HostSite]:
    """A running site; its name is localhost, so that the service's 127.0.0.1 is another origin."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            html, policy = site.pages.get(self.path.partition("?")[0], ("", None))
            self.send_response(200 if html else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if policy is not None:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = HostSite(f"http://localhost:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""Pages for the browsers of this machine, which change while somebody looks at them.

No other machine reaches them; nor does another site in the browser, under a name of its own: what
is asked for must be of this machine by name.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from convcost.errors import UsageError
from convcost.views.report.watched import Frame

HOST = "127.0.0.1"
_NAMES = (HOST, "localhost")
_SIGN_OF_LIFE = 10.0
"""Seconds after which a browser that went away is noticed."""


class Pages:
    """A `frame`, and in it a page that changes; beside it what is `said` of it."""

    def __init__(self, frame: Frame, address: str) -> None:
        self.frame, self.address = frame, address
        self.page, self._said, self._is_wrong, self._turn = "", "", False, 0
        self._has_ended = False
        self._changed = threading.Condition()

    def show(self, page: str | None, said: str, is_wrong: bool = False) -> None:
        """Have browsers show another page, or the same as before, and what is said of it."""
        with self._changed:
            self._turn += 1
            self.page = self.page if page is None else page
            self._said, self._is_wrong = said, is_wrong
            self._changed.notify_all()

    def end(self) -> None:
        """Have browsers know that nothing follows."""
        with self._changed:
            self._has_ended = True
            self._changed.notify_all()

    def states(self) -> Iterator[str]:
        """What is to be known of the page, as JSON, and again when it is another; empty in between,
        to find out whether somebody still listens."""
        seen = 0
        while not self._has_ended:
            with self._changed:
                if self._turn == seen:
                    self._changed.wait(_SIGN_OF_LIFE)
                is_other, seen = self._turn != seen, self._turn
                state = {"said": self._said, "wrong": self._is_wrong}
            yield json.dumps(state) if is_other else ""


@contextmanager
def serving(frame: Frame, port: int) -> Iterator[Pages]:
    """Serve until the end of the block; UsageError for a port that cannot be had."""
    try:
        server = _Server((HOST, port), _Handler)
    except OSError as error:
        hint = "without --port one is taken that is free"
        raise UsageError(f"port {port} cannot be had: {error.strerror}", hint=hint) from error
    with server:
        server.pages = Pages(frame, f"http://{HOST}:{server.server_port}/")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.pages
        finally:
            server.pages.end()
            server.shutdown()


class _Server(ThreadingHTTPServer):
    pages: Pages

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away in between is no error."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version, sys_version = "convcost", ""

    def do_GET(self) -> None:
        """Answer a browser."""
        host, _, _ = self.headers.get("Host", "").partition(":")
        if host not in _NAMES:
            self.send_error(403)
        elif self.path == "/":
            self._send(*self.server.pages.frame)
        elif self.path == "/page":
            self._send(self.server.pages.page, "frame-ancestors 'self'")
        elif self.path == "/states":
            self._begin("text/event-stream")
            for state in self.server.pages.states():
                self.wfile.write(f"data: {state}\n\n".encode() if state else b":\n\n")
        else:
            self.send_error(404)

    def _send(self, page: str, policy: str) -> None:
        self._begin("text/html; charset=utf-8", policy)
        self.wfile.write(page.encode())

    def _begin(self, media_type: str, policy: str = "default-src 'none'") -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Security-Policy", policy)
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """The terminal is for what is watched."""

"""A browser that is driven over a pipe, and a server for one folder: what the playground needs to
be looked at in, without a package for it."""

from __future__ import annotations

import json
import os
import select
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from tests.browser import BROWSER, OPTIONS

_PATIENCE = 150
"""Seconds until a browser that says nothing has failed."""
_READ, _WRITE = 3, 4
"""Where Chromium reads what it is told, and writes what it has to say."""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Nobody reads it."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of `folder` as a web server of this machine hands it out."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


class BrowserError(Exception):
    """A script on the page failed."""


class Browser:
    """One page; `requests` are the addresses that it and its workers asked for."""

    def __init__(self, send: int, receive: int) -> None:
        self.requests: list[str] = []
        self.said: list[str] = []
        self._send, self._receive, self._rest, self._calls = send, receive, b"", 0
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        told = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session: str = told["sessionId"]
        self._watch(self._session)

    def call(self, method: str, session: str = "", **given: Any) -> Any:
        """What a command of the protocol of developer tools comes to."""
        call = self._post(method, session, given)
        while True:
            told = self._next()
            if told.get("id") == call:
                if "error" in told:
                    raise BrowserError(told["error"]["message"])
                return told["result"]
            self._hear(told)

    def go(self, address: str) -> None:
        """Open an address."""
        self.call("Page.navigate", self._session, url=address)

    def run(self, script: str) -> Any:
        """What the body of an asynchronous function returns on the page."""
        told = self.call(
            "Runtime.evaluate",
            self._session,
            expression=f"(async () => {{{script}}})()",
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in told:
            raise BrowserError(json.dumps(told["exceptionDetails"].get("exception", {}))[:2_000])
        return told["result"].get("value")

    def page(self, method: str, **given: Any) -> Any:
        """A command about the page."""
        return self.call(method, self._session, **given)

    def _watch(self, session: str) -> None:
        for method in ("Network.enable", "Runtime.enable", "Log.enable", "Page.enable"):
            self._post(method, session, {})
        attach = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}
        self._post("Target.setAutoAttach", session, attach)
        self._post("Runtime.runIfWaitingForDebugger", session, {})

    def _hear(self, told: Any) -> None:
        given = told.get("params", {})
        match told.get("method"):
            case "Target.attachedToTarget" if given["sessionId"] != getattr(self, "_session", ""):
                self._watch(given["sessionId"])
            case "Network.requestWillBeSent":
                self.requests.append(given["request"]["url"])
            case "Runtime.exceptionThrown":
                self.said.append(json.dumps(given["exceptionDetails"])[:2_000])
            case "Log.entryAdded" if given["entry"]["level"] == "error":
                self.said.append(given["entry"]["text"])

    def _post(self, method: str, session: str, given: Any) -> int:
        self._calls += 1
        message: dict[str, Any] = {"id": self._calls, "method": method, "params": given}
        if session:
            message["sessionId"] = session
        os.write(self._send, json.dumps(message).encode() + b"\0")
        return self._calls

    def _next(self) -> Any:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._receive], [], [], _PATIENCE)
            more = os.read(self._receive, 2**20) if ready else b""
            if not more:
                raise BrowserError("the browser says nothing more")
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)


@contextmanager
def browser(profile: Path, options: Sequence[str] = ()) -> Iterator[Browser]:
    """A browser whose settings are kept in the folder `profile`."""
    (theirs, send), (receive, ours) = os.pipe(), os.pipe()
    actions = [
        # First out of the way of the numbers that they are to have.
        *((os.POSIX_SPAWN_DUP2, each, each + 100) for each in (theirs, ours)),
        (os.POSIX_SPAWN_DUP2, theirs + 100, _READ),
        (os.POSIX_SPAWN_DUP2, ours + 100, _WRITE),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    command = [str(BROWSER), *OPTIONS, *options, f"--user-data-dir={profile}"]
    command += ["--remote-debugging-pipe"]
    child = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
    for each in (theirs, ours):
        os.close(each)
    try:
        yield Browser(send, receive)
    finally:  # which is where a browser ends that nobody talks to any more
        os.close(send)
        os.close(receive)
        os.waitpid(child, 0)

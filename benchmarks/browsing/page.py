"""The page as those see it who click and type, and the command line beside it."""

from __future__ import annotations

import contextlib
import io
import json
import re
import time
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from convcost.cli.run import run
from tests.playground.driven import Browser

_TOLD = ("td", "th", "p", "dt", "dd", "li", "text")
_UNTIL = """
const find = id => document.getElementById(id);
const until = async holds => {
  for (let tries = 0; tries < 6000 && !holds(); tries += 1)
    await new Promise(done => setTimeout(done, 10));
  if (!holds()) throw new Error("waited in vain");
};
"""
_OPEN = """
for (const id of ["comparison", "costs"]) {
  for (const each of find(id).children) each.dataset.old = "1";
}
find("layer-problems").replaceChildren();
find("network-problems").replaceChildren();
"""
_LAYER_DONE = """
await until(() => !find("comparison").querySelector("[data-old]")
  && !find("compared").classList.contains("stale") || find("layer-problems").firstChild);
"""
_NETWORK_DONE = """
await until(() => find("costs").firstChild && !find("costs").querySelector("[data-old]")
  && find("costs").querySelector(".explained .right") || find("network-problems").firstChild);
"""


class Page:
    """The playground at an address."""

    def __init__(self, browser: Browser, address: str, downloads: Path) -> None:
        self.browser, self.address, self._downloads = browser, address, downloads
        browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(downloads))

    def load(self, link: str = "") -> None:
        """Open the page anew, and wait for Python."""
        self.browser.go("about:blank")
        self.browser.go(f"{self.address}#{link}")
        while self.browser.run("return document.readyState") != "complete":
            time.sleep(0.1)
        self.run('await until(() => find("status")?.textContent === "Ready")')

    def run(self, script: str) -> Any:
        """What a function's body returns; it knows `find` and `until`."""
        return self.browser.run(_UNTIL + script)

    def layer(self, link: str) -> Any:
        """What is shown of a layer that a link holds."""
        return self.run(
            f"{_OPEN} location.hash = {json.dumps('#' + link)}; {_LAYER_DONE}"
            """return {
              problems: find("layer-problems").innerText,
              comparison: find("compared").hidden ? "" : find("comparison").innerHTML,
              explained: find("explained").innerHTML,
              kind: document.querySelector("[aria-current=true]")?.dataset.kind,
              link: location.hash.slice(1),
            }"""
        )

    def network(self, name: str) -> Any:
        """What is shown of a network that ships."""
        self.run(f"{_OPEN} location.hash = {json.dumps('#network=' + name)}; {_NETWORK_DONE}")
        return self.run(_SHOWN)

    def spec(self, text: str) -> Any:
        """The same of a spec that is typed."""
        self.run(
            f"""{_OPEN} find("spec").value = {json.dumps(text)};
            find("tab-network").click();
            find("spec").dispatchEvent(new Event("input")); {_NETWORK_DONE}"""
        )
        return self.run(_SHOWN)

    def download(self, tab: str, format_name: str) -> str:
        """The text of a file that is asked for."""
        for path in self._downloads.iterdir():
            path.unlink()
        script = 'find("{0}-format").value = "{1}"; find("{0}-save").click();'
        self.run(script.format(tab, format_name))
        for _ in range(600):
            done = [path for path in self._downloads.iterdir() if path.suffix != ".crdownload"]
            if done:
                time.sleep(0.05)
                return done[0].read_bytes().decode()
            time.sleep(0.05)
        raise TimeoutError(f"no {format_name} came")


_SHOWN = """return {
  problems: [...find("network-problems").querySelectorAll("li")].map(item => item.innerText),
  wrong: [...find("lines").querySelectorAll("b")].map(each => Number(each.textContent)),
  cards: [...find("costs").querySelectorAll(".exact")].map(each => each.textContent),
  packed: find("costs").querySelector(".packed")?.textContent ?? "",
  rows: find("costs").querySelector(".explained")?.tBodies[0].rows.length ?? 0,
  pictures: find("network-pictures")?.outerHTML ?? "",
  tools: find("network-tools")?.outerHTML ?? "",
  link: location.hash.slice(1),
}"""


def command(*words: str) -> tuple[int, str, str]:
    """What the command line says: its exit code, and both streams."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(list(words))
    return code, out.getvalue(), err.getvalue()


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self._open = 0

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag in _TOLD:
            self.told.append("")
            self._open += 1

    def handle_endtag(self, tag: str) -> None:
        self._open -= tag in _TOLD

    def handle_data(self, data: str) -> None:
        if self._open:
            self.told[-1] += data


def texts(markup: str) -> list[str]:
    """What is read in markup: cells, paragraphs, labels, and what pictures say."""
    parser = _Texts()
    parser.feed(markup)
    return [" ".join(text.split()) for text in parser.told]


def part(report: str, name: str) -> str:
    """A section of a report."""
    found = re.search(rf'<section id="{name}".*?</section>', report, re.DOTALL)
    return found[0] if found else ""


def packed(report: str) -> str:
    """The layers that are packed in a report, and what is inside of them."""
    found = re.search(r'class="packed">([^<]*)<', report)
    return found[1] if found else ""


def exact(report: str) -> list[str]:
    """The figures on its cards."""
    return re.findall(r'<span class="exact">([^<]*)</span>', report)

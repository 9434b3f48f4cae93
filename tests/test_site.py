"""The documentation as a site: one can get everywhere in it, and nothing of it is fetched.

Building it needs `pip install -e '.[docs]'`.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from tests.browser import BROWSER, dump
from tests.documents import ROOT

DOCS = ROOT / "docs"
PLAYGROUND = "playground/index.html"
"""What is built by itself, into the site, where what it is made of can be had."""
FETCHED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
SEARCH = """<script>
const soon = () => new Promise(done => setTimeout(done, 500));
addEventListener("load", async () => {
  await soon();
  document.querySelector(".md-search__button").click();
  await soon();
  const box = [...document.querySelectorAll("*")].find(each => each.shadowRoot).shadowRoot;
  const found = {};
  for (const word of WORDS) {
    box.querySelector("input").value = word;
    box.querySelector("input").dispatchEvent(new Event("input", {bubbles: true}));
    for (let tries = 0; tries < 6; tries += 1) await soon();
    found[word] = [...box.querySelectorAll("a")].map(each => each.href);
  }
  document.title = JSON.stringify(found);
});
</script>"""
FINDS = {"depthwise-separable": "/kinds.html", "逐点": "/zh/student.html"}
"""Words, also of a language without blanks between them, and a page that has each."""


class Page(HTMLParser):
    """What a page links to, what it fetches, and the places in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.fetched: set[str] = set()
        self.places: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.places |= {told[name] for name in ("id", "name") if name in told}
        if tag == "a" and "href" in told:
            self.links.add(told["href"])
        if FETCHED.get(tag) in told:
            self.fetched.add(told[FETCHED[tag]])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built strictly: a warning is an error."""
    if not importlib.util.find_spec("zensical"):
        pytest.skip("the extra docs is not installed")
    folder = tmp_path_factory.mktemp("built")
    shutil.copytree(DOCS, folder / "docs")
    shutil.copy(ROOT / "zensical.toml", folder)
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},  # where the page's formulas are set
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stdout + done.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in sorted(site.rglob("*.html"))}


def told(nav: Any) -> Iterator[str]:
    match nav:
        case str():
            yield nav
        case list():
            for each in nav:
                yield from told(each)
        case dict():
            for each in nav.values():
                yield from told(each)


def test_every_page_stands_once_in_the_navigation() -> None:
    nav = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]["nav"]
    there = [path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")]
    assert sorted(told(nav)) == sorted([*there, PLAYGROUND])


def test_every_link_leads_to_a_place(pages: dict[Path, Page]) -> None:
    dead = []
    for path, page in pages.items():
        for link in page.links | page.fetched:
            address, place = urldefrag(link)
            if urlsplit(link).scheme or path.name == "404.html" or address.endswith(PLAYGROUND):
                continue
            there = (path.parent / unquote(address)).resolve() if address else path
            found = pages.get(there)
            if not there.is_file() or (place and found and unquote(place) not in found.places):
                dead.append(f"{path.name}: {link}")
    assert dead == []


def test_the_formulas_of_kinds_are_set(site: Path) -> None:
    shown = (site / "kinds.html").read_text(encoding="utf-8")
    assert "n·m·k²" not in shown.partition("<article")[2]
    assert "<msup><mi>k</mi><mn>2</mn></msup>" in shown


def test_links_are_called_as_the_pages_that_they_lead_to(site: Path) -> None:
    article = (site / "index.html").read_text(encoding="utf-8").partition("<article")[2]
    assert ">The spec language</a>" in article
    assert ">spec.md</a>" not in article


def test_nothing_is_fetched_from_elsewhere(site: Path, pages: dict[Path, Page]) -> None:
    fetched = {each for page in pages.values() for each in page.fetched}
    for style in site.rglob("*.css"):
        fetched |= set(re.findall(r"(?:url\(|@import )[\"']?([^\"')]*)", style.read_text("utf-8")))
    assert [each for each in fetched if re.match("(?!data:)[a-z]*:|//", each)] == []


@pytest.mark.skipif(not BROWSER, reason="no browser to look with")
def test_the_search_works_in_pages_that_are_opened_as_files(site: Path, tmp_path: Path) -> None:
    page = site / "searched.html"
    script = SEARCH.replace("WORDS", json.dumps(list(FINDS)))
    first = (site / "index.html").read_text(encoding="utf-8")
    page.write_text(first.replace("</body>", f"{script}</body>"), encoding="utf-8")
    shown = dump(page, tmp_path, "--virtual-time-budget=30000")
    page.unlink()
    title = re.search(r"<title>(.*?)</title>", shown)
    assert title
    for word, links in json.loads(title[1]).items():
        found = {urlsplit(link).path for link in links}
        assert any(path.endswith(FINDS[word]) for path in found), word

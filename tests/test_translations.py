"""The Chinese pages say what the English ones say today."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

import pytest

from tests.documents import FENCED, ROOT, blocks

DOCS = ROOT / "docs"
TRANSLATED = {"zh/README.md": "README.md", "zh/student.md": "tutorials/student.md"}
SEEN = re.compile(r"<!-- of (?P<of>[\w/.]+) as it was at (?P<hash>[0-9a-f]{12}) -->\n$")
"""What a translation ends with: change it to what the test names, once the page says it too."""

pages = pytest.mark.parametrize("name", TRANSLATED)


def text(name: str) -> str:
    """A page; of the first one only what stands before the list of all pages."""
    page = (DOCS / name).read_text(encoding="utf-8")
    return re.split(r"^## (?:All pages|全部页面)$", page, flags=re.MULTILINE)[0]


def prose(name: str) -> str:
    return SEEN.sub("", FENCED.sub("", text(name)))


def numbers(name: str) -> list[str]:
    return sorted(re.findall(r"\d[\d,.]*\d|\d", prose(name)))


def targets(name: str) -> set[Path]:
    folder = (DOCS / name).parent
    return {(folder / each).resolve() for each in re.findall(r"\]\(([^)#]+)", prose(name))}


@pages
def test_a_translation_has_seen_the_page_as_it_is(name: str) -> None:
    found = SEEN.search((DOCS / name).read_text(encoding="utf-8"))
    assert found
    today = sha256(text(TRANSLATED[name]).encode()).hexdigest()[:12]
    assert (found["of"], found["hash"]) == (TRANSLATED[name], today)


@pages
def test_it_has_the_same_sections(name: str) -> None:
    shapes = [re.findall(r"^#+ ", prose(each), re.MULTILINE) for each in (name, TRANSLATED[name])]
    assert shapes[0] == shapes[1]


@pages
def test_it_shows_the_same_commands(name: str) -> None:
    assert list(blocks(text(name))) == list(blocks(text(TRANSLATED[name])))


@pages
def test_it_names_the_same_numbers(name: str) -> None:
    assert numbers(name) == numbers(TRANSLATED[name])


@pages
def test_it_leads_to_the_same_pages(name: str) -> None:
    translated = {
        (DOCS / there).resolve(): (DOCS / of).resolve() for there, of in TRANSLATED.items()
    }
    assert {translated.get(each, each) for each in targets(name)} == {
        translated.get(each, each) for each in targets(TRANSLATED[name])
    }

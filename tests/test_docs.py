"""The documentation: what it shows is true, and it shows all there is.

    python -m pytest tests/test_docs.py --rewrite-golden

writes what is generated, and what commands print, anew; look at the difference before you keep it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from convcost.cli.commands import COMMANDS
from convcost.kinds import REGISTRY
from convcost.views.formats import RESULTS, formats_of
from tests import generated, generated_names
from tests.cli.runner import Runner
from tests.documents import ROOT, Session
from tests.plugged import unplugged
from tests.shared_data import shared_data

DOCS = ROOT / "docs"
OUTPUTS = sorted((ROOT / "tests" / "golden" / "output").glob("*.json"))
PAGES = sorted(DOCS.rglob("*.md"))
NEEDED = {"sweep.md": "numpy", "tutorials/designer.md": "numpy", "tutorials/pytorch.md": "torch"}
OUTSIDE = sorted(ROOT.glob("*.md"))
GENERATORS = {
    function.__name__: function
    for function in (
        generated.commands,
        generated.common_fields,
        generated.conventions,
        generated.convolutions,
        generated.drawn_results,
        generated.limits,
        generated.metrics,
        generated.other_layers,
        generated.shipped_blocks,
        generated.traits,
        generated.work_classes,
        generated_names.formats,
        generated_names.functions,
        generated_names.types,
    )
}


def called(path: Path) -> str:
    return path.relative_to(DOCS if path.is_relative_to(DOCS) else ROOT).as_posix()


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def headings(name: str) -> list[str]:
    return re.findall(r"^#+ (.*)$", text(name), re.MULTILINE)


@pytest.mark.parametrize("path", [*PAGES, ROOT / "README.md"], ids=called)
def test_what_a_page_shows_is_true(
    path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    if called(path) in NEEDED:
        pytest.importorskip(NEEDED[called(path)])
    page = path.read_text(encoding="utf-8")
    with unplugged():
        checked = Session(tmp_path, monkeypatch).check(page, GENERATORS)
    if request.config.getoption("--rewrite-golden"):
        path.write_text(checked, encoding="utf-8", newline="\n")
    assert path.read_text(encoding="utf-8") == checked


@pytest.mark.parametrize("path", PAGES, ids=called)
def test_no_page_shows_a_line_that_cannot_be_typed(path: Path) -> None:
    assert 'help" shows the usage' not in path.read_text(encoding="utf-8")


def test_the_readme_is_one_screen() -> None:
    """A picture, then installing, the main job, where the rest is, and the test command."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(page.splitlines()) <= 45
    steps = (
        *("![", "pip install -q .", "convcost compare", "convcost reconcile", "convcost explain"),
        *("$ convcost check", "](docs/README.md)", "<!-- test-command -->"),
    )
    assert [page.index(each) for each in steps] == sorted(page.index(each) for each in steps)


def test_the_pictures_are_those_of_today(request: pytest.FixtureRequest) -> None:
    made = {DOCS / "pictures" / f"{name}.svg": drawn for name, drawn in generated.pictures()}
    if request.config.getoption("--rewrite-golden"):
        for path, drawn in made.items():
            path.write_text(drawn, encoding="utf-8", newline="\n")
    there = {path: path.read_text(encoding="utf-8") for path in (DOCS / "pictures").iterdir()}
    assert there == made


def test_what_is_installed_beside_the_package_is_that_of_today(
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = shared_data(Runner(capsys), monkeypatch)
    made = {ROOT / "share" / path: text for path, text in data.items()}
    if request.config.getoption("--rewrite-golden"):
        for path, text in made.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    files = filter(Path.is_file, (ROOT / "share").rglob("*"))
    assert {path: path.read_text(encoding="utf-8") for path in files} == made


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_section(name: str) -> None:
    assert any(f"{each} ".startswith(f"convcost {name} ") for each in headings("cli.md"))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_a_function_of_python(name: str) -> None:
    table = text("api.md").partition("\n\n##")[0]
    assert f"`{name}`" in table.partition("| Command | Function |")[2]


@pytest.mark.parametrize("name", REGISTRY)
def test_every_kind_has_a_section(name: str) -> None:
    assert name in headings("kinds.md") or f"| `{name}` |" in text("kinds.md")


@pytest.mark.parametrize(
    "name", sorted({name for result in RESULTS for name in formats_of(result)})
)
def test_every_format_has_a_section(name: str) -> None:
    assert f"`{name}`" in headings("formats.md")


def keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield key
            if key != "vars":  # whose keys are a spec's own
                yield from keys(part)
    elif isinstance(value, list):
        for part in value:
            yield from keys(part)


@pytest.mark.parametrize("path", OUTPUTS, ids=lambda path: str(path.stem))
def test_every_key_of_the_json_is_explained(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    assert f"`{document['schema']}`" in headings("formats.md")
    assert [key for key in keys(document) if f"`{key}`" not in text("formats.md")] == []


@pytest.mark.parametrize("path", PAGES, ids=called)
def test_every_page_is_in_the_index(path: Path) -> None:
    assert called(path) == "README.md" or f"]({called(path)})" in text("README.md")


@pytest.mark.parametrize("path", [*PAGES, *OUTSIDE], ids=called)
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert "://" in target or (path.parent / target).exists(), target

"""CONTRIBUTING.md and what stands beside it: the way that it shows leads to where it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

import convcost
from convcost.cli.commands import COMMANDS
from convcost.cost import evaluate
from convcost.kinds import separable
from convcost.network import Builder
from tests.documents import ROOT, Session, blocks
from tests.plugged import unplugged

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
LINES = [
    line
    for block in blocks(PAGE)
    if block.language == "sh"
    for line in block.text.splitlines()
    if not line.startswith(("python3 -m venv", ". ", "git "))
]
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


def test_the_kind_of_the_example_is_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (row,) = (block.text for block in blocks(PAGE) if block.language == "tsv")
    _, kind, shape, fields, params, macs = row.rstrip("\n").split("\t")
    assert (kind, shape, fields) == ("flattened", "64x56x56", "m=128 k=3")
    session = Session(tmp_path, monkeypatch)
    session.names |= vars(separable)
    with unplugged():
        assert session.check(PAGE, {}) == PAGE
        builder = Builder("flattened", (64, 56, 56))
        builder.add(kind, {"m": 128, "k": 3})
        report = evaluate(builder.network())
    assert (report.params, report.macs) == (int(params), int(macs))


@pytest.mark.parametrize("line", LINES)
def test_a_command_line_of_the_page_is_there_to_be_run(line: str) -> None:
    program, *args = shlex.split(line)
    if program == "convcost":
        assert args[0] in COMMANDS
    elif args[:2] == ["-m", "pytest"]:
        paths = [each for each in args if each.startswith("tests")]
        assert paths
        assert all((ROOT / each).exists() for each in paths)
    elif args[:2] != ["-m", "pip"]:  # linters, types and import contracts
        checked = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
        assert re.sub(r"^python\b", "", line) in checked.replace('"$bin/', "").replace('"', "")


def test_what_the_readme_points_to_is_there() -> None:
    for name in ("CONTRIBUTING.md", "SECURITY.md", "CITATION.cff", "LICENSE"):
        assert f"]({name})" in (ROOT / "README.md").read_text(encoding="utf-8")
        assert (ROOT / name).is_file()


def test_the_citation_is_of_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == convcost.__version__
    assert {"cff-version", "message", "title", "authors", "license"} <= citation.keys()


@pytest.mark.parametrize("path", FORMS, ids=lambda path: str(path.stem))
def test_a_form_asks_for_no_address_that_nobody_owns(path: Path) -> None:
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert "://" not in path.read_text(encoding="utf-8")
    ids = [part["id"] for part in form.get("body", ()) if part["type"] != "markdown"]
    assert len(ids) == len(set(ids))

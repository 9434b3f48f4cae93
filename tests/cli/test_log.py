"""`convcost log`."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from convcost.cli import output
from tests.cli.hostile import Page
from tests.cli.projects import commit, git, net, write
from tests.cli.runner import Runner
from tests.views.samples import written


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    for message, m in (("first", 400_000), ("wider, for the new task", 500_000)):
        write({"specs/a.yaml": net(m, "a")})
        commit(message)


def test_a_row_a_commit(convcost: Runner) -> None:
    code, out, err = convcost("log", "specs/a.yaml")
    assert (code, err) == (0, "")
    name, _, _, _, newest, oldest, _, rule = out.splitlines()
    assert (name, rule) == ("a  specs/a.yaml", "convention papers")
    hashes = git("rev-list", "HEAD").split()
    assert [line.split()[0] for line in (newest, oldest)] == [each[:7] for each in hashes]
    assert "14,500,000 +25.0%  928,000,000 +25.0%" in newest
    assert newest.endswith("wider, for the new task")
    assert "11,600,000         742,400,000" in oldest


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_narrow_screen_cuts_nothing(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setattr(output, "width", lambda stream: width)
    out = convcost("log", "specs/a.yaml").out
    assert max(map(len, out.splitlines())) <= width
    assert "14,500,000" in out
    assert "928,000,000" in out


def test_machines_get_all_of_it(convcost: Runner) -> None:
    options = ("--output", "csv=growth.csv", "--metrics", "weight-bytes", "--format", "json")
    document = json.loads(convcost("log", "specs/a.yaml", *options).out)
    newest, oldest = document.pop("versions")
    assert document == {
        "schema": "convcost.log/1",
        "network": "a",
        "path": "specs/a.yaml",
        "convention": "papers",
        "unchanged": 0,
        "is_cut": False,
    }
    assert newest["delta"]["params"] == 29 * 100_000
    assert newest["weight_bytes"] == 4 * newest["params"]
    assert oldest["delta"] is None
    rows = list(csv.DictReader(Path("growth.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["params_delta"] for row in rows] == ["2900000", ""]
    assert [row["commit"] for row in rows] == [newest["commit"], oldest["commit"]]


@pytest.mark.parametrize("format_name", written("log"))
@pytest.mark.parametrize(
    "message", ["::error::x", "##[error]x", "=1+1", "<b>|x", "\x1b[31mred", "[a](//b) @x #1 `c`"]
)
def test_no_message_can_act(convcost: Runner, format_name: str, message: str) -> None:
    write({"specs/a.yaml": net(9, json.dumps(message))})
    commit(message)
    write({"specs/a.yaml": f"layers: [{json.dumps(message)}]\n"})
    commit(message)
    code, out, err = convcost("log", "specs/a.yaml", "--format", format_name)
    assert (code, err) == (0, "")
    lines = out.split("\n")
    assert all(line.isprintable() for line in lines)
    assert not any("##[" in line or line.lstrip().startswith("::") for line in lines)
    if format_name == "markdown":
        assert not Page(out).acting()
    if format_name == "csv":
        cells = [cell for row in csv.reader(lines) for cell in row]
        assert not any(cell.startswith(("=", "@", "+")) for cell in cells)

"""`convcost log --format svg`: the totals over history."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from convcost.cost import evaluate
from convcost.network import Builder
from convcost.project.growth import Growth, Version
from convcost.sources.git.history import Revision
from convcost.sources.git.objects import Commit
from convcost.views.formats import view
from convcost.views.pictures.log import MOST
from tests.cli.projects import commit, git, net, write
from tests.cli.runner import Runner
from tests.views.pictures.reading import NAMES, read
from tests.views.samples import HOSTILE

DOT = re.compile(r"(\w+) (\S+) (.*): ([\d,]+) (params|MACs|weight bytes)(?:, ([+-][\d,]+))?")
WIDTHS = (40, 50, None, 45, 45, 60)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    for at, m in enumerate(WIDTHS):
        text = "what is no spec" if m is None else net(m, "a", budgets="{params: 2k, macs: 1G}")
        write({"specs/a.yaml": f"{text}# {at}\n"})
        commit(f"change {at}")


def drawn(convcost: Runner, *args: str) -> tuple[ElementTree.Element, Any]:
    """The picture, and the document beside it."""
    asked = ("log", "specs/a.yaml", "--format", "json", "--output", "svg=log.svg", *args)
    code, out, err = convcost(*asked)
    assert (code, err) == (0, "")
    return read(Path("log.svg").read_text(encoding="utf-8")), json.loads(out)


def dots(root: ElementTree.Element) -> list[re.Match[str]]:
    found = [DOT.fullmatch(each[0].text or "") for each in root.iter(f"{NAMES}circle")]
    assert all(found)
    return [each for each in found if each]


def words(root: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in root.iter(f"{NAMES}text")]


def test_dots_say_what_the_document_says(convcost: Runner) -> None:
    root, document = drawn(convcost, "--metrics", "weight-bytes")
    titles = {"params": "params", "macs": "MACs", "weight_bytes": "weight bytes"}
    expected = {
        (version["commit"][:7], version["subject"], titles[name], f"{version[name]:,}")
        for version in document["versions"]
        for name in titles
        if version[name] is not None
    }
    assert {(each[1], each[3], each[5], each[4]) for each in dots(root)} == expected
    changes = {each[1]: each[6] for each in dots(root) if each[5] == "params"}
    for version in document["versions"]:
        delta = (version["delta"] or {}).get("params")
        if version["params"] is not None:
            assert changes[version["commit"][:7]] == (f"{delta:+,}" if delta else None)


def test_what_is_not_known_is_a_gap_that_is_told(convcost: Runner) -> None:
    root, _ = drawn(convcost)
    steps = [each for each in root.iter(f"{NAMES}path") if each.attrib["class"] == "strand"]
    assert len(steps) == 2 * 2
    assert any(each.startswith("not known: ") for each in words(root))
    assert "1 more commit changed the file, and no figure" in words(root)
    assert "specs/a.yaml, 6 commits, the oldest on the left" in words(root)


def test_the_limits_of_the_spec_are_lines_where_they_are_near(convcost: Runner) -> None:
    root, document = drawn(convcost)
    assert document["versions"][0]["params"] > 1000
    assert "limit 2,000" in words(root)
    assert "limit 1,000,000,000" not in words(root)


def history(count: int, name: str = "net") -> Growth:
    """So many versions, each of them wider than the one before."""
    builder = Builder(name, (3, 8, 8))
    builder.add("standard", {"m": 4, "k": 3})
    report = evaluate(builder.network())
    versions = [
        Version(
            Revision(Commit(f"{at:040x}", f"{at:07x}"), "2026-11-27", name),
            report._replace(params=100 + at * at, layers=()),
        )
        for at in range(count)
    ]
    return Growth("net.yaml", tuple(reversed(versions)))


def test_a_long_history_is_a_small_file() -> None:
    picture = view("log", "svg")(history(5_000))
    assert len(picture) < 100_000
    root = read(picture)
    assert len(dots(root)) == 2 * MOST
    assert f"{4_999:07x} +9,997" in words(root)


def test_one_version_and_none_that_is_known() -> None:
    assert len(dots(read(view("log", "svg")(history(1))))) == 2
    (version,) = history(1).versions
    lost = Growth("net.yaml", (version._replace(report=None, problem="gone"),))
    root = read(view("log", "svg")(lost))
    assert dots(root) == []
    assert {"net.yaml", "not known: gone"} <= set(words(root))


def test_names_do_nothing_and_equal_histories_give_equal_bytes() -> None:
    for name in (*HOSTILE, "n" * 10_000):
        root = read(view("log", "svg")(history(3, name)))
        assert {each.tag.removeprefix(NAMES) for each in root.iter()} == {
            *("svg", "title", "desc", "style", "g", "path", "rect", "circle", "text")
        }
        assert max(len(each[0].text or "") for each in root.iter(f"{NAMES}circle")) < 200
    assert view("log", "svg")(history(9)) == view("log", "svg")(history(9))

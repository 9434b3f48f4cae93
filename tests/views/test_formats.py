"""The formats of every result."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from convcost.cli.commands import COMMANDS
from convcost.cli.run import run
from convcost.errors import UsageError
from convcost.views import formats, pictures
from convcost.views.formats import OWN, RESULTS, formats_of, results_with, view
from tests.cli.projects import commit, git

THROWAWAY = """
from convcost.views.sheet import columns_for, reader
from convcost.views.text import Printable, lined


def render(result, screen):
    sheet = result.flat()
    columns = columns_for(sheet, "tabbed")
    rows = [[str(reader(each, "tabbed")(row)) for each in columns] for row in sheet.rows]
    return lined([" > ".join(cells) for cells in [[each.key for each in columns], *rows]])
"""

PICTURE = """
from convcost.views.pictures.svg import document


def render(networks):
    return document(10, 10, "How many networks ship", "", [])
"""


@pytest.fixture
def tabbed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A format that is a file in a folder, and nothing else."""
    (tmp_path / "tabbed.py").write_text(THROWAWAY, encoding="utf-8")
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(tmp_path)])
    formats_of.cache_clear()
    yield
    formats_of.cache_clear()
    sys.modules.pop("convcost.views.formats.tabbed", None)


@pytest.mark.parametrize("result", RESULTS)
def test_every_result_has_every_format_of_tables_and_its_own(result: str) -> None:
    usual = ("table", "json", "csv", "markdown", "latex", "html")
    drawn = [name for name in ("svg", "png") if result in results_with(name)]
    assert formats_of(result) == (*usual, *drawn, *OWN.get(result, ()))
    assert all(callable(view(result, name)) for name in formats_of(result))
    assert result in COMMANDS


TINY = "input: 3x8x8\nlayers: [{kind: standard, m: 4, k: 3, name: stem}]\nbudgets: {macs: 1G}\n"


@pytest.mark.parametrize(
    ("command", "first", "second"),
    [
        ("compare --in 3 --out 4 -k 3", "kind > params", "standard > 108"),
        ("explain group", "kind > group", "group > convolution"),
        ("kinds", "kind > group", "standard > convolution"),
        (
            "eval tiny.yaml",
            "layer > kind > in > out > params > macs",
            "stem > standard > (3, 8, 8)",
        ),
        ("check tiny.yaml", "network > path > line > metric", "tiny > tiny.yaml > "),
        ("lock tiny.yaml", "network > state", "tiny.yaml > new"),
        ("reconcile tiny.yaml", "convention > tool > params", "papers > "),
        ("zoo", "name > path > input", "efficientnet_b0 > "),
        ("rewrite tiny.yaml --replace standard=depthwise-separable --first", "line > reason", "2"),
        ("suggest tiny.yaml --max-macs 1k --first", "line > kind > becomes", "2 > standard"),
        ("diff tiny.yaml tiny.yaml", "change > causes", ""),
        ("log tiny.yaml", "commit > day > params", ""),
    ],
    ids=lambda text: text.split(" ")[0],
)
def test_a_format_is_one_file_and_every_command_has_it(
    command: str,
    first: str,
    second: str,
    tabbed: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tiny.yaml").write_text(TINY, encoding="utf-8")
    git("init", "--quiet")
    commit()
    assert run([*command.split(), "--format", "tabbed"]) in (0, 1)
    lines = capsys.readouterr().out.splitlines()
    assert first in lines[0]
    assert any(line.startswith(second) for line in lines[1:]) or not second
    run([command.split(maxsplit=1)[0], "--help"])
    assert "tabbed" in capsys.readouterr().out


def test_a_picture_is_one_file_and_its_result_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "zoo.py").write_text(PICTURE, encoding="utf-8")
    monkeypatch.setattr(pictures, "__path__", [*pictures.__path__, str(tmp_path)])
    formats_of.cache_clear()
    try:
        assert formats_of("zoo")[-2:] == ("svg", "png")
        assert "zoo" in results_with("svg")
        assert run(["zoo", "--format", "svg"]) == 0
        assert "<title>How many networks ship</title>" in capsys.readouterr().out
        run(["zoo", "--help"])
        assert "svg or png" in " ".join(capsys.readouterr().out.split())
    finally:
        formats_of.cache_clear()
        sys.modules.pop("convcost.views.pictures.zoo", None)


def test_a_result_without_a_picture_says_which_have_one() -> None:
    with pytest.raises(UsageError) as caught:
        view("explain", "svg")
    (problem,) = caught.value.problems
    assert problem.message == 'explain has no format "svg"'
    assert problem.hint == (
        f"svg is a format of {', '.join(results_with('svg'))}; "
        "here they are table, json, csv, markdown, latex, html"
    )
    assert {"compare", "draw"} <= set(results_with("svg"))


def test_a_command_that_only_draws_has_no_tables() -> None:
    assert formats_of("draw") == ("svg", "png")
    with pytest.raises(UsageError) as caught:
        view("draw", "json")
    assert caught.value.problems[0].hint == "the formats are svg, png"


def test_an_unknown_format_is_named_with_what_there_is() -> None:
    with pytest.raises(UsageError) as caught:
        view("compare", "jsn")
    assert caught.value.problems[0].hint == 'did you mean "json"?'
    with pytest.raises(UsageError) as caught:
        view("explain", "pdf")
    assert (
        caught.value.problems[0].hint == "the formats are table, json, csv, markdown, latex, html"
    )


def test_a_format_imports_no_other_and_no_library() -> None:
    program = (
        "import sys; from convcost.views.formats import view; view('eval', 'table');"
        "names = {name for name in sys.modules if name.startswith('convcost.views.')};"
        "assert not names & {'convcost.views.formats.json', 'convcost.views.compare'}, names;"
        "assert not {'rich', 'typer', 'json', 'csv'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("result", OWN)
def test_a_format_of_one_result_is_a_module_beside_it(result: str) -> None:
    for name in OWN[result]:
        assert import_module(f"convcost.views.{result}.{name}").render

"""docs/architecture.md: what it says of the house is so, and its recipes work."""

# No postponed annotations: a kind's fields are read off its builder's annotations.
import ast
import csv
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from convcost.cli.commands import COMMANDS, Command
from convcost.cli.run import run
from convcost.conventions import CONVENTIONS, Convention
from convcost.cost import evaluate
from convcost.kinds.convolution import conv
from convcost.kinds.fields import K, M, N
from convcost.kinds.registry import LOADED, Stages, chain, kind
from convcost.network import Builder
from convcost.sources.imports.assembler import Assembler, Constant
from convcost.sources.imports.recognise import recognised
from convcost.sources.spec.schema import json_schema
from tests import generated

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "convcost"
MODULES = sorted(PACKAGE.rglob("*.py"))
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PICTURE = PAGE.split("```")[1].removeprefix("text\n")
ROOM = re.compile(r"^(\w+(?: \| \w+)*)(?:  +|$)")
PATHS = sorted(set(re.findall(r"`([\w.-]*/[\w./-]*|[\w-][\w.-]*\.(?:json|md|py|toml))`", PAGE)))
COMMAND = """
from typing import Annotated

import typer

from convcost.cli.streams import write
from convcost.quantity import parse_amount
from convcost.views.text import Printable


def half(amount: Annotated[str, typer.Argument(metavar="AMOUNT")]) -> None:
    \"\"\"Half of an amount.\"\"\"
    write(Printable.of("{}", parse_amount(amount) // 2))
"""
TINY = "input: 3x8x8\nlayers: [{kind: standard, m: 4, k: 3}]\n"


def rooms() -> Iterator[tuple[str, str]]:
    """The lines of rooms in the picture, from above, each with the words on it."""
    name = ""
    for line in PICTURE.splitlines():
        found = ROOM.match(line)
        name = found[1] if found else name
        yield name, line[found.end() :] if found else line


LINES = list(dict.fromkeys(name for name, _ in rooms()))


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_a_newcomer_reads_it_in_one_sitting() -> None:
    assert len(PAGE.splitlines()) <= 120


def test_it_stands_in_front_of_newcomers() -> None:
    for page, link in (
        ("README.md", "docs/architecture.md"),
        ("docs/README.md", "architecture.md"),
    ):
        assert f"]({link})" in (ROOT / page).read_text(encoding="utf-8")


def test_it_names_every_room() -> None:
    named = [room for line in LINES for room in line.split(" | ")]
    there = {path.stem for path in PACKAGE.glob("*.py")}
    there |= {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert sorted([*named, "__init__", "__main__"]) == sorted(there)
    assert {"convcost/__init__.py", "convcost/__main__.py"} <= set(PATHS)


def test_its_rooms_stand_as_the_contract_holds_them() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (layers,) = [each["layers"] for each in contracts if each["type"] == "layers"]
    assert layers == LINES


@pytest.mark.parametrize("path", PATHS)
def test_what_it_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_what_the_picture_names_inside_rooms_is_there() -> None:
    inside = [(room, part) for room, text in rooms() for part in re.findall(r"\w+/|\w+\.py", text)]
    assert len(inside) > 5
    assert [(room, part) for room, part in inside if not (PACKAGE / room / part).exists()] == []


def test_modules_are_short() -> None:
    assert [str(path) for path in MODULES if lines_of(path) > 300] == []
    assert [str(path) for path in (PACKAGE / "cli").glob("*.py") if lines_of(path) > 120] == []


def test_functions_are_short() -> None:
    found = [
        f"{path}: {each.name}"
        for path in MODULES
        for each in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
        and (each.end_lineno or 0) - each.lineno >= 60
    ]
    assert found == []


@pytest.fixture
def spare_kind() -> Iterator[str]:
    """A kind as the recipe has it: one builder."""

    @kind("bottlenecked-spare", formula="n·m·k² + m²", compared=True)
    def spare(n: N, m: M, k: K) -> Stages:
        """A convolution, and a pointwise one behind it."""
        return chain(conv(n, m, k), conv(m, m, (1,) * len(k)))

    yield "bottlenecked-spare"
    del LOADED["bottlenecked-spare"]


def test_a_kind_is_one_builder(spare_kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "--in", "8", "--out", "8", "-k", "3", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert {"kind": spare_kind, "params": 640}.items() <= rows[-1].items()
    assert run(["explain", spare_kind]) == 0
    assert "n·m·k² + m²" in capsys.readouterr().out
    assert f"kind-{spare_kind}" in json_schema()["$defs"]
    assert f"### {spare_kind}\n" in generated.convolutions()


def test_a_command_is_a_file_and_an_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "spare_command.py").write_text(COMMAND, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    commands = {**COMMANDS, "half": Command("spare_command:half", "Half of an amount.")}
    assert run(["half", "8k"], commands) == 0
    assert capsys.readouterr().out == "4000\n"
    assert run(["--help"], commands) == 0
    assert "half       Half of an amount." in capsys.readouterr().out
    assert run(["half", "many"], commands) == 2
    assert capsys.readouterr().err.startswith("error: ")


def test_a_convention_is_an_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tiny.yaml").write_text(TINY, encoding="utf-8")
    monkeypatch.setitem(CONVENTIONS, "spare", Convention("spare", "thrice", {"conv": 3}))
    assert run(["eval", "tiny.yaml", "--convention", "spare", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["networks"][0]["macs"] == 3 * 108 * 64
    assert run(["reconcile", "tiny.yaml", "--format", "csv"]) == 0
    rows = csv.DictReader(capsys.readouterr().out.splitlines())
    assert "spare" in [row["convention"] for row in rows]


def test_an_importer_drives_the_assembler() -> None:
    assembler = Assembler(Builder("made", (3, 8, 8)), {"w": (4, 3, 3, 3)})
    weight = Constant((4, 3, 3, 3), frozenset(("w",)))
    fields = {"m": 4, "k": 3, "weights": assembler.weights(weight)}
    made = assembler.add("standard", fields, [assembler.input((1, 3, 8, 8))], (1, 4, 8, 8), "conv")
    assembler.add("relu", {}, [made], (1, 4, 8, 8), "act")
    network = recognised(assembler.finish().network)
    assert [(layer.name, dict(layer.fields)["act"]) for layer in network.layers] == [
        ("conv", "relu")
    ]
    assert evaluate(network).params == 4 * 3 * 3 * 3


def test_text_is_read_and_written_in_utf_8_wherever_python_runs() -> None:
    unsaid = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and opens_text_without_saying_how(node)
    ]
    assert unsaid == []


def opens_text_without_saying_how(call: ast.Call) -> bool:
    called, given = ast.unparse(call.func), {keyword.arg for keyword in call.keywords}
    if called == "open":
        modes = [ast.unparse(arg) for arg in call.args[1:2]]
        return "encoding" not in given and not any("b" in mode for mode in modes)
    is_run = called.startswith("subprocess.")
    is_file = called.endswith((".read_text", ".write_text"))
    return "encoding" not in given and (is_file or (is_run and "text" in given))

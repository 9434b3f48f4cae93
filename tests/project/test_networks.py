"""Networks that settings name one by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from convcost.errors import SpecError
from convcost.network import Input
from convcost.project.config import Config, allows_code, read_config
from convcost.project.layout import Project, key_of, specs
from convcost.sources.targets import CodeTarget, NamedCode, SpecFile
from tests.cli.projects import net, write

ENTRIES = """\
specs = ["nets/*"]

[[networks]]
target = "torch:nets.small:Net"
input = ["image=3x8x8", "ids=7:int64"]

[[networks]]
name = "wide"
target = "torch:nets.small:Net"
input = "3x8x8"
[networks.args]
width = 2.5
sizes = [1, 2]

[[networks]]
target = "./nets/a.onnx"
input = "3x16x16"
"""


def read(folder: Path, text: str, name: str = "convcost.toml") -> Config:
    write({name: text}, folder)
    return read_config(str(folder / name))


def test_what_an_entry_says(tmp_path: Path) -> None:
    small, wide, onnx = read(tmp_path, ENTRIES).networks
    assert [each.key for each in (small, wide, onnx)] == [
        "torch:nets.small:Net",
        "torch:nets.small:Net#wide",
        "nets/a.onnx",
    ]
    assert small.inputs == (Input("image", (3, 8, 8)), Input("ids", (7,), "int64"))
    assert wide.arguments == (("width", 2.5), ("sizes", (1, 2)))
    assert [each.place.line for each in (small, wide, onnx)] == [4, 9, 16]


def test_in_pyproject_it_is_below_our_table(tmp_path: Path) -> None:
    other = '[[tool.mypy.overrides]]\nmodule = "x"\n'
    ours = '[[tool.convcost.networks]]\ntarget = "torch:m:Net"\ninput = "3x8x8"\n'
    (entry,) = read(tmp_path, other + ours, "pyproject.toml").networks
    assert (entry.key, entry.place.line) == ("torch:m:Net", 4)


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("networks = 1", "networks must be a list", 1),
        ("networks = [1]", "a network must be a table", 1),
        ("[[networks]]", '"" is no target', 1),
        ("[[networks]]\ntarget = 3", '"3" is no target', 2),
        ("[[networks]]\ntarget = 'torch:m:Net'", "code needs an input", 2),
        ("[[networks]]\ntarget = 'a.onnx'\ninput = ['3x']", "--input", 3),
        ("[[networks]]\ntarget = 'a.onnx'\ninput = 3", "an input must be a text", 3),
        ("[[networks]]\ntarget = 'a.onnx'\nname = 'a/b'", '"a/b" is no name', 3),
        ("[[networks]]\ntarget = 'a.onnx'\nargs = {a = 1}", "only factories take args", 3),
        ("[[networks]]\ntarget = 'torch:a.pt2'\nargs = {a = 1}", "only factories take args", 3),
        ("[[networks]]\ntarget = 'torch:a.pt'", "code needs an input", 2),
        (
            "[[networks]]\ntarget = 'torch:a.pt'\ninput = '8'\nargs = {a = 1}",
            "only factories take args",
            4,
        ),
        ("[[networks]]\ntarget = 'a.onnx'\nargs.'a b' = 1", "args must be a table of names", 3),
        ("[[networks]]\ntarget = 'a.onnx'\nargs.a = 2020-01-01", "a cannot be had", 3),
        ("[[networks]]\ntarget = 'a.onnx'\nimput = 'x'", 'unknown key "imput"', 3),
        ("[[networks]]\ntarget = 'a.onnx'\n[[networks]]\ntarget = './a.onnx'", "there twice", 4),
        ("run_code = 'yes'", "run_code must be true or false", 1),
    ],
)
def test_what_is_no_entry_is_told_with_its_line(
    tmp_path: Path, text: str, message: str, line: int
) -> None:
    with pytest.raises(SpecError) as caught:
        read(tmp_path, text)
    (problem, *_) = caught.value.problems
    assert message in problem.message
    assert problem.place is not None
    assert problem.place.line == line


@pytest.mark.parametrize(
    "target",
    [
        "torch:Net",
        "torch:m:",
        "torch:.m:Net",
        "torch:m:Net()",
        "torch:../m.py:Net",
        "torch:/m.py:Net",
        "torch:m;os:system",
        "torch:m:Net#wide",
        "m:Net",
        "torch:m",
        "torch:a.onnx",
        "torch:../a.pt2",
        "a.pt2",
        "../a.onnx",
        "/a.onnx",
        "~/a.onnx",
        "a.yaml",
        "resnet50",
    ],
)
def test_what_is_no_target(tmp_path: Path, target: str) -> None:
    with pytest.raises(SpecError, match="is no target"):
        read(tmp_path, f"[[networks]]\ntarget = '{target}'\ninput = '3x8x8'\n")


def test_code_that_settings_name_is_no_target(tmp_path: Path) -> None:
    write({"nets/b.yaml": net(), "nets/a.onnx": ""}, tmp_path)
    project = Project(str(tmp_path), read(tmp_path, ENTRIES))
    *files, small, wide, onnx = specs(project, [])
    assert [Path(str(each)).name for each in files] == ["b.yaml"]  # a.onnx is the entry's
    assert isinstance(small, NamedCode)
    assert isinstance(wide, NamedCode)
    assert isinstance(onnx, SpecFile)
    assert onnx.root == str(tmp_path)
    assert key_of(onnx, str(tmp_path)) == "nets/a.onnx"


def test_typed_it_is_one_and_has_what_is_stated(tmp_path: Path) -> None:
    project = Project(str(tmp_path), read(tmp_path, ENTRIES))
    words = ["torch:nets.small:Net", "torch:nets.small:Net#wide", "torch:nets.other:Net"]
    small, wide, other = specs(project, words)
    assert isinstance(small, CodeTarget)
    assert isinstance(wide, CodeTarget)
    assert wide.name == "nets.small:Net"
    assert wide.stated is not None
    assert wide.stated.arguments == (("width", 2.5), ("sizes", (1, 2)))
    assert other == CodeTarget("nets.other:Net")


def test_code_in_a_file_must_lie_in_the_repository(tmp_path: Path) -> None:
    write({"m.py": ""}, tmp_path)
    (tmp_path / "project/.git").mkdir(parents=True)
    (tmp_path / "project/m.py").symlink_to("../m.py")
    text = "[[networks]]\ntarget = 'torch:m.py:Net'\ninput = '3x8x8'\n"
    config = read(tmp_path / "project", text)
    with pytest.raises(SpecError, match="leads out of the repository"):
        specs(Project("", config), [])


def test_a_program_that_was_exported_is_code_with_an_input_of_its_own(tmp_path: Path) -> None:
    config = read(tmp_path, "[[networks]]\ntarget = 'torch:nets/a.pt2'\n")
    (found,) = specs(Project("", config), [])
    assert isinstance(found, NamedCode)
    assert found.name == "nets/a.pt2"


@pytest.mark.parametrize(
    ("text", "path", "is_allowed"),
    [
        ("run_code = true", "convcost.toml", True),
        ("run_code = false", "convcost.toml", False),
        ("run_code = 'true'", "convcost.toml", False),
        ("[x]\nrun_code = true", "convcost.toml", False),
        ("[tool.convcost]\nrun_code = true", "pyproject.toml", True),
        ("run_code = true", "a/pyproject.toml", False),
        ("tool = 1", "pyproject.toml", False),
        ("", "convcost.toml", False),
    ],
)
def test_what_allows_code(text: str, path: str, is_allowed: bool) -> None:
    assert allows_code(text.encode(), path) is is_allowed

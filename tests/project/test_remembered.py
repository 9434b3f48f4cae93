"""What code came to, kept from one run to the next."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from convcost.errors import UsageError
from convcost.network import Builder, Input, Network
from convcost.project import remembered
from convcost.project.config import Config
from convcost.project.layout import Project
from convcost.project.remembered import Memory, memory_of, users_folder
from convcost.sources import CodeTarget, Target, code
from convcost.sources.given import Given
from convcost.sources.networkjson import network_text, parse_network
from convcost.sources.targets import Stated
from convcost.sources.teaching import parse_rules

NET = CodeTarget("nets:Net")
RULES = parse_rules("fft: {macs: 0}")
GIVEN = Given((Input("", (3, 8, 8)),))


def made(m: int = 4) -> Network:
    builder = Builder("net", (3, 8, 8))
    builder.add("standard", {"m": m, "k": (3, 3), "act": "relu", "norm": None}, name="stem")
    builder.add("pointwise", {"m": 2}, name="head", inputs=(0,))
    return builder.network()._replace(inputs=(Input("x", (3, 8, 8)),), notes=("a note",))


class Code:
    """Stands for code that is run: it reads a module and a file, and counts how often."""

    def __init__(self, folder: Path) -> None:
        self.module, self.data = folder / "module.py", folder / "data.yaml"
        self.runs = 0

    def __call__(self, target: Target, *_: object, **__: object) -> Network:
        self.runs += 1
        for path in (self.module, self.data):
            if path.exists():
                path.read_text("utf-8")
            else:
                open_missing(path)
        return made()


def open_missing(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        path.open(encoding="utf-8")


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Code]:
    found = Code(tmp_path)
    found.module.write_text("WIDTH = 4\n", encoding="utf-8")
    os.utime(found.module, (1, 1))
    monkeypatch.setattr(code, "read_code", found)
    monkeypatch.setattr(remembered, "files", lambda: {str(found.module), str(found.data)})
    yield found
    assert found.runs


def read(tmp_path: Path, target: CodeTarget = NET, given: Given = GIVEN, **values: Any) -> Network:
    """What a process of its own would come to."""
    return Memory(str(tmp_path / "cache")).read(target, values, given).network


def kept(tmp_path: Path) -> Path:
    (path,) = (tmp_path / "cache").iterdir()
    return path


def test_code_runs_once(tmp_path: Path, ran: Code) -> None:
    assert read(tmp_path) == read(tmp_path) == made()
    assert ran.runs == 1


def test_it_runs_each_time_without_a_folder(ran: Code) -> None:
    for _ in range(2):
        assert Memory().read(NET, {}, GIVEN).network == made()
    assert ran.runs == 2


def change(path: Path, text: str = "WIDTH = 5\n") -> None:
    path.write_text(text, encoding="utf-8")
    os.utime(path, (1, 1))


@pytest.mark.parametrize(
    "alter",
    [
        lambda found: change(found.module),
        lambda found: found.module.unlink(),
        lambda found: change(found.data),  # which was looked for, and is there now
    ],
)
def test_it_runs_again_where_a_file_that_it_was_made_of_is_another(
    tmp_path: Path, ran: Code, alter: Callable[[Code], None]
) -> None:
    read(tmp_path)
    alter(ran)
    read(tmp_path)
    assert ran.runs == 2
    read(tmp_path)
    assert ran.runs == 2


def test_a_program_that_was_exported_is_made_of_its_file(tmp_path: Path, ran: Code) -> None:
    program = tmp_path / "net.pt2"
    change(program)
    target = CodeTarget("net.pt2", Stated(folder=str(tmp_path)))
    for _ in range(2):
        read(tmp_path, target)
    assert ran.runs == 1
    change(program, "another")
    read(tmp_path, target)
    assert ran.runs == 2


def test_it_runs_again_where_anything_else_is_asked(
    tmp_path: Path, ran: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = [
        {},
        {"target": CodeTarget("nets:Other")},
        {"target": CodeTarget("nets:Net", Stated(arguments=(("width", 1),)))},
        {"target": CodeTarget("nets:Net", Stated(arguments=(("width", True),)))},
        {"target": CodeTarget("nets:Net", Stated(folder="elsewhere"))},
        {"given": Given((Input("", (3, 16, 16)),))},
        {"given": GIVEN.changed(arguments={"width": 2})},
        {"width": 3},
    ]
    for _ in range(2):
        for each in asked:
            read(tmp_path, **each)
    assert ran.runs == len(asked)
    monkeypatch.setattr("convcost.__version__", "another")
    read(tmp_path)
    assert ran.runs == len(asked) + 1


@pytest.mark.parametrize("given", [Given(example="data:batch"), GIVEN.changed(rules=RULES)])
def test_what_depends_on_files_that_nobody_knows_of_is_not_kept(
    tmp_path: Path, ran: Code, given: Given
) -> None:
    for _ in range(2):
        read(tmp_path, given=given)
    assert ran.runs == 2
    assert not (tmp_path / "cache").exists()


def test_nor_is_what_was_made_of_a_file_that_has_just_changed(tmp_path: Path, ran: Code) -> None:
    os.utime(ran.module)
    memory = Memory(str(tmp_path / "cache"))
    os.utime(ran.module)
    memory.read(NET, {}, GIVEN)
    assert not (tmp_path / "cache").exists()


HUGE = [["a", "pointwise", [-1], [["m", 10**30]]]] * 100
BROKEN = [
    "",
    "{",
    "null",
    "[" * 100_000,
    "cos\nsystem\n(S'true'\ntR.",  # a pickle that would run
    json.dumps({"files": {}, "network": "{}"}),
    json.dumps({"files": {"/dev/zero": ""}, "network": "{}"}),
    json.dumps({"files": {"/": ""}, "network": "{}"}),
    json.dumps({"files": {"/nowhere": ""}}),
    json.dumps({"files": ["/nowhere"], "network": "{}"}),
    json.dumps({"files": {"/nowhere": ""}, "network": "{}"}),
    json.dumps(
        {
            "files": {"/nowhere": ""},
            "network": json.dumps(
                {"name": "x", "input": [3, 8, 8], "inputs": [], "notes": [], "layers": HUGE}
            ),
        }
    ),
    '{"files": {"/nowhere": ""}, "network": ' + "9" * 5000 + "}",
]


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_broken_or_hostile_is_as_if_it_were_not_there(
    tmp_path: Path, ran: Code, text: str
) -> None:
    read(tmp_path)
    kept(tmp_path).write_text(text, encoding="utf-8")
    assert read(tmp_path) == made()
    assert ran.runs == 2
    assert read(tmp_path) == made()
    assert ran.runs == 2


def test_a_pipe_is_not_waited_for(tmp_path: Path, ran: Code) -> None:
    read(tmp_path)
    path = kept(tmp_path)
    path.unlink()
    os.mkfifo(path)
    assert read(tmp_path) == made()


def test_nothing_is_written_through_a_link(tmp_path: Path, ran: Code) -> None:
    read(tmp_path)
    path = kept(tmp_path)
    path.unlink()
    (tmp_path / "other").write_text("stays", encoding="utf-8")
    path.symlink_to(tmp_path / "other")
    assert read(tmp_path) == made()
    assert (tmp_path / "other").read_text("utf-8") == "stays"


def test_a_folder_that_cannot_be_had_is_no_error(tmp_path: Path, ran: Code) -> None:
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    for _ in range(2):
        assert read(tmp_path) == made()
    assert ran.runs == 2


class TestWhere:
    """Never in the repository, and in CI only where it is typed."""

    @pytest.fixture
    def project(self, tmp_path: Path) -> Project:
        (tmp_path / "project/.git").mkdir(parents=True)
        return Project(str(tmp_path / "project"), Config(folder=str(tmp_path / "project")))

    @pytest.mark.parametrize("cache", [".cache", ".", "../project/x", "../link/x"])
    def test_a_folder_of_the_repository_is_refused(
        self, project: Project, tmp_path: Path, cache: str
    ) -> None:
        (tmp_path / "link").symlink_to("project")
        with pytest.raises(UsageError, match="lies in the repository"):
            memory_of(project, cache)

    def test_one_elsewhere_is_taken(self, project: Project) -> None:
        assert memory_of(project, "../elsewhere")._folder.endswith("elsewhere")
        assert memory_of(project, "none")._folder == memory_of(project, False)._folder == ""

    def test_the_users_own_is_left_out_where_it_lies_there(
        self, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "platform", "linux")
        monkeypatch.delenv("CI", raising=False)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "project/.cache"))
        assert memory_of(project, True)._folder == ""
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        assert memory_of(project, True)._folder == str(tmp_path / "cache/convcost")
        monkeypatch.setenv("CI", "true")
        assert memory_of(project, True)._folder == ""

    @pytest.mark.parametrize(
        ("platform", "environ", "folder"),
        [
            ("linux", {}, "/home/me/.cache/convcost"),
            ("linux", {"XDG_CACHE_HOME": "/var/me"}, "/var/me/convcost"),
            ("linux", {"XDG_CACHE_HOME": "relative"}, "/home/me/.cache/convcost"),
            ("darwin", {"XDG_CACHE_HOME": "/var/me"}, "/var/me/convcost"),
            ("darwin", {}, "/home/me/Library/Caches/convcost"),
            ("win32", {"LOCALAPPDATA": "/local"}, "/local/convcost"),
            ("win32", {}, ""),
            ("linux", {"CI": "1"}, ""),
        ],
    )
    def test_each_platform_has_its_own(
        self,
        monkeypatch: pytest.MonkeyPatch,
        platform: str,
        environ: dict[str, str],
        folder: str,
    ) -> None:
        monkeypatch.setattr(sys, "platform", platform)
        monkeypatch.setenv("HOME", "/home/me")
        assert users_folder(environ) == folder


def test_a_network_is_the_same_again() -> None:
    text = network_text(made())
    assert text is not None
    assert parse_network(text) == made()


def test_one_that_would_not_be_is_not_kept() -> None:
    assert network_text(made()._replace(path="net.yaml")) is None

"""What is installed, and what importing it loads."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import convcost

HEAVY = {"numpy", "pydantic", "rich", "simpleeval", "typer", "yaml"}
ROOMS_ABOVE_THE_ENGINE = {
    *("cli", "functions", "plugins", "views", "emit", "runtime", "torch", "project", "sources"),
    "__main__",
}


def loaded_by(statement: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after `statement`."""
    program = f"{statement}\nimport sys\nprint(*sys.modules)"
    return set(subprocess.check_output([sys.executable, "-c", program], text=True).split())


def engine() -> list[str]:
    """Every module of the package that is part of the engine."""
    package = Path(convcost.__file__).parent
    names = {path.stem for path in package.iterdir() if path.suffix == ".py" or path.is_dir()}
    return sorted(names - ROOMS_ABOVE_THE_ENGINE - {"__init__", "__pycache__"})


@pytest.mark.parametrize(
    "statement",
    ["import convcost", f"import {', '.join(f'convcost.{name}' for name in engine())}"],
    ids=["package", "engine"],
)
def test_importing_it_loads_no_dependency(statement: str) -> None:
    assert not loaded_by(statement) & HEAVY


def test_entering_the_command_line_loads_nothing_yet() -> None:
    assert not loaded_by("import convcost.cli.main") & HEAVY


def test_usage_error_loads_no_rich_and_no_pydantic() -> None:
    loaded = loaded_by("from convcost.cli.run import run\nassert run(['comparee']) == 2")
    assert not loaded & {"rich", "pydantic", "yaml"}


def test_version_is_the_one_installed() -> None:
    assert convcost.__version__ == version("convcost")


def test_types_are_published() -> None:
    assert (Path(convcost.__file__).parent / "py.typed").is_file()

"""Small projects to run gates in."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

GIT = shutil.which("git")
NET = """\
name: {name}
input: 3x8x8
layers:
  - {{kind: standard, m: {m}, k: 3, name: stem}}
  - {{kind: pointwise, m: 2, name: head}}
"""
CONFIG = """\
specs = ["specs/*.yaml"]

[budgets."specs/*.yaml"]
params = "1k"
"""


def net(m: int = 4, name: str = "net", budgets: str = "") -> str:
    """A spec of 27·m + 2·m parameters and 64 times as many multiply-adds."""
    return NET.format(m=m, name=name) + (f"budgets: {budgets}\n" if budgets else "")


def write(files: dict[str, str], folder: Path | None = None) -> None:
    """Files by path."""
    for path, text in files.items():
        target = (folder or Path()) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def git(*args: str) -> str:
    """What git prints, with an identity of its own and nobody's settings."""
    environ = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        **{
            f"GIT_{who}_{what}": "x"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        },
    }
    done = subprocess.run(
        [GIT or "git", "-c", "init.defaultBranch=main", *args],
        capture_output=True,
        check=True,
        env=environ,
        text=True,
    )
    return done.stdout


def commit(message: str = "x") -> None:
    """Everything there is, as a commit."""
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message", message)

"""Where somebody sits: a folder, a terminal of some width, and a shell that runs convcost."""

from __future__ import annotations

import io
import shlex
import sys
from pathlib import Path
from typing import TextIO

import pytest

from convcost.cli import progress
from convcost.cli.run import run
from convcost.views.text import columns
from tests.documents import Terminal


class Screen(str):
    """What a command left on the screen."""

    __slots__ = ()

    @property
    def lines(self) -> list[str]:
        return self.splitlines()

    @property
    def width(self) -> int:
        """The columns of its longest line; lines to copy from are never broken."""
        return max((columns(line) for line in self.lines if "convcost " not in line), default=0)

    def line(self, start: str) -> str:
        """The only line that starts so."""
        (found,) = (line for line in self.lines if line.startswith(start))
        return found

    def command(self, label: str = "") -> str:
        """The last command that it prints for people to copy, behind `label`."""
        at = self.rindex(f"{label}convcost ") + len(label)
        return self[at:].splitlines()[0].rstrip('"')


class Encoded(io.TextIOWrapper):
    """A terminal that has but the characters of an encoding."""

    def __init__(self, encoding: str) -> None:
        self.raw_bytes = io.BytesIO()
        super().__init__(self.raw_bytes, encoding=encoding)

    def isatty(self) -> bool:
        return True

    def shown(self) -> str:
        """What stands on it."""
        self.flush()
        return self.raw_bytes.getvalue().decode(self.encoding)


class Desk:
    """Types command lines as bash would read them, and looks at the screen."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, width: int = 80) -> None:
        self._patch, self.folder, self.width, self.code = patch, folder, width, 0
        self.encoding = ""
        patch.chdir(folder)
        patch.setattr(progress, "PATIENCE", float("inf"))
        for name in ("GITHUB_ACTIONS", "FORCE_COLOR"):
            patch.delenv(name, raising=False)
        patch.setenv("NO_COLOR", "1")

    def write(self, name: str, text: str) -> None:
        """Save a file in an editor."""
        (self.folder / name).write_text(text, encoding="utf-8")

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def types(self, line: str, code: int = 0) -> Screen:
        """Run `line`, which must end with `code` and fit the terminal."""
        out, err = self._run(line, self._terminal(), self._terminal())
        assert self.code == code, out + err
        # A message has a line of its own, however long; the terminal breaks it.
        assert out.width <= self.width or self.encoding == "ascii", out
        return Screen(out + err)

    def pipes(self, line: str, code: int = 0) -> Screen:
        """What `line | cat` shows."""
        out, err = self._run(line, io.StringIO(), self._terminal())
        assert self.code == code, out + err
        return out

    def _terminal(self) -> TextIO:
        return Encoded(self.encoding) if self.encoding else Terminal()

    def _run(self, line: str, out: TextIO, err: TextIO) -> tuple[Screen, Screen]:
        program, *args = shlex.split(line)
        assert program == "convcost", line
        with self._patch.context() as patch:
            patch.setenv("COLUMNS", str(self.width))
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            self.code = run(args)
        return Screen(_text(out)), Screen(_text(err))


def _text(stream: TextIO) -> str:
    if isinstance(stream, Encoded):
        return stream.shown()
    assert isinstance(stream, io.StringIO)
    return stream.getvalue()

"""What shells make of command lines that are pasted into them: the words that convcost gets."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pytest

from tests import powershell


class Shell(NamedTuple):
    """How a shell is started with a script, or else has it typed; and a `convcost` for it that
    says how many words it got, and which."""

    call: tuple[str, ...]
    is_typed: bool = False
    function: str = """convcost() { printf '%s\\0' "$#" "$@"; }"""


SHELLS = {
    "bash": Shell(("bash", "-O", "failglob", "-c")),
    "bash, typed": Shell(("bash", "--noprofile", "--norc", "-i"), is_typed=True),
    "dash": Shell(("dash", "-c")),
    "zsh": Shell(("zsh", "-fc")),
    "zsh, typed": Shell(("zsh", "-fi", "-o", "extendedglob"), is_typed=True),
    "fish": Shell(
        ("fish", "-Nc"),
        function="function convcost; printf '%s\\0' (count $argv) $argv; end",
    ),
    "PowerShell": Shell(()),
}
"""Those of zsh fail for a pattern that matches no file. Rules and a grammar stand in for
PowerShell."""


def misread(lines: Sequence[str]) -> list[tuple[str, str, list[str]]]:
    """What a shell of those that are here reads otherwise than `shlex`."""
    expected = [shlex.split(line)[1:] for line in lines]
    here = [name for name, shell in SHELLS.items() if not shell.call or shutil.which(shell.call[0])]
    return [
        (name, line, words)
        for name in here
        for line, words, right in zip(lines, read_by(name, lines), expected, strict=True)
        if words != right
    ]


def read_by(name: str, lines: Sequence[str]) -> list[list[str]]:
    """The words of each line but the first, which is `convcost`, as the shell reads them; nothing
    may fail. Skips where there is no such shell."""
    if name == "PowerShell":
        return [powershell.agreed_words(line) for line in lines]
    shell = SHELLS[name]
    program = shutil.which(shell.call[0])
    if program is None:
        pytest.skip(f"there is no {shell.call[0]}")
    script = "\n".join([shell.function, *lines, ""])
    done = subprocess.run(
        [program, *shell.call[1:], *[script] * (not shell.is_typed)],
        input=script if shell.is_typed else "",
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    found = list(_calls(done.stdout))
    assert len(found) == len(lines), done.stderr
    return found


def _calls(printed: str) -> Iterator[list[str]]:
    words = iter(printed.split("\0"))
    for count in words:
        if count.strip().isdigit():
            yield [next(words) for _ in range(int(count))]

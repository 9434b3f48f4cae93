"""Somebody in zsh, where a bracket that matches no file is an error, pastes all that is printed.

`bash -O failglob` refuses what zsh does, and is there more often.
"""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence

import pytest

from tests.hours.desk import Desk

SHELLS = {"bash": ("-O", "failglob", "-c"), "zsh": ("-fc",)}
PROGRAM = "import json, sys; print(json.dumps(sys.argv[1:]))"
NET = """\
name: net
input: 16x32x32
layers:
  - name: body
    repeat: 4
    layers: [{kind: standard, m: 64, k: 3}]
  - {name: head, kind: linear, m: 10}
"""


def read_by(shell: str, lines: Sequence[str]) -> list[list[str]]:
    """The words of each line, as the shell gives them to the program; nothing may fail."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell}")
    call = shlex.join([sys.executable, "-c", PROGRAM])
    script = "\n".join([f'convcost() {{ {call} "$@"; }}', "set -e", *lines])
    done = subprocess.run(
        [program, *SHELLS[shell], script], capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("shell", SHELLS)
def test_an_hour(desk: Desk, shell: str) -> None:
    desk.write("my net.yaml", NET)
    printed = []

    # A kind with brackets, and the command that says why.
    table = desk.types("convcost compare --in 16 --out 32 -k 3 --kind 'group[groups=4]'")
    printed.append(table.command("Why: "))
    assert "4 groups" in desk.types(printed[-1]) or "groups" in desk.types(printed[-1])

    # Layers with brackets, in a file with a blank in its name.
    found = desk.types("convcost suggest 'my net.yaml' --max-macs 100M --first")
    printed.append(found.command("See it: "))
    assert "--only" in printed[-1]
    assert "body[" in printed[-1]
    assert "body[" in desk.types(printed[-1])

    # What to type, in hints.
    desk.types("convcost lock 'my net.yaml'")
    desk.write("other net.yaml", NET)
    hint = desk.types("convcost check 'other net.yaml'", code=2)
    quoted = hint.line("hint: ").split('"')[1]
    printed.append(quoted)
    desk.types(quoted)
    desk.types("convcost check 'other net.yaml'")

    # All examples of the help, of which many have brackets, stars and commas.
    for command in ("compare", "explain", "rewrite", "suggest", "eval", "check"):
        told = desk.types(f"convcost help {command}")
        printed += [line.strip() for line in told.lines if line.startswith("    convcost ")]
    assert len(printed) > 25

    assert read_by(shell, printed) == [shlex.split(line)[1:] for line in printed]

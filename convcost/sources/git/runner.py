"""git, asked without a shell: no prompt, no network, and no option that a user could smuggle in."""

from __future__ import annotations

import os
import re
import subprocess

from convcost.errors import UsageError
from convcost.text import quote

PREFIX = "git:"
SECONDS = 60

_REF = re.compile(r"[A-Za-z0-9_@][\w./@{}^~+-]*", re.ASCII)
# In a partial clone even reading a file may fetch it, by a program that the repository's own
# settings name. What they say of protocols yields to this variable, and not to `-c`.
_NO_NETWORK = {"GIT_ALLOW_PROTOCOL": "", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
# The history is what the commits say, not what a replacement or a graft makes of them.
_AS_COMMITTED = {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": os.devnull}
_PLAIN = {"GIT_LITERAL_PATHSPECS": "1", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
_OTHER_PATHSPECS = ("GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS")
_NO_PROGRAMS = (
    "-c",
    "protocol.allow=never",
    "-c",
    "core.fsmonitor=false",
    "-c",
    f"core.hooksPath={os.devnull}",
)


def is_ref(text: str) -> bool:
    """Whether `text` may be the name of one commit: no option, no range."""
    return bool(_REF.fullmatch(text)) and ".." not in text


def commit_of(ref: str, folder: str = "") -> str:
    """The hash of the commit that `ref` names in `folder`; empty if git knows none."""
    asked = ("--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    found = git("rev-parse", *asked, folder=folder)
    return found.stdout.decode().strip() if found.returncode == 0 else ""


def git(*args: str, asked: bytes = b"", folder: str = "") -> subprocess.CompletedProcess[bytes]:
    """What `git` with these arguments says in `folder` to `asked` on its standard input.

    UsageError where there is no git, or no answer.
    """
    program = _program()
    if program is None:
        raise UsageError("git is not installed", hint="install it, or compare with a saved file")
    environ = {name: value for name, value in os.environ.items() if name not in _OTHER_PATHSPECS}
    try:
        return subprocess.run(  # noqa: S603, no shell, and options end before what a user wrote
            [program, *_NO_PROGRAMS, *args],
            capture_output=True,
            check=False,
            cwd=folder or None,
            input=asked,
            timeout=SECONDS,
            env=environ | _NO_NETWORK | _AS_COMMITTED | _PLAIN,
        )
    except subprocess.TimeoutExpired:
        raise UsageError(
            f"git took longer than {SECONDS} seconds", hint="compare with a saved file"
        ) from None


def said(done: subprocess.CompletedProcess[bytes]) -> str:
    """Why git failed, in its own words, on one line; empty if it said nothing."""
    lines = done.stderr.decode(errors="replace").splitlines()
    for mark in ("fatal: ", "error: "):
        for line in lines:
            if line.startswith(mark):
                return quote(line.removeprefix(mark), 200)
    return ""


def _program() -> str | None:
    """The git of the search path; a folder that is relative there may be the checked one, and
    `shutil.which` looks in the current folder first on Windows."""
    name = "git.exe" if os.name == "nt" else "git"
    for folder in os.get_exec_path():
        path = os.path.join(folder, name)
        if os.path.isabs(folder) and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None

"""git, asked without a shell: no prompt, no network, and no option that a user could smuggle in."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

from convcost.errors import UsageError

PREFIX = "git:"
SECONDS = 60

_REF = re.compile(r"[A-Za-z0-9_@][\w./@{}^~+-]*", re.ASCII)
_QUIET = {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
# In a partial clone, even reading a file may fetch it.
_NO_NETWORK = ("-c", "protocol.allow=never")


def is_ref(text: str) -> bool:
    """Whether `text` may be the name of one commit: no option, no range."""
    return bool(_REF.fullmatch(text)) and ".." not in text


def commit_of(ref: str) -> str:
    """The hash of the commit that `ref` names; empty if git knows none."""
    found = git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    return found.stdout.decode().strip() if found.returncode == 0 else ""


def git(*args: str, asked: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """What `git` with these arguments says to `asked` on its standard input.

    UsageError where there is no git, or no answer.
    """
    program = shutil.which("git")
    if program is None:
        raise UsageError("git is not installed", hint="install it, or compare with a saved file")
    try:
        return subprocess.run(  # noqa: S603, no shell, and options end before what a user wrote
            [program, *_NO_NETWORK, *args],
            capture_output=True,
            check=False,
            input=asked,
            timeout=SECONDS,
            env={**os.environ, **_QUIET},
        )
    except subprocess.TimeoutExpired:
        raise UsageError(
            f"git took longer than {SECONDS} seconds", hint="compare with a saved file"
        ) from None

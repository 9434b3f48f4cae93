"""A changed program, read once more: in a process of its own, with the files as they are to be."""

from __future__ import annotations

import json
import linecache
import os
import pickle
import subprocess
import sys
from collections.abc import Mapping
from importlib.machinery import SourceFileLoader
from typing import Any

from convcost.errors import CodeError, UsageError
from convcost.sources.given import Given
from convcost.sources.targets import CodeTarget

Totals = tuple[int, int, int]
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from convcost.sources.imports.pytorch.again import main; main()"
)


def totals_with(texts: Mapping[str, str], target: CodeTarget, given: Given) -> Totals:
    """Params, multiply-adds and activations of what `target` makes if its files hold these `texts`,
    by their paths; none is written. The errors are those of `read_code`."""
    plain = given.changed(arguments=dict(given.arguments), rules=dict(given.rules))
    try:
        asked = pickle.dumps((dict(texts), target, plain))
    except (pickle.PicklingError, TypeError, AttributeError):
        message = "a changed program cannot be read with rules that are Python code"
        raise UsageError(message, hint="write the rules in YAML") from None
    done = subprocess.run(  # noqa: S603, this interpreter, on code that the user has just had run
        [sys.executable, "-P", "-c", _START, json.dumps(sys.path)],  # nothing of this folder first
        input=asked,
        capture_output=True,
        check=False,
    )
    try:
        said = json.loads(done.stdout)
    except ValueError:
        said = {"message": f"its process ended with {done.returncode}", "trace": "", "hint": ""}
    if "message" in said:
        message = f"the changed program cannot be read: {said['message']}"
        if said["trace"]:
            raise CodeError(message, said["trace"], hint=said["hint"])
        raise UsageError(message, hint=said["hint"])
    return said["params"], said["macs"], said["activations"]


def main() -> None:
    """Answer what `totals_with` asks on standard input, as JSON on standard output."""
    out = os.dup(1)
    os.dup2(2, 1)  # what the user's code prints is no answer
    asked = sys.stdin.buffer.read()
    texts, target, given = pickle.loads(asked)  # noqa: S301, of the process that started this one
    _replace_sources(texts)
    with os.fdopen(out, "w") as answer:
        json.dump(_read(target, given), answer)


def _read(target: CodeTarget, given: Given) -> dict[str, Any]:
    from convcost.cost import evaluate
    from convcost.errors import ConvcostError
    from convcost.sources import read

    try:
        report = evaluate(read(target, None, given).network)
    except ConvcostError as error:
        first = error.problems[0]
        trace = error.trace if isinstance(error, CodeError) else ""
        return {"message": first.message, "hint": first.hint, "trace": trace}
    return {name: getattr(report, name) for name in ("params", "macs", "activations")}


def _replace_sources(texts: Mapping[str, str]) -> None:
    """Let these files be imported as if they held these texts."""
    loader: Any = SourceFileLoader
    usual = loader.get_code

    def get_code(self: SourceFileLoader, fullname: str) -> Any:
        path = self.get_filename(fullname)
        text = texts.get(os.path.realpath(path))
        if text is None:
            return usual(self, fullname)
        # Code that looks at its own source, as that of torch.jit does, is to see this one.
        linecache.cache[path] = len(text), None, text.splitlines(keepends=True), path
        return compile(text, path, "exec")

    loader.get_code = get_code

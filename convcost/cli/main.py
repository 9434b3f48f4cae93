"""The console script: nothing heavy is imported before an interrupt is sure to end quietly."""

from __future__ import annotations

import gc
import sys

from convcost.cli.exits import INTERRUPTED

_COLLECT_AFTER = 100_000  # allocations; Python's own 700 sets off a hundred collections at start-up


def main() -> None:
    """Run the command line of this process and exit with its code (see `convcost.cli.exits`)."""
    gc.set_threshold(_COLLECT_AFTER)
    try:
        from convcost.cli.run import run

        code = run(sys.argv[1:])
        # The interpreter's last collections would visit every object only to find that the
        # process ends: a tenth of a short run.
        gc.freeze()
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(code)

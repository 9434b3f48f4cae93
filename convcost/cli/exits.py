"""The exit codes, which scripts and CI rely on."""

from __future__ import annotations

FINE = 0
OVER_BUDGET = 1
"""Over budget, or regressed. A command says so with `raise typer.Exit(OVER_BUDGET)`."""
BAD_INPUT = 2
"""Usage, file or spec, and whatever else goes wrong; wins over `OVER_BUDGET`."""
SIGNALLED = 128
"""And the number of the signal that asked for the end: 129 for SIGHUP, 143 for SIGTERM."""
INTERRUPTED = 130
CLOSED_PIPE = 141
"""The reader of the output went away: never 0, since then a gate's verdict went unread."""

"""The console script: nothing heavy is imported before an interrupt is sure to end quietly."""

from __future__ import annotations

import gc
import sys

from convcost.cli.exits import INTERRUPTED, SIGNALLED

TYPE_CHECKING = False  # as type checkers understand it; importing typing takes 6 ms
if TYPE_CHECKING:
    from types import FrameType

# Objects; Python's own 700 sets off a hundred collections at start-up, and those of a long spec,
# which are kept to the end, are not to be visited either.
_COLLECT_AFTER = 1_000_000


def main() -> None:
    """Run the command line of this process and exit with its code (see `convcost.cli.exits`)."""
    gc.set_threshold(_COLLECT_AFTER)
    asked: list[int] = []
    try:
        _end_in_order(asked)
        from convcost.cli.run import run

        code = run(sys.argv[1:])
        # The interpreter's last collections would visit every object only to find that the
        # process ends: a tenth of a short run.
        gc.freeze()
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(SIGNALLED + asked[0] if asked else code)


def _end_in_order(asked: list[int]) -> None:
    """Have SIGTERM and SIGHUP end the run as an interrupt does, so that no half-made file stays;
    `asked` gets the number of the signal."""
    import signal

    def end(number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_IGN)  # once is enough: tidying up is not to be ended too
        asked.append(number)
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP, and nohup has it ignored
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, end)

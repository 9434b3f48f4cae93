"""Draws inputs without end, runs them, and tells what convcost does wrong.

python benchmarks/fuzz.py --seed 1 --inputs 2000
python benchmarks/fuzz.py --seconds 3600 --jobs 4 --keep findings
python benchmarks/fuzz.py --only broken --inputs 20000
python benchmarks/fuzz.py --only tflite --inputs 20000
python benchmarks/fuzz.py --replay 1:377
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # as a script it sees its own folder only


def main() -> None:
    """Run what the command line asks for; exit code 1 if anything was found."""
    from benchmarks.fuzzing.families import ALONE, FAMILIES, TURNS, indices_of, missing
    from benchmarks.fuzzing.summary import Summary, replay
    from benchmarks.fuzzing.worker import verdicts

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--inputs", type=int, metavar="N", help="so many (default: 1000)")
    parser.add_argument("--seconds", type=float, metavar="S", help="for so long")
    parser.add_argument("--only", default="", metavar="FAMILY,...", help=", ".join(FAMILIES))
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes at once")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="write what was found there")
    parser.add_argument("--replay", metavar="SEED:INDEX", help="one input again, and all it says")
    args = parser.parse_args()
    if args.replay:
        seed, _, index = args.replay.partition(":")
        sys.exit(replay(int(seed), int(index), args.keep))
    only = args.only.split(",") if args.only else list(dict.fromkeys(TURNS))
    if unknown := set(only) - set(FAMILIES):
        parser.error(f"there is no family {', '.join(unknown)}")
    if len(only) > 1 and (alone := set(only) & set(ALONE)):
        parser.error(f"the family {min(alone)} runs alone")
    for family in filter(missing, only):
        print(f"no inputs of the family {family}: {missing(family)} is not installed")
    only = [family for family in only if not missing(family)]
    if not only:
        sys.exit("nothing to do")
    inputs = args.inputs or (None if args.seconds else 1000)
    indices = islice(indices_of(only), inputs)
    summary = Summary(args.seed, args.keep)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):  # what was found until then is told all the same
        for verdict in verdicts(args.seed, indices, args.jobs, args.seconds):
            summary.add(verdict)
        if args.jobs > 1:
            summary.excuse(verdicts(args.seed, summary.doubts()))
    sys.exit(summary.told())


if __name__ == "__main__":
    main()

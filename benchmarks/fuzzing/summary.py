"""What a run found, grouped by kind of fault, each with the input that shows it."""

from __future__ import annotations

import shlex
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from benchmarks.fuzzing.case import Call, Case, Fault, Fifo, Git, Lose, Symlink, Together, Write
from benchmarks.fuzzing.execute import perform
from benchmarks.fuzzing.families import draw
from benchmarks.fuzzing.oracles import faults_of
from benchmarks.fuzzing.worker import Verdict, limit_memory, warm_up

_SHOWN = 3
_TELLS = 10_000
"""Inputs after which it says how far it is."""
_OF_TIME = ("hang", "slow")
_LONGEST = 300


class Summary:
    """Collects verdicts; a new kind of fault is told at once."""

    def __init__(self, seed: int, keep: Path | None = None) -> None:
        self.seed = seed
        self.keep = keep
        self.inputs: Counter[str] = Counter()
        self.evaluated: Counter[str] = Counter()
        self.found: dict[Fault, list[int]] = {}
        self.started = time.monotonic()

    def add(self, verdict: Verdict) -> None:
        """One more input."""
        self.inputs[verdict.family] += 1
        self.evaluated[verdict.family] += verdict.evaluated
        if self.inputs.total() % _TELLS == 0:
            print(self._line(), flush=True)
        for fault in verdict.faults:
            if fault not in self.found:
                print(f"{self.seed}:{verdict.number}  {fault}", flush=True)
            self.found.setdefault(fault, []).append(verdict.number)
        if verdict.faults and self.keep:
            _keep(self.keep / f"{self.seed}-{verdict.number}", self.seed, verdict)

    def doubts(self) -> list[int]:
        """Inputs that show what a busy machine may be to blame for, a few of each kind."""
        doubtful = (numbers for fault, numbers in self.found.items() if fault.oracle in _OF_TIME)
        return sorted({number for numbers in doubtful for number in numbers[:_SHOWN]})

    def excuse(self, again: Iterable[Verdict]) -> None:
        """Forget what is not seen in these verdicts, when inputs run alone."""
        seen = {fault for verdict in again for fault in verdict.faults}
        for fault in [each for each in self.found if each.oracle in _OF_TIME]:
            if fault not in seen:
                print(f"not where it runs alone: {len(self.found.pop(fault))} x {fault}")

    def _line(self) -> str:
        total, evaluated = self.inputs.total(), self.evaluated.total()
        seconds = time.monotonic() - self.started
        return (
            f"seed {self.seed}, {total:,} inputs in {seconds:.0f} s, "
            f"{_share(evaluated, total).strip()} evaluated, {len(self.found)} kinds of fault"
        )

    def told(self) -> int:
        """Prints the summary; the exit code, 1 if there were findings."""
        print()
        for family, inputs in sorted(self.inputs.items()):
            print(f"  {family:<12}{inputs:>8,}  {_share(self.evaluated[family], inputs)} evaluated")
        for fault, indices in sorted(self.found.items()):
            shown = ", ".join(f"{self.seed}:{index}" for index in indices[:_SHOWN])
            print(f"\n{len(indices):>6} x {fault}")
            print(f"         {shown}\n         {one_line(self.seed, indices[0])}")
        print(f"\n{self._line()}")
        return 1 if self.found else 0


def replay(seed: int, index: int, keep: Path | None = None) -> int:
    """Runs one input in this process and prints all that it says; 1 if an oracle finds a fault."""
    case = draw(seed, index)
    print("\n".join(told(case)), flush=True)
    with tempfile.TemporaryDirectory(prefix="convcost-fuzz-") as folder:
        warm_up(Path(folder))
        limit_memory()
        results = perform(case, Path(folder, "case"))
    for call, outcome in results:
        print(f"\n$ convcost {shlex.join(call.args)}" if call.args else "\nbehind it all:")
        print(_cut(outcome.out) + _cut(outcome.err), end="")
        ended = outcome.raised or f"exit code {outcome.code}"
        print(f"[{ended}, {outcome.seconds:.2f} s, {outcome.megabytes:.0f} MB]")
    faults = tuple(faults_of(results))
    print(*(f"\n{fault}" for fault in faults), sep="")
    if keep:
        _keep(keep / f"{seed}-{index}", seed, Verdict(index, case.family, False, faults))
    return 1 if faults else 0


def told(case: Case) -> list[str]:
    """The steps of a case as shell would do them, for people to read."""
    lines = []
    for step in case.steps:
        match step:
            case Write(path, data):
                lines.append(
                    f"{shlex.quote(path)}: {_cut(data.decode('utf-8', 'backslashreplace'))}"
                )
            case Symlink(path, target):
                lines.append(shlex.join(["ln", "-s", target, path]))
            case Fifo(path):
                lines.append(shlex.join(["mkfifo", path]))
            case Git(args):
                lines.append(shlex.join(["git", *args]))
            case Lose(name):
                lines.append(f"# the object {name} is lost")
            case Call():
                env = [f"{name}={value}" for name, value in step.env]
                lines.append(shlex.join([*env, "convcost", *step.args]))
            case Together(calls, _, _):
                lines += [shlex.join(["convcost", *each.args]) + " &" for each in calls]
    return [_escaped(line) for line in lines]


def one_line(seed: int, index: int) -> str:
    """The command that runs an input again, and its command lines."""
    calls = [line for line in told(draw(seed, index)) if line.startswith("convcost")]
    lines = "; ".join(calls).replace("\n", "\\n")
    return f"python benchmarks/fuzz.py --replay {seed}:{index}  # {lines[:_LONGEST]}"


def _keep(folder: Path, seed: int, verdict: Verdict) -> None:
    """The input's files, and what was found and how to see it again."""
    case = draw(seed, verdict.number)
    folder.mkdir(parents=True, exist_ok=True)
    files = [step for step in case.steps if isinstance(step, Write)]
    for number, step in enumerate(files):
        name = "".join(char if char.isascii() and char.isalnum() else "_" for char in step.path)
        (folder / f"{number}-{name[-40:]}").write_bytes(step.data)
    lines = [*map(str, verdict.faults), "", one_line(seed, verdict.number), *told(case)]
    (folder / "README").write_text("\n".join(map(_escaped, lines)) + "\n", encoding="utf-8")


def _cut(text: str) -> str:
    return (
        text
        if len(text) <= _LONGEST * 8
        else f"{text[: _LONGEST * 8]}… ({len(text):,} characters)\n"
    )


def _escaped(text: str) -> str:
    return "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode()
        for char in text
    )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:5.1f} %" if whole else "    - "

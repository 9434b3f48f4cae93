"""What is a fault: of one call, and of the calls of a case together.

An oracle knows convcost's contracts and nothing of how it is made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from benchmarks.fuzzing.case import SECRET, Call, Fault, Outcome
from benchmarks.fuzzing.figures import figures
from benchmarks.fuzzing.formats import FORMATS, texts

Results: TypeAlias = Sequence[tuple[Call, Outcome]]
Oracle: TypeAlias = Callable[[Call, Outcome], Iterator[Fault]]

CODES = (0, 1, 2)
"""A call that is neither interrupted nor cut off ends with one of these."""
REFUSED_SECONDS = 3.0
"""2 s are asked for; a machine that does other work takes half as long again."""
REFUSED_MEGABYTES = 200.0
MOST_MEGABYTES = 1000.0
_ERROR = re.compile(r"^(?P<where>.*?)\berror: (?P<message>.*)$", re.MULTILINE)
# With 2 also ends what was read and evaluated, but cannot be decided, or has nothing to replace.
_EVALUATED = re.compile(
    r"cannot be (?:held to|told)|is unknown and counted as nothing|has no layer of the kind"
)
_MORE = re.compile(r"^and \d+ more$", re.MULTILINE)


def faults_of(results: Results) -> list[Fault]:
    """Every fault of a case, each once."""
    found: dict[Fault, None] = {}
    for each, outcome in results:
        for oracle in ORACLES:
            found |= dict.fromkeys(oracle(each, outcome))
    for judge in (disagreement, broken_promise):
        found |= dict.fromkeys(judge(results))
    return list(found)


def is_evaluated(results: Results) -> bool:
    """Whether the first call gave a result."""
    return bool(results) and bool(results[0][0].args) and results[0][1].code in (0, 1)


def ending(call: Call, outcome: Outcome) -> Iterator[Fault]:
    """It raised, never ended, or ended with a code that means nothing."""
    if outcome.raised:
        oracle = "hang" if outcome.raised in ("never ends", "waits for ever") else "raised"
        oracle = oracle if call.args else "aftermath"
        where = f" ({call.args[0]})" if oracle == "hang" else ""
        yield Fault(oracle, outcome.raised + where)
    elif outcome.code not in CODES:
        yield Fault("code", f"exit code {outcome.code}")


def bug(call: Call, outcome: Outcome) -> Iterator[Fault]:
    """It says itself that it is a bug, or shows Python's traceback."""
    text = outcome.out + outcome.err
    for said in re.findall(r"this is a bug in convcost: (\w+: [^\"\n]*)", text):
        yield Fault("bug", f"{shape(said)} ({call.args[0]})")
    if "Traceback (most recent call last)" in text:
        yield Fault("bug", "a traceback")


def cost(call: Call, outcome: Outcome) -> Iterator[Fault]:
    """It took too long or too much memory for what it answered."""
    refused = outcome.code not in (0, 1) and not _EVALUATED.search(outcome.err)
    if refused and outcome.seconds > REFUSED_SECONDS and not outcome.raised:
        yield Fault("slow", f"{first_message(outcome)} ({call.args[0]})")
    if outcome.megabytes > (REFUSED_MEGABYTES if refused else MOST_MEGABYTES):
        yield Fault("memory", f"{first_message(outcome)} ({call.args[0]})")
    elif "not enough memory" in outcome.err:
        yield Fault("memory", f"not enough ({call.args[0]})")


def silence(call: Call, outcome: Outcome) -> Iterator[Fault]:
    """It was refused without a word, or without a place and a remedy; or not, but says error."""
    if not call.args:
        return
    problems = list(_ERROR.finditer(outcome.err))
    if outcome.code == 2 and not problems:
        yield Fault("silence", f"exit code 2 without a message ({call.args[0]})")
    if outcome.code == 0 and problems and "--exit-zero" not in call.args:
        yield Fault("silence", f"exit code 0 with an error: {shape(problems[0]['message'])}")
    ends = [*(problem.start() for problem in problems[1:]), len(outcome.err)]
    for problem, end in zip(problems, ends, strict=False):
        has_hint = "\nhint: " in outcome.err[problem.end() : end]
        placed = problem["where"] or _typed(call) & set(re.findall(r"[\w-]+", problem["message"]))
        if not placed and not has_hint and not _MORE.search(outcome.err):
            yield Fault("remedy", f"neither place nor hint: {shape(problem['message'])}")


def _typed(call: Call) -> set[str]:
    """The words of a command line that a message may name as the place: options and values."""
    return {
        word
        for typed in call.args[1:]
        for word in (typed, typed.lstrip("-"), *re.findall(r"[\w-]+", typed))
    }


def leak(call: Call, outcome: Outcome) -> Iterator[Fault]:
    """It shows what stands in a file outside, of which the command line says nothing."""
    named = any("outside" in word.lower() or ".." in word.split("/") for word in call.args)
    if SECRET in outcome.out + outcome.err and not named:
        yield Fault("leak", f"shows a file outside ({call.args[0]})")
    for path, data in outcome.written:
        if SECRET.encode() in data and not named:
            yield Fault("leak", f"copies a file outside ({call.args[0]} to {shape(path)})")


def form(call: Call, outcome: Outcome) -> Iterator[Fault]:
    """A result does not keep to its format, or acts."""
    if outcome.code not in CODES:
        return
    for name, text in texts(call, outcome):
        for detail in FORMATS[name](text):
            yield Fault(name, f"{detail} ({call.args[0]})")


def count(call: Call, outcome: Outcome) -> Iterator[Fault]:
    """It counts something else than what was counted by other means."""
    if call.counts is not None and outcome.code == 0:
        found = figures(call, outcome)
        if found is not None and found != call.counts:
            yield Fault("count", "not what weights times positions come to")


ORACLES: tuple[Oracle, ...] = (ending, bug, cost, silence, leak, form, count)


def disagreement(results: Results) -> Iterator[Fault]:
    """Calls about one network say different figures, or one is refused after another was not."""
    first: dict[str, tuple[Call, tuple[int, int] | None]] = {}
    for call, outcome in results:
        if not call.figure or outcome.raised:
            continue
        if outcome.code == 2:
            if call.figure in first:
                ways = f"{_way(first[call.figure][0])}, then {_way(call)}"
                yield Fault("disagreement", f"refused: {ways}: {first_message(outcome)}")
            continue
        found = figures(call, outcome)
        known = first.setdefault(call.figure, (call, found))
        if known[1] is None:
            first[call.figure] = call, found
        elif found is not None and found != known[1]:
            yield Fault("disagreement", f"other figures: {_way(known[0])}, then {_way(call)}")


def broken_promise(results: Results) -> Iterator[Fault]:
    """A code that must not be, after calls of which none was refused."""
    for call, outcome in results:
        if outcome.code in call.never and not outcome.raised:
            says = f": {first_message(outcome)}" if outcome.code == 2 else ""
            yield Fault("promise", f"{call.because} (exit code {outcome.code}){says}")
            return
        if outcome.code not in (0, 1) or (outcome.code == 1 and call.args[:1] != ("check",)):
            return


def first_message(outcome: Outcome) -> str:
    """The kind of the first problem that it shows."""
    found = _ERROR.search(outcome.err)
    return shape(found["message"]) if found else "accepted"


def shape(text: str) -> str:
    """A message without what is of the input: equal for equal kinds."""
    text = re.sub(r'".*"', '"…"', text)
    text = re.sub(r"'.*'", "'…'", text)
    text = re.sub(r"(layer|block|network) [^ :]+( \([^)]*\))?:", r"\1 …:", text)
    return re.sub(r"[\d,.]*\d", "0", text)[:100]


def _way(call: Call) -> str:
    kept = [word for word in call.args if word.lstrip("-").isalpha()]
    return " ".join([call.args[0], *kept[1:4]])

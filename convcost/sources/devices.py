"""Devices: those that ship, by name, and your own from a YAML file.

```yaml
name: our board
peaks: {int8: 2G}
memory: {sram: 512KiB, flash: 2MiB}
source: our own measurement
```
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from convcost.device import MEMORIES, SURENESS, Device
from convcost.errors import UsageError
from convcost.quantity import parse_amount, parse_bytes
from convcost.setting import BITS
from convcost.sources.entries import LONGEST_NAME, Entries
from convcost.sources.yaml.files import file_bytes
from convcost.sources.yaml.reader import MAX_BYTES, read_file, read_text
from convcost.sources.yaml.tree import Document, Node
from convcost.sources.zoo import bare
from convcost.spelling import did_you_mean
from convcost.text import quote

KEYS = {
    "name": "what it is called in tables",
    "summary": "one line on what it is",
    "clock": "cycles a second",
    "peaks": "operations a second by dtype, dense; a multiply-add is 2",
    "per_cycle": "the same for a cycle, in place of peaks",
    "bandwidth": "bytes a second, by memory",
    "memory": "bytes, by memory",
    "source": "where the figures are from",
    "date": "when they were looked up",
    "sure": "how sure they are: a word, or one for each key above",
}
_FIGURES = ("clock", "peaks", "per_cycle", "bandwidth", "memory")
_FOLDER = Path(__file__).resolve().parents[1] / "devices"


def shipped_devices() -> Mapping[str, str]:
    """The file of each device that ships, by the name that asks for it, sorted."""
    return {path.stem: str(path) for path in sorted(_FOLDER.glob("*.yaml"))}


def is_device_file(word: str) -> bool:
    """Whether `word` is the path of a file, as it names no device that ships."""
    return "/" in word or word.endswith((".yaml", ".yml", ".json"))


def find_device(word: str, root: str = "", folder: str = "") -> Device:
    """The device that `word` names, as `stm32f746` or `STM32F746`, or the one in that file, seen
    from `folder`, which must lie below `root` if that is given: YAML, or what `convcost measure`
    saved as JSON.

    UsageError for neither, SpecError for a file that holds none.
    """
    if is_device_file(word):
        path = os.path.normpath(os.path.join(folder, word)) if folder else word
        if not path.endswith(".json"):
            return _device(read_file(path, root)).changed(key=word)
        from convcost.sources.measured import measured_device

        return measured_device(file_bytes(path, MAX_BYTES, root), path).changed(key=word)
    shipped = shipped_devices()
    for name, path in shipped.items():
        if bare(name) == bare(word):
            return _device(read_file(path)).changed(key=name)
    raise UsageError(
        f'unknown device "{quote(word)}"',
        hint=did_you_mean(word.lower(), shipped)
        or f"the devices are {', '.join(shipped)}; your own is a file: ./board.yaml",
    )


def parse_device(text: str, path: str = "<text>") -> Device:
    """The device in `text`; `path` is what messages call it."""
    return _device(read_text(text, path))


def _device(document: Document) -> Device:
    entries = Entries(document, "a device", KEYS, "memory")
    name = entries.words("name", LONGEST_NAME)
    summary, source, date = map(entries.words, ("summary", "source", "date"))
    clock = entries.get("clock")
    cycles = _amount(entries, "clock", clock, parse_amount) if clock else None
    peaks = _amounts(entries, "peaks", BITS, parse_amount)
    per_cycle = _amounts(entries, "per_cycle", BITS, parse_amount)
    if peaks and per_cycle:
        entries.add("peaks and per_cycle say the same", entries.get("per_cycle"), "give one")
    bandwidth = _amounts(entries, "bandwidth", MEMORIES, parse_bytes)
    memory = _amounts(entries, "memory", MEMORIES, parse_bytes)
    sure = _sure(entries)
    if cycles and per_cycle:
        peaks = {dtype: cycles * each for dtype, each in per_cycle.items()}
        if words := [sure[key] for key in ("clock", "per_cycle") if key in sure]:
            sure["peaks"] = max(words, key=tuple(SURENESS).index)
    if not (peaks or per_cycle or bandwidth or memory or entries.problems):
        entries.add("a device needs figures", hint="such as memory: {sram: 512KiB, flash: 2MiB}")
    entries.finish()
    return Device(name, summary, peaks, bandwidth, memory, per_cycle, cycles, source, date, sure)


def _amounts(
    entries: Entries, key: str, known: Iterable[str], parse: Callable[[str], int]
) -> Mapping[str, int]:
    example = "sram: 512KiB" if parse is parse_bytes else "int8: 2G"
    found: dict[str, int] = {}
    for name, written, inner in entries.pairs(key, example):
        if name not in known:
            what = "memory" if known is MEMORIES else "dtype"
            hint = did_you_mean(name, known) or f"it takes {', '.join(known)}"
            entries.add(f'unknown {what} "{quote(name)}" in {key}', written, hint)
        elif amount := _amount(entries, f"{name} of {key}", inner, parse):
            found[name] = amount
    return found


def _amount(entries: Entries, what: str, node: Node, parse: Callable[[str], int]) -> int | None:
    """The whole number above 0 at `node`; None, with a problem noted, if it is none."""
    value = node.value
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        try:
            if amount := parse(repr(value) if isinstance(value, float) else str(value)):
                return amount
        except UsageError as error:
            entries.add(f"{what}: {error.problems[0].message}", node, error.problems[0].hint)
            return None
    entries.add(f"{what} must be a number above 0", node, "leave out what is not known")
    return None


def _sure(entries: Entries) -> dict[str, str]:
    """How sure each figure is; one word is meant for all that there are."""
    node = entries.get("sure")
    there = [key for key in _FIGURES if entries.get(key)]
    if node is None:
        return {}
    if not isinstance(node.value, dict):
        return {key: word for key in there if (word := _word(entries, node))}
    found = {}
    for name, written, inner in entries.pairs("sure", "memory: vendor"):
        if name not in there:
            hint = f"it has {', '.join(there)}" if there else ""
            entries.add(f'sure of "{quote(name)}", of which there are no figures', written, hint)
        elif word := _word(entries, inner):
            found[name] = word
    return found


def _word(entries: Entries, node: Node) -> str | None:
    if isinstance(node.value, str) and node.value in SURENESS:
        return node.value
    entries.add("no word for how sure a figure is", node, f"the words are {', '.join(SURENESS)}")
    return None

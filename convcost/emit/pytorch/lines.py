"""The lines of `forward`: which variable holds which tensor, and when it may be reused."""

from __future__ import annotations

from dataclasses import dataclass, field

from convcost.emit.pytorch.classes import Fragment
from convcost.emit.pytorch.expressions import Call
from convcost.emit.pytorch.modules import Step
from convcost.emit.pytorch.names import attributes


@dataclass(slots=True)
class Lines:
    """Collects steps; tensors are known by the index of the layer that makes them.

    `start` is the index of what `forward` takes as x.
    """

    start: int
    _steps: list[tuple[int, list[Step], tuple[int, ...]]] = field(default_factory=list)

    def add(self, index: int, steps: list[Step], sources: tuple[int, ...]) -> None:
        """The steps that make the tensor `index` out of `sources`; no steps pass the first on."""
        self._steps.append((index, steps, sources))

    def fragment(self, ends: tuple[int, ...]) -> Fragment:
        """The body of the class, which returns the tensors `ends`."""
        last_use = dict.fromkeys(ends, len(self._steps))
        for number, (_, _, sources) in enumerate(self._steps):
            for source in sources:
                last_use[source] = max(last_use.get(source, 0), number)
        modules = self._modules()
        names: dict[int, str] = {self.start: "x"}
        needed = {"x": last_use.get(self.start, -1)}
        lines: list[str] = []
        for number, (index, steps, sources) in enumerate(self._steps):
            given = [names[source] for source in sources]
            still = {name for name, use in needed.items() if use > number}
            target = next((name for name in given if name not in still), None) or _free(still)
            text = given[0]
            for at, step in enumerate(steps):
                own = modules[id(step.call)][0] if step.call else ""
                inputs = given if at == 0 else [text]
                written = step.text.replace("{self}", f"self.{own}").format(*inputs)
                if written != text:
                    lines.append(f"{target} = {written}")
                    text = target
            names[index] = text
            needed[text] = max(needed.get(text, -1), last_use.get(index, number))
        returned = ", ".join(names[end] for end in ends)
        prefix = f"{returned} = "
        if lines and lines[-1].startswith(prefix):
            lines[-1] = f"return {lines[-1].removeprefix(prefix)}"
        else:
            lines.append(f"return {returned}")
        return Fragment(tuple(modules.values()), tuple(lines))

    def _modules(self) -> dict[int, tuple[str, Call]]:
        """The name and call of each module, by the call's identity: one used twice is made once."""
        calls = {id(step.call): step for _, steps, _ in self._steps for step in steps if step.call}
        names = attributes([step.hint for step in calls.values()])
        return {
            key: (name, step.call)
            for name, (key, step) in zip(names, calls.items(), strict=True)
            if step.call
        }


def _free(taken: set[str]) -> str:
    for name in ("x", "y", "z", "u", "v", "w"):
        if name not in taken:
            return name
    number = 1
    while f"x{number}" in taken:
        number += 1
    return f"x{number}"

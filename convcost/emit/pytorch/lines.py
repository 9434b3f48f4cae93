"""The lines of `forward`: which variable holds which tensor, and when it may be reused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

from convcost.emit.pytorch.classes import Fragment
from convcost.emit.pytorch.expressions import Call
from convcost.emit.pytorch.names import attributes
from convcost.emit.pytorch.steps import Step


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
        variables = _Variables(last_use.get(self.start, -1))
        lines: list[str] = []
        for number, (index, steps, sources) in enumerate(self._steps):
            given = [names[source] for source in sources]
            target = variables.free(number, given)
            text = given[0]
            for at, step in enumerate(steps):
                own = modules[id(step.call)][0] if step.call else ""
                inputs = given if at == 0 else [text]
                written = step.text.replace("{self}", f"self.{own}").format(*inputs)
                if written != text:
                    lines.append(f"{target} = {written}")
                    text = target
            names[index] = text
            variables.hold(text, last_use.get(index, number))
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


class _Variables:
    """The variables of a function, and until which step each is needed.

    They are x, y, z, u, v, w, x1, x2 and so on, the first that is free before the others. There may
    be tens of thousands of them, so those that are free are not looked for among all.
    """

    def __init__(self, until: int) -> None:
        self._names = ["x"]
        self._places = {"x": 0}
        self._needed = [until]
        self._ending = [(until, 0)]
        self._free: list[int] = []

    def free(self, step: int, given: Sequence[str]) -> str:
        """One that nothing needs behind `step`: of those `given` to it, if one is not."""
        for name in given:
            if self._needed[self._places[name]] <= step:
                return name
        while self._ending and self._ending[0][0] <= step:
            heappush(self._free, heappop(self._ending)[1])
        while self._free and self._needed[self._free[0]] > step:
            heappop(self._free)
        return self._names[self._free[0]] if self._free else self._another()

    def hold(self, name: str, until: int) -> None:
        """The variable is needed until that step, if not longer."""
        place = self._places[name]
        if until > self._needed[place]:
            self._needed[place] = until
            heappush(self._ending, (until, place))

    def _another(self) -> str:
        place = len(self._names)
        name = "xyzuvw"[place] if place < 6 else f"x{place - 5}"
        self._names.append(name)
        self._places[name] = place
        self._needed.append(-1)
        return name

"""The operations of a network that convcost has no rule for, and what the user says they cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from convcost.ops.base import Shape
from convcost.sources.teaching import Rule, Rules, Taught, key_of
from convcost.spelling import did_you_mean
from convcost.text import listed


@dataclass(slots=True)
class Unknowns:
    """Operations without a rule, counted by name; `rules` are those of the user's."""

    rules: Rules = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    _taught: set[str] = field(default_factory=set)
    _reasons: dict[str, str] = field(default_factory=dict)

    def cost(self, op: str, ins: Sequence[Shape], outs: Sequence[Shape]) -> Taught | None:
        """What the user says of an operation on these shapes; None, and it is counted, if nothing.

        SpecError for a rule of the user's that comes to no count.
        """
        rule = self.rules.get(key_of(op))
        if rule is None:
            self.counts[op] += 1
            return None
        self._taught.add(key_of(op))
        return rule.cost(ins, outs)

    def note(self, op: str, reason: str) -> None:
        """Why a rule does not apply; the first reason is kept."""
        self._reasons.setdefault(op, reason)

    def why(self, op: str) -> str:
        """The reason that was noted of an operation."""
        return self._reasons.get(op, "")

    def reasons(self) -> list[str]:
        """Why operations that there is a rule for are unknown all the same."""
        known_why = [op for op in self._reasons if op in self.counts]
        return [f"{op} is unknown: {self._reasons[op]}" for op in known_why]

    def idle(self) -> tuple[str, ...]:
        """A note on the user's rules that nothing asked for, if there are any; those of plugins may
        be for other networks."""
        idle = (rule for key, rule in self.rules.items() if key not in self._taught)
        ops = [rule.op for rule in idle if isinstance(rule, Rule)]
        if not ops:
            return ()
        meant = next(filter(None, (did_you_mean(op, self.counts) for op in ops[:_LOOKED_AT])), "")
        return (f"--with: no unknown operation is called {listed(ops)}{meant and f'; {meant}'}",)


_LOOKED_AT = 100

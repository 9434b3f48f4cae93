"""Which of a network's parameters are counted: each once, where it is first used."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import prod

from convcost.kinds.fields import FIXED, OWN, SHARED, UNCLEAR
from convcost.ops.base import Shape


@dataclass(slots=True)
class Ledger:
    """The framework's `params` with their shapes, and those that a layer has counted.

    A tensor is asked about by the parameters that it is made of and its number of elements: it is
    a parameter itself, turned or reshaped maybe, where one of them has as many. `otherwise` is
    whose weights are that are made of no parameter. `claimed` are those that the last claim has
    counted.
    """

    params: Mapping[str, Shape]
    otherwise: str = FIXED
    claimed: Sequence[str] = ()
    _counted: dict[str, None] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many are counted."""
        return len(self._counted)

    def whose(self, made_of: Collection[str], size: int) -> str:
        """Whose a tensor's numbers are: `own` where it is a parameter that nothing has counted,
        `shared` where all that it is made of is counted elsewhere, else `otherwise`."""
        return self._status(made_of, self._fresh(made_of, size))

    def claim(self, made_of: Collection[str], size: int) -> str:
        """`whose`; what is `own` is counted now."""
        fresh = self._fresh(made_of, size)
        self.claimed = fresh[:1]
        self._counted.update(dict.fromkeys(self.claimed))
        return self._status(made_of, fresh)

    def claim_together(self, parts: Sequence[tuple[Collection[str], int]], size: int) -> str:
        """`claim` for several tensors, what each is made of and its number of elements, that are
        the `size` numbers of one layer. Where they are not the layer's own as a whole they are
        `shared`, and what of them is not counted is left to count."""
        before = len(self)
        status = self._together(parts, size)
        self.claimed = [*islice(reversed(self._counted), len(self) - before)]
        return status

    def _together(self, parts: Sequence[tuple[Collection[str], int]], size: int) -> str:
        made_of = {name for part, _ in parts for name in part}
        if not made_of:
            return self.otherwise
        fresh = [name for name in made_of if name not in self._counted]
        known = sum(prod(self.params[name]) for name in fresh)
        if fresh and known == size:
            self.take(made_of)
            return OWN
        apart = sum(len(part) for part, _ in parts) == len(made_of)
        fits = apart and sum(numbers for _, numbers in parts) == size
        if fits and all(self.whose(*part) == OWN for part in parts):
            for part in parts:
                self.claim(*part)
            return OWN
        is_unclear = self.otherwise == UNCLEAR and not all(part for part, _ in parts)
        if is_unclear and 0 < known < size:
            self.take(made_of)
            return UNCLEAR
        return SHARED

    def take(self, made_of: Collection[str]) -> list[str]:
        """Those that nothing has counted yet; now they are."""
        fresh = sorted([name for name in made_of if name not in self._counted])
        self._counted.update(dict.fromkeys(fresh))
        return fresh

    def forget(self, but: int) -> None:
        """Take back what was counted behind the first `but`."""
        while len(self._counted) > but:
            self._counted.popitem()

    def _status(self, made_of: Collection[str], fresh: Sequence[str]) -> str:
        if fresh:
            return OWN
        return SHARED if made_of else self.otherwise

    def _fresh(self, made_of: Collection[str], size: int) -> list[str]:
        counted, params = self._counted, self.params
        fresh = [name for name in made_of if name not in counted and prod(params[name]) == size]
        return sorted(fresh)

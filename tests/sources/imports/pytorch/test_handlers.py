"""Handlers of PyTorch's operations, given anything: what they cannot use is unknown, never a crash,
and no parameter is lost or counted twice."""

from __future__ import annotations

from functools import partial
from math import prod
from random import Random
from typing import Any

import pytest

from convcost.cost import evaluate
from convcost.network import Builder
from convcost.ops.base import Shape
from convcost.sources.imports.assembler import Assembler, Constant, Value
from convcost.sources.imports.pytorch.ops import HANDLERS, Call

TENSORS = ("self", "input", "query", "key", "value", "weight", "bias", "tensor", "mat2", "other")
WORDS = ("same", "valid", "reflect", "ij,jk->ik", "...i,ij", "ii->i", ",->", "")


class Odd(dict[str, Any]):
    """Arguments of every name, each something else once it is asked for."""

    def __init__(self, random: Random, tensors: list[Value | Constant]) -> None:
        super().__init__()
        self.random, self.made = random, tensors

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Any:
        self[name] = self._tensor() if self._is_tensor(name) else self._anything()
        return self[name]

    def _is_tensor(self, name: str) -> bool:
        return self.random.random() < (0.9 if name in TENSORS else 0.2)

    def _tensor(self) -> Value | Constant:
        return self.random.choice(self.made)

    def _anything(self) -> Any:
        random = self.random
        numbers = [random.randint(-2, 4) for _ in range(random.randint(0, 4))]
        several = [self._tensor() for _ in range(random.randint(0, 3))]
        number = random.choice((1, 1, 2, random.randint(-5, 9), 1.5))
        return random.choice((None, True, number, number, numbers, several, random.choice(WORDS)))


def shape_of(random: Random) -> Shape:
    return tuple(random.choice((1, 1, 2, 3, 4, 8)) for _ in range(random.randint(0, 5)))


@pytest.mark.parametrize("op", sorted(HANDLERS))
def test_what_a_handler_cannot_use_is_unknown(op: str) -> None:
    for seed in range(25):
        random = Random(f"{op} {seed}")  # noqa: S311 - no secrets
        params = {name: shape_of(random) for name in "abcd"}
        to = Assembler(Builder("net", (4, 4, 4)), dict(params))
        live = to.input((1, 4, 4, 4))
        tensors: list[Value | Constant] = [live, live, Constant(shape_of(random))]
        tensors += [Constant(shape, frozenset([name])) for name, shape in params.items()]
        tensors += [Constant(shape_of(random), frozenset("ab"))]
        for turn in range(4):
            shapes = [random.choice((live.shape, shape_of(random)))] * random.choice((1, 1, 2))
            call = Call(to, op, Odd(random, tensors), shapes, f"layer{turn}")
            made = to.attempt(op, partial(HANDLERS[op], call))
            several = made if isinstance(made, tuple) else (made,)
            tensors += [each for each in several if isinstance(each, Value)]
        to.add("relu", {}, [live], live.shape, "last")

        report = evaluate(to.finish().network)
        assert report.params == sum(map(prod, params.values()))
        for value in tensors:
            assert isinstance(value, Constant) or prod(to.plain(value)) == prod(value.shape)

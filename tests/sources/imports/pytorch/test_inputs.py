"""Inputs bound to the parameters of `forward`, which takes no framework."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from convcost.errors import UsageError
from convcost.network import Input
from convcost.sources.imports.pytorch.inputs import Call, bound, example_call, named_leaves
from convcost.sources.inputs import Inputs, parse_inputs

Forward = Callable[..., Any]


class Pair(NamedTuple):
    image: int
    ids: int


def plain(x: Any, meta: Any, scale: Any = None, *, mask: Any = None) -> None: ...
def nested(batch: Any, feats: Any = ()) -> None: ...
def anything(*args: Any, **kwargs: Any) -> None: ...
def more(x: Any, *others: Any) -> None: ...
def named(x: Any, **others: Any) -> None: ...
def numbered(x: Any, size: int) -> None: ...


def call(forward: Forward, *given: str) -> tuple[Call, list[str]]:
    """The call, with shapes in place of inputs, and the inputs' names."""
    made, inputs = bound(forward, parse_inputs(given))
    return made.map(lambda each: each.shape), [each.name for each in inputs]


@pytest.mark.parametrize(
    ("forward", "given", "args", "kwargs", "names"),
    [
        (plain, ["3x8", "7"], ((3, 8), (7,)), {}, ["x", "meta"]),
        (plain, ["meta=7", "3x8"], ((3, 8), (7,)), {}, ["meta", "x"]),
        (plain, ["1", "2", "mask=3"], ((1,), (2,)), {"mask": (3,)}, ["x", "meta", "mask"]),
        (plain, ["1", "2", "3"], ((1,), (2,), (3,)), {}, ["x", "meta", "scale"]),
        (nested, ["batch.image=3x8"], ({"image": (3, 8)},), {}, ["batch.image"]),
        (
            nested,
            ["batch.a.b=1", "feats.1=2", "feats.0=3"],
            ({"a": {"b": (1,)}}, [(3,), (2,)]),
            {},
            ["batch.a.b", "feats.1", "feats.0"],
        ),
        (anything, ["1", "ids=2", "3"], ((1,), (3,)), {"ids": (2,)}, ["args.0", "ids", "args.1"]),
        (more, ["1", "2", "3"], ((1,), (2,), (3,)), {}, ["x", "others.0", "others.1"]),
        (named, ["y=1", "2"], ((2,),), {"y": (1,)}, ["y", "x"]),
    ],
)
def test_inputs_go_where_their_names_or_their_order_say(
    forward: Forward, given: list[str], args: object, kwargs: object, names: list[str]
) -> None:
    assert call(forward, *given) == ((args, kwargs), names)


def test_a_parameter_that_is_left_out_has_its_default() -> None:
    def forward(a: Any, b: Any = None, c: Any = None) -> None: ...

    assert call(forward, "1", "c=2")[0] == (((1,),), {"c": (2,)})


@pytest.mark.parametrize(
    ("forward", "given", "message"),
    [
        (plain, ["1", "2", "maks=3"], 'no parameter maks.*did you mean "mask"'),
        (nested, ["1", "batches.x=3"], 'no parameter batches.*did you mean "batch"'),
        (plain, ["1", "2", "other=3"], "no parameter other.*it takes x, meta, scale, mask"),
        (plain, ["3x8x8"], "needs meta as well.*add --input meta=3x224x224, or meta=7:int64"),
        (plain, ["1", "2", "3", "4"], "has no place for 4 inputs.*x, meta, scale, mask"),
        (nested, ["batch=3", "batch.image=3"], "batch is both a tensor and what holds others"),
        (nested, ["1", "feats.0=3", "feats.2=3"], "feats.1 is missing"),
        (named, ["1", "2"], "has no place for 2 inputs"),
        (numbered, ["1"], "needs size as well.*no tensor but int: --inputs-from can make it"),
    ],
)
def test_what_forward_does_not_take(forward: Forward, given: Inputs, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        bound(forward, parse_inputs(given))


@pytest.mark.parametrize(
    ("forward", "example", "wanted"),
    [
        (plain, (1, 2), Call((1, 2), {})),
        (plain, [1, 2], Call((1, 2), {})),
        (plain, {"x": 1, "meta": 2}, Call((), {"x": 1, "meta": 2})),
        (more, 1, Call((1,), {})),
        (nested, {"image": 1, "ids": 2}, Call(({"image": 1, "ids": 2},), {})),
        (nested, ([1, 2, 3],), Call(([1, 2, 3],), {})),
        (nested, [1, 2, 3], Call(([1, 2, 3],), {})),
        (nested, Pair(1, 2), Call((Pair(1, 2),), {})),
        (plain, Pair(1, 2), Call((1, 2), {})),
    ],
)
def test_an_example_is_arguments_keywords_or_one_argument(
    forward: Forward, example: object, wanted: Call
) -> None:
    assert example_call(forward, example) == wanted


def test_an_example_that_does_not_fit() -> None:
    with pytest.raises(UsageError, match=r"does not take the example: missing a required.*meta"):
        example_call(plain, {"x": 1})


def test_what_an_example_holds_has_names() -> None:
    found = named_leaves(nested, Call(({"image": 1, "ids": [2, 3]},), {"feats": (4,)}))
    assert dict(found) == {"batch.image": 1, "batch.ids.0": 2, "batch.ids.1": 3, "feats.0": 4}
    assert list(named_leaves(anything, Call((1,), {"x": 2}))) == [("args.0", 1), ("x", 2)]


def test_an_input_is_no_list_though_it_is_a_tuple() -> None:
    assert Call((Input("x", (3,)),), {}).map(type) == Call((Input,), {})

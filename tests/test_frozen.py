"""Frozen values, such as ops."""

from __future__ import annotations

import copy
import inspect
import pickle
from typing import Any

import pytest

from convcost.count import Count
from convcost.frozen import Frozen
from convcost.ops.conv import Linear
from convcost.ops.joints import Add, Multiply
from convcost.ops.structure import Activation, Norm

LINEAR = Linear(3, 4, bias=True)


def test_fields_are_taken_in_order_or_by_name() -> None:
    assert Linear(3, m=4, bias=True) == Linear(bias=True, m=4, n=3) == LINEAR
    assert hash(Linear(bias=True, m=4, n=3)) == hash(LINEAR)
    assert Linear(3, 4) != LINEAR
    assert repr(LINEAR) == "Linear(n=3, m=4, bias=True, learned=True)"


def test_ops_of_different_classes_are_never_equal() -> None:
    made: list[Any] = [Add(), Multiply(), Activation("relu"), Norm("batch", 3)]
    assert len(set(made)) == 4
    assert Activation("relu") != ("relu", False)


def test_another_value_in_one_field() -> None:
    assert LINEAR.changed(bias=False) == Linear(3, 4)
    assert LINEAR.bias


def test_values_are_copied_and_pickled() -> None:
    for op in (LINEAR, Add()):
        assert copy.deepcopy(op) == pickle.loads(pickle.dumps(op)) == op  # noqa: S301 - our own


def test_a_value_inherits_the_fields_of_its_base() -> None:
    class Named(Frozen):
        name: str

    class Sized(Named):
        size: int = 1

    assert repr(Sized("a")).endswith("Sized(name='a', size=1)")
    assert Sized("a").changed(size=2) == Sized("a", 2) != Named("a")


@pytest.mark.parametrize(
    ("values", "named"),
    [((3,), {}), ((3, 4, True, True, 5), {}), ((3, 4), {"size": 1}), ((3,), {"size": 4})],
)
def test_missing_and_unknown_fields_are_errors(values: Any, named: Any) -> None:
    with pytest.raises(TypeError, match="Linear takes n, m, bias, learned"):
        Linear(*values, **named)
    with pytest.raises(TypeError, match="takes nothing"):
        Add(*values)


def test_nothing_can_be_changed() -> None:
    op: Any = LINEAR
    with pytest.raises(AttributeError, match="Linear is frozen"):
        op.bias = False
    with pytest.raises(AttributeError, match="Linear is frozen"):
        del op.bias
    assert op == Linear(3, 4, True)


def test_help_shows_the_fields_of_a_value_or_what_makes_it() -> None:
    assert str(inspect.signature(Linear)).replace("'", "") == (
        "(n: int, m: int, bias: bool = False, learned: bool | None = True)"
    )
    assert list(inspect.signature(Count).parameters) == ["terms"]

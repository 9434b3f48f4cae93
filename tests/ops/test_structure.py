"""Pooling, norms and joints: shapes worked by hand, and what work they note."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from convcost.errors import LayerError
from convcost.ops.base import Op, Shape
from convcost.ops.joints import Add, Concat, Matmul, Multiply
from convcost.ops.pooling import AdaptivePool, Pool, Upsample
from convcost.ops.structure import (
    Activation,
    Crop,
    Flatten,
    Identity,
    Norm,
    Reshape,
    Shuffle,
    Slice,
)
from tests.oracle import partial_window_starts, walk_matmul


def pool(k: int, stride: int, padding: int = 0, *, ceil: bool = False) -> Pool:
    """A square 2-D max pool."""
    return Pool("max", (k, k), (stride, stride), ((padding, padding),) * 2, ceil)


def work(op: Op, *shapes: Shape) -> dict[str, int]:
    """What an op notes as work other than multiply-adds."""
    return {name: int(count) for name, count in op.other(*shapes).items()}


@pytest.mark.parametrize(
    ("op", "size", "out"),
    [
        pytest.param(pool(2, 2), 224, 112, id="VGG"),
        pytest.param(pool(3, 2), 55, 27, id="AlexNet"),
        pytest.param(pool(3, 2, 1), 112, 56, id="ResNet stem"),
        pytest.param(pool(3, 2), 109, 54, id="SqueezeNet, no row left over"),
        pytest.param(pool(3, 2, ceil=True), 109, 54, id="SqueezeNet in ceil mode"),
        pytest.param(pool(3, 2), 54, 26, id="a row left over"),
        pytest.param(pool(3, 2, ceil=True), 54, 27, id="a row left over, in ceil mode"),
        pytest.param(pool(3, 2, ceil=True), 112, 56, id="GoogLeNet"),
        pytest.param(pool(2, 2, 1, ceil=True), 3, 2, id="no window of padding alone"),
        pytest.param(pool(2, 2, 1, ceil=True), 4, 3, id="a window that ends in padding"),
        pytest.param(pool(3, 2, ceil=True), 2, 1, id="nothing but a partial window"),
        pytest.param(pool(1, 3, ceil=True), 5, 2, id="no window behind the input"),
    ],
)
def test_pooled_sizes(op: Pool, size: int, out: int) -> None:
    assert op.out((8, size, size)) == (8, out, out)


@given(st.integers(1, 12), st.integers(1, 4), st.integers(1, 4), st.data())
def test_ceil_mode_is_the_rule_of_windows(
    size: int, side: int, step: int, data: st.DataObject
) -> None:
    pads = data.draw(st.tuples(*[st.integers(0, side // 2)] * 2))
    assume(side < size + sum(pads) + step)
    op = Pool("avg", (side,), (step,), (pads,), ceil=True)
    assert op.out((1, size)) == (1, len(list(partial_window_starts(size, side, step, pads))))


def test_tensorflows_same_is_its_own_rule_in_ceil_mode_too() -> None:
    for ceil in (False, True):
        assert Pool("max", (3,), (2,), "same-tf", ceil).out((8, 5)) == (8, 3)


def test_a_window_larger_than_all_there_is() -> None:
    with pytest.raises(LayerError, match="a kernel of 3 is larger than its padded input of 1"):
        pool(3, 2, ceil=True).out((8, 1, 1))


def test_pools_note_what_goes_in_and_out() -> None:
    assert work(pool(2, 2), (16, 8, 8)) == {"max-pool in": 1024, "max-pool out": 256}
    assert work(AdaptivePool("avg", (1, 1)), (16, 8, 8)) == {
        "adaptive-avg-pool in": 1024,
        "adaptive-avg-pool out": 16,
    }


@pytest.mark.parametrize(("sort", "params"), [("batch", 128), ("layer", 128)])
def test_a_norm_has_scale_and_shift(sort: str, params: int) -> None:
    op = Norm(sort, 64)
    assert int(op.params()) == params
    assert str(op.params()) == "2·C = 2 × 64"
    assert op.out((64, 7, 7)) == (64, 7, 7)
    assert work(op, (64, 7, 7)) == {f"{sort}-norm": 3136}


def test_a_norm_may_have_neither() -> None:
    assert int(Norm("instance", 64, affine=False).params()) == 0


def test_element_wise_work_is_noted_by_its_name() -> None:
    assert work(Activation("relu"), (16, 8, 8)) == {"relu": 1024}
    assert work(Add(), (16, 8, 8), (16, 8, 8), (16, 8, 8)) == {"add": 2048}
    assert work(Multiply(), (16, 8, 8), (16, 1, 1)) == {"multiply": 1024}
    assert work(Upsample((2, 2)), (16, 4, 4)) == {"resize nearest": 1024}
    assert work(Identity(), (16, 8, 8)) == {}


@pytest.mark.parametrize(
    ("op", "shapes", "out"),
    [
        (AdaptivePool("avg", (6, 6)), [(256, 13, 13)], (256, 6, 6)),
        (Upsample((2, 3)), [(8, 5, 5)], (8, 10, 15)),
        (Shuffle(3), [(6, 5, 5)], (6, 5, 5)),
        (Slice(2, 5), [(6, 5, 5)], (3, 5, 5)),
        (Crop((56, 56)), [(512, 64, 64)], (512, 56, 56)),
        (Crop((5, 4)), [(6, 5, 5)], (6, 5, 4)),
        (Slice(1, 5, axis=1, step=3), [(6, 5, 5)], (6, 2, 5)),
        (Concat(axis=2), [(6, 5, 5), (6, 5, 1)], (6, 5, 6)),
        (Flatten(), [(256, 6, 6)], (9216,)),
        (Reshape((1, 6, 5)), [(6, 5)], (1, 6, 5)),
        (Identity(), [(6, 5, 5)], (6, 5, 5)),
        (Add(), [(6, 5, 5), (6, 5, 5)], (6, 5, 5)),
        (Add(), [(6, 5, 5)], (6, 5, 5)),
        (Concat(), [(6, 5, 5), (2, 5, 5), (1, 5, 5)], (9, 5, 5)),
        (Concat(), [(6,), (2,)], (8,)),
        (Multiply(), [(6, 5, 5), (6, 1, 1)], (6, 5, 5)),
        (Multiply(), [(6, 1, 1), (1, 5, 5)], (6, 5, 5)),
        (Matmul(), [(12, 197, 64), (12, 64, 197)], (12, 197, 197)),
        (Matmul(), [(2, 3), (3, 4)], (2, 4)),
    ],
)
def test_output_shapes(op: Op, shapes: list[Shape], out: Shape) -> None:
    assert op.out(*shapes) == out


@pytest.mark.parametrize(
    ("op", "shapes", "message"),
    [
        (pool(2, 2), [(8, 5)], "a 2-D pooling needs 2 spatial dims, and 8x5 arrived"),
        (AdaptivePool("avg", (1, 1)), [(8,)], "a 2-D pooling needs 2 spatial dims, and 8 arrived"),
        (Upsample((2, 2)), [(8, 5)], "a 2-D upsampling needs 2 spatial dims, and 8x5 arrived"),
        (Norm("batch", 4), [(8, 5)], "norm takes 4 channels, and 8x5 arrived"),
        (Shuffle(3), [(8, 5, 5)], "3 groups do not divide 8 channels to shuffle"),
        (Slice(2, 9), [(8, 5, 5)], "channels 2 to 9 are not a slice of 8x5x5"),
        (Slice(2, 2), [(8, 5, 5)], "channels 2 to 2 are not a slice of 8x5x5"),
        (Crop((6, 6)), [(8, 5, 9)], "6x6 cannot be cut out of 8x5x9"),
        (Reshape((7,)), [(8,)], "8 cannot become 7"),
        (
            Add(),
            [(8, 5, 5), (8, 3, 3)],
            "add needs equal shapes, and 8x5x5 and 8x3x3 arrived",
        ),
        (
            Concat(),
            [(8, 5, 5), (8, 3, 3)],
            "concat needs equal sizes in all but the channels, and 8x5x5 and 8x3x3 arrived",
        ),
        (
            Multiply(),
            [(8, 5, 5), (4, 1, 1)],
            "multiply cannot spread 8x5x5 and 4x1x1 over each other",
        ),
        (
            Multiply(),
            [(8, 5, 5), (8,)],
            "multiply cannot spread 8x5x5 and 8 over each other",
        ),
        (Matmul(), [(2, 3), (4, 5)], "matmul cannot multiply 2x3 with 4x5"),
        (Matmul(), [(3,), (3,)], "matmul cannot multiply 3 with 3"),
        (Matmul(), [(2, 3), (1, 3, 4)], "matmul cannot multiply 2x3 with 1x3x4"),
        (
            Matmul(),
            [(2, 2, 3), (3, 3, 4)],
            "matmul needs equal leading dims in 2x2x3 and 3x3x4",
        ),
    ],
)
def test_shapes_that_do_not_fit(op: Op, shapes: list[Shape], message: str) -> None:
    with pytest.raises(LayerError) as caught:
        op.out(*shapes)
    assert caught.value.problems[0].message == message


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3))
def test_a_matrix_product_has_no_weights(rows: int, shared: int, columns: int, heads: int) -> None:
    shapes = (heads, rows, shared), (heads, shared, columns)
    walk, op = walk_matmul(*shapes), Matmul()
    assert (op.out(*shapes), int(op.macs(*shapes))) == (walk.out, walk.macs)
    assert int(op.params()) == 0


def test_attentions_product_explains_itself() -> None:
    macs = Matmul().macs((12, 197, 64), (12, 64, 197))
    assert str(macs) == "B1·T·D·S = 12 × 197 × 64 × 197"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: pool(0, 1), "k must be at least 1, not 0"),
        (lambda: pool(2, 0), "stride must be at least 1, not 0"),
        (lambda: AdaptivePool("avg", (0,)), "size must be at least 1, not 0"),
        (lambda: Upsample((0,)), "scale must be at least 1, not 0"),
        (lambda: Shuffle(0), "groups must be at least 1, not 0"),
        (lambda: Crop((0,)), "size must be at least 1, not 0"),
    ],
)
def test_ops_that_cannot_be(make: Any, message: str) -> None:
    with pytest.raises(LayerError) as caught:
        make()
    assert caught.value.problems[0].message == message

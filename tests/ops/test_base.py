"""What all ops share: shapes, their letters, and what an integer must be."""

from __future__ import annotations

from enum import IntEnum

import pytest

from convcost.count import ZERO
from convcost.errors import LayerError
from convcost.ops.base import (
    Op,
    Weighted,
    check_input,
    check_integer,
    check_positive,
    elements,
    format_shape,
    kernel_factors,
    parse_shape,
    spatial_factors,
)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("3x224x224", (3, 224, 224)),
        ("3X224x224", (3, 224, 224)),
        ("3 × 5 × 5", (3, 5, 5)),
        ("1024", (1024,)),
        ("x".join(["1"] * 16), (1,) * 16),
        ("9" * 18, (10**18 - 1,)),
    ],
)
def test_parse_shape(text: str, shape: tuple[int, ...]) -> None:
    assert parse_shape(text) == shape


def test_a_padding_may_hold_zeros() -> None:
    assert parse_shape("0x1", "padding", least=0) == (0, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'input cannot be ""'),
        ("3x", 'input cannot be "3x"'),
        ("3,224,224", 'input cannot be "3,224,224"'),
        ("-3x5", 'input cannot be "-3x5"'),
        ("3.5", 'input cannot be "3.5"'),
        ("٣x5", 'input cannot be "٣x5"'),
        ("\x1b[2J", r'input cannot be "\x1b[2J"'),
        ("3x0x5", "input must be at least 1, not 0"),
        ("x".join(["1"] * 17), "input has more than 16 sizes, or one of more than 18 digits"),
        ("1" + "0" * 18, "input has more than 16 sizes, or one of more than 18 digits"),
    ],
)
def test_what_is_no_shape(text: str, message: str) -> None:
    with pytest.raises(LayerError) as caught:
        parse_shape(text)
    assert caught.value.problems[0].message == message


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (0, "k must be at least 1, not 0"),
        (-3, "k must be at least 1, not -3"),
        (3.5, "k must be an integer, not 3.5"),
        (3.0, "k must be an integer, not 3.0"),
        (True, "k must be an integer, not True"),
        ("3", "k must be an integer, not '3'"),
        (None, "k must be an integer, not None"),
        ("a" * 99, "k must be an integer, not '" + "a" * 58 + "…"),
        (10**18, "k has more than 18 digits"),
        pytest.param(-(10**5000), "k has more than 18 digits", id="a long one"),
    ],
)
def test_check_integer(value: object, message: str) -> None:
    with pytest.raises(LayerError) as caught:
        check_integer("k", value, 1)
    assert caught.value.problems[0].message == message


def test_a_float_may_be_rounded() -> None:
    with pytest.raises(LayerError, match="round it"):
        check_integer("m", 51.2, 1)


def test_check_positive_looks_into_tuples() -> None:
    check_positive(n=1, k=(3, 1))
    with pytest.raises(LayerError, match="k must be at least 1, not 0"):
        check_positive(n=1, k=(3, 0))


def test_check_input() -> None:
    check_input("convolution", (3, 5, 5), channels=3, dims=2)
    check_input("norm", (3,), channels=3)
    with pytest.raises(LayerError, match="convolution takes 4 channels, and 3x5x5 arrived"):
        check_input("convolution", (3, 5, 5), channels=4, dims=2)
    with pytest.raises(LayerError, match="a 1-D convolution needs 1 spatial dims, and 3x5x5"):
        check_input("convolution", (3, 5, 5), channels=3, dims=1)


@pytest.mark.parametrize(
    ("sizes", "kernel", "grid"),
    [
        ((), "", ""),
        ((7,), "k", "Lout"),
        ((7, 8), "kh·kw", "Hout·Wout"),
        ((7, 8, 9), "kd·kh·kw", "Dout·Hout·Wout"),
        ((6, 7, 8, 9), "k1·k2·k3·k4", "S1out·S2out·S3out·S4out"),
    ],
)
def test_the_letters_of_spatial_dims(sizes: tuple[int, ...], kernel: str, grid: str) -> None:
    assert "·".join(map(str, kernel_factors(sizes))) == kernel
    assert "·".join(map(str, spatial_factors(sizes, "out"))) == grid


def test_shapes_are_shown_as_users_write_them() -> None:
    assert format_shape((64, 56, 56)) == "64x56x56"
    assert str(elements((64, 7, 8))) == "C·H·W = 64 × 7 × 8"


def test_an_op_without_weights_costs_nothing_and_keeps_its_shape() -> None:
    op = Op()
    assert op.out((3, 5, 5)) == (3, 5, 5)
    assert op.params() == op.macs((3, 5, 5)) == op.macs_per_position() == ZERO
    assert op.other((3, 5, 5)) == {}
    assert op.scale() == 1


def test_an_op_with_weights_must_say_how_many() -> None:
    with pytest.raises(TypeError, match="abstract"):
        Weighted()  # type: ignore[abstract]  # which is the point


def test_a_number_of_an_enumeration_is_an_integer() -> None:
    class Width(IntEnum):
        NARROW = 8

    check_integer("m", Width.NARROW, 1)
    with pytest.raises(LayerError, match="m must be at least 9, not 8"):
        check_integer("m", Width.NARROW, 9)

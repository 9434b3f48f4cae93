"""How inputs are written."""

from __future__ import annotations

import pytest

from convcost.errors import ConvcostError
from convcost.network import Input
from convcost.sources.inputs import DTYPES, Inputs, format_input, parse_inputs


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("3x224x224", Input("", (3, 224, 224), "float32")),
        ("7:int64", Input("", (7,), "int64")),
        ("ids=7:int64", Input("ids", (7,), "int64")),
        (" image = 3 x 8 x 8 : FP16 ", Input("image", (3, 8, 8), "float16")),
        ("batch.image=3x8x8", Input("batch.image", (3, 8, 8), "float32")),
        ("onnx::Conv_0=3x8x8", Input("onnx::Conv_0", (3, 8, 8), "float32")),
        ("mask=7:torch.bool", Input("mask", (7,), "bool")),
        ("flag=:int64", Input("flag", (), "int64")),
        (":half", Input("", (), "float16")),
    ],
)
def test_an_input_is_a_name_a_shape_and_a_dtype(text: str, wanted: Input) -> None:
    assert parse_inputs(text) == (wanted,)
    assert parse_inputs([format_input(wanted)]) == (wanted,)


@pytest.mark.parametrize("given", ["3x8x8", (3, 8, 8), ["3x8x8"], [Input("", (3, 8, 8))]])
def test_python_has_several_ways_to_say_one(given: Inputs) -> None:
    assert parse_inputs(given) == (Input("", (3, 8, 8)),)


def test_several_stay_in_order() -> None:
    found = parse_inputs(["ids=7:long", "3x8x8", "4"])
    assert [each.name for each in found] == ["ids", "", ""]
    assert parse_inputs(None) == ()


def test_dtypes_have_the_names_that_people_use() -> None:
    names = ("fp16", "half", "bf16", "fp32", "float", "fp64", "double", "int8", "uint8", "long")
    assert [DTYPES[name] for name in names] == [
        *("float16", "float16", "bfloat16", "float32", "float32", "float64", "float64"),
        *("int8", "uint8", "int64"),
    ]
    assert all(DTYPES[name] == name for name in DTYPES.values())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("3xx", 'cannot be "3xx"'),
        ("ids=", 'cannot be "ids="'),
        ("", 'cannot be ""'),
        ("0x3", "at least 1, not 0"),
        ("=3x8", "has no name"),
        ("ids=7:int65", 'no dtype "int65".*did you mean "int64"'),
        ("7:", 'no dtype ""'),
        (["ids=7", "x=3", "ids=8"], "ids is given twice"),
    ],
)
def test_what_cannot_be_read(given: Inputs, message: str) -> None:
    with pytest.raises(ConvcostError, match=message):
        parse_inputs(given)

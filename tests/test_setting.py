"""Dtypes and what else figures in bytes depend on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.device import Device
from convcost.errors import UsageError
from convcost.setting import BITS, FP32, IN_PLACE, OPTIMIZERS, Setting, bytes_of, setting_of

settings = st.builds(
    Setting,
    weights=st.sampled_from([*BITS]),
    activations=st.sampled_from([*BITS]),
    scales=st.booleans(),
    wide_biases=st.booleans(),
    in_place=st.sampled_from([(), ("add",), ("depthwise",), tuple(IN_PLACE)]),
    alignment=st.sampled_from([1, 2, 16, 4096]),
    order=st.sampled_from(["written", "best"]),
    batch=st.integers(1, 999_999_999),
    optimizer=st.sampled_from([*OPTIMIZERS]),
    master=st.booleans(),
    device=st.none()
    | st.text(min_size=1).filter(str.isprintable).map(lambda key: Device(key, key=key)),
    dram=st.booleans(),
    checkpoint=st.sampled_from(["", "blocks", "Layer[*].0"]),
)


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("fp32", FP32),
        ("int8", Setting("int8", "int8")),
        ("weights=int8", Setting("int8")),
        ("weights=int8, activations=fp16", Setting("int8", "fp16")),
        ("int8,scales,int32-biases", Setting("int8", "int8", scales=True, wide_biases=True)),
    ],
)
def test_dtypes_as_people_write_them(text: str, setting: Setting) -> None:
    assert FP32.with_dtype(text) == FP32.with_word("dtype", text) == setting


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("int9", r'unknown dtype "int9" \(did you mean "int8"'),
        ("", r'unknown dtype "" \(the dtypes are fp64, fp32'),
        ("weights=scales", 'unknown dtype "scales"'),
        ("weight=int8", r'"weight" has no dtype of its own \(did you mean "weights"'),
        ("%=int8", r"write weights or activations"),
    ],
)
def test_what_is_no_dtype(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        FP32.with_dtype(text)


def test_words_of_settings() -> None:
    made = FP32.with_word("in-place", "depthwise,add").with_word("align", 16)
    assert made.with_word("order", "best") == Setting(
        in_place=("add", "depthwise"), alignment=16, order="best"
    )
    assert made.with_word("align", "1").with_word("order", "written") == made._replace(alignment=1)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("inplace", "add", 'unknown key "inplace" in metrics.*did you mean "in-place"'),
        (
            "%",
            "add",
            "the keys are dtype, in-place, align, order, batch, optimizer, master-weights",
        ),
        ("in-place", "relu", 'in-place cannot be "relu".*write add, depthwise'),
        ("align", "3", 'align cannot be "3".*a power of two'),
        ("batch", "0", 'batch cannot be "0".*write a whole number of at least 1'),
        (
            "optimizer",
            "lion",
            'optimizer cannot be "lion".*write one of sgd, momentum, adam, adamw',
        ),
        ("master-weights", "1", 'master-weights cannot be "1".*write true or false'),
        ("dram", "yes", 'dram cannot be "yes".*write true or false'),
        ("order", "worst", 'order cannot be "worst".*write written or best'),
    ],
)
def test_words_that_mean_nothing(key: str, value: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        FP32.with_word(key, value)


@given(settings)
def test_it_is_read_back_from_what_is_unusual_of_it(setting: Setting) -> None:
    texts = setting.other_than_usual(Setting._fields)
    assert setting_of(texts) == setting
    assert (texts == {}) == (setting == FP32)


@pytest.mark.parametrize(
    "texts",
    [
        {"weights": "int9"},
        {"scales": "yes"},
        {"alignment": "0"},
        {"order": ""},
        {"in_place": ""},
        {"device": ""},
        {"checkpoint": "\n"},
        {"device": "a\x1b[2Jb"},
        {"x": "1", "order": "best"},
    ],
)
def test_what_no_setting_has(texts: dict[str, str]) -> None:
    assert setting_of(texts) is None


def test_a_tensor_starts_at_a_byte() -> None:
    assert [bytes_of(3, dtype) for dtype in ("int4", "int8", "bf16", "fp32")] == [2, 3, 6, 12]

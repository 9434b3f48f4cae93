"""Attention as one operation, of ONNX and of ONNX Runtime: flat, by heads, packed, with a cache."""

from __future__ import annotations

from pathlib import Path

import pytest
from onnx import TensorProto, defs, helper

from tests.onnx.models import RUNTIME, counted, node, numbers, weight


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("own", [4, 2])
def test_attention_of_onnx(flat: bool, own: int, tmp_path: Path) -> None:
    """4 heads of 8 features on 5 tokens; keys and values have `own` heads."""
    inner = ["q", "k", "v"]
    nodes = [node("MatMul", ["x", f"w{each}"], [each]) for each in inner]
    if not flat:
        for each, heads in zip("qkv", (4, own, own), strict=True):
            nodes.append(node("Reshape", [each, f"by{heads}"], [f"{each}r"]))
            nodes.append(node("Transpose", [f"{each}r"], [f"{each}h"], perm=[0, 2, 1, 3]))
        inner = ["qh", "kh", "vh"]
    about = {"q_num_heads": 4, "kv_num_heads": own} if flat else {}
    nodes.append(node("Attention", inner, ["y"], **about))
    weights = [weight("wq", 32, 32), weight("wk", 32, 8 * own), weight("wv", 32, 8 * own)]
    if not flat:
        weights += [
            helper.make_tensor(f"by{heads}", TensorProto.INT64, [4], [1, 5, heads, 8])
            for heads in {4, own}
        ]

    report = counted(tmp_path, nodes, weights, (1, 5, 32))

    assert report.params == 32 * (32 + 16 * own)
    assert report.macs == 5 * report.params + 2 * 4 * 5 * 5 * 8


def test_attention_behind_a_cache(tmp_path: Path) -> None:
    nodes = [
        node("Conv", ["x", "w"], ["past"]),
        node("Attention", ["x", "x", "x", "", "past", "past"], ["y", "keys", "values"]),
    ]

    report = counted(tmp_path, nodes, [weight("w", 4, 4, 1, 1)], (1, 4, 5, 8))

    assert report.macs == 16 * 40 + 2 * 4 * 5 * 10 * 8


def test_attention_of_the_runtime(tmp_path: Path) -> None:
    attention = node("Attention", ["x", "w", "b"], ["y"], num_heads=4, domain=RUNTIME)
    weights = [weight("w", 32, 96), weight("b", 96)]

    report = counted(tmp_path, [attention], weights, (1, 5, 32))

    assert (report.params, report.macs) == (32 * 96 + 96, 5 * 32 * 96 + 2 * 5 * 5 * 32)


def test_attention_of_the_runtime_on_integers(tmp_path: Path) -> None:
    given = ["q", "w", "b", "step", "steps", "", "zero", "zeros"]
    nodes = [
        node("DynamicQuantizeLinear", ["x"], ["q", "step", "zero"]),
        node("QAttention", given, ["y"], num_heads=4, domain=RUNTIME),
    ]
    weights = [TensorProto(name="w", data_type=TensorProto.INT8, dims=(32, 96)), weight("b", 96)]
    weights += [helper.make_tensor("steps", TensorProto.FLOAT, [], [0.1])]
    weights += [helper.make_tensor("zeros", TensorProto.INT8, [], [0])]

    report = counted(tmp_path, nodes, weights, (1, 5, 32))

    assert (report.params, report.macs) == (32 * 96 + 96, 5 * 32 * 96 + 2 * 5 * 5 * 32)


def test_heads_of_the_runtime(tmp_path: Path) -> None:
    attention = node("MultiHeadAttention", ["x", "x", "x", "b"], ["y"], num_heads=4, domain=RUNTIME)

    report = counted(tmp_path, [attention], [weight("b", 96)], (1, 5, 32))

    assert (report.params, report.macs) == (96, 2 * 5 * 5 * 32)


def test_attention_that_gives_its_scores(tmp_path: Path) -> None:
    nodes = [
        node("Attention", ["x", "x", "x"], ["h", "", "", "scores"]),
        node("MatMul", ["scores", "h"], ["y"]),
    ]

    report = counted(tmp_path, nodes, [], (1, 4, 5, 8))

    assert report.macs == 3 * 4 * 5 * 5 * 8


@pytest.mark.parametrize(
    ("shape", "given"),
    [
        pytest.param((1, 5, 4, 3, 8), ["x"], id="all in one"),
        pytest.param((1, 5, 4, 2, 8), ["q", "x"], id="keys and values"),
    ],
)
def test_packed_heads_of_the_runtime(
    shape: tuple[int, ...], given: list[str], tmp_path: Path
) -> None:
    """5 tokens, 4 heads of 8; the queries are the first of a packed tensor, by heads."""
    nodes = [
        node("Slice", ["x", "from", "to", "axis"], ["s"]),
        node("Reshape", ["s", "flat"], ["q"]),
        node("MultiHeadAttention", given, ["y"], num_heads=4, domain=RUNTIME),
    ]
    tensors = [numbers("from", 0), numbers("to", 1), numbers("axis", 3), numbers("flat", 1, 5, 32)]

    report = counted(tmp_path, nodes, tensors, shape)

    assert (report.params, report.macs) == (0, 2 * 4 * 5 * 5 * 8)


def test_packed_queries_of_grouped_heads(tmp_path: Path) -> None:
    """4 heads of 8 for queries, and 2 for keys and values, side by side."""
    attention = node(
        "GroupQueryAttention", ["x"], ["h"], num_heads=4, kv_num_heads=2, domain=RUNTIME
    )
    nodes = [attention, node("MatMul", ["h", "w"], ["y"])]

    report = counted(tmp_path, nodes, [weight("w", 32, 7)], (1, 5, 64))

    assert report.macs == 2 * 4 * 5 * 5 * 8 + 5 * 32 * 7


@pytest.mark.parametrize("op", ["MultiHeadAttention", "GroupQueryAttention"])
def test_a_cache_of_the_runtime(op: str, tmp_path: Path) -> None:
    """5 tokens behind 6 of before, 4 heads of 8; what comes behind takes the cache."""
    grouped = op == "GroupQueryAttention"
    given = ["x", "x", "x", *([] if grouped else ["", "", ""]), "past", "past"]
    about = {"kv_num_heads": 4} if grouped else {}
    nodes = [
        node("Gather", ["x", "rows"], ["r"], axis=1),
        node("Reshape", ["r", "by"], ["s"]),
        node("Transpose", ["s"], ["past"], perm=[0, 2, 1, 3]),
        node(op, given, ["h", "keys", "values"], num_heads=4, domain=RUNTIME, **about),
        node("MatMul", ["keys", "w"], ["y"]),
    ]
    tensors = [numbers("rows", 0, 1, 2, 3, 4, 0), numbers("by", 1, 6, 4, 8), weight("w", 8, 3)]

    report = counted(tmp_path, nodes, tensors, (1, 5, 32))

    assert report.macs == 2 * 4 * 5 * 11 * 8 + 4 * 11 * 8 * 3


def test_a_cache_of_keys_and_values_in_one(tmp_path: Path) -> None:
    nodes = [
        node("Gather", ["x", "rows"], ["r"], axis=1),
        node("Reshape", ["r", "by"], ["past"]),
        node("Attention", ["x", "w", "b", "", "past"], ["h", "p"], num_heads=4, domain=RUNTIME),
        node("MatMul", ["p", "v"], ["y"]),
    ]
    tensors = [numbers("rows", 0, 1, 2, 3, 4, 0), numbers("by", 2, 1, 4, 3, 8)]
    tensors += [weight("w", 32, 96), weight("b", 96), weight("v", 8, 3)]

    report = counted(tmp_path, nodes, tensors, (1, 5, 32))

    assert report.params == 32 * 96 + 96 + 24
    assert report.macs == 5 * 32 * 96 + 2 * 4 * 5 * 8 * 8 + 2 * 4 * 8 * 8 * 3


@pytest.mark.skipif(defs.onnx_opset_version() < 27, reason="this onnx does not know it")
@pytest.mark.parametrize("rule", ["linear", "gated", "delta", "gated_delta"])
@pytest.mark.parametrize("has_past", [False, True])
def test_linear_attention_reads_and_writes_a_state(
    rule: str, has_past: bool, tmp_path: Path
) -> None:
    """4 heads of queries and 2 of keys and values, of 8 features, on 5 tokens."""
    given = ["q", "k", "v", "past" if has_past else "", "k" if "gated" in rule else ""]
    nodes = [
        *(node("MatMul", ["x", f"w{each}"], [each]) for each in "qkvb"),
        node(
            "LinearAttention",
            [*given, "b" if "delta" in rule else ""],
            ["y", "now"],
            q_num_heads=4,
            kv_num_heads=2,
            update_rule=rule,
        ),
    ]
    weights = [weight("wq", 6, 32), weight("wk", 6, 16), weight("wv", 6, 16), weight("wb", 6, 2)]
    if has_past:
        weights.append(helper.make_tensor("past", TensorProto.FLOAT, [1, 2, 8, 8], [0.0] * 128))

    report = counted(tmp_path, nodes, weights, (1, 5, 6), opset=27)

    heads = 4 + 2 + 2 * ("delta" in rule)  # that read, that write, and that read before they do
    assert (report.params, report.macs) == (6 * 66, 5 * 6 * 66 + 5 * heads * 8 * 8)

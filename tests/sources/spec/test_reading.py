"""What a spec means: layers, graphs, vars, blocks, budgets."""

from __future__ import annotations

import gc

import pytest

from convcost.budget import Budget
from convcost.cost import Report, evaluate
from convcost.errors import SpecError
from convcost.sources.spec.reading import parse_spec


def report(text: str, **overrides: object) -> Report:
    return evaluate(parse_spec(text, "test.yaml", overrides).network)


def names(text: str) -> list[str]:
    return [layer.name for layer in report(text).layers]


def test_a_chain_takes_its_shapes_from_the_layers_before() -> None:
    found = report("""
        input: 3x5x5
        layers:
          - {kind: standard, m: 4, k: 3}
          - {kind: depthwise-separable, m: 8, k: 3, stride: 2}
    """)
    assert [layer.out for layer in found.layers] == [(4, 5, 5), (8, 3, 3)]
    assert [layer.params for layer in found.layers] == [108, 4 * 9 + 4 * 8]


def test_a_list_of_unrelated_layers_is_totalled() -> None:
    found = report("""
        layers:
          - {kind: standard, n: 3, m: 4, k: 3, H: 5, W: 5}
          - {kind: depthwise-separable, n: 3, m: 4, k: 3, H: 5, W: 5}
          - {kind: linear, n: 512, m: 10}
    """)
    assert [layer.macs for layer in found.layers] == [2700, 975, 5120]
    assert found.macs == 2700 + 975 + 5120


def test_a_layer_without_n_goes_on_from_the_one_before_in_an_unrelated_list_too() -> None:
    found = report("""
        layers:
          - {kind: standard, n: 3, m: 4, k: 3, size: 5x5}
          - {kind: pointwise, m: 8}
    """)
    assert found.layers[1].ins == ((4, 5, 5),)


def test_given_channels_and_sizes_are_checked_against_what_arrives() -> None:
    with pytest.raises(SpecError, match="n = 4 is given, and 3x5x5 arrives"):
        report("{input: 3x5x5, layers: [{kind: standard, n: 4, m: 4, k: 3}]}")
    with pytest.raises(SpecError, match="size 6x5 is given, and 3x5x5 arrives"):
        report("{input: 3x5x5, layers: [{kind: standard, m: 4, k: 3, H: 6, W: 5}]}")


def test_defaults_reach_every_convolution_that_takes_them_and_nothing_else() -> None:
    found = report("""
        input: 3x5x5
        defaults: {bias: true, norm: batch, padding: valid}
        layers:
          - {kind: standard, m: 4, k: 3}
          - {kind: pointwise, m: 4, bias: false, norm: none}
          - {kind: linear, m: 2}
    """)
    assert [layer.params for layer in found.layers] == [108 + 4 + 8, 16, 4 * 9 * 2]
    assert found.layers[0].out == (4, 3, 3)


def test_a_repeat_unrolls_and_its_number_is_known_to_expressions() -> None:
    text = """
        input: 4x8x8
        layers:
          - name: stage
            repeat: 3
            layers: [{kind: pointwise, m: "${4 + i}"}]
    """
    assert [layer.out[0] for layer in report(text).layers] == [4, 5, 6]
    assert names(text) == ["stage[0]", "stage[1]", "stage[2]"]


def test_a_repeat_of_no_times_is_no_layer() -> None:
    text = """
        vars: {depth: 1}
        input: 3x8x8
        layers:
          - {kind: standard, m: 4, k: 3}
          - {name: more, repeat: "${depth - 1}", layers: [{kind: standard, m: 8, k: 3}]}
          - {repeat: 0, layers: [{kind: standard, m: 16, k: 3}]}
          - {kind: add, from: ["1", more]}
    """
    assert names(text) == ["1", "4"]
    assert report(text).params == 3 * 4 * 9


def test_a_nested_repeat_names_its_own_number() -> None:
    found = report("""
        input: 1x8x8
        layers:
          - repeat: 2
            index: stage
            layers:
              - {repeat: 2, layers: [{kind: pointwise, m: "${10 * (stage + 1) + i}"}]}
    """)
    assert [layer.out[0] for layer in found.layers] == [10, 11, 20, 21]


def test_a_residual_adds_its_input_or_its_shortcut() -> None:
    found = report("""
        input: 4x8x8
        layers:
          - residual: [{kind: standard, m: 4, k: 3}]
            act: relu
          - residual:
              body: [{kind: standard, m: 8, k: 3, stride: 2}]
              shortcut: [{kind: pointwise, m: 8, stride: 2}]
    """)
    assert [(layer.name, layer.kind) for layer in found.layers] == [
        ("1.1", "standard"),
        ("1", "add"),
        ("2.1", "standard"),
        ("2.shortcut.1", "pointwise"),
        ("2", "add"),
    ]
    assert found.layers[-1].ins == ((8, 4, 4), (8, 4, 4))


def test_branches_are_concatenated_added_and_multiplied() -> None:
    found = report("""
        input: 4x8x8
        layers:
          - concat: [[], [{kind: pointwise, m: 6}]]
          - add: [[{kind: pointwise, m: 5}], [{kind: standard, m: 5, k: 3}]]
          - multiply: [[], [{kind: global-avg-pool}, {kind: sigmoid}]]
    """)
    joints = [layer for layer in found.layers if layer.kind in ("concat", "add", "multiply")]
    assert [layer.out for layer in joints] == [(10, 8, 8), (5, 8, 8), (5, 8, 8)]


def test_from_follows_any_named_layer() -> None:
    found = report("""
        input: 4x8x8
        layers:
          - {name: a, kind: pointwise, m: 6}
          - {name: b, kind: pointwise, m: 6, from: input}
          - {kind: add, from: [a, b]}
          - {kind: concat, from: [a, input]}
    """)
    assert [layer.out[0] for layer in found.layers] == [6, 6, 6, 10]


def test_a_name_is_found_from_inside_a_nested_list() -> None:
    found = report("""
        input: 4x8x8
        layers:
          - {name: stem, kind: pointwise, m: 6}
          - {kind: pointwise, m: 3}
          - residual: [{kind: pointwise, m: 3, from: stem}]
    """)
    assert found.layers[2].ins == ((6, 8, 8),)


def test_when_leaves_an_entry_out() -> None:
    text = """
        vars: {wide: false}
        input: 4x8x8
        layers:
          - {kind: pointwise, m: 64, when: "${wide}"}
          - {kind: pointwise, m: 4}
    """
    assert len(report(text).layers) == 1
    assert len(report(text, wide=True).layers) == 2


def test_vars_are_set_from_outside_and_may_use_each_other() -> None:
    text = """
        vars: {alpha: 1.0, width: "${round(32 * alpha)}"}
        input: 3x${width}x${width}
        layers: [{kind: pointwise, m: "${width}"}]
    """
    assert report(text).layers[0].out == (32, 32, 32)
    assert report(text, alpha=0.5).layers[0].out == (16, 16, 16)


def test_a_block_sees_its_parameters_its_vars_and_what_arrives() -> None:
    found = report("""
        input: 4x8x8
        blocks:
          wider:
            params: {t: ~, k: 3}
            vars: {hidden: "${n * t}"}
            layers:
              - {kind: pointwise, m: "${hidden}"}
              - {kind: depthwise, k: "${k}"}
              - {kind: pointwise, m: "${hidden // t}"}
        layers:
          - {use: wider, t: 6}
          - {use: wider, t: 2, k: 5}
    """)
    assert [layer.out[0] for layer in found.layers] == [24, 24, 4, 8, 8, 4]
    assert [layer.params for layer in found.layers] == [96, 216, 96, 32, 200, 32]


def test_defaults_of_a_blocks_parameters_may_be_expressions() -> None:
    found = report("""
        input: 4x8x8
        vars: {times: 3}
        blocks:
          wider:
            params: {m: "${times * n}", half: "${m // 2}", k: 3}
            vars: {quarter: "${half // 2}"}
            layers: [{kind: pointwise, m: "${m}"}, {kind: pointwise, m: "${quarter}"}]
        layers:
          - {use: wider}
          - {use: wider, m: 40}
          - {use: wider, half: 4}
    """)
    assert [layer.out[0] for layer in found.layers] == [12, 3, 40, 10, 30, 2]


def test_layers_inside_know_the_sizes_around_them_by_name() -> None:
    found = report("""
        input: 8x33x17
        layers:
          - concat:
              whole: [{kind: global-avg-pool}, {kind: resize, out: "${rows}x${columns}"}]
              near: [{kind: pointwise, m: "${half}"}]
            vars: {rows: "${H}", columns: "${W}", half: "${n // 2}"}
          - repeat: 2
            vars: {wide: "${2 * n}"}
            layers:
              - residual: [{kind: pointwise, m: "${wide}"}, {kind: pointwise, m: "${back}"}]
                vars: {back: "${n}"}
              - {kind: slice, stop: "${wide // 4}"}
    """)
    outs = {layer.name: layer.out for layer in found.layers}
    assert outs["1"] == (12, 33, 17)
    # The repeat's are worked out once, where it begins.
    assert [outs[name][0] for name in ("2[0].1.1", "2[0].2", "2[1].1.1", "2[1].2")] == [
        24,
        6,
        24,
        6,
    ]


def test_budgets_are_exact_and_know_their_place() -> None:
    spec = parse_spec(
        "input: 3x5x5\nlayers: [{kind: relu}]\nbudgets:\n  params: 4.1G\n  macs: 1e6\n",
        "a.yaml",
    )
    assert [(budget.metric, budget.limit) for budget in spec.budgets] == [
        ("params", 4_100_000_000),
        ("macs", 1_000_000),
    ]
    assert all(isinstance(budget, Budget) for budget in spec.budgets)
    assert [str(budget.place) for budget in spec.budgets] == ["a.yaml:4:11", "a.yaml:5:9"]


def test_a_layer_knows_its_line() -> None:
    found = report("input: 3x5x5\nlayers:\n- {kind: relu}\n- {kind: flatten}\n")
    assert [layer.line for layer in found.layers] == [3, 4]


def test_one_and_three_dims() -> None:
    found = report("{input: 2x16, layers: [{kind: standard, m: 4, k: 3}]}")
    assert (found.layers[0].out, found.params) == ((4, 16), 24)
    found = report("{input: 2x4x4x4, layers: [{kind: spatial-separable, m: 4, k: 3}]}")
    assert (found.layers[0].out, found.params) == ((4, 4, 4, 4), 3 * (2 * 4 + 4 * 4 + 4 * 4))


def test_asymmetric_kernels_strides_and_padding() -> None:
    found = report("""
        input: 1x10x20
        layers:
          - {kind: standard, m: 1, k: 3x5, stride: [1, 2], padding: [[0, 1], [2, 2]]}
    """)
    assert found.layers[0].out == (1, 9, 10)


def test_same_keeps_ceil_of_size_over_stride_whatever_the_kernel() -> None:
    for padding in ("same", "same-tf"):
        for k in (1, 2, 3, 4, 7):
            text = f"input: 1x15x16\nlayers: [{{kind: standard, m: 1, k: {k}, stride: 2"
            assert report(f"{text}, padding: {padding}}}]").layers[0].out == (1, 8, 8)


def test_names_may_be_those_of_lists_of_layers() -> None:
    text = """\
input: 3x8x8
vars: {size: 3, add: 1}
blocks:
  b:
    params: {body: 4, layers: 2}
    layers: [{kind: standard, m: "${body * layers}", k: "${size}"}]
layers:
  - {use: b}
  - {use: b, body: 8, layers: "${add}"}
"""
    network = parse_spec(text).network
    assert [dict(layer.fields)["m"] for layer in network.layers] == [8, 8]


def test_what_was_read_is_gone_without_a_collection() -> None:
    text = "input: 3x8x8\nlayers:\n" + "  - residual: [{kind: standard, m: 3, k: 1}]\n" * 20
    parse_spec(text)  # once, for what is imported on the way
    gc.collect()
    gc.disable()
    try:
        parse_spec(text)
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_equal_joints_are_one_where_the_same_shapes_arrive() -> None:
    text = """
        input: 4x8x8
        layers:
          - residual: [{kind: relu}]
          - residual: [{kind: sigmoid}]
          - {kind: standard, m: 8, k: 1}
          - residual: [{kind: relu}]
            act: relu
          - residual: [{kind: relu}]
    """
    adds = [layer for layer in parse_spec(text).network.layers if layer.kind == "add"]
    assert [layer.out for layer in report(text).layers if layer.kind == "add"] == [
        *[(4, 8, 8)] * 2,
        *[(8, 8, 8)] * 2,
    ]
    assert [[op.name for op, _ in layer.stages] for layer in adds] == [
        *[["add"]] * 2,
        ["add", "activation"],
        ["add"],
    ]

"""The blocks that ship: what they cost, who sees what, and where their errors stand."""

from __future__ import annotations

import pytest

from convcost.cost import Report, evaluate
from convcost.errors import Problem, SpecError
from convcost.sources.spec.library import library
from convcost.sources.spec.reading import parse_spec

# With no norm, so that only weights count: each block, what arrives, its parameters and
# multiply-adds, and its output.
COSTS = [
    ("squeeze-excite, squeeze: 8", "32x4x4", 2 * 32 * 8 + 8 + 32, 2 * 32 * 8, (32, 4, 4)),
    ("bottleneck, m: 128, width: 32", "128x56x56", 17_408, 54_591_488, (128, 56, 56)),
    (
        "bottleneck, m: 128, width: 32, groups: 8",
        "64x56x56",
        7_296 + 64 * 128,
        (7_296 + 64 * 128) * 56 * 56,
        (128, 56, 56),
    ),
    ("inverted-residual, m: 128", "64x56x56", 77_184, 242_049_024, (128, 56, 56)),
    ("inverted-residual, m: 128, stride: 2", "64x56x56", 77_184, 118_315_008, (128, 28, 28)),
    ("inverted-residual, m: 16, t: 1", "32x8x8", 32 * 9 + 32 * 16, 800 * 64, (16, 8, 8)),
    ("fire, s1: 16, e1: 64, e3: 64", "96x55x55", 11_920 - 144, 35_622_400, (128, 55, 55)),
    ("shufflenet-unit", "240x28x28", 10_140, 7_949_760, (240, 28, 28)),
    (
        "shufflenet-down, m: 240, groups1: 1",
        "24x56x56",
        24 * 60 + 60 * 9 + 60 * 216 // 3,
        24 * 60 * 56**2 + (60 * 9 + 60 * 216 // 3) * 28**2,
        (240, 28, 28),
    ),
    ("shufflenet-v2-unit", "116x28x28", 7_250, 5_684_000, (116, 28, 28)),
    (
        "shufflenet-v2-down, m: 116",
        "24x56x56",
        (24 * 9 + 24 * 58) + (24 * 58 + 58 * 9 + 58 * 58),
        (24 * 9 + 24 * 58 + 58 * 9 + 58 * 58) * 28**2 + 24 * 58 * 56**2,
        (116, 28, 28),
    ),
    # Its norms are its own: two parameters for each of 64 + 128 channels.
    (
        "dense-layer",
        "64x56x56",
        64 * 128 + 9 * 128 * 32 + 2 * (64 + 128),
        141_295_616,
        (96, 56, 56),
    ),
    # Ghost modules 32 to 96 to 32 channels: half by 1x1, half by depthwise 3x3.
    (
        "ghost-bottleneck, m: 32, width: 96",
        "32x8x8",
        32 * 48 + 9 * 48 + 96 * 16 + 9 * 16,
        (32 * 48 + 9 * 48 + 96 * 16 + 9 * 16) * 64,
        (32, 8, 8),
    ),
    # With a stride, a depthwise 3x3 between them, and another and a 1x1 beside them.
    (
        "ghost-bottleneck, m: 64, width: 96, stride: 2",
        "32x8x8",
        (32 * 48 + 9 * 48) + 9 * 96 + (96 * 32 + 9 * 32) + (9 * 32 + 32 * 64),
        (32 * 48 + 9 * 48) * 64 + (9 * 96 + 96 * 32 + 9 * 32 + 9 * 32 + 32 * 64) * 16,
        (64, 4, 4),
    ),
    ("channelnet-module, dc: 8", "512x14x14", 2 * 135_680 + 16, 53_989_376, (512, 14, 14)),
    ("channelnet-module", "512x14x14", 2 * 135_680, 53_186_560, (512, 14, 14)),
]


def report(text: str, **overrides: object) -> Report:
    return evaluate(parse_spec(text, "a.yaml", overrides).network)


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(SpecError) as caught:
        parse_spec(text, "a.yaml")
    return caught.value.problems


@pytest.mark.parametrize(("use", "arriving", "params", "macs", "out"), COSTS)
def test_what_a_block_costs(
    use: str, arriving: str, params: int, macs: int, out: tuple[int, ...]
) -> None:
    found = report(f"{{input: {arriving}, layers: [{{use: {use}}}]}}")
    assert (found.params, found.macs, found.layers[-1].out) == (params, macs, out)


def test_every_block_has_its_cost_here() -> None:
    assert {use.partition(",")[0] for use, *_ in COSTS} == set(library().nodes)


@pytest.mark.parametrize("name", library().nodes)
def test_every_block_is_well_formed(name: str) -> None:
    assert library().find(name).name == name


def test_blocks_take_norm_bias_and_activation_from_the_spec() -> None:
    text = "layers: [{use: fire, s1: 16, e1: 64, e3: 64}]"
    plain = report(f"{{input: 96x55x55, {text}}}")
    biased = report(f"{{input: 96x55x55, defaults: {{bias: true}}, {text}}}")
    normed = report(f"{{input: 96x55x55, defaults: {{norm: batch}}, {text}}}")
    assert biased.params - plain.params == 16 + 64 + 64
    assert normed.params - plain.params == 2 * (16 + 64 + 64)


def test_an_inverted_residual_adds_its_input_only_where_it_fits() -> None:
    text = "input: 16x8x8\nlayers: [{name: block, use: inverted-residual, "
    kinds = {
        rest: [layer.kind for layer in report(f"{text}{rest}}}]").layers]
        for rest in ("m: 16", "m: 16, stride: 2", "m: 24")
    }
    assert [rest for rest, found in kinds.items() if "add" in found] == ["m: 16"]


def test_an_inverted_residual_may_be_told_its_width_and_squeeze() -> None:
    found = report("""
        input: 24x56x56
        layers: [{name: b, use: inverted-residual, m: 40, width: 72, k: 5, squeeze: 24}]
    """)
    assert [(layer.name, layer.out[0]) for layer in found.layers] == [
        ("b.expand", 72),
        ("b.depthwise", 72),
        ("b.se.weights.pool", 72),
        ("b.se.weights.squeeze", 24),
        ("b.se.weights.excite", 72),
        ("b.se", 72),
        ("b.project", 40),
    ]


def test_a_spec_may_define_a_block_of_the_same_name() -> None:
    found = report("""
        input: 8x4x4
        blocks: {fire: {layers: [{kind: relu}]}}
        layers: [{use: fire}]
    """)
    assert [layer.kind for layer in found.layers] == ["relu"]


def test_a_block_that_ships_uses_its_own_kin_whatever_the_spec_defines() -> None:
    text = "layers: [{use: inverted-residual, m: 8, squeeze: 2}]"
    own = "blocks: {squeeze-excite: {params: {other: ~}, layers: []}}, vars: {middle: 3, n: 5}"
    assert (
        report(f"{{input: 8x4x4, {own}, {text}}}").params
        == report(f"{{input: 8x4x4, {text}}}").params
    )


def test_rows_of_a_block_that_ships_have_the_line_that_uses_it() -> None:
    found = report("""input: 8x4x4
blocks:
  stage:
    layers:
      - {use: inverted-residual, m: 8, squeeze: 2}
layers:
  - {kind: relu}
  - {use: stage}
""")
    assert [layer.line for layer in found.layers] == [7, *[5] * (len(found.layers) - 1)]


def test_an_error_inside_a_block_that_ships_stands_where_the_spec_uses_it() -> None:
    (problem,) = problems("""input: 64x8x8
blocks:
  stage:
    layers:
      - {use: bottleneck, m: 64, width: 30, groups: 32}
layers: [{name: layer1, use: stage}]
""")
    assert problem.message == (
        "layer layer1.conv2 (group): 32 groups do not divide 30 input channels"
    )
    assert problem.place is not None
    assert str(problem.place) == "a.yaml:5:9"
    assert problem.place.source == "      - {use: bottleneck, m: 64, width: 30, groups: 32}"
    shown = [(what, place.path, place.source.strip()) for what, place in problem.notes]
    assert shown == [
        ("in a block that ships", "convcost/sources/spec/library.yaml", "- name: conv2"),
        ("used here", "a.yaml", "layers: [{name: layer1, use: stage}]"),
    ]


@pytest.mark.parametrize(
    ("use", "message", "hint"),
    [
        ("{use: botleneck, m: 8}", 'there is no block "botleneck"', 'did you mean "bottleneck"?'),
        ("{use: bottleneck, m: 8}", "block bottleneck needs width", ""),
        (
            "{use: bottleneck, m: 8, width: 2, grops: 2}",
            'block bottleneck has no parameter "grops"',
            'did you mean "groups"?',
        ),
        (
            "{use: bottleneck, m: x, width: 2}",
            "m must be an integer, not 'x'",
            "",
        ),
        (
            "{use: inverted-residual, m: 8, t: wide}",
            'in ${width or round(t * n)}: "wide" is text, which can only be compared',
            "",
        ),
        (
            "{use: shufflenet-unit, groups: 0}",
            "groups must be at least 1, not 0",
            "",
        ),
    ],
)
def test_arguments_that_a_block_cannot_take(use: str, message: str, hint: str) -> None:
    (problem, *_) = problems(f"input: 8x8x8\nlayers:\n  - {use}\n")
    assert (problem.message, problem.hint) == (message, hint)
    assert str(problem.place) == "a.yaml:3:5"


def test_too_many_layers_are_refused_before_any_is_built_in_blocks_that_ship_too() -> None:
    (problem,) = problems(
        "{input: 8x8x8, layers: [{repeat: 40000, layers: [{use: shufflenet-v2-unit}]}]}"
    )
    assert problem.message == "this comes to 240,000 layers, and more than 200,000 are refused"

"""Entries that may not be there, residuals without a skip, branches with names."""

from __future__ import annotations

import pytest

from convcost.cost import Report, evaluate
from convcost.errors import SpecError
from convcost.sources.spec import ledger
from convcost.sources.spec.reading import parse_spec


def report(text: str) -> Report:
    return evaluate(parse_spec(text, "a.yaml").network)


def kinds(text: str) -> list[tuple[str, str]]:
    return [(layer.name, layer.kind) for layer in report(text).layers]


def block(entry: str, params: str, use: str) -> str:
    return f"""
        input: 8x4x4
        blocks: {{own: {{params: {{{params}}}, layers: [{{name: first, kind: relu}}, {entry}]}}}}
        layers: [{{name: a, use: own, {use}}}]
    """


SOMETIMES = '{when: "${dc > 0}", name: cw, kind: channel-wise, m: 8, dc: "${dc}"}'


def test_an_entry_whose_when_is_false_is_not_there() -> None:
    assert kinds(block(SOMETIMES, "dc: 0", "dc: 4")) == [
        ("a.first", "relu"),
        ("a.cw", "channel-wise"),
    ]
    # A dc of 0 would be refused if it were.
    assert kinds(block(SOMETIMES, "dc: 0", "dc: 0")) == [("a.first", "relu")]


@pytest.mark.parametrize(
    "entry",
    [
        '{when: "${units > 1}", repeat: "${units - 1}", layers: [{kind: relu}]}',
        '{when: "${units > 1}", kind: pointwise, m: "${8 // (units - 1)}"}',
        '{when: "${units > 1}", kind: "${missing}", m: 3}',
        '{when: "${units > 1}", use: "${missing}"}',
    ],
)
def test_what_it_would_come_to_is_not_asked_then(entry: str) -> None:
    assert kinds(block(entry, "units: ~", "units: 1")) == [("a.first", "relu")]


def test_its_keys_are_checked_all_the_same() -> None:
    with pytest.raises(SpecError, match='unexpected key "kernal"'):
        report(block('{when: "${units > 1}", kind: standard, kernal: 3}', "units: ~", "units: 1"))
    with pytest.raises(SpecError, match="m must be at least 1, not -8"):
        report(block('{when: "${units > 1}", kind: pointwise, m: -8}', "units: ~", "units: 1"))


@pytest.mark.parametrize(
    ("when", "message"), [("${1}", "when must be true or false"), ("maybe", "")]
)
def test_when_is_true_or_false(when: str, message: str) -> None:
    with pytest.raises(SpecError, match=message or "when must be true or false"):
        report(f'{{input: 3x5x5, layers: [{{kind: relu, when: "{when}"}}]}}')


def test_a_residual_may_go_without_its_skip() -> None:
    text = """
        input: 8x4x4
        blocks:
          unit:
            params: {m: ~, stride: 1}
            layers:
              - residual: [{name: conv, kind: standard, m: "${m}", k: 3, stride: "${stride}"}]
                skip: ${stride == 1 and n == m}
        layers:
          - {name: a, use: unit, m: 8}
          - {name: b, use: unit, m: 16}
          - {name: c, use: unit, m: 16, stride: 2}
          - {name: last, kind: relu, from: b}
    """
    assert kinds(text) == [
        ("a.conv", "standard"),
        ("a", "add"),
        ("b.conv", "standard"),
        ("c.conv", "standard"),
        ("last", "relu"),
    ]


def test_its_activation_stays_then() -> None:
    found = report("""
        input: 8x4x4
        layers:
          - residual: [{kind: pointwise, m: 8}]
            skip: false
            act: relu
    """)
    assert [layer.name for layer in found.layers] == ["1.1", "1"]
    assert [stage.op.name for stage in found.layers[1].stages] == ["identity", "activation"]


def test_branches_may_have_names() -> None:
    text = """
        input: 8x4x4
        layers:
          - name: fork
            concat:
              input: []
              1x1: [{kind: pointwise, m: 2}]
              3x3: [{name: reduce, kind: pointwise, m: 3}, {kind: standard, m: 4, k: 3}]
          - {kind: relu, from: fork.1x1}
    """
    assert kinds(text) == [
        ("fork.1x1", "pointwise"),
        ("fork.3x3.reduce", "pointwise"),
        ("fork.3x3.2", "standard"),
        ("fork", "concat"),
        ("2", "relu"),
    ]
    assert report(text).layers[3].out == (8 + 2 + 4, 4, 4)
    assert report(text).layers[4].out == (2, 4, 4)


@pytest.mark.parametrize("branches", ["{}", "[]", "3", "~"])
def test_branches_must_be_some(branches: str) -> None:
    with pytest.raises(SpecError, match="concat takes branches"):
        report(f"{{input: 8x4x4, layers: [{{concat: {branches}}}]}}")


def test_a_layer_may_have_the_size_of_the_one_before_it_wherever_it_comes_from() -> None:
    found = report("""
        input: 4x9x8
        layers:
          - {name: a, kind: standard, m: 6, k: 3}
          - {name: b, kind: max-pool, k: 2}
          - {name: cut, kind: crop, from: a, out: "${H}x${W}"}
          - {kind: concat, from: [cut, b]}
    """)
    assert found.layers[2].out == (6, 4, 4)
    assert found.layers[3].out == (12, 4, 4)


def test_a_repeated_entry_is_what_it_says_each_time() -> None:
    text = """
        input: 4x8x8
        layers:
          - repeat: 70
            name: r
            layers: [{kind: pointwise, m: "${i // 2 + 4}"}]
          - {repeat: 3, name: s, layers: [{kind: pointwise, m: "${n}"}, {kind: relu}]}
          - {repeat: 2, name: c, layers: [{concat: [[], []]}, {kind: pointwise, m: "${n}"}]}
    """
    layers = {layer.name: layer for layer in report(text).layers}
    assert [layers[f"r[{turn}]"].out[0] for turn in range(70)] == [i // 2 + 4 for i in range(70)]
    assert [layers[f"s[{turn}].1"].params for turn in range(3)] == [38 * 38] * 3
    assert [layers[f"c[{turn}].2"].params for turn in range(2)] == [76**2, 152**2]


def test_true_and_one_are_not_taken_for_each_other() -> None:
    text = """
        input: 4x8x8
        blocks: {b: {params: {x: ~}, layers: [{kind: pointwise, m: "${x}"}]}}
        layers: [{use: b, x: 1}, {use: b, x: true}]
    """
    with pytest.raises(SpecError, match="m must be an integer, not True"):
        report(text)


def test_problems_found_before_a_quota_is_spent_are_told() -> None:
    text = """
        input: 4x8x8
        layers: [{kind: pointwise, m: -1}, {repeat: "${10**9}", layers: []}]
    """
    with pytest.raises(SpecError, match="m must be at least 1, not -1"):
        report(text)


def test_equal_entries_are_told_apart_by_the_types_of_their_values() -> None:
    entries = ["{kind: pointwise, m: 1}", "{kind: pointwise, m: 1}", "{kind: pointwise, m: true}"]
    with pytest.raises(SpecError) as caught:
        report("input: 8x4x4\nlayers:\n" + "".join(f"  - {entry}\n" for entry in entries))
    (problem,) = caught.value.problems
    assert (problem.message, problem.place and problem.place.line) == (
        "m must be an integer, not True",
        5,
    )


def test_what_is_written_out_takes_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "MAX_STEPS", 2000)
    pair = "  - {kind: pointwise, m: 8}\n  - {kind: pointwise, m: 16}\n"
    assert len(kinds(f"input: 8x4x4\nlayers:\n{pair * 200}")) == 400


def test_layers_of_other_values_each_turn_go_on_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "MAX_STEPS", 10_000)  # a hundredth of the real one
    layer = "{kind: standard, m: '${8 + i}', k: 3}"
    assert len(kinds(f"input: 8x4x4\nlayers: [{{repeat: 210, layers: [{layer}]}}]")) == 210

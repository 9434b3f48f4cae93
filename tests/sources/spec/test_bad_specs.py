"""Every way to write a spec wrongly has one clear message, at its place, with a remedy."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest

from convcost.errors import Problem, SpecError
from convcost.sources.spec.reading import parse_spec, read_spec

HEAD = "input: 3x32x32\nlayers:\n"


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(SpecError) as caught:
        parse_spec(text, "a.yaml")
    return caught.value.problems


def only(text: str) -> str:
    (problem,) = problems(text)
    return str(problem)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{kind: standrd, m: 3, k: 3}", 'a.yaml:3:10: unknown kind "standrd" (did you mean'),
        ("{kind: standard, m: 3, kernal: 3}", '3:26: unexpected key "kernal" in a standard layer'),
        ("{kind: standard, m: 3, kernel: 3}", 'did you mean "k"?'),
        ("{kind: standard, filters: 3, k: 3}", 'did you mean "m"?'),
        ("{kind: standard, k: 3}", "standard needs m"),
        ("{kind: standard, m: 0, k: 3}", "a.yaml:3:23: m must be at least 1, not 0"),
        ("{kind: standard, m: -4, k: 3}", "m must be at least 1, not -4"),
        ("{kind: standard, m: 3.5, k: 3}", "m must be an integer, not 3.5"),
        ("{kind: standard, m: yes, k: 3}", "m must be an integer, not 'yes'"),
        ("{kind: standard, m: true, k: 3}", "m must be an integer, not True"),
        ("{kind: standard, m: 1e30, k: 3}", "m must be an integer"),
        (f"{{kind: standard, m: {10**30}, k: 3}}", "m has more than 18 digits"),
        ("{kind: standard, m: 3, k: 3x3x3}", "k has 3 numbers for 2 spatial dims"),
        ("{kind: standard, m: 3, k: 3, padding: smae}", 'did you mean "same"?'),
        ("{kind: standard, m: 3, k: 3, padding: -1}", "padding must be at least 0, not -1"),
        ("{kind: standard, m: 3, k: 3, bias: 1}", "bias must be true or false, not 1"),
        ("{kind: standard, m: 3, k: 3, norm: bacth}", 'did you mean "batch"?'),
        ("{kind: group, m: 4, k: 3, groups: 2}", "2 groups do not divide 3 input channels"),
        ("{kind: depthwise, m: 4, k: 3}", "depthwise gives a multiple of its n = 3 channels"),
        (
            "{kind: standard, m: 4, k: 99, padding: valid}",
            "a kernel of 99 is larger than its padded input of 32",
        ),
        ("{kind: linear, m: 4, n: 5}", "n = 5 is given, and 3x32x32 arrives"),
        ("{m: 3}", "this entry does not say what it is"),
        ("{kind: relu, repeat: 3}", "this entry says kind and repeat at once"),
        ("42", "a layer must be a mapping"),
        ("{repeat: -1, layers: [{kind: relu}]}", "repeat must be at least 0, not -1"),
        ("{repeat: 3}", "a repeat entry needs layers"),
        ("{residual: {bodi: []}}", 'unexpected key "bodi"'),
        ("{concat: []}", "concat takes branches"),
        ("{use: nothing}", 'there is no block "nothing"'),
        ("{kind: add, from: [a]}", 'no layer before this one is named "a"'),
        ('{kind: standard, m: "${width}", k: 3}', "width"),
        ('{kind: standard, m: "${__import__}", k: 3}', "__import__"),
        ('{kind: standard, m: "${1 +}", k: 3}', "cannot be read as an expression"),
        ("{kind: standard, m: 4, k: 3, name: 7}", "name must be text, not 7"),
    ],
)
def test_a_wrong_layer(entry: str, message: str) -> None:
    found = [str(problem) for problem in problems(f"{HEAD}- {entry}\n")]
    assert any(message in problem for problem in found), found
    assert all(problem.startswith("a.yaml:3:") for problem in found)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "nothing in this file"),
        ("just text", "a spec must be a mapping, not a single value"),
        ("- {kind: relu}", "a spec must be a mapping, not a list"),
        ("input: 3x5x5", "a spec needs layers"),
        ("input: 3x5x5\nlayers: []", "there are no layers"),
        ("input: 3x5x5\nlayers: {kind: relu}", "layers must be a list"),
        ("layers: [{kind: relu}]", "no input shape is known here"),
        ("input: 3xx5\nlayers: [{kind: relu}]", '1:8: input cannot be "3xx5"'),
        ("input: 0x5x5\nlayers: [{kind: relu}]", "input must be at least 1, not 0"),
        ("input: [3, 5.5]\nlayers: [{kind: relu}]", "input must be an integer, not 5.5"),
        ("inptu: 3x5x5\nlayers: [{kind: relu}]", 'did you mean "input"?'),
        ("input: 3x5x5\ninput: 3x5x5\nlayers: [{kind: relu}]", 'duplicate key "input"'),
        ("{input: 3x5x5, layers: [{kind: relu}], budgets: {params: 4X}}", 'unknown unit "X"'),
        ("{input: 3x5x5, layers: [{kind: relu}], budgets: {prams: 4}}", 'did you mean "params"?'),
        ("{input: 3x5x5, layers: [{kind: relu}], budgets: {params: }}", "params has no limit"),
        ("{input: 3x5x5, layers: [{kind: relu}], budgets: {macs: [1, 4X]}}", '1:60: "4X" has'),
        ("{input: 3x5x5, layers: [{kind: relu}], defaults: {bais: true}}", 'mean "bias"?'),
        ("{input: 3x5x5, layers: [{kind: relu}], blocks: {b: 3}}", "block b must be a mapping"),
        ("{input: 3x5x5, layers: [{kind: relu}], vars: {a: [1]}}", "vars"),
    ],
)
def test_a_wrong_spec(text: str, message: str) -> None:
    assert message in only(text)


def test_all_problems_of_a_file_are_reported_in_one_run() -> None:
    found = problems(
        HEAD
        + """\
- {kind: standrd, m: 3, k: 3}
- {kind: standard, m: 3, kernal: 3}
- {kind: standard, m: true, k: 3.5}
- residual: {body: [], shortcutt: []}
- {use: foo}
"""
    )
    places = [(problem.place.line, problem.place.col) for problem in found if problem.place]
    assert places == [(3, 10), (4, 26), (5, 23), (5, 32), (6, 24), (7, 3)]


def test_limits_are_among_them() -> None:
    found = problems(f"{HEAD}- {{kind: standrd}}\nbudgets: {{prams: 4, macs: 4X}}\n")
    assert [problem.place.line for problem in found if problem.place] == [3, 4, 4]


def test_a_problem_inside_a_block_names_both_places() -> None:
    (problem,) = problems("""\
input: 3x32x32
blocks:
  same:
    params: {width: ~}
    layers:
      - residual: [{kind: standard, m: "${width}", k: 3}]
layers:
  - {use: same, width: 3}
  - {use: same, width: 8}
""")
    assert problem.place is not None
    assert problem.place.line == 6
    assert "8x32x32 and 3x32x32 arrived" in problem.message
    assert [(text, place.line) for text, place in problem.notes] == [("used here", 9)]


def test_a_shape_error_names_the_layers_path() -> None:
    message = only(
        HEAD + "- name: stem\n  repeat: 2\n  layers: [{name: c, kind: group, m: 4, "
        "k: 3, groups: 2}]\n"
    )
    assert "layer stem[0].c (group): 2 groups do not divide 3 input channels" in message


def test_what_is_behind_a_broken_layer_is_still_validated_but_not_blamed() -> None:
    found = problems(
        HEAD + "- {kind: group, m: 4, k: 3, groups: 2}\n- {kind: linear, n: 1, m: 1}\n"
        "- {kind: relu, foo: 1}\n"
    )
    assert [problem.place.line for problem in found if problem.place] == [3, 5]


def test_an_unknown_var_cannot_be_set() -> None:
    with pytest.raises(SpecError, match='did you mean "alpha"'):
        parse_spec("vars: {alpha: 1}\ninput: 3x5x5\nlayers: [{kind: relu}]", "a", {"alhpa": 2})


BOMBS = {
    "a repeat of a billion": HEAD + "- {repeat: 1000000000, layers: [{kind: relu}]}\n",
    "repeats inside repeats": HEAD
    + "- {repeat: 9999, layers: [{repeat: 9999, layers: [{kind: relu}]}]}\n",
    "blocks that double": "input: 3x5x5\nblocks:\n  b0: {layers: [{kind: relu}]}\n"
    + "".join(f"  b{i + 1}: {{layers: [{{use: b{i}}}, {{use: b{i}}}]}}\n" for i in range(60))
    + "layers: [{use: b60}]\n",
    "blocks that double nothing": "input: 3x5x5\nblocks:\n  b0: {layers: []}\n"
    + "".join(f"  b{i + 1}: {{layers: [{{use: b{i}}}, {{use: b{i}}}]}}\n" for i in range(30))
    + "layers: [{use: b30}]\n",
    "a block that uses itself": "input: 3x5x5\nblocks: {b: {layers: [{use: b}]}}\n"
    "layers: [{use: b}]\n",
    "blocks in a circle": "input: 3x5x5\nblocks:\n  a: {layers: [{use: b}]}\n"
    "  b: {layers: [{use: a}]}\nlayers: [{use: a}]\n",
    "a long chain of blocks": "input: 3x5x5\nblocks:\n  b0: {layers: [{kind: relu}]}\n"
    + "".join(f"  b{i + 1}: {{layers: [{{use: b{i}}}]}}\n" for i in range(5000))
    + "layers: [{use: b5000}]\n",
    "aliases of aliases": "a0: &a0 [x, x]\n"
    + "".join(f"a{i + 1}: &a{i + 1} [*a{i}, *a{i}]\n" for i in range(60)),
    "an alias of itself": "layers: &a [*a]\n",
    "nesting without end": "layers: " + "[" * 200_000,
    "residuals without end": HEAD + "- " + "{residual: [" * 5_000,
    "a huge power": HEAD + '- {kind: standard, m: "${9**9**9**9}", k: 3}\n',
    "a huge text": HEAD + "- {kind: " + "x" * 5_000_000 + "}\n",
    "a huge number": HEAD + "- {kind: standard, m: " + "9" * 1_000_000 + ", k: 3}\n",
    "a thousand mistakes": HEAD + "- {kind: standrd}\n" * 20_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_hostile_specs_end_soon_and_small(name: str) -> None:
    # A guard against running away, far above what these take; speed is measured in benchmarks/.
    tracemalloc.start()
    start = time.process_time()
    try:
        assert len(problems(BOMBS[name])) <= 101
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 200e6
    assert time.process_time() - start < 30


def test_files_that_are_no_specs(tmp_path: Path) -> None:
    binary = tmp_path / "weights.bin"
    binary.write_bytes(bytes(range(256)))
    for path in (tmp_path, tmp_path / "missing.yaml", binary):
        with pytest.raises(SpecError) as caught:
            read_spec(path)
        assert str(path) in str(caught.value)

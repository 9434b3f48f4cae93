"""Row by row, a sweep is what `load` and `evaluate` are: figures, refusals and their messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convcost import ConvcostError, evaluate, load, sweep
from convcost.metrics import METRICS, USUAL, measured
from convcost.sources import read, target_of
from convcost.sources.zoo import shipped
from convcost.sweeping import running
from convcost.sweeping.base import Sweep, planned
from convcost.sweeping.space import space_of

pytest.importorskip("numpy")

VARS = {name: found for name in shipped() if (found := read(target_of(name)).vars)}
LIGHT = ("dcgan", "lstm_kws", "mobilenet_v1", "mobilenet_v2", "shufflenet_v1", "fasternet_t0")


def one(spec: Any, values: Mapping[str, Any], metrics: Sequence[str]) -> Any:
    """The figures of one row, or why it is refused, by the engine."""
    try:
        report = measured(evaluate(load(spec, values)), metrics)
    except ConvcostError as error:
        return [str(problem) for problem in dict.fromkeys(map(str, error.problems))]
    return [report.figure(name) for name in metrics]


def said(found: Sweep, row: int, metrics: Sequence[str]) -> Any:
    """The same by the sweep."""
    note = found.found.notes[found.found.which[row]]
    return list(note.refused) or [int(found.column(name)[row]) for name in metrics]


def assert_equal(
    spec: Any, values: Mapping[str, Sequence[Any]], metrics: Sequence[str] = USUAL
) -> Sweep:
    found = sweep(spec, values, metrics)
    for row in range(len(found)):
        own = found.found.space.row(row)
        assert said(found, row, metrics) == one(spec, own, metrics), own
    return found


def near(value: Any) -> st.SearchStrategy[list[Any]]:
    """A few values that a var of this one might have, good and bad."""
    if isinstance(value, bool):
        return st.just([True, False])
    if isinstance(value, float):
        numbers: st.SearchStrategy[Any] = st.floats(-0.5, 3 * value, allow_nan=False)
    else:
        numbers = st.integers(-1, 2 * value + 1)
    return st.lists(numbers, min_size=1, max_size=3, unique=True)


@pytest.mark.parametrize("name", VARS)
@settings(max_examples=2, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_spec_that_ships(name: str, data: st.DataObject) -> None:
    chosen = data.draw(st.permutations(list(VARS[name])))[:2]
    assert_equal(name, {each: data.draw(near(VARS[name][each])) for each in chosen})


@pytest.mark.parametrize("metric", [name for name in METRICS if name not in USUAL])
@settings(max_examples=2, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_metric(metric: str, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(LIGHT))
    chosen = list(VARS[name])[:2]
    assert_equal(name, {each: data.draw(near(VARS[name][each])) for each in chosen}, [metric])


SPEC = """\
vars: {{a: 4, b: 0.5, word: relu, flag: true}}
input: 3x${{abs(a) + 8}}x12
layers:
  - {{kind: standard, m: 8, k: 3, act: "${{word}}"}}
  - {{kind: standard, m: "${{{first}}}", k: 3, padding: 1}}
  - {{when: "${{flag and {second} > a}}", kind: pointwise, m: "${{max(1, int({second}))}}"}}
  - {{repeat: "${{min(3, max(0, a))}}", layers: [{{kind: depthwise, k: 3}}]}}
"""
LEAVES = st.sampled_from(["a", "b", "1", "2", "7", "0.3", "-1", "(a + 1)", "a * a"])
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "//", "%", "**"]), inner).map(
            lambda parts: "({} {} {})".format(*parts)
        ),
        st.tuples(
            st.sampled_from(["int", "round", "ceil", "floor", "abs", "make_divisible"]), inner
        ).map(lambda parts: "{}({})".format(*parts)),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(
            lambda parts: "{}({}, {})".format(*parts)
        ),
        st.tuples(inner, inner, inner).map(lambda parts: "({} if {} < {} else 3)".format(*parts)),
    ),
    max_leaves=6,
)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    first=EXPRESSIONS,
    second=EXPRESSIONS,
    a=st.lists(st.integers(-4, 40) | st.integers(0, 10**9), min_size=1, max_size=4, unique=True),
    b=st.lists(st.floats(-4, 9), min_size=1, max_size=4, unique=True),
)
def test_generated_specs(
    tmp_path_factory: pytest.TempPathFactory, first: str, second: str, a: list[int], b: list[float]
) -> None:
    path = tmp_path_factory.mktemp("spec") / "net.yaml"
    text = SPEC.format(first=f"round({first})", second=second)
    path.write_text(text, encoding="utf-8")
    assert_equal(path, {"a": a, "b": b, "flag": [True, False]})


@pytest.mark.parametrize("power", ["a ** a", "2 ** a", "((a ** 9) ** 50) ** 50"])
def test_powers_of_rows_that_are_refused_are_not_worked_out(power: str, tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(SPEC.format(first=power, second="1"), encoding="utf-8")
    assert assert_equal(path, {"a": [1, 2, 308_910_819]}).refused


def test_a_layer_that_is_there_for_a_remainder_of_decimals(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(SPEC.format(first="1", second="b % 1"), encoding="utf-8")
    found = assert_equal(path, {"a": [0, 1], "b": [0.0, 0.5, 1.75, -0.25]})
    assert len(set(found.column("params"))) > 2


CONV = """\
vars: {n: 3, m: 4, size: 8}
input: ${n}x${size}x${size}
layers: [{kind: standard, m: "${m}", k: 3}]
"""


def test_counts_beyond_64_bits_are_exact_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(CONV, encoding="utf-8")
    large = [3, 2**31, 10**12, 10**17]
    found = assert_equal(path, {"n": large, "m": large, "size": [1, 10**5, 10**8]})
    assert max(found.column("macs")) > 2**63
    assert found.refused


def test_rows_do_not_depend_on_their_block(monkeypatch: pytest.MonkeyPatch) -> None:
    values: dict[str, list[Any]] = {"alpha": [0.3, 0.35, 1.0, 1.4], "size": [32, 96, 31, 7]}
    whole = sweep("mobilenet_v2", values)
    listed = {name: [row[name] for row in map(whole.found.space.row, range(16))] for name in values}
    parts = [sweep("mobilenet_v2", {}, rows=listed)]
    for sizes in ((3,), (8, 2), (1,)):
        monkeypatch.setattr(running, "GRID", sizes)
        monkeypatch.setattr(running, "LISTED", sizes)
        parts += [sweep("mobilenet_v2", values), sweep("mobilenet_v2", {}, rows=listed)]
    for part in parts:
        assert [said(part, row, USUAL) for row in range(16)] == [
            said(whole, row, USUAL) for row in range(16)
        ]


@pytest.mark.parametrize(
    ("name", "most"), [("mobilenet_v2", 4), ("efficientnet_b0", 40), ("shufflenet_v2", 4)]
)
def test_rows_that_take_the_same_branches_share_a_trace(name: str, most: int) -> None:
    values = {
        each: [
            value * part / 16 if isinstance(value, float) else value + part for part in range(9, 17)
        ]
        for each, value in VARS[name].items()
    }
    plan = planned([target_of(name)], space_of(values, {}))
    assert sum(len(block.which) for block in plan.blocks()) == plan.space.size
    assert plan.runner.traces <= most


def test_values_of_several_types_are_kept_apart(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(CONV, encoding="utf-8")
    assert_equal(path, {"m": [4, 4.0, True, "4", 5]})

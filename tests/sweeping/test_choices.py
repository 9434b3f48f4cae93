"""Kinds chosen layer by layer: each row is what `rewrite` and `evaluate` make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convcost import (
    ConvcostError,
    Replacement,
    Selection,
    UsageError,
    evaluate,
    load,
    rewrite,
    sweep,
)
from convcost.metrics import METRICS, USUAL, measured
from convcost.sweeping.base import Sweep
from convcost.sweeping.choices import choices_of, parse_choices

pytest.importorskip("numpy")

NET = """\
vars: {width: 8, depth: 2, size: 16}
input: "3x${size}x${size}"
layers:
  - {name: first, kind: standard, m: "${width}", k: 3, padding: 1, norm: batch, act: relu}
  - {repeat: "${depth}", name: body, layers: [
      {name: a, kind: standard, m: "${width * 2}", k: 3, padding: 1, act: relu},
      {name: b, kind: depthwise-separable, m: "${width}", k: 3, stride: 2, padding: 1}]}
  - {name: one, kind: pointwise, m: 7}
  - {kind: global-avg-pool}
  - {name: fc, kind: linear, m: 10}
"""
KINDS = ["standard", "depthwise-separable", "ghost", "octave", "low-rank"]


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "net.yaml"
    path.write_text(NET, encoding="utf-8")
    return path


def one(spec: Any, values: Mapping[str, Any], layers: Sequence[str], metrics: Sequence[str]) -> Any:
    """The figures of a row by `rewrite`, layer by layer, or None where it leaves one alone."""
    kinds = {name: values[name] for name in layers}
    network = load(spec, {name: value for name, value in values.items() if name not in kinds})
    for name, new in kinds.items():
        old = next((layer.kind for layer in network.layers if layer.name == name), None)
        if old is None and new != KINDS[0]:
            return None
        if old in (new, None):
            continue
        only = Selection(only=[name], first=True, classifier=True)
        made = rewrite(network, Replacement(str(old), new), selection=only)
        if [outcome for outcome in made.left_alone if outcome.reason != "not asked for"]:
            return None
        network = made.after
    report = measured(evaluate(network), metrics)
    return [report.figure(name) for name in metrics]


def assert_equal(
    spec: Any,
    values: Mapping[str, Sequence[Any]],
    choose: Mapping[str, Sequence[str]],
    metrics: Sequence[str] = USUAL,
) -> Sweep:
    found = sweep(spec, values, metrics, choose=choose)
    layers = [name for name in found.found.space.names if name not in values]
    assert layers
    for row in found.found.rows().each():
        figures = None if row.note.refused else [row.figures[name] for name in metrics]
        try:
            assert figures == one(spec, row.values, layers, metrics), row
        except ConvcostError:
            assert figures is None
    return found


def test_every_assignment_of_kinds_is_a_row(net: Path) -> None:
    found = assert_equal(net, {}, {"body*": KINDS[:3]})
    assert len(found) == 3**4
    assert found.column("body[0].a")[0] == "standard"
    assert not found.refused


def test_what_cannot_be_replaced_is_a_row_with_the_reason(net: Path) -> None:
    found = assert_equal(net, {"width": [8, 9]}, {"body[[]0[]]*": KINDS[2:], "one": KINDS[2:]})
    assert set(found.refused.values()) >= {
        "layer body[0].b as octave: octave takes no stride",
        "layer one as ghost: 1x1 already, so ghost would save nothing",
    }


@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_with_vars_that_change_widths_and_depth(net: Path, data: st.DataObject) -> None:
    few = st.lists(st.integers(1, 24), min_size=1, max_size=2, unique=True)
    values = {"width": data.draw(few), "depth": [1, 2]}
    kinds = data.draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=2, unique=True))
    assert_equal(net, values, {"body*.a": [KINDS[0], *set(kinds) - {KINDS[0]}]})


@pytest.mark.parametrize("metric", [name for name in METRICS if name not in USUAL])
def test_every_metric(net: Path, metric: str) -> None:
    assert_equal(net, {"width": [8, 12]}, {"body*.a": KINDS[:3]}, [metric])


def test_many_assignments_share_a_trace(net: Path) -> None:
    found = sweep("vgg16", {}, choose={"stage[345]*": KINDS[:3], "stage2*": KINDS[:2]})
    assert len(found) == 3**9 * 2**2
    assert len(found.found.notes) == 1
    row = found.best("macs", 1, where=["params > 135M"]).each()
    assert [one("vgg16", each.values, list(each.values), USUAL) for each in row] == [
        [each.figures[name] for name in USUAL]
        for each in found.best("macs", 1, ["params > 135M"]).each()
    ]


def test_draws_have_the_same_figures(net: Path) -> None:
    whole = sweep(net, {"width": [8, 9]}, choose={"body*": KINDS[:3]})
    known = {str(row.values): row.figures for row in whole.found.rows().each()}
    drawn = sweep(net, {"width": [8, 9]}, choose={"body*": KINDS[:3]}, random=40, seed=1)
    assert [known[str(row.values)] for row in drawn.found.rows().each()] == [
        row.figures for row in drawn.found.rows().each()
    ]


def test_ends_of_a_network_stay_unless_they_are_named(net: Path) -> None:
    found, left = choices_of(load(net), {"*": ["standard", "ghost"]})
    assert "first" not in found
    assert left == ["first stays as it is, the first layer: name it to choose its kind"]
    found, left = choices_of(load(net), {"first": ["standard", "group[groups=1]"]})
    assert (list(found), list(found["first"]), left) == (
        ["first"],
        ["standard", "group[groups=1]"],
        [],
    )


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["body*"], "--choose cannot read"),
        (["body*="], "--choose cannot read"),
        (["body*=standard,standard"], "has something twice"),
        (["bodi*=standard"], 'no layer is named "bodi\\*"'),
        (["fc=standard"], "no layer that fc matches can be of another kind"),
        (["body*=ghots"], 'unknown kind "ghots"'),
        (["body*=group"], "group needs groups"),
        (["body*=ghost", "*.a=standard"], "twice"),
    ],
)
def test_what_cannot_be_meant(net: Path, texts: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        choices_of(load(net), parse_choices(texts))


def test_a_layer_is_no_var(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(NET.replace("name: one", "name: width"), encoding="utf-8")
    with pytest.raises(UsageError, match="width is a var and a layer"):
        sweep(path, {"width": [4]}, choose={"width": ["standard"]})

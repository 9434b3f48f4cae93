"""Layers with fewer channels, and what follows from it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.cost import evaluate
from convcost.errors import SpecError, UsageError
from convcost.network import INPUT, Builder, Network
from convcost.pruning import Width, prune
from convcost.rewriting import Rewrite

HALF = Fraction(1, 2)
Entry = tuple[str, dict[str, Any], str, tuple[str, ...]]


def network(*entries: Entry, shape: tuple[int, ...] = (3, 8, 8), path: str = "") -> Network:
    """Layers by kind, fields, name, and the names that they follow: the one before, if none."""
    built = Builder("net", shape, path)
    places = {"input": INPUT}
    for line, (kind, fields, name, sources) in enumerate(entries, 1):
        inputs = tuple(places[source] for source in sources) or None
        places[name] = built.add(kind, fields, name=name, inputs=inputs, line=line)
    return built.network()


def conv(name: str, m: int, *sources: str, **fields: Any) -> Entry:
    return ("standard", {"m": m, "k": 3, **fields}, name, sources)


def join(kind: str, name: str, *sources: str, **fields: Any) -> Entry:
    return (kind, fields, name, sources)


def widths(made: Rewrite) -> dict[str, int]:
    return {
        layer.name: layer.out[0]
        for layer, before in zip(made.cost_after.layers, made.cost_before.layers, strict=True)
        if layer.out != before.out
    }


HEAD: Entry = ("linear", {"m": 10}, "head", ())


def test_what_stands_behind_takes_what_arrives() -> None:
    made = prune(network(conv("a", 8), conv("b", 16), HEAD), {"a": HALF})
    a, b, head = made.cost_after.layers
    assert (a.params, b.params, head.params) == (4 * 3 * 9, 16 * 4 * 9, 10 * 16 * 64)
    assert made.cost_after == evaluate(made.after)
    assert [outcome.replacement.label for outcome in made.replaced] == ["standard[m=m*0.5]"]


def test_a_glob_is_of_all_that_it_matches_and_the_last_counts() -> None:
    whole = network(conv("s.a", 8), conv("s.b", 16), conv("t", 16), HEAD)
    assert widths(prune(whole, {"s.*": HALF})) == {"s.a": 4, "s.b": 8}
    assert widths(prune(whole, {"s": HALF, "s.b": Fraction(1, 4)})) == {"s.a": 4, "s.b": 4}
    assert widths(prune(whole, {"*": Fraction(3, 4)})) == {"s.a": 6, "s.b": 12, "t": 12}
    assert widths(prune(whole, {"t": Fraction(1)})) == {}


def test_what_comes_out_keeps_its_channels_unless_it_is_named() -> None:
    whole = network(conv("a", 8), HEAD)
    made = prune(whole, {"head": HALF, "*": HALF})
    assert widths(made) == {"a": 4, "head": 5}
    made = prune(whole, {"*": HALF})
    assert [(made.before.layers[each.place].name, each.reason) for each in made.left_alone] == [
        ("head", "comes out of the network")
    ]
    assert widths(prune(whole, {"*": HALF}, classifier=True)) == {"a": 4, "head": 5}


@given(st.integers(1, 200), st.fractions(Fraction(1, 100), 1), st.sampled_from([1, 4, 32]))
def test_a_width_is_the_nearest_multiple_and_one_at_least(
    channels: int, share: Fraction, step: int
) -> None:
    found = Width(share, step).of(channels)
    assert found % step == 0
    assert found == step or abs(found - channels * share) <= Fraction(step, 2)
    assert found >= step


def test_a_width_as_an_expression() -> None:
    assert Width(Fraction("0.3")).text == "max(1, round(m * 0.3))"
    assert Width(HALF, 32).text == "max(32, round(m * 0.5 / 32) * 32)"
    assert Width(HALF, 32).of(96) == 64


def test_sides_of_a_join_are_pruned_together() -> None:
    whole = network(
        conv("a", 8), conv("b", 8), conv("c", 8), join("add", "sum", "a", "c"), HEAD, path="n.yaml"
    )
    assert widths(prune(whole, {"a": HALF, "c": HALF})) == {"a": 4, "c": 4, "sum": 4}
    with pytest.raises(SpecError) as caught:
        prune(whole, {"c": HALF})
    (problem,) = caught.value.problems
    assert str(problem.place) == "n.yaml:4"
    assert problem.message == (
        "layer sum (add) joins the channels of c with those of a, not pruned alike"
    )
    assert problem.hint == "name them together: --prune a=0.5 --prune c=0.5"
    with pytest.raises(SpecError, match="not pruned alike"):
        prune(whole, {"a": HALF, "c": Fraction(1, 4)})


def test_of_many_to_name_together_some_are_named() -> None:
    names = [f"c{number}" for number in range(10)]
    whole = network(*(conv(name, 8, "input") for name in names), join("add", "sum", *names), HEAD)
    with pytest.raises(SpecError) as caught:
        prune(whole, {"c0": HALF})
    assert caught.value.problems[0].hint.endswith("--prune c7=0.5 and 2 more")


def test_what_meets_the_networks_input_stays() -> None:
    whole = network(conv("a", 3), join("add", "sum", "input", "a"), HEAD)
    with pytest.raises(SpecError) as caught:
        prune(whole, {"a": HALF})
    assert "with those of the network's input" in str(caught.value)
    assert caught.value.problems[0].hint == "leave a out: an input stays"


def test_depthwise_layers_follow_and_a_concatenation_adds_up() -> None:
    whole = network(
        conv("a", 8),
        ("depthwise", {"k": 3}, "plain", ()),
        ("depthwise", {"k": 3, "m": 16}, "twice", ()),
        ("group", {"k": 3, "m": 16, "groups": 16}, "other", ()),
        ("depthwise-separable", {"k": 3, "m": 4}, "b", ("a",)),
        join("concat", "cat", "other", "b"),
        HEAD,
    )
    made = prune(whole, {"a": HALF})
    assert widths(made) == {"a": 4, "plain": 4, "twice": 8, "other": 8, "cat": 12}
    assert dict(made.after.layers[3].fields)["groups"] == 8


def test_a_gate_follows_and_its_squeeze_may_too() -> None:
    whole = network(
        conv("a", 8),
        ("global-avg-pool", {}, "pool", ()),
        ("pointwise", {"m": 2}, "down", ()),
        ("pointwise", {"m": 8, "act": "sigmoid"}, "up", ()),
        join("multiply", "scaled", "a", "up"),
        HEAD,
    )
    assert widths(prune(whole, {"a": HALF, "up": HALF})) == {
        "a": 4,
        "pool": 4,
        "up": 4,
        "scaled": 4,
    }
    with pytest.raises(SpecError, match="joins the channels of a with those of up"):
        prune(whole, {"a": HALF})


def test_a_map_of_one_channel_scales_any() -> None:
    whole = network(conv("a", 8), conv("map", 1), join("multiply", "scaled", "a", "map"), HEAD)
    assert widths(prune(whole, {"a": HALF})) == {"a": 4, "scaled": 4}


def test_groups_stay_as_many() -> None:
    whole = network(
        conv("a", 12),
        ("group", {"k": 3, "m": 24, "groups": 4}, "b", ()),
        ("shuffle", {"groups": 4}, "mix", ()),
        HEAD,
    )
    # 3.6 and 7.2 of them, in fours
    assert widths(prune(whole, {"*": Fraction("0.3")})) == {"a": 4, "b": 8, "mix": 8}


@pytest.mark.parametrize(
    ("kind", "fields", "follows"),
    [
        ("max-pool", {"k": 2}, True),
        ("flatten", {}, True),
        ("slice", {"axis": 1, "stop": 4}, True),
        ("slice", {"stop": 4}, False),
        ("pad", {"padding": 1}, True),
        ("pad", {"channels": (1, 1)}, False),
        ("reduce", {"dims": (1,), "keep": True}, True),
        ("reduce", {"dims": (0,), "keep": True}, False),
        ("partial", {"k": 3, "r": 4}, True),
        ("reshape", {"shape": (8, 64)}, False),
        ("permute", {"order": (1, 0, 2)}, False),
    ],
)
def test_what_follows_and_what_is_told_a_number(
    kind: str, fields: dict[str, Any], follows: bool
) -> None:
    whole = network(conv("a", 8), (kind, fields, "x", ()), HEAD, path="n.yaml")
    if follows:
        after = prune(whole, {"a": HALF}).cost_after.layers
        assert (after[0].out[0], after[2].out) == (4, (10,))
        return
    with pytest.raises(SpecError) as caught:
        prune(whole, {"a": HALF})
    message = f"n.yaml:2: layer x ({kind}) is told the number of channels of a (leave a out)"
    assert str(caught.value) == message


def test_behind_what_is_told_a_number_all_is_as_it_was() -> None:
    whole = network(conv("a", 8), ("reshape", {"shape": (16, 4, 8)}, "x", ()), conv("b", 4), HEAD)
    assert widths(prune(whole, {"b": HALF})) == {"b": 2}


def test_joins_along_other_dims_want_equal_channels() -> None:
    whole = network(
        conv("a", 8, "input"), conv("b", 8, "input"), join("concat", "c", "a", "b", axis=1), HEAD
    )
    assert widths(prune(whole, {"a": HALF, "b": HALF})) == {"a": 4, "b": 4, "c": 4}
    with pytest.raises(SpecError, match="layer c"):
        prune(whole, {"a": HALF})


def test_numbers_that_a_layer_pins_down_are_changed_too() -> None:
    whole = network(conv("a", 8), conv("b", 4, n=8), ("linear", {"m": 2, "n": 256}, "head", ()))
    made = prune(whole, {"a": HALF, "b": HALF})
    assert [dict(layer.fields).get("n") for layer in made.after.layers] == [None, 4, 128]


def test_units_of_recurrent_layers() -> None:
    whole = network(("lstm", {"m": 6, "bidirectional": True}, "rnn", ()), HEAD, shape=(4, 7))
    assert widths(prune(whole, {"rnn": HALF})) == {"rnn": 6}


def test_what_cannot_be_built_is_told() -> None:
    # Halves of 5 and 5 are rounded to 2 each, and that of 10 is 5.
    whole = network(
        conv("a", 5),
        conv("b", 5, "a"),
        join("concat", "cat", "a", "b"),
        conv("c", 10),
        join("add", "sum", "cat", "c"),
        HEAD,
        path="n.yaml",
    )
    with pytest.raises(SpecError, match=r"n\.yaml: layer sum \(add\): add needs equal shapes"):
        prune(whole, {"a": HALF, "b": HALF, "c": HALF})


def test_names_that_mean_nothing() -> None:
    whole = network(conv("a", 8), ("relu", {}, "act", ()), HEAD)
    with pytest.raises(UsageError, match='no layer is named "b"'):
        prune(whole, {"b": HALF})
    with pytest.raises(UsageError, match='nothing that "act" names has output channels of its own'):
        prune(whole, {"act": HALF})

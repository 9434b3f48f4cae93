"""Networks, built layer by layer."""

from __future__ import annotations

from typing import Any

import pytest

from convcost import network
from convcost.errors import LayerError, UsageError
from convcost.network import INPUT, Builder


def builder(*shape: int) -> Builder:
    return Builder("a network", shape or None)


def problem(make: Any) -> tuple[str, str]:
    """Message and hint of the one problem that `make` runs into."""
    with pytest.raises(LayerError) as caught:
        make()
    (problem,) = caught.value.problems
    return problem.message, problem.hint


def test_shapes_are_inferred_from_layer_to_layer() -> None:
    built = builder(3, 32, 32)
    built.add("standard", {"m": 16, "k": 3, "stride": 2})
    built.add("max-pool", {"k": 2})
    built.add("linear", {"m": 10})
    assert built.outs == [(16, 16, 16), (16, 8, 8), (10,)]
    assert [layer.inputs for layer in built.network().layers] == [(INPUT,), (0,), (1,)]


def test_a_layer_is_kept_as_the_user_wrote_it() -> None:
    built = builder(3, 32, 32)
    built.add("standard", {"n": 3, "m": 16, "k": 3, "H": 32, "W": 32}, name="stem", line=7)
    built.add("max-pool", {"n": 16, "k": 2})
    stem, pool = built.network().layers
    assert (stem.name, stem.kind, stem.line) == ("stem", "standard", 7)
    assert stem.fields == (("n", 3), ("m", 16), ("k", 3))
    assert (pool.name, pool.line, pool.fields) == ("2", 0, (("k", 2),))


def test_how_a_layer_is_called_is_said_of_it_and_not_of_its_kind() -> None:
    net = Builder("net", (3, 8, 8))
    net.add("relu", {"called": "method"})
    net.again(0, "again", (0,))
    assert [layer.called for layer in net.layers] == ["method", "method"]
    assert [layer.told for layer in net.layers] == [{"called": "method"}] * 2
    assert net.layers[0].fields == ()
    with pytest.raises(LayerError, match="called cannot be 'metod'") as caught:
        net.add("relu", {"called": "metod"})
    assert caught.value.problems[0].hint == 'did you mean "method"?'


def test_a_network_knows_its_name_input_and_path() -> None:
    made = Builder("resnet", (3, 224, 224), "specs/resnet.yaml").network()
    assert (made.name, made.input, made.path, made.layers) == (
        "resnet",
        (3, 224, 224),
        "specs/resnet.yaml",
        (),
    )


@pytest.mark.parametrize(
    "size",
    [
        {},
        {"H": 8, "W": 6},
        {"size": (8, 6)},
        {"size": [8, 6]},
        {"size": "8x6"},
        {"n": 4, "size": "8x6"},
    ],
)
def test_what_is_inferred_may_be_given_too(size: dict[str, Any]) -> None:
    built = builder(4, 8, 6)
    built.add("standard", {"m": 2, "k": 3} | size)
    assert built.outs == [(2, 8, 6)]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"n": 3}, "n = 3 is given, and 4x8x6 arrives, so n is 4"),
        ({"H": 8, "W": 8}, "size 8x8 is given, and 4x8x6 arrives"),
        ({"H": 8}, "size 8 is given, and 4x8x6 arrives"),
        ({"size": 8}, "size 8 is given, and 4x8x6 arrives"),
        ({"size": 8.5}, "size 8.5 is given, and 4x8x6 arrives"),
        ({"size": "8 by 6"}, 'size cannot be "8 by 6"'),
        ({"size": "8x6", "H": 8}, "size and H, W say the same thing"),
    ],
)
def test_what_is_given_must_be_what_arrives(fields: dict[str, Any], message: str) -> None:
    assert (
        problem(lambda: builder(4, 8, 6).add("standard", {"m": 2, "k": 3} | fields))[0] == message
    )


def test_a_linear_layers_n_is_all_that_arrives() -> None:
    built = builder(4, 8, 6)
    built.add("linear", {"n": 192, "m": 10})
    with pytest.raises(LayerError, match="n = 4 is given, and 4x8x6 arrives, so n is 192"):
        builder(4, 8, 6).add("linear", {"n": 4, "m": 10})


def test_unrelated_layers_stand_on_their_own() -> None:
    built = builder()
    built.add("standard", {"n": 3, "m": 16, "k": 3, "H": 32, "W": 32})
    built.add("standard", {"n": 64, "m": 64, "k": 3, "size": "7x7"})
    built.add("standard", {"n": 1, "m": 8, "k": 9, "size": 100})
    built.add("linear", {"n": 512, "m": 10})
    assert built.outs == [(16, 32, 32), (64, 7, 7), (8, 100), (10,)]
    layers = built.network().layers
    assert [layer.inputs for layer in layers] == [()] * 4
    assert [layer.given for layer in layers] == [(3, 32, 32), (64, 7, 7), (1, 100), (512,)]
    assert [built.network().inputs_of(layer, []) for layer in layers] == [
        ((3, 32, 32),),
        ((64, 7, 7),),
        ((1, 100),),
        ((512,),),
    ]


def test_a_layer_without_a_size_follows_the_one_before() -> None:
    built = builder()
    built.add("standard", {"n": 3, "m": 16, "k": 3, "size": "32x32"})
    built.add("standard", {"n": 16, "m": 8, "k": 3})
    assert built.layers[1].given is None
    assert built.outs[1] == (8, 32, 32)
    with pytest.raises(LayerError, match="n = 4 is given, and 8x32x32 arrives"):
        built.add("standard", {"n": 4, "m": 8, "k": 3})


def test_a_layer_with_inputs_never_stands_on_its_own() -> None:
    built = builder()
    first = built.add("standard", {"n": 3, "m": 16, "k": 3, "size": "32x32"})
    checked = built.add("standard", {"n": 16, "m": 8, "k": 3, "size": "32x32"}, inputs=(first,))
    assert built.layers[checked].inputs == (first,)
    with pytest.raises(LayerError, match="size 7x7 is given, and 16x32x32 arrives"):
        built.add("standard", {"n": 16, "m": 8, "k": 3, "size": "7x7"}, inputs=(first,))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"n": 0, "size": "5x5"}, "n must be at least 1, not 0"),
        ({"n": 3, "size": (5, 0)}, "size must be at least 1, not 0"),
        ({"n": 3, "size": 5.5}, "size must be an integer, not 5.5"),
        ({"n": "3", "size": "5x5"}, "n must be an integer, not '3'"),
        ({"n": 3}, "standard needs spatial dims, and a flat vector arrived"),
    ],
)
def test_an_input_of_ones_own_must_be_one(fields: dict[str, Any], message: str) -> None:
    assert problem(lambda: builder().add("standard", {"m": 2, "k": 3} | fields))[0] == message


def test_a_first_layer_needs_an_input() -> None:
    message, hint = problem(lambda: builder().add("standard", {"m": 2, "k": 3}))
    assert message == "no input shape is known here"
    assert hint == "give the spec an input, such as 3x224x224, or the layer n, H and W"


def test_every_input_must_be_known() -> None:
    built = builder()
    built.add("standard", {"n": 3, "m": 3, "k": 3, "size": "5x5"})
    with pytest.raises(LayerError, match="no input shape is known here"):
        built.add("add", {}, inputs=(INPUT, 0))
    with pytest.raises(LayerError, match="no input shape is known here"):
        built.add("relu", {}, inputs=())


def test_only_a_joint_takes_several_inputs() -> None:
    built = builder(3, 5, 5)
    built.add("relu", {})
    message, hint = problem(lambda: built.add("standard", {"m": 2, "k": 3}, inputs=(INPUT, 0)))
    assert message == "standard takes one input, and 2 are given"
    assert hint == "join them before it: add, concat or multiply"


def test_a_residual() -> None:
    built = builder(64, 8, 8)
    body = built.add("standard", {"m": 64, "k": 3})
    built.add("add", {"act": "relu"}, inputs=(body, INPUT))
    assert built.outs[-1] == (64, 8, 8)
    made = built.network()
    assert made.inputs_of(made.layers[-1], built.outs) == ((64, 8, 8), (64, 8, 8))


def test_a_residual_whose_shortcut_does_not_fit() -> None:
    built = builder(64, 8, 8)
    body = built.add("standard", {"m": 128, "k": 3, "stride": 2})
    message, hint = problem(lambda: built.add("add", {}, inputs=(body, INPUT)))
    assert message == "add needs equal shapes, and 128x4x4 and 64x8x8 arrived"
    assert hint == "give the shortcut a 1x1 convolution with the body's m and stride"


def test_concat() -> None:
    built = builder(64, 8, 8)
    left = built.add("pointwise", {"m": 16})
    right = built.add("standard", {"m": 32, "k": 3}, inputs=(INPUT,))
    built.add("concat", {}, inputs=(left, right, INPUT))
    assert built.outs[-1] == (112, 8, 8)
    pooled = built.add("max-pool", {"k": 2}, inputs=(INPUT,))
    with pytest.raises(LayerError, match="concat needs equal sizes in all but the channels"):
        built.add("concat", {}, inputs=(left, pooled))


def test_squeeze_and_excite() -> None:
    built = builder(64, 8, 8)
    squeezed = built.add("global-avg-pool", {})
    built.add("pointwise", {"m": 4, "act": "relu"})
    weights = built.add("pointwise", {"m": 64, "act": "sigmoid"})
    built.add("multiply", {}, inputs=(INPUT, weights))
    assert built.outs[squeezed] == (64, 1, 1)
    assert built.outs[-1] == (64, 8, 8)


def test_a_layer_that_cannot_be_leaves_no_trace() -> None:
    built = builder(3, 5, 5)
    for kind, fields in (("standard", {"m": 2, "k": 9, "padding": 0}), ("group", {"m": 2})):
        with pytest.raises(LayerError):
            built.add(kind, fields)
    with pytest.raises(UsageError, match='unknown kind "standrad"'):
        built.add("standrad", {})
    assert (built.layers, built.outs, built.last) == ([], [], INPUT)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((), "an input needs at least its channels"),
        ((3, 0, 5), "input must be at least 1, not 0"),
        ((3, 5.0), "input must be an integer, not 5.0"),
    ],
)
def test_inputs_that_cannot_be(shape: Any, message: str) -> None:
    assert problem(lambda: Builder("a network", shape))[0] == message


def test_sizes_cannot_grow_for_ever() -> None:
    built = builder(1, 1, 1)
    for _ in range(59):
        built.add("concat", {}, inputs=(built.last, built.last))
    assert built.outs[-1] == (2**59, 1, 1)
    with pytest.raises(LayerError, match="output has more than 18 digits"):
        built.add("concat", {}, inputs=(built.last, built.last))


def test_layers_cannot_be_added_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "MAX_LAYERS", 2)
    built = builder(3, 5, 5)
    built.add("relu", {})
    built.add("relu", {})
    with pytest.raises(LayerError, match="a network of more than 2 layers is refused"):
        built.add("relu", {})
    with pytest.raises(LayerError, match="a network of more than 2 layers is refused"):
        built.again(0, "", (1,))


def test_a_layer_again_is_the_layer_with_another_name_and_input() -> None:
    built = builder(3, 5, 5)
    first = built.add("standard", {"m": 3, "k": 3}, name="first", line=7)
    assert built.again(first, "", (first,), 8) == 1
    made = built.network()
    assert made.layers[1] == made.layers[0]._replace(name="2", inputs=(0,), line=8)
    assert built.outs == [(3, 5, 5), (3, 5, 5)]


def test_more_dims_or_elements_than_can_be_are_refused() -> None:
    many = "the input has 17 sizes, more than 16"
    assert problem(lambda: Builder("a network", (1,) * 17))[0] == many
    alone = Builder("a list")
    with pytest.raises(LayerError, match=many):
        alone.add("relu", {"n": 1, "size": (1,) * 16})
    with pytest.raises(LayerError, match="an input of 10\\^30 elements or more cannot be counted"):
        Builder("a network", (10**15, 10**15))
    with pytest.raises(LayerError, match="an output of 10\\^30 elements or more cannot be counted"):
        builder(1, 10**14, 10**14).add("pointwise", {"m": 10**4})


def test_inputs_are_named_by_their_layers() -> None:
    net = Builder("net", (3, 8, 8))
    net.add("pointwise", {"m": 3}, name="stem")
    net.add("pointwise", {"m": 3}, name="stem")
    net.add("add", {}, inputs=("stem", "input"), name="both")
    assert net.network().layers[-1].inputs == (1, INPUT)
    assert net.add("add", {}, inputs=("both", 0)) == 3
    with pytest.raises(LayerError, match=r'no layer "stme" \(did you mean "stem"\?\)'):
        net.add("add", {}, inputs=("stme",))
    with pytest.raises(LayerError, match="name one that was added before"):
        Builder("net").add("add", {}, inputs=("a",))

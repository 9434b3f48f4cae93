"""The registry: registering, finding and building kinds, and what comes behind a layer's ops."""

# No postponed annotations: builders' fields are read off their annotations.
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import convcost.kinds
from convcost.errors import LayerError, UsageError
from convcost.kinds import REGISTRY, Kind, compared_kinds, find
from convcost.kinds.convolution import conv
from convcost.kinds.fields import K, M, N
from convcost.kinds.registry import LOADED, TAIL, Draft, Stages, chain, kind, shapes_of
from convcost.ops.conv import Conv
from convcost.ops.joints import Add
from convcost.ops.structure import Activation, Identity, Norm, Shuffle


@pytest.fixture
def spare_name() -> Iterator[str]:
    yield "spare"
    LOADED.pop("spare", None)


def build(name: str, dims: int = 2, **fields: Any) -> Stages:
    return find(name).build(fields, dims)


def ops_of(stages: Stages) -> list[str]:
    """The ops by what sort they are: `conv`, `batch`, `relu`."""
    return [getattr(op, "sort", op.name) for op, _ in stages]


def test_a_kind_is_its_builder(spare_name: str) -> None:
    @kind(spare_name, formula="n·m·k²", grouped=True)
    def twice(n: N, m: M, k: K) -> Stages:
        """The same convolution twice."""
        return chain(conv(n, m, k), conv(m, m, k))

    made = REGISTRY[spare_name]
    assert made.summary == "The same convolution twice."
    assert list(made.fields) == ["n", "m", "k", *TAIL]
    assert [field.name for field in made.fields.values() if field.required] == ["n", "m", "k"]
    assert (made.formula, made.grouped, made.compared) == ("n·m·k²", True, False)
    assert made.build({"n": 3, "m": 4, "k": 3}, dims=2) == twice(3, 4, (3, 3))


def test_a_second_registration_is_an_error() -> None:
    with pytest.raises(ValueError, match="the kind standard is registered twice"):

        @kind("standard")
        def another(n: N) -> Stages:
            """Another one."""
            return chain(Identity())

    assert REGISTRY["standard"].summary != "Another one."


def test_a_builder_without_a_docstring_has_no_summary(spare_name: str) -> None:
    kind(spare_name, group="layer")(lambda: chain(Identity()))
    assert REGISTRY[spare_name].summary == ""
    assert REGISTRY[spare_name].fields == {}


def test_find() -> None:
    assert find("standard") is REGISTRY["standard"]
    assert find("ghost", "convolution") is REGISTRY["ghost"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("depthwise-seperable", 'did you mean "depthwise-separable"?'),
        ("Linear", 'did you mean "linear"?'),
        ("zzz", '"convcost kinds" lists them'),
    ],
)
def test_an_unknown_kind(name: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        find(name)
    (problem,) = caught.value.problems
    assert problem.message == f'unknown kind "{name}"'
    assert problem.hint.startswith(hint)


def test_only_a_convolution_is_a_convolution() -> None:
    with pytest.raises(UsageError) as caught:
        find("linear", "convolution")
    assert caught.value.problems[0].hint == ('it is no convolution; "convcost kinds" lists them')


def test_convolutions_stand_in_modules_of_their_own() -> None:
    assert list(convcost.kinds.convolutions()) == [
        kind for kind in REGISTRY.values() if kind.group == "convolution"
    ]


def test_what_is_found_early_waits_for_no_later_module() -> None:
    program = (
        "import sys; from convcost.kinds import find; find('max-pool');"
        "assert not {'convcost.kinds.tensors', 'convcost.ops.tensors'} & sys.modules.keys();"
        "from convcost.kinds import REGISTRY; assert list(REGISTRY)[-1] == 'unknown'"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_main_line_is_what_a_comparison_shows() -> None:
    names = [kind.name for kind in compared_kinds()]
    assert names[:3] == ["standard", "group", "depthwise"]
    assert names == [name for name, kind in REGISTRY.items() if kind.compared]


def test_the_room_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match=r"convcost\.kinds.*has no attribute 'KINDS'"):
        _ = convcost.kinds.KINDS


@pytest.mark.parametrize(
    ("name", "dims", "fields", "message", "hint"),
    [
        (
            "standard",
            2,
            {"n": 3, "m": 4, "zzz": 3},
            "standard takes no zzz",
            "it takes m, k, stride, padding, dilation, groups, bias, norm, act, ",
        ),
        (
            "standard",
            2,
            {"n": 3, "m": 4, "k": 3, "strid": 2},
            "standard takes no strid",
            'did you mean "stride"?',
        ),
        (
            "standard",
            2,
            {"n": 3, "k": 3},
            "standard needs m",
            "m: output channels",
        ),
        (
            "standard",
            2,
            {"n": 3, "m": None, "k": 3},
            "standard needs m",
            "m: output channels",
        ),
        (
            "standard",
            0,
            {"n": 3, "m": 4, "k": 3},
            "standard needs spatial dims, and a flat vector arrived",
            "use kind linear",
        ),
        (
            "max-pool",
            0,
            {"k": 2},
            "max-pool needs spatial dims, and a flat vector arrived",
            "",
        ),
        (
            "upsample",
            0,
            {"scale": 2},
            "upsample needs spatial dims, and a flat vector arrived",
            "",
        ),
    ],
)
def test_fields_that_cannot_be(
    name: str, dims: int, fields: dict[str, Any], message: str, hint: str
) -> None:
    with pytest.raises(LayerError) as caught:
        find(name).build(fields, dims)
    (problem,) = caught.value.problems
    assert problem.message == message
    assert problem.hint.startswith(hint)


def test_equal_layers_share_their_stages() -> None:
    layer = build("standard", n=3, m=4, k=3)
    assert build("standard", k=(3, 3), m=4, n=3, norm=None) is layer
    assert build("standard", n=3, m=4, k=5) is not layer


def test_norm_and_activation_come_behind_a_layer() -> None:
    stages = build("standard", n=3, m=4, k=3, norm="batch", act="relu")
    assert ops_of(stages) == ["conv", "batch", "relu"]
    assert stages[1].op == Norm("batch", 4)
    assert stages[2].op == Activation("relu")


def test_and_behind_each_convolution_of_a_chain() -> None:
    stages = build("depthwise-separable", n=3, m=4, k=3, norm="batch", act="relu")
    assert ops_of(stages) == ["conv", "batch", "relu", "conv", "batch", "relu"]
    assert [op.channels for op, _ in stages if isinstance(op, Norm)] == [3, 4]


def test_what_comes_between_the_convolutions_may_differ() -> None:
    fields: dict[str, Any] = {"n": 3, "m": 4, "k": 3, "norm": "batch", "act": "relu6"}
    stages = build("depthwise-separable", **fields, inner_norm="none", inner_act="none")
    assert ops_of(stages) == ["conv", "conv", "batch", "relu6"]
    stages = build("depthwise-separable", n=3, m=4, k=3, inner_act="relu")
    assert ops_of(stages) == ["conv", "relu", "conv"]


def test_none_is_nothing() -> None:
    fields = {"n": 3, "m": 4, "k": 3}
    assert ops_of(build("standard", **fields, norm="none", act="none")) == ["conv"]


def test_an_instance_norm_has_no_parameters() -> None:
    assert build("standard", n=3, m=4, k=3, norm="instance")[1].op == Norm("instance", 4, False)


def test_a_shuffle_brings_no_second_norm() -> None:
    stages = build("group", n=4, m=4, k=3, groups=2, shuffle=True, norm="batch")
    assert ops_of(stages) == ["conv", "shuffle", "batch"]
    assert stages[1].op == Shuffle(2)


def test_behind_a_layer_of_branches_they_come_once() -> None:
    stages = build("fire", n=16, m=16, k=3, norm="batch", act="relu")
    assert ops_of(stages) == ["conv", "conv", "conv", "concat", "batch", "relu"]
    assert stages[-2].op == Norm("batch", 16)
    assert [stage.inputs for stage in stages[-2:]] == [(3,), (4,)]


@pytest.mark.parametrize(
    ("kind", "biases"),
    [
        ("depthwise-separable", [False, True]),
        ("bottleneck", [False, False, True]),
        ("ghost", [False, True]),
        ("fire", [False, True, True]),
        ("shufflenet-v2", [False, False, True]),
        ("shufflenet", [False, False, True]),
    ],
)
def test_the_stages_before_the_last_may_go_without_its_bias(kind: str, biases: list[bool]) -> None:
    more = {"groups": 2} if kind == "shufflenet" else {}
    for bias in (True, False):
        stages = build(kind, n=16, m=16, k=3, bias=bias, inner_bias=not bias, **more)
        found = [op.bias for op, _ in stages if isinstance(op, Conv)]
        assert found == [is_last == bias for is_last in biases]


def test_in_branches_only_what_another_convolution_follows_has_inner_ones() -> None:
    fire = build("fire", n=16, m=16, k=3, inner_norm="batch", inner_act="relu", act="gelu")
    assert ops_of(fire) == ["conv", "batch", "relu", "conv", "conv", "concat", "gelu"]
    assert [stage.inputs for stage in fire] == [(-1,), (0,), (1,), (2,), (2,), (3, 4), (5,)]
    ghost = build("ghost", n=3, m=5, k=3, inner_act="relu", norm="batch")
    assert ops_of(ghost) == ["conv", "relu", "conv", "concat", "slice", "batch"]
    assert [stage.inputs for stage in ghost] == [(-1,), (0,), (1,), (1, 2), (3,), (4,)]


def test_norm_may_come_behind_any_input() -> None:
    assert ops_of(build("identity", n=8, norm="layer", act="gelu")) == ["identity", "layer", "gelu"]
    assert ops_of(build("linear", 0, n=8, m=4, size=(), norm="batch")) == ["linear", "batch"]
    assert ops_of(build("add", inputs=2, act="relu")) == ["add", "relu"]


def test_shapes_flow_from_stage_to_stage() -> None:
    draft = Draft()
    body = draft.add(Conv(3, 4, (3, 3), (2, 2), ((1, 1), (1, 1)), (1, 1)))
    shortcut = draft.add(Conv(3, 4, (1, 1), (2, 2), ((0, 0), (0, 0)), (1, 1)))
    draft.add(Add(), body, shortcut)
    assert shapes_of(draft.stages(), ((3, 5, 5),)) == [(4, 3, 3)] * 3


def test_a_joints_inputs_have_places_of_their_own() -> None:
    stages = build("concat", inputs=3)
    assert stages[0].inputs == (-1, -2, -3)
    assert shapes_of(stages, ((1, 5), (2, 5), (3, 5))) == [(6, 5)]


@pytest.mark.parametrize("kind", REGISTRY.values(), ids=list(REGISTRY))
def test_every_kind_says_in_one_line_what_it_is(kind: Kind) -> None:
    assert kind.summary.endswith(".")
    assert "\n" not in kind.summary
    assert all(field.about.doc for field in kind.fields.values())

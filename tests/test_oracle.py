"""Every registered kind, new ones included, against the oracle that counts by walking."""

from __future__ import annotations

from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost.cost import LayerCost
from convcost.kinds import REGISTRY, Kind
from tests.arithmetic import explains_itself
from tests.oracle import WEIGHTED, walk_stages
from tests.recipes import RECIPES, Asked
from tests.recipes_of_blocks import BLOCKS
from tests.strategies import CONVOLUTIONS, built, layers

OTHERS = [kind for kind in REGISTRY.values() if kind not in CONVOLUTIONS]


@pytest.mark.parametrize("kind", CONVOLUTIONS, ids=lambda kind: kind.name)
@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_a_convolution_costs_what_walking_its_ops_finds(kind: Kind, data: st.DataObject) -> None:
    costs_what_walking_finds(kind, data)


@pytest.mark.parametrize("kind", OTHERS, ids=lambda kind: kind.name)
@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_any_layer_costs_what_walking_its_ops_finds(kind: Kind, data: st.DataObject) -> None:
    costs_what_walking_finds(kind, data)


def costs_what_walking_finds(kind: Kind, data: st.DataObject) -> None:
    shapes, fields = data.draw(layers(kind))
    report, stages = built(kind, shapes, fields)
    (layer,) = report.layers
    walks = walk_stages(stages, *shapes)

    found = [(stage.out, int(stage.params), int(stage.macs)) for stage in layer.stages]
    assert found == [(walk.out, walk.params, walk.macs) for walk in walks]
    assert layer.out == walks[-1].out
    assert report.params == layer.params == sum(walk.params for walk in walks)
    assert report.macs == layer.macs == sum(walk.macs for walk in walks)
    assert report.activations == sum(
        prod(walk.out) if type(stage.op) in WEIGHTED else fields.get("activations") or 0
        for walk, stage in zip(walks, stages, strict=True)
    )
    assert stages_explain_themselves(layer)


def stages_explain_themselves(layer: LayerCost) -> bool:
    return all(
        explains_itself(count)
        for stage in layer.stages
        for count in (stage.params, stage.macs, *stage.other.values())
    )


@pytest.mark.parametrize("name", RECIPES | BLOCKS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_kind_is_made_of_what_the_literature_says(name: str, data: st.DataObject) -> None:
    shapes, fields = data.draw(layers(REGISTRY[name], tails=False))
    report, _ = built(REGISTRY[name], shapes, fields)
    walks = (RECIPES | BLOCKS)[name](Asked.of(shapes[0], fields))

    assert report.layers[0].out == walks[-1].out
    assert report.params == sum(walk.params for walk in walks)
    assert report.macs == sum(walk.macs for walk in walks)

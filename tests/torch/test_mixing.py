"""What a map is made from is where its gradient is not zero."""

from __future__ import annotations

import pytest
import torch

from convcost.comparison import compare
from convcost.emit.pytorch import pytorch_text
from convcost.kinds import Kind, convolutions
from convcost.kinds.stages import shapes_of
from convcost.network import Builder
from convcost.views.pictures.maps import traced
from tests.torch.counted import module_of

CHANNELS, KERNEL, SIZE = 8, 3, (6, 6)
UNTOLD = "convolutional-classification"
# The taps of deformable lie where another convolution puts them: perhaps beside the image.
KINDS = [kind for kind in convolutions() if kind.name not in ("deformable", UNTOLD)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_map_is_made_from_what_its_gradient_reaches(kind: Kind) -> None:
    (row,) = compare(CHANNELS, CHANNELS, KERNEL, size=SIZE, kinds=[kind.name]).rows
    builder = Builder("one layer", (CHANNELS, *SIZE))
    builder.add(kind.name, {name: each for name, each in row.fields.items() if name != "n"})
    network = builder.network()
    _, layer = module_of(pytorch_text(network))
    module = layer().eval()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.rand_like(parameter) + 0.5)  # nothing cancels out
    image = torch.rand(1, CHANNELS, *SIZE, requires_grad=True)
    out = module(image)
    stages, inputs = network.layers[0].stages, [(CHANNELS, *SIZE)]
    for channel in range(out.shape[1]):
        (reached,) = torch.autograd.grad(out[0, channel].sum(), image, retain_graph=True)
        seen = traced(stages, shapes_of(stages, (inputs[0],)), inputs, channel)[-1]
        assert {place for place in range(CHANNELS) if reached[0, place].any()} == seen

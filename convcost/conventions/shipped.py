"""The conventions that ship, a table each: papers, and eight tools as they were measured.

What a tool does was read off its numbers for single layers and for the networks of
tests/data/peers.jsonl, which these tables give to the last digit.
"""

from fractions import Fraction

from convcost.conventions.base import Convention
from convcost.conventions.products import MULTIPLY_ADDS, PRODUCTS

_ON_OUTPUT_MISTAKE = (
    "counts a transposed convolution on its output grid, about stride² times what it does"
)

_UNSEEN = {"functional": 0, "subclass": 0, "of attention": 0}
"""What is no layer object of PyTorch's own classes."""
_NORMS = ("batch-norm", "group-norm", "instance-norm", "layer-norm")
_OF_LAYERS = ("conv", "transposed conv", "channel-wise conv", "linear", "bias", *_NORMS)
_POOLS = ("max", "avg", "adaptive-max", "adaptive-avg")


def _twice(*works: str) -> dict[str, int]:
    """What counts as a layer, and again as the function that the layer calls."""
    return {key: count for work in works for key, count in ((work, 2), (f"{work} functional", 1))}


_SHIPPED = (
    *PRODUCTS,
    Convention(
        "fvcore",
        "multiply-adds, norms, adaptive average pooling and resizing",
        MULTIPLY_ADDS
        | {
            "batch-norm": 2,
            "batch-norm plain": 1,
            "layer-norm": 5,
            "layer-norm plain": 4,
            "group-norm": 5,
            "group-norm plain": 4,
            "instance-norm": 5,
            "instance-norm plain": 4,
            "adaptive-avg-pool in 2d": 1,
            "resize nearest 2d": 1,
            "resize bilinear 2d": 4,
            "recurrent": 0,
            "recurrent cell": 1,
            "matmul fused": 0,
            "grid_sample": 4,
            "grid_sample nearest": 4,
            "grid_sample bicubic": 4,
        },
        tool="fvcore 0.1.5",
        unit="flops",
        mistakes=(
            "calls a multiply-add one flop",
            "counts batch norm, which inference folds into the convolution before it",
            "counts adaptive average pooling, but no other pooling and no mean",
            "counts adaptive pooling and resizing over two spatial dims alone",
            "misses recurrent layers, but not cells",
            "misses attention that runs as one operation",
        ),
    ),
    Convention(
        "thop",
        "multiply-adds, norms, softmax, average pooling and resizing, of layer objects alone",
        {
            "conv": 1,
            "transposed conv out": 1,
            "channel-wise conv": 1,
            "linear": 1,
            "batch-norm": 4,
            "batch-norm plain": 2,
            "layer-norm": 4,
            "layer-norm plain": 2,
            "instance-norm": 4,
            "instance-norm plain": 2,
            "prelu": 1,
            "softmax": 3,
            "softmax rows": -1,
            "avg-pool out": 1,
            "adaptive-avg-pool in": 1,
            "adaptive-avg-pool out": 1,
            "resize nearest": 1,
            "resize linear": 5,
            "resize linear 3d": 0,
            "resize bilinear": 11,
            "resize bicubic": 259,
            "recurrent unprojected": 1,
            "gate sum": 1,
            "multiply of recurrent": 1,
            "add of recurrent": 1,
            "bias of recurrent": 1,
            **_UNSEEN,
            "method": 0,
            "fused": 0,
        },
        params={"group-norm": 0, "rms-norm": 0, "tensor": 0, "tensor renamed": 1, **_UNSEEN},
        tool="thop 0.1.1",
        mistakes=(
            _ON_OUTPUT_MISTAKE,
            "misses what is called as a function: pooling, resizing, matrix products, and layers",
            "misses layers of a class of one's own, multi-head attention, and the weights of both",
            "misses group norm, and its parameters",
            (
                "misses the parameters of layers that do not run, such as auxiliary heads, and "
                "of those that it does not know"
            ),
            "counts a batch norm as four operations, twice what it does",
            "counts an LSTM with projections as if it had none",
        ),
    ),
    Convention(
        "ptflops",
        "multiply-adds, bias, norms, some activations, pooling and resizing",
        MULTIPLY_ADDS
        | {
            "bias": 1,
            "batch-norm": 2,
            "batch-norm plain": 1,
            "group-norm": 2,
            "group-norm plain": 1,
            "instance-norm": 2,
            "instance-norm plain": 1,
            "layer-norm": 1,
            **_twice("relu", "elu", "gelu"),
            "relu6": 1,
            "leaky-relu": 1,
            "leaky-relu functional": 0,
            "prelu": 2,
            "prelu functional": 1,
            "silu": 1,
            "softmax": 1,
            "softmax stepwise": 2,
            "matmul stepwise": 2,
            "matmul functional": 0,
            "matmul of attention": 1,
            "matmul fused": 0,
            "softmax of attention": 1,
            "softmax fused": 0,
            "matmul operator": 0,
            "method": 0,
            "matmul method": 1,
            "add method": 1,
            "multiply method": 1,
            "bias of attention": Fraction(5, 4),  # a quarter of them for the queries' scaling
            **{f"{work} {how}": 0 for work in _OF_LAYERS for how in ("functional", "subclass")},
            **_twice(*(f"{sort}-pool in" for sort in _POOLS)),
            **_twice(*(f"resize {mode}" for mode in ("nearest", "linear", "bilinear", "bicubic"))),
            "recurrent": 0,
            "recurrent gates": 1,
            "gate sum": 1,
            "multiply of recurrent": 1,
            "multiply lstm": Fraction(5, 3),  # of three products the last three times
            "add of recurrent": 1,
            "relu of recurrent": 0,
        },
        tool="ptflops 0.7.5, its default backend",
        mistakes=(
            (
                "counts layer objects of relu, elu, gelu, pooling and resizing twice: once as a "
                "layer, and once as the function that the layer calls"
            ),
            (
                "misses sigmoid, tanh, hard-swish and other activations, and what is written as an "
                "operator rather than called by name"
            ),
            "counts a norm with weights as two operations an element, but a layer norm as one",
            "misses layers that are called as functions, or are of a class of one's own",
            (
                "counts multi-head attention as a whole, and twice the products that it takes "
                "step by step"
            ),
        ),
    ),
    Convention(
        "torchinfo",
        "parameters times output positions of convolutions, bias among them, and the parameters "
        "of linear layers and norms",
        {
            "conv": 1,
            "channel-wise conv": 1,
            "transposed conv out": 1,
            "linear once": 1,
            "bias": 1,
            "bias of linear": 0,
            "bias once": 1,
            "norm params": 1,
            "prelu params": 1,
            "embedding table": 1,
            "functional": 0,
            "of attention": 0,
            "conv renamed": 0,
            "conv outputs renamed": 1,
            "tensor squares renamed": 1,
            "recurrent": 1,
            "recurrent cell": 0,
            "recurrent params": 1,
            "bias cell": 0,
        },
        tool="torchinfo 1.8.0",
        unit="mult-adds",
        mistakes=(
            _ON_OUTPUT_MISTAKE,
            "counts a linear layer as its parameters, whatever its input's leading dims",
            "counts a norm as its parameters, whatever its input's size",
            "misses matrix products, and all that has no parameters",
            "misses layers that are called as functions, and multi-head attention",
            "counts convolutions of old-style weight_norm once for each output channel",
        ),
    ),
    Convention(
        "torchprofile",
        "multiply-adds, norms with weights, average pooling, means, products, leaky relu and "
        "bilinear resizing",
        {
            "conv": 1,
            "transposed conv out": 1,
            "transposed conv out regrouped": 0,
            "transposed conv out dense regrouped": 1,
            "channel-wise conv": 1,
            "linear": 1,
            "matmul": 1,
            "batch-norm": 1,
            "batch-norm plain": 0,
            "layer-norm": 1,
            "layer-norm plain": 0,
            "group-norm": 1,
            "group-norm plain": 0,
            "instance-norm": 1,
            "instance-norm plain": 0,
            "leaky-relu": 1,
            "avg-pool out": 1,
            "adaptive-avg-pool out": 1,
            "reduce mean out": 1,
            "resize bilinear 2d": 4,
            "multiply": 1,
            "mul": 1,
            "grid_sample": 4,
            "grid_sample bicubic": 16,
            "multiply of recurrent": 0,
            "multiply cell": 1,
            "recurrent cell": 1,
            "recurrent outputs lstm": 1,
            "recurrent outputs cell": 0,
        },
        tool="torchprofile 0.1.0",
        mistakes=(
            _ON_OUTPUT_MISTAKE,
            "takes no account of the groups of a transposed convolution that changes channels",
            "counts average pooling by its output alone, whatever its windows",
            "counts no norm without weights",
            (
                "misses recurrent layers other than LSTMs and cells, and takes the outputs of an "
                "LSTM with projections for its units"
            ),
        ),
    ),
)

CONVENTIONS: dict[str, Convention] = {each.name: each for each in _SHIPPED}
"""Every convention that ships, by name."""
DEFAULT = CONVENTIONS["papers"]
"""The one that every report is made by."""

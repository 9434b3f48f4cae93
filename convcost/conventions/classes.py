"""The classes of work that a convention may weigh, and what can tell ops of one class apart.

A class names something that can be counted; some count the same work twice in different ways
(`transposed conv` on the input grid, `transposed conv out` on the output grid), and a convention
weighs one of them. A key of its weights is a class, a class and a trait (`relu functional`), or a
trait alone.
"""

from collections.abc import Collection
from typing import NamedTuple

from convcost.kinds.fields import ACTIVATIONS


class WorkClass(NamedTuple):
    """`label` is what a difference in it is called, which several may share; `what` is what it
    counts."""

    label: str
    what: str


_WINDOW = "pooling"
_ADAPTIVE = "adaptive pooling"
_NORMS = ("batch", "layer", "group", "instance", "rms")

MULTIPLY_ADDS = (
    "conv",
    "transposed conv",
    "channel-wise conv",
    "linear",
    "matmul",
    "recurrent",
    "unknown",
)
"""The classes that the default convention counts, once each, and nothing else."""

CLASSES: dict[str, WorkClass] = {
    "conv": WorkClass("convolution", "multiply-adds of convolutions"),
    "transposed conv": WorkClass(
        "transposed convolution", "multiply-adds of transposed convolutions, on the input grid"
    ),
    "transposed conv out": WorkClass(
        "transposed convolution", "multiply-adds of transposed convolutions put on the output grid"
    ),
    "transposed conv out dense": WorkClass(
        "transposed convolution", "the same, without regard to groups"
    ),
    "conv inside": WorkClass(
        "convolution", "multiply-adds of convolutions with what is inside the image"
    ),
    "transposed conv inside": WorkClass(
        "transposed convolution", "multiply-adds of transposed convolutions that lie in the output"
    ),
    "channel-wise conv": WorkClass(
        "channel-wise convolution", "multiply-adds of channel-wise convolutions"
    ),
    "conv outputs": WorkClass(
        "convolution", "weights of convolutions, once for each output channel"
    ),
    "linear": WorkClass("linear", "multiply-adds of linear layers"),
    "linear once": WorkClass("linear", "weights of linear layers, whatever their leading dims"),
    "matmul": WorkClass("matrix product", "multiply-adds of matrix products"),
    "recurrent": WorkClass("recurrent layer", "multiply-adds of recurrent layers"),
    "recurrent gates": WorkClass("recurrent layer", "the same, without projections of the state"),
    "recurrent unprojected": WorkClass(
        "recurrent layer", "the same, as if no state were projected"
    ),
    "recurrent outputs": WorkClass(
        "recurrent layer", "the same, as if there were no more units than outputs"
    ),
    "recurrent params": WorkClass(
        "recurrent layer", "parameters of a cell, for each of its outputs"
    ),
    "unknown": WorkClass(
        "operation without a rule", "multiply-adds that are stated of operations without a rule"
    ),
    "gate sum": WorkClass("gate", "sums in gates, of what comes of the input and of the state"),
    "embedding table": WorkClass(
        "embedding", "numbers of the tables that embeddings are looked up in"
    ),
    "tensor squares": WorkClass(
        "learnable tensor", "elements of a learnable tensor, once for each of them"
    ),
    "bias": WorkClass("bias", "additions of a bias"),
    "bias once": WorkClass("bias", "biases of linear layers, whatever their leading dims"),
    **{f"{sort}-norm": WorkClass("norm", f"elements under {sort} norm") for sort in _NORMS},
    "norm params": WorkClass("norm", "parameters of norms"),
    **{sort: WorkClass(sort, f"elements under {sort}") for sort in ACTIVATIONS},
    "prelu params": WorkClass("prelu", "weights of prelus"),
    "softmax rows": WorkClass("softmax", "softmaxes, each over the channels of a position"),
    **{
        f"{sort}-pool {end}": WorkClass(_WINDOW, f"elements that {sort} pooling {does}")
        for sort in ("max", "avg")
        for end, does in (("in", "takes"), ("out", "gives"))
    },
    "max-pool taps": WorkClass(_WINDOW, "taps of max pooling's windows"),
    "avg-pool taps": WorkClass(_WINDOW, "taps of avg pooling's windows"),
    **{
        f"adaptive-{sort}-pool {end}": WorkClass(
            _ADAPTIVE, f"elements that adaptive {sort} pooling {does}"
        )
        for sort in ("max", "avg")
        for end, does in (("in", "takes"), ("out", "gives"))
    },
    "reduce mean": WorkClass("mean", "elements that a mean takes"),
    "reduce mean out": WorkClass("mean", "elements that a mean gives"),
    **{
        f"resize {mode}": WorkClass("resizing", f"elements that {mode} resizing gives")
        for mode in ("nearest", "linear", "bilinear", "bicubic")
    },
    "deformable sampling": WorkClass(
        "sampling", "elements that the taps of deformable convolutions read between others"
    ),
    "add": WorkClass("addition", "element-wise additions"),
    "multiply": WorkClass("multiplication", "element-wise multiplications"),
    "mul": WorkClass("multiplication", "multiplications of elements by what is not learned"),
    "grid_sample": WorkClass("sampling", "elements that bilinear sampling at points gives"),
    "grid_sample nearest": WorkClass("sampling", "elements that nearest sampling gives"),
    "grid_sample bicubic": WorkClass("sampling", "elements that bicubic sampling gives"),
}
"""Everything that can be weighed, by class."""

PARAM_CLASSES = (
    "conv",
    "transposed conv",
    "channel-wise conv",
    "linear",
    "recurrent",
    *(f"{sort}-norm" for sort in _NORMS),
    "prelu",
    "tensor",
)
"""The classes of ops that have parameters; `tensor` is a learnable tensor of its own."""

TRAITS: dict[str, str] = {
    "functional": "called as a function, not as a layer object",
    "method": "called as a method of a tensor, or by torch's own name",
    "operator": "called by an operator such as @",
    "subclass": "called by a layer object of a class of one's own",
    "renamed": "called by a layer object whose weights have other names, as weight_norm gives them",
    "of attention": "in PyTorch's multi-head attention",
    "stepwise": "the same, where it gives its scores as well, and goes step by step",
    "fused": "in attention that runs as one operation",
    "1d": "over one spatial dim",
    "2d": "over two spatial dims",
    "3d": "over three spatial dims",
    "plain": "a norm without weights",
    "of linear": "in a linear layer",
    "of recurrent": "in a recurrent layer",
    "lstm": "in an LSTM",
    "gru": "in a GRU",
    "rnn": "in a plain recurrent layer",
    "cell": "in a recurrent layer of one step, on a flat vector",
    "projected": "in an LSTM whose state is projected",
    "regrouped": "a transposed convolution in groups from n to other than n channels",
}
"""What tells ops of one class apart."""
CALLED_TRAITS: dict[str, tuple[str, ...]] = {
    "": (),
    "function": ("functional",),
    "method": ("method",),
    "operator": ("operator",),
    "subclass": ("subclass",),
    "renamed": ("renamed",),
    "attention": ("of attention",),
    "attention-steps": ("stepwise", "of attention"),
}
"""The traits of an op by how it is called (`convcost.kinds.fields.CALLED`)."""


def is_key(key: str, classes: Collection[str] = CLASSES) -> bool:
    """Whether `key` may stand in a convention's weights of these classes."""
    return (
        key in classes
        or key in TRAITS
        or any(key.removesuffix(f" {trait}") in classes for trait in TRAITS)
    )


def label(name: str) -> str:
    """What a difference in the class `name` is called."""
    return CLASSES[name].label if name in CLASSES else name

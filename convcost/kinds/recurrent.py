"""Recurrent layers: one state that is carried from step to step of a sequence."""

from typing import Annotated

from convcost.kinds.fields import FieldDoc, N, Size
from convcost.kinds.registry import Stages, chain, kind
from convcost.ops.recurrent import Recurrent

Hidden = Annotated[int, FieldDoc("count", "hidden size: units of the state")]
Depth = Annotated[int, FieldDoc("count", "how many of them are stacked")]
BothWays = Annotated[
    bool, FieldDoc("flag", "whether each has another beside it that reads the steps backwards")
]
Biases = Annotated[
    bool, FieldDoc("flag", "whether biases are added, two for each gate and unit as in PyTorch")
]
EachBias = Annotated[
    int, FieldDoc("count", "biases of a gate and unit: 2 as in PyTorch and ONNX, 1 as in Keras")
]
Projection = Annotated[
    int | None, FieldDoc("count", "units that the state is projected to; default: it is not")
]
Nonlinearity = Annotated[str, FieldDoc("word", "its activation", ("tanh", "relu"))]


@kind(
    "lstm",
    group="layer",
    tail=("weights",),
    formula="4·m·(n + m)",
    macs="4·m·(n + m)·A",
    source="Hochreiter and Schmidhuber 1997; with projection: Sak et al. 2014",
)
def lstm(
    n: N,
    m: Hidden,
    size: Size,
    layers: Depth = 1,
    bidirectional: BothWays = False,
    projection: Projection = None,
    bias: Biases = False,
    biases: EachBias = 2,
) -> Stages:
    """Long short-term memory over the last dim, the steps; on a flat vector one step, a cell."""
    op = Recurrent("lstm", n, m, layers, bidirectional, projection, bias, "tanh", not size, biases)
    return chain(op)


@kind(
    "gru",
    group="layer",
    tail=("weights",),
    formula="3·m·(n + m)",
    macs="3·m·(n + m)·A",
    source="Cho et al. 2014",
)
def gru(
    n: N,
    m: Hidden,
    size: Size,
    layers: Depth = 1,
    bidirectional: BothWays = False,
    bias: Biases = False,
    biases: EachBias = 2,
) -> Stages:
    """Gated recurrent units over the last dim, the steps; on a flat vector one step, a cell."""
    op = Recurrent("gru", n, m, layers, bidirectional, None, bias, "tanh", not size, biases)
    return chain(op)


@kind(
    "rnn",
    group="layer",
    tail=("weights",),
    formula="m·(n + m)",
    macs="m·(n + m)·A",
    source="Elman 1990",
)
def rnn(
    n: N,
    m: Hidden,
    size: Size,
    layers: Depth = 1,
    bidirectional: BothWays = False,
    bias: Biases = False,
    nonlinearity: Nonlinearity = "tanh",
    biases: EachBias = 2,
) -> Stages:
    """A plain recurrent layer over the last dim, the steps; on a flat vector one step, a cell."""
    op = Recurrent("rnn", n, m, layers, bidirectional, None, bias, nonlinearity, not size, biases)
    return chain(op)

"""What code of your own adds to convcost: kinds, metrics, conventions, and costs of operations.

A file that imports this and registers its own is a plugin (docs/plugins.md): `--with FILE.py`, or
`load("FILE.py")`; `load()` has those of installed packages.
"""

from convcost.conventions import Convention
from convcost.conventions import register as convention
from convcost.kinds.convolution import conv
from convcost.kinds.fields import Bias, Dilation, Groups, K, M, N, Pad, Stride
from convcost.kinds.registry import Stages, chain, kind
from convcost.metrics import Metric, of_each
from convcost.metrics import register as metric
from convcost.sources.plugins import load
from convcost.sources.teaching import Taught, operation

__all__ = [
    "Bias",
    "Convention",
    "Dilation",
    "Groups",
    "K",
    "M",
    "Metric",
    "N",
    "Pad",
    "Stages",
    "Stride",
    "Taught",
    "chain",
    "conv",
    "convention",
    "kind",
    "load",
    "metric",
    "of_each",
    "operation",
]

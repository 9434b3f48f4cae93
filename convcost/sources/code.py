"""Networks out of real code: `torch:package.module:factory`, and ONNX files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcost.errors import UsageError
from convcost.network import Network
from convcost.ops.base import Shape, parse_shape
from convcost.sources.targets import CodeTarget, Target


def read_code(
    target: Target,
    input_shape: Shape | str | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> Network:
    """The network that `target` names, recognised: known pairs as one layer, norms with their
    convolutions.

    `input_shape` is channels first, without a batch; PyTorch needs one, an ONNX file may leave
    its own open. `arguments` go to a PyTorch factory. UsageError for what cannot be asked so,
    ConvcostError for code that cannot be imported.
    """
    from convcost.sources.imports.recognise import recognised

    shape = parse_shape(input_shape, "--input") if isinstance(input_shape, str) else input_shape
    if isinstance(target, CodeTarget):
        from convcost.sources.imports.torch_model import import_torch

        if shape is None:
            raise UsageError(
                "a PyTorch module needs the shape of its input",
                hint="give --input, channels first and without a batch: --input 3x224x224",
            )
        return recognised(import_torch(target.name, shape, arguments).network)
    if arguments:
        raise UsageError(f"an ONNX file has no vars to set: {', '.join(arguments)}")
    from convcost.sources.imports.onnx_model import import_onnx

    return recognised(import_onnx(target.path, shape, target.root).network)._replace(
        path=target.path
    )

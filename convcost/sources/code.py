"""Networks out of real code: `torch:package.module:factory`, and ONNX files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.errors import UsageError
from convcost.network import Network
from convcost.sources.given import Given, share, with_stated
from convcost.sources.inputs import Inputs, parse_inputs
from convcost.sources.targets import CodeTarget, Stated, Target, target_of
from convcost.sources.teaching import LEARNED, NO_RULES, Rules

if TYPE_CHECKING:
    from convcost.sources.imports.pytorch.origins import Origins


def read_code(
    target: Target,
    given: Inputs | None = None,
    arguments: Mapping[str, Any] | None = None,
    example: str = "",
    rules: Rules = NO_RULES,
    raw: bytes | None = None,
    origins: Origins | None = None,
) -> Network:
    """The network that `target` names, recognised: known pairs as one layer, norms with their
    convolutions.

    `given` are inputs, channels first and without a batch; PyTorch needs them, or code of the name
    `example` that makes them, and an ONNX file may leave its own open. `arguments` go to a PyTorch
    factory; `rules` are what the user says of operations that have none here. `raw` is what an ONNX
    file held in some commit; `origins` are told which calls made the convolutions of a PyTorch
    module. UsageError for what cannot be asked so, ConvcostError for code that cannot be imported.
    """
    inputs, stated, rules = parse_inputs(given), target.stated or Stated(), {**LEARNED, **rules}
    if isinstance(target, CodeTarget):
        from convcost.sources.imports.pytorch.exported import EXPORTED
        from convcost.sources.imports.pytorch.model import import_torch

        if not inputs and not example and not target.name.endswith(EXPORTED):
            raise UsageError(
                "a PyTorch module needs the shape of its input",
                hint="give --input, channels first and without a batch: --input 3x224x224",
            )
        asked = (target.name, inputs, arguments, example, rules, stated.folder, origins)
        network = _recognised(import_torch(*asked).network)
    elif arguments:
        raise UsageError(f"an ONNX file has no vars to set: {', '.join(arguments)}")
    else:
        from convcost.sources.imports.onnx.model import import_onnx

        network = import_onnx(target.path, inputs, target.root, rules, raw).network
        network = _recognised(network)._replace(path=target.path)
    return network._replace(name=stated.name or network.name)


class Watched(NamedTuple):
    """The network that `target` makes of what is `given`, and which calls made its convolutions."""

    network: Network
    origins: Origins
    target: CodeTarget
    given: Given


def read_watched(word: str, overrides: Mapping[str, Any], asked: Given) -> Watched:
    """The network of a PyTorch module whose source is to be changed; UsageError for a word that
    means no code."""
    from convcost.sources.imports.pytorch.exported import is_saved
    from convcost.sources.imports.pytorch.origins import Origins

    target = target_of(word)
    if not isinstance(target, CodeTarget) or is_saved(target.name):
        raise UsageError(
            "only the source of a PyTorch module can be patched",
            hint="which is written torch:package.module:factory; -o writes a new spec of others",
        )
    given = with_stated(target, share(asked, [target]).of(target), overrides)
    origins = Origins()
    known = (given.inputs, given.arguments, given.example, given.rules)
    return Watched(read_code(target, *known, origins=origins), origins, target, given)


def read_module(module: object, example: object = None, given: Inputs | None = None) -> Network:
    """The same of a PyTorch module that is there already, and stays as it is.

    `example` are tensors with a batch, as for `trace_example`.
    """
    from convcost.sources.imports.pytorch.model import import_module

    inputs = parse_inputs(given)
    if example is None and not inputs:
        raise UsageError(
            "a PyTorch module needs an example of its input",
            hint="such as load(module, torch.zeros(1, 3, 224, 224))",
        )
    return _recognised(import_module(module, inputs, example).network)


def _recognised(network: Network) -> Network:
    from convcost.sources.imports.recognise import recognised

    return recognised(network)._replace(inputs=network.inputs, notes=network.notes)

"""Networks out of real code, `torch:package.module:factory` or `keras:...`, and out of files of
frameworks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcost.errors import UsageError
from convcost.network import Network
from convcost.sources.frameworks import framework_of
from convcost.sources.inputs import Inputs, parse_inputs
from convcost.sources.targets import KERAS, CodeTarget, Stated, Target
from convcost.sources.teaching import LEARNED, NO_RULES, Rules
from convcost.text import with_article


def read_code(
    target: Target,
    given: Inputs | None = None,
    arguments: Mapping[str, Any] | None = None,
    example: str = "",
    rules: Rules = NO_RULES,
    raw: bytes | None = None,
) -> Network:
    """The network that `target` names, recognised: known pairs as one layer, norms with their
    convolutions.

    `given` are inputs, channels first and without a batch; PyTorch needs them, or code of the name
    `example` that makes them, and a file may leave its own open. `arguments` go to a PyTorch
    factory; `rules` are what the user says of operations that have none here. `raw` is what a file
    held in some commit. UsageError for what cannot be asked so, ConvcostError for code that
    cannot be imported.
    """
    inputs, stated, rules = parse_inputs(given), target.stated or Stated(), {**LEARNED, **rules}
    if isinstance(target, CodeTarget) and target.sort == KERAS:
        from convcost.sources.imports.keras.live import import_code

        if example:
            raise UsageError("--inputs-from is for PyTorch: a Keras model says what it takes")
        imported = import_code(target.name, inputs, arguments or {}, rules, stated.folder)
        network = _recognised(imported.network)
    elif isinstance(target, CodeTarget):
        from convcost.sources.imports.pytorch.exported import EXPORTED
        from convcost.sources.imports.pytorch.model import import_torch

        if not inputs and not example and not target.name.endswith(EXPORTED):
            raise UsageError(
                "a PyTorch module needs the shape of its input",
                hint="give --input, channels first and without a batch: --input 3x224x224",
            )
        asked = (target.name, inputs, arguments, example, rules, stated.folder)
        network = _recognised(import_torch(*asked).network)
    else:
        framework = framework_of(target.path)
        assert framework, "a spec is no code"
        if arguments:
            told = f"{with_article(framework.name)} file has no vars to set"
            raise UsageError(f"{told}: {', '.join(arguments)}")
        read = framework.importer().import_file
        network = read(target.path, inputs, target.root, rules, raw).network
        network = _recognised(network)._replace(path=target.path)
    return network._replace(name=stated.name or network.name)


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


def read_keras(model: object, given: Inputs | None = None) -> Network:
    """The same of a Keras model that is there already, of any backend."""
    from convcost.sources.imports.keras.live import import_model

    return _recognised(import_model(model, parse_inputs(given)).network)


def _recognised(network: Network) -> Network:
    from convcost.sources.imports.recognise import recognised

    return recognised(network)._replace(inputs=network.inputs, notes=network.notes)

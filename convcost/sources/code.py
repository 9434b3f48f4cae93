"""Networks out of real code, `torch:package.module:factory` or `keras:...`, and out of files of
frameworks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.errors import UsageError
from convcost.network import Network
from convcost.sources.frameworks import framework_of
from convcost.sources.given import Given, share, with_stated
from convcost.sources.inputs import Inputs, parse_inputs
from convcost.sources.targets import KERAS, CodeTarget, Stated, Target, target_of
from convcost.sources.teaching import LEARNED, NO_RULES, Rules
from convcost.text import with_article

if TYPE_CHECKING:
    from convcost.sources.imports.assembler import Imported
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
    `example` that makes them, and a file may leave its own open. `arguments` go to a PyTorch
    factory; `rules` are what the user says of operations that have none here. `raw` is what a file
    held in some commit; `origins` are told which calls made the convolutions of a PyTorch module.
    UsageError for what cannot be asked so, ConvcostError for code that cannot be imported.
    """
    inputs, stated, rules = parse_inputs(given), target.stated or Stated(), {**LEARNED, **rules}
    if isinstance(target, CodeTarget) and target.sort == KERAS:
        from convcost.sources.imports.keras.live import import_code

        if example:
            raise UsageError("--inputs-from is for PyTorch: a Keras model says what it takes")
        imported = import_code(target.name, inputs, arguments or {}, rules, stated.folder)
        network = recognised(imported.network)
    elif isinstance(target, CodeTarget):
        from convcost.sources.imports.pytorch.exported import EXPORTED
        from convcost.sources.imports.pytorch.model import import_torch

        if not inputs and not example and not target.name.endswith(EXPORTED):
            raise UsageError(
                "a PyTorch module needs the shape of its input",
                hint="give --input, channels first and without a batch: --input 3x224x224",
            )
        asked = (target.name, inputs, arguments, example, rules, stated.folder, origins)
        made = import_torch(*asked)
        if origins:
            origins.layers = made.paths
        network = recognised(made.network)
    else:
        framework = framework_of(target.path)
        assert framework, "a spec is no code"
        if arguments:
            told = f"{with_article(framework.name)} file has no vars to set"
            raise UsageError(f"{told}: {', '.join(arguments)}")
        read = framework.importer().import_file
        network = recognised(read(target.path, inputs, target.root, rules, raw).network)
        network = network._replace(path=target.path)
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
    if not isinstance(target, CodeTarget) or target.sort == KERAS or is_saved(target.name):
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
    return recognised(follow_module(module, example, given).network)


def follow_module(
    module: object, example: object = None, given: Inputs | None = None, numbers: bool = True
) -> Imported:
    """The same operation by operation, and which modules did what; `numbers` are those of the
    weights, among which zeros are looked for."""
    from convcost.sources.imports.pytorch.model import import_module

    inputs = parse_inputs(given)
    if example is None and not inputs:
        raise UsageError(
            "a PyTorch module needs an example of its input",
            hint="such as load(module, torch.zeros(1, 3, 224, 224))",
        )
    return import_module(module, inputs, example, numbers)


def read_keras(model: object, given: Inputs | None = None) -> Network:
    """The same of a Keras model that is there already, of any backend."""
    from convcost.sources.imports.keras.live import import_model

    return recognised(import_model(model, parse_inputs(given)).network)


def recognised(network: Network) -> Network:
    """An imported network with layers that are well known in place of their operations."""
    from convcost.sources.imports import recognise

    made = recognise.recognised(network)
    return made._replace(inputs=network.inputs, notes=network.notes)

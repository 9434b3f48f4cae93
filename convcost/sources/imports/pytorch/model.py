"""A PyTorch module by its name, `pkg.module:factory`, followed without weights or data.

Importing a Python module runs it. What it prints goes to stderr, and what it raises is shown.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from convcost.errors import CodeError, SpecError, UsageError
from convcost.network import Input
from convcost.sources.imports.assembler import Imported
from convcost.sources.imports.factories import factory_of, search
from convcost.sources.imports.numbers import NOTHING_SEEN, Seen
from convcost.sources.imports.pytorch.copies import seen_of, without_weights
from convcost.sources.imports.pytorch.exported import (
    check_saved,
    is_saved,
    module_of,
    own_example,
    read_saved,
)
from convcost.sources.imports.pytorch.inputs import Call
from convcost.sources.imports.pytorch.readings import follow_example, follow_inputs, input_like
from convcost.sources.imports.quiet import quietly
from convcost.sources.inputs import format_inputs
from convcost.sources.teaching import NO_RULES, Rules
from convcost.sources.theirs import first_line, run_theirs, trace_of

if TYPE_CHECKING:
    from convcost.sources.imports.pytorch.origins import Origins


def import_torch(
    target: str,
    inputs: tuple[Input, ...],
    arguments: Mapping[str, Any] | None = None,
    example: str = "",
    rules: Rules = NO_RULES,
    folder: str = "",
    origins: Origins | None = None,
) -> Imported:
    """The network of the module that `target`, `pkg.module:factory`, makes, for one input.

    `inputs` are those of `forward`, without their batch; in their place, code of the name `example`
    may make tensors, and an exported program, `file.pt2`, has its own. `rules` are what the user
    says of operations. Modules may lie in `folder`, or else in the current one; `origins` are told
    which calls made their convolutions. CodeError for code that fails or depends on values,
    UsageError for a target that is none and for inputs that are not those of `forward`, SpecError
    for rules that fail.
    """
    torch = _torch()
    from convcost.sources.imports.pytorch.making import without_torchscript
    from convcost.sources.imports.pytorch.scripted import followable

    search(folder or os.getcwd())
    with quietly(), without_torchscript():

        def make() -> Any:
            return _module(torch, target, _made(target, folder), dict(arguments or {}))

        module = make() if origins is None else origins.watch(make)
        tensors = _example(example) if example else None
        if tensors is None and not inputs:
            tensors = own_example(module)
        seen = seen_of(torch, module)
        return _imported(torch, followable(module), target, inputs, tensors, rules, seen)


def import_module(
    module: Any, inputs: tuple[Input, ...], example: Any = None, numbers: bool = True
) -> Imported:
    """The network of a module that is there already, and stays as it is; the rest is as above.

    Without `numbers` nobody looks for zeros among its weights, which takes longer than the rest.
    """
    torch = _torch()
    from convcost.sources.imports.pytorch.scripted import followable

    module = module_of(module)
    if not isinstance(module, torch.nn.Module):
        raise UsageError(
            f"{type(module).__name__} is no network",
            hint="give the path of a spec, or a torch.nn.Module",
        )
    name = type(module).__name__
    with quietly():
        seen = seen_of(torch, module) if numbers else NOTHING_SEEN

        def fresh(original: Any) -> Any:
            return _run(partial(without_weights, torch, original), f"{name} cannot be copied")

        if any(isinstance(each, torch.jit.ScriptModule) for each in module.modules()):
            module = followable(fresh(module))
        return _imported(torch, module, name, inputs, example, seen=seen, fresh=fresh)


def _imported(
    torch: Any,
    module: Any,
    target: str,
    inputs: tuple[Input, ...],
    example: Any,
    rules: Rules = NO_RULES,
    seen: Mapping[str, Seen] = NOTHING_SEEN,
    fresh: Callable[[Any], Any] | None = None,
) -> Imported:
    """The network of a module; each run is of a `fresh` one, as what it leaves behind in it, such
    as sizes, may not have been meant."""
    copied = fresh or partial(_fresh, torch)

    def follow(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Imported:
        return _followed(copied(module), target, Call(args, kwargs), rules, seen)

    try:
        if example is None:
            return follow_inputs(torch, module, inputs, follow)
        return follow_example(torch, module, example, follow)
    except UsageError as error:
        raise UsageError(*error.at(None, f"{target}: ")) from None


def _fresh(torch: Any, module: Any) -> Any:
    """A copy of a module without weights, or itself where it holds what cannot be copied."""
    try:
        return without_weights(torch, module)
    except Exception:  # copying runs what its parts, anybody's code, say of that
        return module


def _made(target: str, folder: str) -> Any:
    """What the target names: a module in a file, or code."""
    if not is_saved(target):
        return factory_of(target, folder, _remedy)
    path = os.path.join(folder, target)
    check_saved(path)
    return _run(partial(read_saved, path), f"{path} cannot be loaded")


def _example(target: str) -> Any:
    """What the code of that name makes: tensors, in whatever `forward` takes."""
    made = factory_of(target, remedy=_remedy)
    return _run(made, f"{target} failed") if callable(made) else made


def _torch() -> Any:
    try:
        import torch
    except ImportError:
        raise UsageError(
            "importing from PyTorch needs torch, which is not installed",
            hint="pip install torch",
        ) from None
    return torch


def _name(target: str) -> str:
    if is_saved(target):
        target = os.path.splitext(os.path.basename(target))[0]
    return target.rpartition(":")[2].split(".")[-1].replace("_", "-").lower() or "network"


def _module(torch: Any, target: str, factory: Any, arguments: dict[str, Any]) -> Any:
    if is_saved(target):  # a program has no mode of training
        return factory
    if isinstance(factory, torch.nn.Module):
        return factory.eval()
    if not callable(factory):
        raise UsageError(f"{target} is {type(factory).__name__}, neither a module nor a factory")

    from convcost.sources.imports.pytorch.making import made_without_weights

    def make() -> Any:
        with made_without_weights():
            return factory(**arguments)

    made = _run(make, f"{target} failed")
    if not isinstance(made, torch.nn.Module):
        raise UsageError(f"{target} gives {type(made).__name__}, not a torch.nn.Module")
    return made.eval()


def _followed(
    module: Any, target: str, given: Call, rules: Rules, seen: Mapping[str, Seen]
) -> Imported:
    from convcost.sources.imports.pytorch.empty import tensors_in
    from convcost.sources.imports.pytorch.index import needs_values
    from convcost.sources.imports.pytorch.trace import network_of

    nowhere = io.StringIO()  # what a forward prints is no result
    try:
        with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            return network_of(module, *given, _name(target), rules, seen)
    except SpecError:  # of the user's rules
        raise
    except Exception as error:  # whatever torch, or the user's own forward, raises
        inputs = format_inputs([input_like("", each, 1) for each in tensors_in(given)])
        raise CodeError(
            f"convcost cannot follow {target} on an input of {inputs}: {first_line(error)}",
            trace_of(error),
            hint="what comes there depends on the values of the input"
            if needs_values(error)
            else _remedy(error),
        ) from error


def _remedy(error: BaseException) -> str:
    """What to do where PyTorch's own words do not tell; empty where they do."""
    if re.search(r"scalar types: Long|LongTensor|used as indices must be long", str(error)):
        return "integers are written with their dtype: --input 7:int64, or --input ids=7:int64"
    causes = [error]  # packages say that they cannot be imported
    while (cause := causes[-1].__cause__) and cause not in causes:
        causes.append(cause)
    reason = "\n".join(map(str, causes))
    if re.search(r"torchvision::\w+ does not exist|'torchvision' object|custom C\+\+ ops", reason):
        return (
            "this torchvision was built for another torch: install both anew, together, "
            "pip install --force-reinstall torch torchvision"
        )
    return ""


def _run(work: Callable[[], Any], what: str) -> Any:
    return run_theirs(work, what, _remedy)

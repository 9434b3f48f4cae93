"""Where networks come from: flags, spec files, ONNX, PyTorch.

What reads YAML is imported when first needed, since it takes pydantic along.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from convcost.network import Network
from convcost.sources.locate import find_specs
from convcost.sources.targets import CodeTarget, SpecFile, Target, is_imported, target_of
from convcost.sources.zoo import refuse_missing

if TYPE_CHECKING:
    from convcost.sources.spec.reading import Spec

__all__ = ["CodeTarget", "SpecFile", "Target", "find_specs", "load", "read", "target_of"]


def read(
    target: Target,
    overrides: Mapping[str, Any] | None = None,
    input_shape: str | None = None,
) -> Spec:
    """What `target` holds: its network, and the budgets that it sets.

    `overrides` take the place of the spec's `vars`. SpecError, with every problem found, for a
    file that cannot be read or does not say what a spec must say. An ONNX file and code are
    networks too: `input_shape`, 3x224x224, is for those, and `overrides` are the arguments of the
    factory. UsageError for a factory or a package that is not there, and for arguments that the
    target does not take; CodeError for code that fails, or that cannot be followed.
    """
    from convcost.sources.spec.reading import Spec, read_spec

    if is_imported(target):
        from convcost.sources.code import read_code

        return Spec(str(target), read_code(target, input_shape, overrides), (), {})
    assert isinstance(target, SpecFile), "all code is imported"
    refuse_missing(target.path)
    return read_spec(target.path, overrides, target.root)


def load(
    path: str | os.PathLike[str],
    overrides: Mapping[str, Any] | None = None,
    input_shape: str | None = None,
) -> Network:
    """The network in the spec file `path`, or the one of that name that ships, for `evaluate`.

    A `str` is taken as a word on the command line is: `torch:package.module:factory` imports that
    module, which runs it. Any other path is one and nothing else, so give names that your program
    has found as `pathlib.Path`. The rest, and the errors, are as for `read`.
    """
    target = target_of(path) if isinstance(path, str) else SpecFile(os.fspath(path))
    return read(target, overrides, input_shape).network

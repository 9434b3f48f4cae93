"""Where networks come from: flags, spec files, ONNX, PyTorch.

What reads YAML is imported when first needed, since it takes pydantic along.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from convcost.network import Network
from convcost.sources.locate import find_specs
from convcost.sources.zoo import located

if TYPE_CHECKING:
    from convcost.sources.spec.reading import Spec

__all__ = ["find_specs", "load", "read"]


def read(
    path: str | os.PathLike[str],
    overrides: Mapping[str, Any] | None = None,
    input_shape: str | None = None,
) -> Spec:
    """The spec file `path`, or the network of that name that ships: its network, its budgets.

    `overrides` take the place of the spec's `vars`. SpecError, with every problem found, for a
    file that cannot be read or does not say what a spec must say. An ONNX file and
    `torch:package.module:factory` are networks too: `input_shape`, 3x224x224, is for those, and
    `overrides` are the arguments of the factory.
    """
    from convcost.sources.code import is_code, read_code
    from convcost.sources.spec.reading import Spec, read_spec

    name = os.fspath(path)
    if is_code(name):
        return Spec(name, read_code(name, input_shape, overrides), (), {})
    return read_spec(located(name), overrides)


def load(
    path: str | os.PathLike[str],
    overrides: Mapping[str, Any] | None = None,
    input_shape: str | None = None,
) -> Network:
    """The network in the spec file `path`, or the one of that name that ships, for `evaluate`.

    As `read`.
    """
    return read(path, overrides, input_shape).network

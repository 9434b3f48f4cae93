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
    from convcost.sources.spec import Spec

__all__ = ["find_specs", "load", "read"]


def read(path: str | os.PathLike[str], overrides: Mapping[str, Any] | None = None) -> Spec:
    """The spec file `path`, or the network of that name that ships: its network, its budgets.

    `overrides` take the place of the spec's `vars`. SpecError, with every problem found, for a
    file that cannot be read or does not say what a spec must say.
    """
    from convcost.sources.spec import read_spec

    return read_spec(located(os.fspath(path)), overrides)


def load(path: str | os.PathLike[str], overrides: Mapping[str, Any] | None = None) -> Network:
    """The network in the spec file `path`, or the one of that name that ships, for `evaluate`.

    As `read`.
    """
    return read(path, overrides).network

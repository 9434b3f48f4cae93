"""A Python file that somebody names by its path, imported."""

from __future__ import annotations

import importlib
import os
import sys
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from zlib import crc32


def module_at(path: str) -> ModuleType:
    """The module in the file `path`, as a part of its package where it lies in one.

    What it imports may lie in its folder, or in that of the package: both come last. Raises what
    the file raises, and ImportError for one that cannot be had.
    """
    file = os.path.abspath(path)
    folder, base = os.path.split(file)
    name = base.removesuffix(".py")
    is_inside = False
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        name, is_inside = f"{package}.{name}", True
    if folder not in sys.path:
        sys.path.append(folder)
    if not is_inside:
        return _alone(f"{name}_{crc32(os.fsencode(file)):08x}", file)
    found = importlib.import_module(name.removesuffix(".__init__"))
    where = found.__file__ or ""
    if not (os.path.exists(where) and os.path.samefile(where, file)):
        raise ImportError(f"{name} is another module, in {where or 'no file'}: rename that")
    return found


def _alone(name: str, file: str) -> ModuleType:
    """The module in a file, under a name that stands in nobody's way."""
    if name in sys.modules:
        return sys.modules[name]
    spec = spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python file")
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module

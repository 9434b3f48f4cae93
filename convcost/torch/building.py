"""The modules of a layer, made from the code that `export` writes for it."""

from __future__ import annotations

import linecache
from functools import lru_cache
from types import ModuleType
from typing import Any

from convcost.emit.pytorch import pytorch_text
from convcost.kinds.fields import NONE
from convcost.kinds.registry import Stages
from convcost.network import INPUT, Layer, Network
from convcost.ops.base import Shape


def body_of(layer: Layer) -> Stages:
    """A layer's stages without the norm and the activation behind it."""
    fields = dict(layer.fields)
    behind = sum(fields.get(name) not in (None, NONE) for name in ("norm", "act"))
    return layer.stages[: len(layer.stages) - behind]


def built(layer: Layer, shape: Shape) -> Any:
    """The module of a layer on inputs of this shape, without what stands behind it; LayerError for
    one that PyTorch has nothing for."""
    fields = tuple(each for each in layer.fields if each[0] not in ("norm", "act", "weights"))
    alone = layer._replace(
        name="", stages=body_of(layer), inputs=(INPUT,), fields=fields, given=None, called=""
    )
    source = pytorch_text(Network("Alone", shape, (alone,)))
    (made,) = _code(source)["Alone"]().children()
    if type(made).__module__ == _NAME:
        made.__class__ = _picklable(source, type(made).__name__)
    return made


_NAME = "convcost_written"


@lru_cache(maxsize=256)
def _code(source: str) -> dict[str, Any]:
    """What generated source defines; it is convcost's own text, and no one else's."""
    file = f"<{_NAME} {hash(source):x}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    module = ModuleType(_NAME)
    exec(compile(source, file, "exec"), module.__dict__)  # noqa: S102, our own text
    return module.__dict__


def _picklable(source: str, name: str) -> Any:
    """The class of that name, whose objects are saved with the source that they are from."""
    found = _code(source)[name]

    def __reduce__(self: Any) -> tuple[Any, ...]:  # noqa: N807, a method
        return _empty, (source, name), self.__dict__

    found.__reduce__ = __reduce__
    return found


def _empty(source: str, name: str) -> Any:
    """An object of the class, whose state is still to be filled in."""
    made = _picklable(source, name)
    return made.__new__(made)

"""Which call in the source made each convolution of a module, watched while the module is made."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from itertools import islice
from types import FrameType
from typing import Any, NamedTuple

_CLASSES = [f"{name}{dims}d" for name in ("Conv", "ConvTranspose") for dims in (1, 2, 3)]


class Span(NamedTuple):
    """Where a call stands in its file: lines from 1, columns from 0 and in bytes of UTF-8."""

    line: int
    end_line: int
    col: int
    end_col: int


class Origin(NamedTuple):
    """The call that made a convolution of the class `made`: its file and place, None where Python
    does not know it; what it was given, by the names of PyTorch's parameters; and the names that
    were around it, its function's own and the module's."""

    made: type
    file: str
    span: Span | None
    arguments: Mapping[str, Any]
    own: Mapping[str, Any]
    around: Mapping[str, Any]

    @property
    def is_plain(self) -> bool:
        """Whether it is of PyTorch's own class, rather than of one that builds on it."""
        return self.made.__module__ == "torch.nn.modules.conv" and self.made.__name__ in _CLASSES


class Origins:
    """The convolutions of a module by their paths, and those that are no part of it, each with its
    origin; and the paths of the modules that layers are the work of, by the layers' names."""

    def __init__(self) -> None:
        self.layers: dict[str, str] = {}
        self.parts: dict[str, Origin] = {}
        self.others: list[Origin] = []
        self._seen: dict[int, tuple[Any, Origin]] = {}

    def watch(self, make: Callable[[], Any]) -> Any:
        """The module that `make` makes, with the origins of its parts noted."""
        with self._watching():
            module = make()
        paths = {id(each): path for path, each in module.named_modules()}
        for key, (_, origin) in self._seen.items():
            if key in paths:
                self.parts[paths[key]] = origin
            else:
                self.others.append(origin)
        self._seen.clear()
        return module

    @contextmanager
    def _watching(self) -> Iterator[None]:
        import torch

        kept = {each: each.__init__ for each in (getattr(torch.nn, name) for name in _CLASSES)}
        for each, init in kept.items():
            each.__init__ = _noting(init, self._note)
        try:
            yield
        finally:
            for each, init in kept.items():
                each.__init__ = init

    def _note(self, module: Any, frame: FrameType, bound: Mapping[str, Any]) -> None:
        origin = Origin(
            type(module),
            frame.f_code.co_filename,
            _span(frame),
            bound,
            dict(frame.f_locals),
            frame.f_globals,
        )
        self._seen[id(module)] = module, origin  # held, so that no other has its id


def _noting(init: Callable[..., None], note: Callable[..., None]) -> Callable[..., None]:
    """A constructor that notes who called it."""
    bind = inspect.signature(init).bind

    @wraps(init)
    def noting(self: Any, *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        bound = dict(bind(self, *args, **kwargs).arguments)
        bound.pop("self")
        note(self, sys._getframe(1), bound)

    return noting


def _span(frame: FrameType) -> Span | None:
    found = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None))
    line, end_line, col, end_col = found
    if line is None or end_line is None or col is None or end_col is None:
        return None
    return Span(line, end_line, col, end_col)

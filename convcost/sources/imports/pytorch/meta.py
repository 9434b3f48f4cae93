"""PyTorch code run for its shapes alone: a mode in which operations give tensors without memory.

Inside `ShapeMode` a result is an empty tensor on PyTorch's meta device, of the shape that a rule
of `shapes.py` says; what has no rule is left to PyTorch's own kernels for that device. Tensors
whose values do not depend on an input (positions, masks, sizes) are made and computed for real, as
code may ask for them. Devices do not matter here: whoever asks is on the CPU.
"""

from __future__ import annotations

import sys
from itertools import chain
from math import prod
from types import FunctionType
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from convcost.sources.imports.pytorch.bodies import body_of, refined
from convcost.sources.imports.pytorch.calling import way_of
from convcost.sources.imports.pytorch.empty import (
    LARGEST_REAL,
    empty,
    number_type,
    on_meta,
    tensors_in,
    wanted_size,
)
from convcost.sources.imports.pytorch.index import steps
from convcost.sources.imports.pytorch.packing import PACKING, packed
from convcost.sources.imports.pytorch.schema import Arguments, is_in_place, name_of
from convcost.sources.imports.pytorch.shapes import RULES, words

VIEWS = frozenset(
    words(
        """
        view reshape flatten unflatten squeeze unsqueeze expand expand_as view_as reshape_as permute
        transpose t swapaxes swapdims movedim moveaxis select slice narrow unbind chunk split
        split_with_sizes tensor_split unsafe_chunk unsafe_split diagonal unfold detach alias ravel
        broadcast_to t_ transpose_ squeeze_ unsqueeze_ swapaxes_ hsplit vsplit dsplit
        """
    )
)
"""Operations that look at the same elements otherwise; PyTorch does them without any kernel."""
_COPYING = ("reshape", "flatten", "ravel", "reshape_as", "unflatten")
_ASKING = frozenset(
    words(
        """
        size dim ndimension numel nelement stride storage_offset is_contiguous is_floating_point
        is_complex is_signed element_size requires_grad_ retain_grad data_ptr get_device is_nonzero
        item tolist numpy equal allclose result_type can_cast is_tensor is_same_size register_hook
        untyped_storage set_ is_pinned is_shared has_names has_compatible_shallow_copy_type
        sym_size sym_numel
        """
    )
)
"""What asks something of a tensor, or changes nothing that matters here."""
_CASTS = {
    "float": torch.float32,
    "double": torch.float64,
    "half": torch.float16,
    "bfloat16": torch.bfloat16,
    "long": torch.int64,
    "int": torch.int32,
    "short": torch.int16,
    "char": torch.int8,
    "byte": torch.uint8,
    "bool": torch.bool,
}
_MOVES = (
    "to",
    "type",
    "type_as",
    "cpu",
    "cuda",
    "xpu",
    "mps",
    "pin_memory",
    "to_copy",
    "as_tensor",
    *_CASTS,
)
_OUT_OF_SIGHT = {
    "unique": "unique",
    "unique_consecutive": "unique_consecutive",
    "__deepcopy__": "clone",
}
"""Functions in Python that ask in a way of their own, and what they do."""
_DEEPEST = 4
"""How often a function may stand inside itself: one that asks anew each time never ends."""
_PLACES = ("device", "pin_memory")
_EMPTY = ("empty", "rand", "randn", "empty_strided", "randint", "randperm", "normal")
_SIZED = ("empty", "zeros", "ones", "full", "rand", "randn")
_INDEXING = {
    "slice": torch.ops.aten.slice.Tensor,
    "select": Tensor.select,
    "unsqueeze": Tensor.unsqueeze,
}
_LOOKS = {
    "T": "numpy_T",
    "mT": "mT",
    "H": "numpy_T",
    "mH": "mT",
    "data": "detach",
    "real": "real",
    "imag": "imag",
}


class ShapeMode(TorchFunctionMode):
    """Runs code for the shapes of its tensors; `saw` tells whoever inherits of each operation."""

    def __init__(self) -> None:
        super().__init__()
        self._running: list[FunctionType] = []
        self.by = ""
        self.arguments = Arguments()

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if isinstance(func, FunctionType):
            plain = refined(func)
            if plain is None:
                return self._inside(func, args, kwargs)
            func = plain
        name = name_of(func)
        if name in _ASKING:
            return func(*args, **kwargs)
        self.by = "function" if self._running else way_of(func, name, sys._getframe(1))
        if name.startswith(("get ", "set ")):
            return self._asked(func, name, args, kwargs)
        tensors = tensors_in((args, kwargs))
        if not tensors:
            return self._made(func, name, args, kwargs)
        if name == "__getitem__":
            return self._picked(func, *args)
        if name == "__setitem__":
            return self._placed(func, *args)
        if name.startswith(("__", "get_")):
            return func(*args, **kwargs)
        if name in _MOVES:
            return self._moved(func, name, args, kwargs)
        result = self._result(func, name, args, kwargs, tensors)
        self.saw(name, args, kwargs, tensors, result)
        return result

    def saw(self, name: str, args: Any, kwargs: Any, tensors: Any, result: Any) -> None:
        """An operation has given `result`; `tensors` are all those among its arguments."""

    def wrote(self, tensor: Tensor, values: list[Tensor]) -> None:
        """A part of `tensor` has got these values, or numbers."""

    def is_live(self, tensor: Tensor) -> bool:
        """Whether the tensor's values are not there, as they depend on an input."""
        return bool(tensor.is_meta)

    def _are_still(self, tensors: list[Tensor]) -> bool:
        return not any(tensor.is_meta or self.is_live(tensor) for tensor in tensors)

    def _inside(self, func: FunctionType, args: Any, kwargs: Any) -> Any:
        """A function written in Python: what it calls is seen, too."""
        if func.__module__ == "torch.nn.init":
            return tensors_in((args, kwargs))[0]
        if func is torch._assert:
            return None
        if func.__name__.startswith("sym_"):  # of plain numbers
            return func(*args, **kwargs)
        if self._running.count(func) == _DEEPEST or func.__name__ in _OUT_OF_SIGHT:
            result = func(*args, **kwargs)
            name = _OUT_OF_SIGHT.get(func.__name__, func.__name__)
            self.saw(name, args[:1], {}, tensors_in(args[:1]), result)
            return result
        self._running.append(func)
        try:
            with self:
                return body_of(func, kwargs)(*args, **kwargs)
        finally:
            self._running.pop()

    def _asked(self, func: Any, name: str, args: Any, kwargs: Any) -> Any:
        verb, _, what = name.partition(" ")
        if name == "get device":
            return torch.device("cpu")
        if name == "get is_meta":
            return False
        if name == "set data" and args[0].is_meta != args[1].is_meta:
            args = (args[0], empty(args[1].shape, args[1].dtype) if args[0].is_meta else args[0])
        result = func(*args, **kwargs)
        if verb == "get" and what in _LOOKS and isinstance(result, Tensor):
            self.saw(_LOOKS[what], args, {}, args, result)
        return result

    def _made(self, func: Any, name: str, args: Any, kwargs: Any) -> Any:
        """What a call without tensors makes: a tensor, mostly."""
        kwargs = {
            key: value for key, value in kwargs.items() if key not in ("device", "pin_memory")
        }
        if name in _SIZED:
            shape = wanted_size(args, kwargs)
            if name in _EMPTY or prod(shape) > LARGEST_REAL:
                dtype = kwargs.get("dtype") or torch.get_default_dtype()
                return self._told(name, empty(shape, dtype))
        return self._told(name, func(*args, **kwargs))

    def _told(self, name: str, result: Any) -> Any:
        self.saw(name, (), {}, (), result)
        return result

    def _picked(self, func: Any, tensor: Tensor, index: Any) -> Any:
        """`tensor[index]`, one step after the other."""
        if self._are_still(tensors_in((tensor, index))):
            picked = func(tensor, index)
            self.saw("index", (tensor,), {}, (tensor,), picked)
            return picked
        moves, picks = steps(index, tensor.dim())
        for name, args in moves:
            tensor = self._again(_INDEXING[name], tensor, *args)
        return self._again(torch.ops.aten.index.Tensor, tensor, picks) if picks else tensor

    def _again(self, func: Any, *args: Any) -> Any:
        return self.__torch_function__(func, (), args)

    def _placed(self, func: Any, tensor: Tensor, index: Any, value: Any) -> None:
        """`tensor[index] = value`."""
        if self._are_still(tensors_in((tensor, index, value))):
            func(tensor, index, value)
        self.wrote(tensor, tensors_in(value))

    def _result(self, func: Any, name: str, args: Any, kwargs: Any, tensors: list[Tensor]) -> Any:
        if kwargs:
            kwargs = {key: each for key, each in kwargs.items() if key not in _PLACES}
        if name.startswith("new_") or name.endswith("_like"):
            return self._like(name, args, kwargs)
        if "out" in kwargs:
            return kwargs["out"]
        if name in PACKING and args[0].is_meta:
            return packed(func, *args)
        if is_in_place(name) and name not in VIEWS:
            if self._are_still(tensors) and args[0].numel() <= LARGEST_REAL:
                return func(*args, **kwargs)
            return args[0]
        if name in VIEWS:
            if name in _COPYING and args[0].is_meta and not args[0].is_contiguous():
                args = (empty(args[0].shape, args[0].dtype), *args[1:])
            return func(*args, **kwargs)
        if self._are_still(tensors):
            return func(*args, **kwargs)
        return self._stand_in(func, name, args, kwargs, tensors)

    def _stand_in(self, func: Any, name: str, args: Any, kwargs: Any, tensors: Any) -> Any:
        """A tensor without values in place of what the operation gives."""
        if name in RULES:
            bound = self.arguments.of(name, args, kwargs)
            try:
                shape = RULES[name](bound)
            except Exception:  # what it is about PyTorch says better
                shape = None
            several = shape if isinstance(shape, list) else [shape or ()]
            if shape is not None and min(chain(*several), default=0) >= 0:
                dtype = bound.get("dtype") or number_type(name, tensors)
                made = tuple(empty(each, dtype) for each in several)
                return made if isinstance(shape, list) else made[0]
        args, kwargs = on_meta(args), on_meta(kwargs)
        return func(*args, **kwargs)

    def _moved(self, func: Any, name: str, args: Any, kwargs: Any) -> Any:
        """Another type of number; to which device is of no concern."""
        tensor, others = args[0], (*args[1:], *kwargs.values())
        if name == "type" and not others:
            return func(*args)
        wanted = _CASTS.get(name)
        for other in others:
            if isinstance(other, Tensor):
                wanted = other.dtype
            elif isinstance(other, torch.dtype):
                wanted = other
        if wanted is None or wanted == tensor.dtype:
            return tensor
        is_still = self._are_still([tensor])
        cast = tensor.to(wanted) if is_still else empty(tensor.shape, wanted)
        self.saw("alias", (tensor,), {}, (tensor,), cast)
        return cast

    def _like(self, name: str, args: Any, kwargs: Any) -> Any:
        """A new tensor that has something of another, but not its values."""
        sort = name.removeprefix("new_").removesuffix("_like")
        is_new = name.startswith("new_")
        dtype = kwargs.get("dtype") or args[0].dtype
        if sort == "tensor":
            return torch.tensor(args[1], dtype=dtype)
        shape = wanted_size(args[1:], kwargs) if is_new else tuple(args[0].shape)
        if sort in _EMPTY or prod(shape) > LARGEST_REAL:
            return empty(shape, dtype)
        if sort == "full":
            fill = kwargs.get("fill_value", args[-1])
            return torch.full(shape, float(fill), dtype=dtype)
        return (torch.ones if sort == "ones" else torch.zeros)(shape, dtype=dtype)

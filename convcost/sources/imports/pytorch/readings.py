"""Which tensors a module is followed with: those that its inputs mean, or like those of an example,
on the meta device and for one input."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import prod
from typing import Any

from convcost.errors import CodeError, UsageError
from convcost.network import FLOAT, Input
from convcost.sources.imports.assembler import Imported
from convcost.sources.imports.pytorch.inputs import bound, example_call, named_leaves
from convcost.sources.inputs import FLOATS, format_input, format_inputs
from convcost.text import listed

Follow = Callable[[tuple[Any, ...], dict[str, Any]], Imported]
"""Makes a network of a module that is called with these; CodeError where that cannot be."""
_LARGEST = 2**62
"""Bytes that PyTorch can count."""
_LARGEST_MASK = 2**24
_HABIT = "--input {given}: taken as {meant} with a batch of {batch}; counts are for one input"
_ONE = "the example has a batch of {batch}; counts are for one input"
_ALL = "counts are for the example's whole batch of {batch}, as one input alone cannot be followed"
_OPEN = "{names}: taken to hide nothing, as the code asks for the values"


def follow_inputs(torch: Any, module: Any, given: tuple[Input, ...], follow: Follow) -> Imported:
    """The network of `module` on the inputs that are `given`, without their batch; numbers whose
    dtype is not said have that of the module's weights.

    Shapes that fail so are taken for ones that have their batch in front. UsageError where they
    are not the inputs of `forward`; where both fail, the CodeError of what was given.
    """
    usual = _dtype(_number_type(torch, module))
    typed = tuple(each._replace(dtype=usual) if each.dtype == FLOAT else each for each in given)
    masks = [each.name for each in bound(module.forward, typed)[1] if _hides(each)]
    meant, batch = _without_batch(typed)

    def followed(inputs: Sequence[Input], size: int, is_open: bool) -> Imported:
        call, named = bound(module.forward, inputs)
        steps = next((each.shape[0] for each in inputs if each.shape and not _hides(each)), 1)
        made = follow(*call.map(partial(_tensor, torch, size, steps if is_open else 0)))
        return _on(made, named, *_opened(masks, is_open))

    def understood(is_open: bool) -> Imported:
        if batch > 1:  # as it is written, lest channels pass for a batch
            followed(meant, batch, is_open)
        found = followed(meant, 1, is_open)
        texts = {"given": format_inputs(given), "meant": format_inputs(meant)}
        return _on(found, found.network.inputs, _HABIT.format(batch=batch, **texts))

    readings: list[Callable[[bool], Imported]] = [partial(followed, typed, 1)]
    readings += [understood] * bool(meant)
    return _first([partial(each, it) for it in _with_open(masks) for each in readings])


def follow_example(torch: Any, module: Any, example: Any, follow: Follow) -> Imported:
    """The network of `module` on tensors like those of `example`: one tensor, a tuple or list of
    arguments, or a mapping of keywords, with a batch in front, of which one input is taken.

    UsageError for an example that `forward` does not take.
    """
    call = example_call(module.forward, example)
    leaves = named_leaves(module.forward, call)
    tensors = [(name, each) for name, each in leaves if isinstance(each, torch.Tensor)]
    if not tensors:
        raise UsageError("the example holds no tensors", hint="such as torch.zeros(1, 3, 224, 224)")
    batch = _batch([each for _, each in tensors])
    masks = {id(each): name for name, each in tensors if _hides(input_like(name, each, 0))}

    def followed(size: int, is_open: bool) -> Imported:
        made = follow(*call.map(partial(_like, torch, batch, size, masks if is_open else {})))
        inputs = [input_like(name, each, batch if size == 1 else 0) for name, each in tensors]
        notes = [(_ONE if size == 1 else _ALL).format(batch=batch)] * (batch > 1)
        return _on(made, inputs, *notes, *_opened(list(masks.values()), is_open))

    sizes = [1, batch] if batch > 1 else [batch]
    return _first([partial(followed, each, it) for each in sizes for it in _with_open(masks)])


def _first(ways: Sequence[Callable[[], Imported]]) -> Imported:
    """What the first way gives that leads anywhere; the CodeError of the very first, if none."""
    refused: list[CodeError] = []
    for way in ways:
        try:
            return way()
        except CodeError as error:
            refused.append(error)
    raise refused[0]


def _on(made: Imported, inputs: Sequence[Input], *notes: str) -> Imported:
    every = (*notes, *made.network.notes)
    return made._replace(network=made.network._replace(inputs=tuple(inputs), notes=every))


def _hides(given: Input) -> bool:
    """Whether it says what is to be looked at: a mask by yes and no, or how long each input is."""
    name = given.name.lower()
    return given.dtype not in FLOATS and ("mask" in name or "length" in name)


def _with_open(masks: Sequence[str] | Mapping[int, str]) -> Sequence[bool]:
    """Whether to try with masks that hide nothing: last, where there are any."""
    return (False, True) if masks else (False,)


def _opened(masks: Sequence[str], is_open: bool) -> list[str]:
    return [_OPEN.format(names=listed(masks))] * is_open


def _without_batch(given: tuple[Input, ...]) -> tuple[tuple[Input, ...], int]:
    """The inputs without what the longest shape has in front, and that; nothing if it is short."""
    longest = max((each.shape for each in given), key=len, default=())
    if len(longest) < 2:
        return (), 1
    batch = longest[0]
    return tuple(
        each._replace(shape=each.shape[1:]) if each.shape[:1] == (batch,) else each
        for each in given
    ), batch


def _batch(tensors: list[Any]) -> int:
    """What most tensors have in front; those of floats come first."""
    with_dims = sorted((each for each in tensors if each.ndim), key=_is_whole)
    fronts = [int(each.shape[0]) for each in with_dims]
    return max(fronts, key=fronts.count, default=1)


def _is_whole(tensor: Any) -> bool:
    return not tensor.is_floating_point()


def _tensor(torch: Any, batch: int, steps: int, given: Input) -> Any:
    """A tensor as is `given`; one that hides something hides none of so many steps, if there are
    any."""
    shape, dtype = (batch, *given.shape), getattr(torch, given.dtype)
    if prod(shape) * dtype.itemsize > _LARGEST:
        raise UsageError(f"--input {format_input(given)} is larger than a tensor can be")
    if steps and _hides(given) and prod(shape) <= _LARGEST_MASK:
        return torch.full(shape, steps if "length" in given.name.lower() else 1, dtype=dtype)
    return torch.empty(shape, dtype=dtype, device="meta")


def _like(torch: Any, batch: int, size: int, masks: Mapping[int, str], value: Any) -> Any:
    """A tensor like an example's, with `size` in place of its batch; what is none stays."""
    if not isinstance(value, torch.Tensor):
        return value
    shape = tuple(value.shape)
    shape = (size, *shape[1:]) if shape[:1] == (batch,) else shape
    if id(value) in masks and prod(shape) <= _LARGEST_MASK:
        if "length" in masks[id(value)].lower():
            return value[:size] if value.shape[:1] == (batch,) else value
        return torch.ones(shape, dtype=value.dtype)
    return torch.empty(shape, dtype=value.dtype, device="meta")


def input_like(name: str, tensor: Any, batch: int) -> Input:
    """An input of that name whose shape is the tensor's without `batch`, if that is in front."""
    shape = tuple(tensor.shape)
    own = shape[1:] if shape[:1] == (batch,) else shape
    return Input(name, own, _dtype(tensor.dtype))


def _dtype(dtype: Any) -> str:
    return str(dtype).removeprefix("torch.")


def _number_type(torch: Any, module: Any) -> Any:
    """The dtype that a module computes with: that of its first weights."""
    weights = (each.dtype for each in module.parameters() if each.is_floating_point())
    return next(weights, torch.get_default_dtype())

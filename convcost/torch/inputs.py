"""What a module is followed with, said as `torchinfo.summary` takes it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from convcost.errors import UsageError
from convcost.text import quote


def example_of(
    module: Any,
    input_size: Sequence[Any] | None,
    input_data: object = None,
    dtypes: Sequence[Any] | None = None,
    keywords: Mapping[str, object] | None = None,
) -> Any:
    """Arguments of `forward`, as a tuple or, with `keywords`, as a mapping; None where nothing is
    given.

    `input_size` is the size of a tensor with its batch in front, or a list of such; `input_data`
    are tensors: one, several, or a mapping of keywords. UsageError for both, for what is no size,
    and for keywords that `forward` does not take.
    """
    if input_size is not None and input_data is not None:
        raise UsageError("input_size and input_data are the same thing", hint="give one of them")
    named = dict(keywords or {})
    if input_data is not None and isinstance(input_data, Mapping):
        named = {**input_data, **named}
        given: tuple[Any, ...] = ()
    elif input_data is not None:
        given = tuple(input_data) if isinstance(input_data, list | tuple) else (input_data,)
    elif input_size is not None:
        given = tuple(_tensors(module, input_size, dtypes or ()))
    elif not named:
        return None
    else:
        given = ()
    if not named:
        return given
    try:
        return dict(inspect.signature(module.forward).bind(*given, **named).arguments)
    except TypeError as error:
        raise UsageError(f"forward does not take that: {quote(str(error), 200)}") from None


def _tensors(module: Any, input_size: Sequence[Any], dtypes: Sequence[Any]) -> list[Any]:
    """A tensor without values for each size."""
    import torch

    several = input_size if any(isinstance(each, Sequence) for each in input_size) else [input_size]
    weights = (each.dtype for each in module.parameters() if each.is_floating_point())
    usual = next(weights, torch.get_default_dtype())
    made = []
    for at, size in enumerate(several):
        if not isinstance(size, Sequence) or not all(_is_count(each) for each in size):
            raise UsageError(
                f"input_size cannot be {quote(repr(input_size))}",
                hint="give a size with its batch in front: (1, 3, 224, 224), or a list of such",
            )
        dtype = dtypes[at] if at < len(dtypes) else usual
        made.append(torch.empty(tuple(size), dtype=dtype, device="meta"))
    return made


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0

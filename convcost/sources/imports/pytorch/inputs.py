"""What `forward` is called with: inputs that were given, or an example, bound to its parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

from convcost.errors import UsageError
from convcost.network import Input
from convcost.spelling import did_you_mean
from convcost.text import listed, quote

_BY_PLACE = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_ALL_ELSE = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class Call(NamedTuple):
    """The arguments of a call, which may be lists and mappings of inputs, or of tensors."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def map(self, made: Callable[[Any], Any]) -> Call:
        """The same call with what `made` makes of each input, tensor or plain value."""
        return Call(_mapped(self.args, made), _mapped(self.kwargs, made))


def bound(forward: Callable[..., Any], given: Sequence[Input]) -> tuple[Call, tuple[Input, ...]]:
    """The call that these inputs are for, and the inputs with the names of their parameters.

    UsageError for a name that `forward` has not, for a parameter that is missing, and for more
    inputs than it takes.
    """
    parameters = _parameters(forward)
    named = [
        each._replace(name=name)
        for name, each in zip(_names(parameters, given), given, strict=True)
    ]
    is_any = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters)
    keywords = [each.name for each in parameters if each.kind not in _ALL_ELSE]
    paths: dict[str, dict[str, Input]] = {}
    more: list[Input] = []
    for each, before in zip(named, given, strict=True):
        head, _, path = each.name.partition(".")
        if head in keywords or (is_any and before.name):
            paths.setdefault(head, {})[path] = each
        else:
            more.append(each)
    _refuse_missing(parameters, paths)
    values = {name: _nested(name, below) for name, below in paths.items()}
    args = []
    for parameter in parameters:
        if parameter.kind not in _BY_PLACE or parameter.name not in values:
            break
        args.append(values.pop(parameter.name))
    in_order = {name: values.pop(name) for name in keywords if name in values}
    return Call((*args, *more), {**in_order, **values}), tuple(named)


def example_call(forward: Callable[..., Any], example: Any) -> Call:
    """The call that an example stands for: a mapping is keywords, a tuple or a list arguments, or
    either of them one argument, as a named tuple is first of all, where `forward` takes it so;
    UsageError where it does not."""
    ways = [Call((example,), {})]
    if isinstance(example, Mapping) and all(isinstance(key, str) for key in example):
        ways.insert(0, Call((), dict(example)))
    elif isinstance(example, (tuple, list)):
        several = Call(tuple(example), {})
        ways = [*ways, several] if hasattr(example, "_fields") else [several, *ways]
    signature = inspect.Signature(_parameters(forward))
    reasons = []
    for way in ways:
        try:
            signature.bind(*way.args, **way.kwargs)
        except TypeError as error:
            reasons.append(str(error))
        else:
            return way
    raise UsageError(
        f"forward does not take the example: {quote(reasons[0], 200)}",
        hint="it is a tensor, a tuple of arguments, or a mapping of keywords",
    )


def named_leaves(forward: Callable[..., Any], call: Call) -> Iterator[tuple[str, Any]]:
    """Whatever a call holds that is no list or mapping, with its name: `batch.image`."""
    signature = inspect.Signature(_parameters(forward))
    for name, value in signature.bind(*call.args, **call.kwargs).arguments.items():
        is_rest = signature.parameters[name].kind is inspect.Parameter.VAR_KEYWORD
        yield from _leaves("" if is_rest else name, value)


def _parameters(forward: Callable[..., Any]) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(forward).parameters.values())
    except ValueError:  # code that is not Python's does not tell
        return [inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL)]


def _names(parameters: Sequence[inspect.Parameter], given: Sequence[Input]) -> list[str]:
    """What each input is for: the name that it has, or else the next parameter that has none."""
    takes = [each.name for each in parameters if each.kind not in _ALL_ELSE]
    rest = {each.kind: each.name for each in parameters if each.kind in _ALL_ELSE}
    heads = {each.name.partition(".")[0] for each in given}
    free = iter(
        [each.name for each in parameters if each.kind in _BY_PLACE and each.name not in heads]
    )
    numbers, names = count(), list[str]()
    for each in given:
        name, head = each.name or next(free, ""), each.name.partition(".")[0]
        if head and head not in takes and not rest:
            hint = did_you_mean(head, takes) or f"it takes {listed(takes) or 'nothing'}"
            raise UsageError(f"forward has no parameter {quote(head)}", hint=hint)
        if not name and inspect.Parameter.VAR_POSITIONAL not in rest:
            hint = f"it takes {listed(takes) or 'nothing'}"
            raise UsageError(f"forward has no place for {len(given)} inputs", hint=hint)
        names.append(name or f"{rest[inspect.Parameter.VAR_POSITIONAL]}.{next(numbers)}")
    return names


def _refuse_missing(
    parameters: Sequence[inspect.Parameter], found: Mapping[str, Mapping[str, Input]]
) -> None:
    for each in parameters:
        is_needed = each.kind not in _ALL_ELSE and each.default is inspect.Parameter.empty
        if is_needed and each.name not in found:
            name, kind = quote(each.name), getattr(each.annotation, "__name__", each.annotation)
            hint = f"add --input {name}=3x224x224, or {name}=7:int64 for integers"
            if kind in ("bool", "float", "int", "str"):
                hint = f"it is no tensor but {kind}: --inputs-from can make it, beside the others"
            raise UsageError(f"forward needs {name} as well", hint=hint)


def _nested(name: str, paths: Mapping[str, Any]) -> Any:
    """Dotted paths as mappings, or as lists where the keys are numbers."""
    if "" in paths:
        if len(paths) > 1:
            raise UsageError(f"--input {quote(name)} is both a tensor and what holds others")
        return paths[""]
    inner: dict[str, dict[str, Any]] = {}
    for path, value in paths.items():
        head, _, tail = path.partition(".")
        inner.setdefault(head, {})[tail] = value
    values = {head: _nested(f"{name}.{head}", below) for head, below in inner.items()}
    if not all(head.isascii() and head.isdigit() for head in values):
        return values
    missing = [index for index in range(len(values)) if str(index) not in values]
    if missing:
        hint = "a list begins at 0 and leaves nothing out"
        raise UsageError(f"--input {quote(name)}.{missing[0]} is missing", hint=hint)
    return [values[str(index)] for index in range(len(values))]


def _is_inner(value: Any) -> bool:
    return isinstance(value, (Mapping, list, tuple)) and not isinstance(value, Input)


def _mapped(value: Any, made: Callable[[Any], Any]) -> Any:
    if not _is_inner(value):
        return made(value)
    if isinstance(value, Mapping):
        return {key: _mapped(each, made) for key, each in value.items()}
    inner = [_mapped(each, made) for each in value]
    if hasattr(value, "_fields"):
        return type(value)(*inner)
    return inner if isinstance(value, list) else tuple(inner)


def _leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if not _is_inner(value):
        yield name, value
        return
    pairs = value.items() if isinstance(value, Mapping) else enumerate(value)
    for key, each in pairs:
        yield from _leaves(f"{name}.{key}" if name else str(key), each)

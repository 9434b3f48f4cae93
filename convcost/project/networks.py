"""The networks that settings name one by one: ONNX files, and code, which they cannot run."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from convcost.errors import ConvcostError, Place, Problem, SpecError, UsageError
from convcost.network import Input
from convcost.project.tomlplaces import toml_key, toml_text, toml_value
from convcost.sources.frameworks import FILES
from convcost.sources.given import Given
from convcost.sources.imports.pytorch.exported import EXPORTED, SAVED, is_saved
from convcost.sources.inputs import format_input, parse_inputs
from convcost.sources.inside import inside, leads_out
from convcost.sources.quota import refuse_many
from convcost.sources.targets import TORCH, Named, NamedCode, SpecFile, Stated
from convcost.spelling import did_you_mean
from convcost.text import listed, quote

_DOTTED = r"[^\W\d]\w*(\.[^\W\d]\w*)*"
_SAVED = "|".join(map(re.escape, SAVED))
_CODE = re.compile(rf"{TORCH}(({_DOTTED}|[^:]+\.py):{_DOTTED}|[^:]+({_SAVED}))")
_NAME = re.compile(r"[\w.-]{1,100}")
_MOST = 1000
_LONGEST = 1000


class Entry(NamedTuple):
    """A network as settings name it at `place`; nothing has looked whether it is there."""

    place: Place
    target: str = ""
    name: str = ""
    inputs: tuple[Input, ...] = ()
    arguments: tuple[tuple[str, Any], ...] = ()

    @property
    def key(self) -> str:
        """What budgets and a lock file in the settings' folder call it."""
        return f"{self.target}#{self.name}" if self.name else self.target


def read_networks(value: Any, place: Callable[..., Place]) -> tuple[Entry, ...]:
    """The entries of `[[networks]]`; `place` tells where the value of some keys below it stands.

    UsageError, with every problem found, for what is none.
    """
    if not isinstance(value, list) or len(value) > _MOST:
        message = f"networks must be a list of at most {_MOST} tables"
        raise UsageError(message, place=place(), hint="each below a line [[networks]]")
    problems: list[Problem] = []
    found: dict[str, Entry] = {}
    for index, table in enumerate(value):
        entry = _entry(table, str(index), place, problems)
        if entry.target and entry.key in found:
            hint = "give each a name of its own"
            problems.append(Problem(f'"{quote(entry.key)}" is there twice', entry.place, hint))
        found[entry.key] = entry
    if problems:
        raise UsageError(*problems)
    return tuple(found.values())


def _entry(table: Any, index: str, place: Callable[..., Place], problems: list[Problem]) -> Entry:
    entry = Entry(place(index, "target"))
    if not isinstance(table, dict):
        hint = "below a line [[networks]]"
        problems.append(Problem("a network must be a table", entry.place, hint))
        return entry
    for key, value in {"target": "", **table}.items():
        try:
            entry = _with(entry, key, value)
        except ConvcostError as error:
            problems += error.at(place(index, key))
            refuse_many(problems)
    is_code, has_own = entry.target.startswith(TORCH), entry.target.endswith(EXPORTED)
    if is_code and not has_own and "input" not in table:
        hint = 'channels first and without a batch: input = "3x224x224"'
        problems.append(Problem("code needs an input", entry.place, hint))
    if entry.arguments and (not is_code or is_saved(entry.target.removeprefix(TORCH))):
        problems.append(Problem("only factories take args", place(index, "args"), "take them out"))
    return entry


def _with(entry: Entry, key: str, value: Any) -> Entry:
    match key:
        case "target":
            return entry._replace(target=_target(value))
        case "name":
            return entry._replace(name=_name(value))
        case "input":
            return entry._replace(inputs=_inputs(value))
        case "args":
            return entry._replace(arguments=_arguments(value))
    keys = ("target", "name", "input", "args")
    hint = did_you_mean(key, keys) or f"a network has {listed(keys)}"
    raise UsageError(f'unknown key "{quote(key)}"', hint=hint)


def named(entry: Entry, path: str, folder: str, root: str) -> Named:
    """What the entry of settings in `folder` is: the ONNX file `path`, which must lie below `root`,
    or code. SpecError for code in a file that leads out.
    """
    stated = Stated(entry.name, entry.inputs, entry.arguments, folder, entry.place)
    if not entry.target.startswith(TORCH):
        return SpecFile(path, root, stated)
    try:
        inside(os.path.join(folder, _file_of(entry.target)), root)
    except SpecError as error:
        message, hint = error.problems[0].message, "name a file of the repository"
        raise SpecError(message, place=entry.place, hint=hint) from None
    return NamedCode(entry.target.removeprefix(TORCH), stated)


def entry_of(target: str, given: Given) -> Entry:
    """The entry that stands for a network that was named and given so; UsageError if none can."""
    entry = Entry(Place(""), _target(target), "", given.inputs)
    return entry._replace(arguments=_arguments(dict(given.arguments)))


def entry_lines(entry: Entry) -> Iterator[str]:
    """An entry as it is written."""
    yield "[[networks]]"
    yield f"target = {toml_text(entry.target)}"
    inputs = [format_input(each) for each in entry.inputs]
    if inputs:
        yield f"input = {toml_value(inputs if len(inputs) > 1 else inputs[0])}"
    pairs = [f"{toml_key(name)} = {toml_value(value)}" for name, value in entry.arguments]
    if pairs:
        yield f"args = {{{', '.join(pairs)}}}"


def _target(value: Any) -> str:
    text = value.removeprefix("./") if isinstance(value, str) else ""
    is_code = text.startswith(TORCH)
    path = _file_of(text) if is_code else text
    is_known = _CODE.fullmatch(text) if is_code else text.endswith(FILES)
    if not is_known or len(text) > _LONGEST or leads_out(path):
        raise UsageError(
            f'"{quote(str(value))}" is no target',
            hint='write "torch:package.module:factory", or the path of a file that is read without '
            'running it, below this one: "net.onnx"',
        )
    return text if is_code else os.path.normpath(text)


def _file_of(target: str) -> str:
    """The file that code is in, empty where it is in a module."""
    name = target.removeprefix(TORCH)
    if is_saved(name):
        return name
    return name.rpartition(":")[0] if ".py:" in name else ""


def _name(value: Any) -> str:
    if isinstance(value, str) and _NAME.fullmatch(value):
        return value
    raise UsageError(
        f'"{quote(str(value))}" is no name', hint='it is made of letters, digits, "-", "_" and "."'
    )


def _inputs(value: Any) -> tuple[Input, ...]:
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(each, str) for each in texts):
        hint = 'such as "3x224x224", or ["image=3x224x224", "ids=77:int64"]'
        raise UsageError("an input must be a text, or a list of texts", hint=hint)
    return parse_inputs(texts)


def _arguments(value: Any) -> tuple[tuple[str, Any], ...]:
    if not isinstance(value, dict) or not all(name.isidentifier() for name in value):
        raise UsageError("args must be a table of names", hint="such as {width = 32}")
    return tuple((name, _argument(name, each)) for name, each in value.items())


def _argument(name: str, value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(_argument(name, each) for each in value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, str | int | float):
        return value
    hint = "it is a number, a text, true, false, or a list of such"
    raise UsageError(f"{quote(name)} cannot be had", hint=hint)

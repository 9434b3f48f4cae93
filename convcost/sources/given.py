"""What is given beside the networks' names, and which of several networks it is for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from convcost.errors import CodeError, ConvcostError, Problem, UsageError
from convcost.frozen import Frozen
from convcost.network import Input
from convcost.sources.frameworks import framework_of
from convcost.sources.inputs import Inputs, format_input, parse_inputs
from convcost.sources.targets import (
    TORCH,
    CodeTarget,
    Stated,
    Target,
    as_typed,
    is_imported,
    refuse_file,
)
from convcost.text import command_line, listed

if TYPE_CHECKING:
    from convcost.sources.teaching import Rules

NONE: Mapping[str, Any] = MappingProxyType({})


class Given(Frozen):
    """Inputs without their batch; `arguments` for PyTorch factories; `example`, `module:make`, code
    that makes the inputs of PyTorch modules; `rules` are what operations cost, by the user."""

    inputs: tuple[Input, ...] = ()
    arguments: Mapping[str, Any] = NONE
    example: str = ""
    rules: Rules = NONE


NOTHING = Given()


def parse_given(
    inputs: Inputs | None = None,
    arguments: Mapping[str, Any] | None = None,
    example: str | None = None,
    rules: Sequence[str | os.PathLike[str]] = (),
) -> Given:
    """What is given, where it can be read; `rules` are files.

    SpecError for rules that are none. UsageError for inputs both by shape and by example, and for
    code whose name a file has, since a shell's `*` types what it finds.
    """
    if inputs and example:
        raise UsageError("--input and --inputs-from cannot both be had")
    if example:
        refuse_file(example, "write module:factory, or path/to/file.py:factory")
    code = (example or "").removeprefix(TORCH)
    return Given(parse_inputs(inputs), arguments or NONE, code, _read(rules))


def _read(rules: Sequence[str | os.PathLike[str]]) -> Rules:
    if not rules:
        return NONE
    from convcost.sources.teaching import read_rules

    return read_rules(rules)


class Shared(Frozen):
    """Of what is given, what is for which target; `notes` say whose inputs stay as they are."""

    given: Given
    takers: frozenset[Target]
    notes: tuple[str, ...] = ()

    def of(self, target: Target) -> Given:
        """What of it is for `target`."""
        inputs = self.given.inputs if target in self.takers else ()
        given = self.given.changed(inputs=inputs)
        return given if _is_code(target) else given.changed(arguments=NONE, example="")

    @property
    def replaced(self) -> list[Target]:
        """The networks whose own input something else takes the place of."""
        return [each for each in self.takers if self.given.inputs and _has_input(each)]


def share(asked: Given, targets: Iterable[Target]) -> Shared:
    """Inputs are for the networks that need them: code, and files that leave theirs open; if
    there is none, in place of those that all of them state.

    UsageError for what is given to code where none is, or where settings state its arguments, and
    for rules where nothing is imported.
    """
    several = list(targets)
    for option, is_given in (("--arg", asked.arguments), ("--inputs-from", asked.example)):
        if is_given and not any(map(_is_code, several)):
            hint = "which is written torch:package.module:factory"
            raise UsageError(f"{option} is for PyTorch code, and none is named", hint=hint)
        if is_given and any(_is_code(each) and each.stated for each in several):
            hint = "change its args there, or give --config with other settings"
            raise UsageError(f"{option} is not for code that the settings name", hint=hint)
    if asked.rules and not any(map(is_imported, several)):
        raise UsageError("--with is for networks that are imported, and none is named")
    if not asked.inputs or len(several) == 1:
        return Shared(asked, frozenset(several))
    needy = [each for each in several if needs_input(each)]
    others = [as_typed(each) for each in several if each not in needy] if needy else []
    notes = (f"--input is not for {listed(others)}: their own stay",) if others else ()
    return Shared(asked, frozenset(needy or several), notes)


def with_stated(target: Target, given: Given, overrides: Mapping[str, Any] = NONE) -> Given:
    """What is `given`, or else what `overrides` say, or else what settings state of `target`."""
    stated = target.stated or Stated()
    arguments = {**dict(stated.arguments), **overrides, **given.arguments}
    return given.changed(inputs=given.inputs or stated.inputs, arguments=arguments)


def where_stated(error: ConvcostError, target: Target, stated: Stated) -> list[Problem]:
    """What went wrong, where settings name the network; of code that failed, what shows more."""
    hint = ""
    if isinstance(error, CodeError):
        inputs = [word for each in stated.inputs for word in ("--input", format_input(each))]
        given = [word for pair in stated.arguments for word in ("--arg", "{}={}".format(*pair))]
        line = command_line(["convcost", "eval", str(target), *inputs, *given])
        hint = f"this shows where it failed: {line}"
    return [each._replace(hint=each.hint or hint) for each in error.at(stated.place)]


def _is_code(target: Target) -> bool:
    return isinstance(target, CodeTarget)


def _has_input(target: Target) -> bool:
    stated = target.stated
    return bool(stated.inputs) if stated else not is_imported(target)


def needs_input(target: Target) -> bool:
    """Whether nothing but what is given tells a network's input."""
    if target.stated and target.stated.inputs:
        return False
    if isinstance(target, CodeTarget):
        return target.sort == TORCH
    framework = framework_of(target.path)
    return framework is not None and framework.importer().needs_input(target.path, target.root)

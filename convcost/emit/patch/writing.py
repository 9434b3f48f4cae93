"""The text of the modules that take the place of a call, in the words of the call."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from convcost.emit.patch.template import Axes, Fixed, Follows, Share, Template, numbers_of
from convcost.emit.pytorch.expressions import Call, Slot, literal, plain, slots
from convcost.errors import LayerError
from convcost.sources.program import ConstructorCall, Expression, Program
from convcost.text import quote

_PARAMETERS = {"in": "in_channels", "out": "out_channels"}
"""Roles that PyTorch's parameters are not called by."""
_FIRST = ("in_channels", "out_channels", "kernel_size", "stride", "padding")
_BEHIND = ("padding_mode", "device", "dtype")
_CONV = (*_FIRST, "dilation", "groups", "bias", *_BEHIND)
_TRANSPOSED = (*_FIRST, "output_padding", "groups", "bias", "dilation", *_BEHIND)
_UNPACKED = "**"
_ATOMS = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.Constant)


def parameters(made: str) -> tuple[str, ...]:
    """The parameters of a convolution's class, by its name."""
    return _TRANSPOSED if made.startswith("ConvTranspose") else _CONV


@dataclass(slots=True)
class Writer:
    """Writes modules in place of `call`, which made convolutions of the class `made`; other classes
    are known behind `prefix`, as `nn`. `given` are the arguments by parameter, for each time."""

    program: Program
    call: ConstructorCall
    made: str
    prefix: str
    given: Sequence[Mapping[str, Any]]
    uses: Counter[int] = field(default_factory=Counter)
    _arguments: dict[str, Expression] = field(default_factory=dict)
    _unpacked: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self._arguments = {
            **dict(zip(parameters(self.made), self.call.positional, strict=False)),
            **self.call.named,
        }

    def _out_of(self) -> frozenset[str]:
        """The arguments that come out of `**`; LayerError if they are not the same each time."""
        found = {frozenset(given).difference(self._arguments) for given in self.given}
        (first, *others) = found
        if others or (self.call.unpacked and not first):
            held = "other arguments each time" if others else "nothing here"
            raise LayerError(f"{quote(self._stars())} holds {held}, so that they cannot be told")
        return first

    def text(self, template: Template) -> str:
        """All of it; LayerError where an argument cannot be carried over."""
        self._unpacked = self._out_of()
        made = [
            (call.name.removeprefix("nn."), self._values(call, follows))
            for call, follows in zip(template.calls, template.follows, strict=True)
        ]
        for name, _ in made:
            self._use(self.call.callee, name == self.made)
        if self._unpacked and not any(_UNPACKED in values for _, values in made):
            raise LayerError(f"no new module takes all that comes out of {quote(self._stars())}")
        for each in (self.call.callee, *self.call.arguments):
            times = self.uses[each.start]
            if times != 1 and not each.is_repeatable:
                how = (
                    f"be evaluated {times} times, and may not be alike" if times else "be left out"
                )
                raise LayerError(f"{quote(each.text)} would {how}")
        if len(made) == 1 and made[0][0] == self.made and self._arguments.keys() <= {*made[0][1]}:
            return self._in_place(made[0][1])
        return self._laid_out(
            [(self._callee(name), self._ordered(name, each)) for name, each in made]
        )

    def _use(self, each: Expression, times: int = 1) -> None:
        self.uses[each.start] += times

    def _callee(self, name: str) -> str:
        return self.call.callee.text if name == self.made else f"{self.prefix}.{name}"

    def _values(self, call: Call, follows: Sequence[Follows]) -> dict[str, str]:
        """The arguments of a new module, by parameter, or by place where they have no name."""
        values: dict[str, str] = {}
        rest = iter(follows)
        passed = self._passed(call, follows)
        for place, (keyword, value) in enumerate(call.args):
            name = keyword or str(place)
            if isinstance(value, Slot):
                if self._is_convolution(call):
                    name = _PARAMETERS.get(value.role, value.role)
                follow = next(rest)
                text = None if name in passed else self._value(value, follow)
            else:
                assert isinstance(value, str), "modules in modules were refused"
                text = value
            if text is not None:
                values[name] = text
        if not self._is_convolution(call):
            return values
        is_padded = any(
            slot.role == "padding" and not isinstance(follow, Fixed)
            for slot, follow in zip(slots(call), follows, strict=True)
        )
        for name in _BEHIND if is_padded else _BEHIND[1:]:
            if name in self._arguments:
                self._use(self._arguments[name])
                values[name] = self._arguments[name].text
        if passed:
            for each in self.call.unpacked:
                self._use(each)
            values[_UNPACKED] = self._stars()
        return values

    def _passed(self, call: Call, follows: Sequence[Follows]) -> frozenset[str]:
        """The arguments that come out of `**`, if a module takes all of them as they are."""
        if not self._is_convolution(call):
            return frozenset()
        same = {
            _PARAMETERS.get(slot.role, slot.role)
            for slot, follow in zip(slots(call), follows, strict=True)
            if follow == Share(slot.role)
        }
        is_all = self._unpacked <= {*same, *(_BEHIND if "padding" in same else _BEHIND[1:])}
        return self._unpacked if is_all else frozenset()

    def _stars(self) -> str:
        return ", ".join(f"**{each.text}" for each in self.call.unpacked)

    @staticmethod
    def _is_convolution(call: Call) -> bool:
        return call.name.startswith("nn.Conv")

    def _value(self, slot: Slot, follows: Follows) -> str | None:
        """The text of a number; None to leave it out."""
        if isinstance(follows, Fixed):
            return None if plain(follows.value) == slot.default else literal(follows.value)
        name = _PARAMETERS.get(follows.role, follows.role)
        if name in self._unpacked:
            raise LayerError(
                f"{name} comes out of {quote(self._stars())}, and is to be said by itself"
            )
        argument = self._arguments.get(name)
        if isinstance(follows, Axes):
            return self._by_axis(slot, follows, argument)
        if argument is None:
            return None if slot.role == follows.role else "1"
        if follows[1:] == Share(follows.role)[1:]:
            self._use(argument)
            return argument.text
        if argument.is_literal:
            return str(follows.of(ast.literal_eval(argument.tree)))
        self._use(argument)
        text = _inside(argument)
        text += f" * {follows.up}" if follows.up != 1 else ""
        text += f" // {follows.down}" if follows.down != 1 else ""
        return f"max(1, {text})" if follows.floored else text

    def _by_axis(self, slot: Slot, follows: Axes, argument: Expression | None) -> str | None:
        name = _PARAMETERS.get(follows.role, follows.role)
        usual = 0 if "padding" in name else 1
        values = [given.get(name, usual) for given in self.given]
        if argument is not None and all(isinstance(value, str) for value in values):
            self._use(argument)
            return argument.text
        if argument is None or argument.is_literal:
            first = values[0]
            old = first if isinstance(first, tuple | list) else (first,) * len(follows.parts)
            new = tuple(
                before if part is None else part
                for before, part in zip(old, follows.parts, strict=True)
            )
            return None if plain(new) == slot.default else repr(new)
        if len({isinstance(value, int) for value in values}) > 1:
            raise LayerError(f"{quote(argument.text)} is sometimes a number, and sometimes several")
        texts = []
        for axis, part in enumerate(follows.parts):
            if part is not None:
                texts.append(str(part))
                continue
            self._use(argument)
            is_one = isinstance(values[0], int)
            texts.append(argument.text if is_one else f"{_inside(argument)}[{axis}]")
        return f"({', '.join(texts)}{',' * (len(texts) == 1)})"

    def _ordered(self, name: str, values: Mapping[str, str]) -> list[str]:
        """Arguments as they are written: in the order of the old call, positional as far as they
        were and can be."""
        if not name.startswith("Conv"):
            return [text if key.isdigit() else f"{key}={text}" for key, text in values.items()]
        order = parameters(name)
        positional = list(parameters(self.made)[: len(self.call.positional)])
        written: list[str] = []
        left = dict(values)
        for place, key in enumerate(positional):
            if key not in left or order[place] != key:
                break
            written.append(left.pop(key))
        keys = [*positional, *self.call.named, *order]
        written += [f"{key}={left.pop(key)}" for key in dict.fromkeys(keys) if key in left]
        return [*written, *left.values()]

    def _in_place(self, values: Mapping[str, str]) -> str:
        """The old call with arguments changed where they stand, and others behind them."""
        text, start = self.call.whole.text, self.call.whole.start
        last = max(each.end for each in self.call.arguments) - start
        more = [
            f", {key}={each}"
            for key, each in values.items()
            if key not in (*self._arguments, _UNPACKED)
        ]
        text = text[:last] + "".join(more) + text[last:]
        for name, each in sorted(self._arguments.items(), key=lambda pair: -pair[1].start):
            text = text[: each.start - start] + values[name] + text[each.end - start :]
        return text

    def _laid_out(self, made: Sequence[tuple[str, list[str]]]) -> str:
        """Calls in the lines of nn.Sequential, or the one that there is."""
        program, newline = self.program, self.program.newline
        indent = program.indentation(self.call.whole.start)
        if len(made) == 1 and not self.call.comments:
            return newline.join(self._lines(*made[0], indent)).lstrip()
        inner = indent + program.step
        lines = [inner + comment for comment in self.call.comments]
        for callee, arguments in made:
            lines += self._lines(callee, arguments, inner, ",")
        return newline.join([f"{self.prefix}.Sequential(", *lines, f"{indent})"])

    def _lines(
        self, callee: str, arguments: Sequence[str], indent: str, end: str = ""
    ) -> Iterator[str]:
        one = f"{indent}{callee}({', '.join(arguments)}){end}"
        if len(one.expandtabs(4)) <= self.program.width:
            yield one
            return
        yield f"{indent}{callee}("
        for argument in arguments:
            yield f"{indent}{self.program.step}{argument},"
        yield f"{indent}){end}"


def _inside(each: Expression) -> str:
    """The text as a part of a larger expression."""
    return each.text if isinstance(each.tree, _ATOMS) else f"({each.text})"


def disagreement(old: Call, given: Mapping[str, Any]) -> str:
    """What the call says differently from the layer that it made; empty if nothing."""
    for role, value in numbers_of(old).items():
        name = _PARAMETERS.get(role, role)
        said = given.get(name, {"padding": 0, "output_padding": 0, "bias": True}.get(name, 1))
        if name == "padding":
            continue  # that of another mode, or by a word, is no number of the layer's
        if name == "bias":
            said = bool(said)
        elif isinstance(value, tuple):
            said = tuple(said) if isinstance(said, tuple | list) else (said,) * len(value)
        if said != value:
            return name
    return ""

"""The text of a generated module: its imports, its classes, lines broken where they are long."""

from __future__ import annotations

import re
import textwrap

from convcost.emit.pytorch.classes import Classes, Family
from convcost.emit.pytorch.expressions import WIDTH, columns, laid_out
from convcost.emit.pytorch.helpers import HELPERS
from convcost.errors import ConvcostError


def module_text(classes: Classes) -> str:
    """The source of every class, in the order in which they are needed, and what they need.

    ConvcostError if it should not be Python.
    """
    body = [_class(classes, family) for family in classes.families.values()]
    parts = [*_helpers(body), *body]
    source = "\n\n".join([_head(parts), *parts])
    _compile(source)
    return source


def _compile(source: str) -> None:
    try:
        compile(source, "<generated>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise ConvcostError(
            f"this network cannot be written as Python: {type(error).__name__}: {error}",
            hint="nothing was written; shorter names, or joints of fewer inputs, may help",
        ) from None


def _head(parts: list[str]) -> str:
    """The imports that the definitions in `parts` need."""
    system = ["import math", ""] if _uses("math.", parts) else []
    torch = ["import torch"] if _uses("torch.", parts) else []
    return "\n".join([*system, *torch, "from torch import nn", ""])


def _helpers(body: list[str]) -> list[str]:
    return [source for name, source in HELPERS.items() if _uses(f"{name}(", body)]


def _uses(text: str, parts: list[str]) -> bool:
    """Whether `text` stands in the code as the beginning of a name, not as an attribute."""
    pattern = re.compile(rf"(?<![\w.]){re.escape(text)}")
    return any(pattern.search(part) for part in parts)


def _class(classes: Classes, family: Family) -> str:
    """The source of one class."""
    fragment = family.fragment
    parameters = classes.parameters(fragment.key)
    texts = parameters.texts(fragment)
    first = laid_out("    def __init__", ["self", *parameters.signature()], 0, ":")
    if "\n" in first:
        first = laid_out("def __init__", ["self", *parameters.signature()], 4, ":")
    lines = [f"class {family.name}(nn.Module):", *_doc(family, len(classes.families)), ""]
    lines += [first, "        super().__init__()"]
    lines += [classes.placed(f"self.{name} = ", call, texts, 8) for name, call in fragment.made]
    lines += ["", f"    def forward(self, {', '.join(fragment.inputs)}):"]
    lines += [statement(line) for line in fragment.lines]
    return "\n".join(lines) + "\n"


def _doc(family: Family, families: int) -> list[str]:
    used = len(family.rows)
    text = family.doc
    if f"{family.params:,} parameters" not in text:
        what = "It costs" if used == 1 else f"The {used} of them cost"
        macs = "" if family.macs is None else f" and {family.macs:,} multiply-adds"
        text += f" {what} {family.params:,} parameters{macs}."
    words = textwrap.wrap(text, WIDTH - 4 - 3)
    if len(words) == 1 and len(words[0]) + 4 + 6 <= WIDTH:
        return [f'    """{words[0]}"""']
    if len(words) == 1:
        words = textwrap.wrap(text, WIDTH - 4 - 6)
    return [f'    """{words[0]}', *(f"    {line}" for line in words[1:]), '    """']


def statement(line: str) -> str:
    """A line of `forward`, broken at its outermost call where it is too long."""
    if columns(f"        {line}") <= WIDTH:
        return f"        {line}"
    match = re.fullmatch(r"((?:return )?(?:\w+ = )?)(torch\.cat)\((.*)\)", line)
    if match:
        inner, _, dim = match[3].rpartition(", dim=")
        return _broken_cat(match[1], inner, dim)
    return _broken(line, 8)


def _broken(text: str, indent: int) -> str:
    """A call with its arguments on lines of their own, where it is too long; anything else as it
    is."""
    match = re.fullmatch(r"((?:return |\w+ = |\w+=)?[\w.]+)\((.*)\)", text)
    if columns(text) + indent < WIDTH or not match:
        return " " * indent + text
    parts = _split(match[2])
    inner = [_broken(part, indent + 4).strip() for part in parts]
    return laid_out(match[1], inner, indent)


def _broken_cat(head: str, inner: str, dim: str) -> str:
    one = f"            {inner}, dim={dim}"
    if len(one) <= WIDTH:
        return f"        {head}torch.cat(\n{one}\n        )"
    parts = _split(inner[1:-1])
    packed = f"            ({', '.join(parts)}),"
    if len(packed) <= WIDTH:
        return f"        {head}torch.cat(\n{packed}\n            dim={dim},\n        )"
    lines = "".join(f"                {part},\n" for part in parts)
    parted = f"            (\n{lines}            ),\n            dim={dim},\n"
    return f"        {head}torch.cat(\n{parted}        )"


def _split(text: str) -> list[str]:
    """The parts of a tuple's text, commas inside brackets left alone."""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        depth += (char in "([{") - (char in ")]}")
        if char == "," and depth == 0:
            parts.append(text[start:at].strip())
            start = at + 1
    return [part for part in [*parts, text[start:].strip()] if part]

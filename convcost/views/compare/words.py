"""A comparison's question in words, for people and as a command line."""

from __future__ import annotations

from convcost.comparison import Comparison, Question, Row
from convcost.ops.base import Sizes
from convcost.views.figures import sizes

_BEST_KNOWN = "depthwise-separable"


def question(asked: Question) -> str:
    """`3 → 4 channels, kernel 3×3, input 5×5, stride 1, padding same`."""
    parts = [f"{asked.n:,} → {asked.m:,} channels", f"kernel {sizes(asked.kernel)}"]
    if asked.size is not None:
        parts.append(f"input {sizes(asked.size)}")
    parts += [f"stride {_each(asked.stride)}", f"padding {_each(asked.padding)}"]
    if any(step != 1 for step in _numbers(asked.dilation)):
        parts.append(f"dilation {_each(asked.dilation)}")
    if asked.groups is not None:
        parts.append(f"{asked.groups} group{'s' * (asked.groups != 1)}")
    if asked.bias:
        parts.append("bias")
    return ", ".join(parts)


def command(comparison: Comparison) -> str:
    """The command line that explains a row: the best-known alternative's, if it is there."""
    kinds = [row.kind for row in comparison.rows if not row.error]
    kind = _BEST_KNOWN if _BEST_KNOWN in kinds else kinds[-1]
    return f"convcost explain {kind} {_flags(comparison.question)}"


def _flags(asked: Question) -> str:
    options = [f"--in {asked.n} --out {asked.m} -k {_flag(asked.k)}"]
    if asked.size is not None:
        options.append(f"--size {_flag(asked.size)}")
    for name, value, default in (
        ("stride", asked.stride, 1),
        ("padding", asked.padding, "same"),
        ("dilation", asked.dilation, 1),
        ("groups", asked.groups, None),
    ):
        if value != default:
            options.append(f"--{name} {_flag(value)}")
    return " ".join([*options, *(["--bias"] if asked.bias else [])])


def by_stage(row: Row) -> str:
    """`27 + 12`, the parameters of a row's stages that have any; nothing for a single one."""
    parts = [int(stage.params) for stage in row.stages if stage.params]
    return " + ".join(f"{part:,}" for part in parts) if len(parts) > 1 else ""


def notes(comparison: Comparison) -> list[str]:
    """What a reader would otherwise miss: kinds that give other channels than were asked for."""
    wanted = comparison.question.m
    return [
        f"{row.kind} gives {row.channels:,} channels, not {wanted:,}: it does not mix them"
        for row in comparison.rows
        if row.channels not in (None, wanted)
    ]


def _numbers(value: object) -> Sizes:
    return value if isinstance(value, tuple) else (value,) if isinstance(value, int) else ()


def _each(value: object) -> str:
    """One number where all dims have the same."""
    numbers = _numbers(value)
    return str(value) if not numbers or len(set(numbers)) == 1 == len(numbers) else sizes(numbers)


def _flag(value: object) -> str:
    return "x".join(map(str, value)) if isinstance(value, tuple) else str(value)

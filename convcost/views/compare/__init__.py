"""A comparison: the kinds side by side for one layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from convcost.comparison import Comparison, Question, Row, StageRow
from convcost.frozen import Frozen
from convcost.ops.base import Sizes
from convcost.status import ALL_COMPLETE, COMPLETE, Statuses
from convcost.text import command_line
from convcost.views.compare.notes import UNSAID, by_stage, notes, on_device
from convcost.views.figures import bar, duration, plain, ratio, sizes, with_sign
from convcost.views.screen import BOLD, DIM, GREEN, RED, Screen
from convcost.views.sheet import Column, Part, Sheet, Text, Together
from convcost.views.standing import cell, entry
from convcost.views.text import Printable, lined
from convcost.views.wrapping import SHORTER, broken, folded

_BEST_KNOWN = "depthwise-separable"
_NARROW = 13

STAGES: Sequence[Column[StageRow]] = (
    Column("op", lambda stage: stage.op.name),
    Column("params", lambda stage: int(stage.params)),
    Column("macs", lambda stage: None if stage.macs is None else int(stage.macs)),
    Column("macs_per_position", lambda stage: stage.macs_per_position),
    Column("out", lambda stage: stage.out),
    Column("formula", lambda stage: stage.params.formula),
    Column("numbers", lambda stage: stage.params.numbers),
)
MACHINES: Sequence[Column[Row]] = (
    Column("kind", lambda row: row.kind),
    Column("params", lambda row: row.params),
    Column("macs", lambda row: row.macs),
    Column("macs_per_position", lambda row: row.macs_per_position),
    Column("params_ratio", lambda row: _share(row.params_ratio)),
    Column("macs_ratio", lambda row: _share(row.macs_ratio)),
    Column("out", lambda row: row.out),
    Column("channels", lambda row: row.channels),
    Column("reach", lambda row: row.reach),
    Column("stages", lambda row: Sheet(STAGES, row.stages), only=("json",)),
    Column(
        "stage_params",
        lambda row: " + ".join(str(int(stage.params)) for stage in row.stages),
        only=("csv",),
    ),
    Column("error", lambda row: row.error or None),
)


BOUNDS: Sequence[Column[Row]] = (
    Column("least_seconds", lambda row: row.bound and plain(row.bound.least)),
    Column("bound_by", lambda row: (row.bound and row.bound.bound_by) or None),
)
STATUS: Column[Row] = Column(
    "status",
    lambda row: entry(_doubts(row)).get("status"),
    special={"csv": lambda row: cell(_doubts(row))},
    optional=True,
)


class _Compared(Frozen):
    comparison: Comparison
    device: str = ""
    schema: str = "compare/1"
    depth: int = 1

    def body(self) -> Mapping[str, Any]:
        device = {"device": self.device} if self.device else {}
        return {"layer": layer_record(self.comparison.question), **device, "rows": self.flat()}

    def flat(self) -> Sheet[Row]:
        return machines(self.comparison.rows, BOUNDS if self.device else ())

    def parts(self, screen: Screen) -> Sequence[Part]:
        """The question, a row a kind, and what to know of them."""
        asked = self.comparison.question
        said, flops = notes(self.comparison), "FLOPs = 2 × MACs."
        unit = [] if asked.size else ["MACs are for one output position; --size 5x5 gives totals."]
        footer = [
            Text(said, DIM),
            Text([*unit, flops], DIM, together=" "),
            Text([UNSAID], DIM),
            Text(on_device(self.comparison, self.device), DIM),
            Text([f"Why: {command(self.comparison)}"], DIM, folds=False),
        ]
        return [
            Text([question(asked)], BOLD, "bold"),
            Sheet(_columns(self.comparison, screen), shown(self.comparison), comparison=True),
            Together(footer, only="table"),
            Text(
                [*said, flops, UNSAID, *on_device(self.comparison, self.device)],
                markdown="breaks",
                only="markdown",
            ),
        ]


result = _Compared


def arguments(found: Comparison) -> tuple[tuple[Comparison], Mapping[str, Any]]:
    """A comparison, and the device that it is on."""
    return (found,), {"device": found.device}


def machines(rows: Sequence[Row], more: Sequence[Column[Row]] = ()) -> Sheet[Row]:
    """What programs get, with what is in doubt if anything is."""
    return Sheet([*MACHINES, *more, *[STATUS] * any(map(_doubts, rows))], rows)


def shown(comparison: Comparison) -> list[Row]:
    """The rows that people see: those that were asked for, or else those that can be built."""
    return [row for row in comparison.rows if comparison.named or not row.error]


def _columns(comparison: Comparison, screen: Screen) -> list[Column[Row]]:
    """What people see. On a narrow screen the least telling columns go; then names, and then
    stages, go on several lines; the bars are the last but one to go, and the stages the last."""
    rows, sized = shown(comparison), comparison.question.size is not None
    most = max(Fraction(1), *(row.macs_ratio or Fraction(0) for row in rows))
    room = max(len(_macs_ratio(row)) for row in rows)

    def measured(row: Row) -> str:
        line = "" if screen.plain else f" {bar(row.macs_ratio or 0, most)}"
        return f"{_macs_ratio(row):>{room}}{line}"

    columns: list[Column[Row]] = [
        _column("kind", lambda row: Printable(row.kind), style=_unbuilt, goes=4),
        _column("kind", lambda row: broken(row.kind), style=_unbuilt, comes=4, goes=7),
        _column("kind", lambda row: broken(row.kind, SHORTER), style=_unbuilt, comes=7),
        _column("params", lambda row: row.params, right=True),
    ]
    if any(map(by_stage, rows)):
        columns += [
            _column("by stage", by_stage, style=DIM, goes=5),
            _column("by stage", _stages_below, style=DIM, comes=5, goes=8),
        ]
    if any(row.params_ratio != row.macs_ratio for row in rows):
        shares = _style(lambda row: row.params_ratio)
        columns.append(
            _column("vs\nstandard", _ratio, style=shares, right=True, goes=2, only=("table",))
        )
    share = _style(lambda row: row.macs_ratio)
    columns += [
        _column("MACs" if sized else "MACs per\nposition", _macs, right=True),
        _column("params vs standard", _ratio, right=True, only=("markdown",)),
        _column("MACs vs standard", _macs_ratio, right=True, only=("markdown",)),
        _column("vs standard", measured, style=share, goes=6, only=("table",)),
        _column("vs\nstandard", _macs_ratio, style=share, right=True, comes=6, only=("table",)),
        _column("sees", sees, goes=3),
    ]
    if any(row.bound for row in rows):
        columns += [
            _column(
                "takes\nat least", lambda row: row.bound and duration(row.bound.least), right=True
            ),
            _column("bound by", lambda row: (row.bound and row.bound.bound_by) or "", goes=9),
        ]
    return [*columns, *[_column("output", lambda row: row.out or (), goes=1)] * sized]


def _column(title: str, show: Callable[[Row], Any], **other: Any) -> Column[Row]:
    return Column("", show, title, **other)


def _unbuilt(row: Row) -> str:
    return DIM if row.error else ""


def _stages_below(row: Row) -> Printable:
    """The stages, with a line end behind a `+` where a narrow column takes no more."""
    return lined(
        line.replace("_", " ") for line in folded(by_stage(row).replace(" +", "_+"), _NARROW)
    )


def _macs(row: Row) -> int | Fraction | None:
    return row.macs_per_position if row.macs is None else row.macs


def _ratio(row: Row) -> str:
    return ratio(row.params_ratio)


def _doubts(row: Row) -> Statuses:
    doubt = row.sight.doubt if row.sight else COMPLETE
    return ALL_COMPLETE if doubt == COMPLETE else {"reach": doubt}


def sees(row: Row) -> str:
    """`3×3`, or `≈ 3×3` where its taps may lie elsewhere."""
    return with_sign(sizes(row.reach or ()), row.sight.doubt) if row.sight else ""


def _macs_ratio(row: Row) -> str:
    return ratio(row.macs_ratio)


def _style(share: Callable[[Row], Fraction | None]) -> Callable[[Row], str]:
    def style(row: Row) -> str:
        part = share(row)
        return "" if part is None or part == 1 else GREEN if part < 1 else RED

    return style


def _share(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def layer_record(asked: Question) -> dict[str, Any]:
    """The question; sizes and numeric padding with one number per spatial dim."""

    def per_dim(value: object) -> object:
        return [value] * asked.dims if isinstance(value, int) else value

    return {
        "n": asked.n,
        "m": asked.m,
        "k": asked.kernel,
        "size": asked.size,
        "groups": asked.groups,
        "stride": per_dim(asked.stride),
        "padding": per_dim(asked.padding),
        "dilation": per_dim(asked.dilation),
        "bias": asked.bias,
    }


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
    return command_line(("convcost", "explain", kind, *flags(comparison.question)))


def flags(asked: Question) -> list[str]:
    """The options that ask about that layer."""
    options = ["--in", str(asked.n), "--out", str(asked.m), "-k", _flag(asked.k)]
    if asked.size is not None:
        options += ["--size", _flag(asked.size)]
    for name, value, default in (
        ("stride", asked.stride, 1),
        ("padding", asked.padding, "same"),
        ("dilation", asked.dilation, 1),
        ("groups", asked.groups, None),
    ):
        if value != default:
            options += [f"--{name}", _flag(value)]
    return [*options, *(["--bias"] if asked.bias else [])]


def _numbers(value: object) -> Sizes:
    return value if isinstance(value, tuple) else (value,) if isinstance(value, int) else ()


def _each(value: object) -> str:
    """One number where all dims have the same."""
    numbers = _numbers(value)
    return str(value) if not numbers or len(set(numbers)) == 1 == len(numbers) else sizes(numbers)


def _flag(value: object) -> str:
    return "x".join(map(str, value)) if isinstance(value, tuple) else str(value)

"""Kinds side by side for one layer."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.cost import stage_costs
from convcost.count import Count
from convcost.errors import LayerError, Problem
from convcost.kinds import compared_kinds, find
from convcost.kinds.fields import per_dim
from convcost.kinds.registry import Kind, Stages
from convcost.kinds.sizes import squared
from convcost.ops.base import Op, Shape, Sizes, check_positive
from convcost.ops.conv import Conv
from convcost.quantity import LARGEST_ALONE, check_counts
from convcost.shown import Shown, brief

if TYPE_CHECKING:  # most comparisons are of no device
    from convcost.metrics.roofline import Bound
    from convcost.metrics.sight import Sight

BASELINE = "standard"
DEFAULT_GROUPS = 2
# Where no size was given, shapes are checked on an input that no kernel is too large for.
_ANYWHERE = (10**12,)
_SHARED = ("stride", "padding", "dilation", "bias")


@brief
class Question(NamedTuple):
    """The layer that is asked about: n to m channels with kernel k, on an input of `size`.

    `k`, `stride` and `dilation` are one number or one per spatial dim; `size` is None where the
    answer should be for one position. `groups` go to the kinds that are made of groups.
    """

    n: int
    m: int
    k: int | Sizes
    size: Sizes | None = None
    groups: int | None = None
    stride: int | Sizes = 1
    padding: str | int | tuple[Any, ...] = "same"
    dilation: int | Sizes = 1
    bias: bool = False

    @property
    def dims(self) -> int:
        """Spatial dims, told by the size or by any field with a number per dim; else 2."""
        stated = (self.size, self.k, self.stride, self.dilation, self.padding)
        return next((len(value) for value in stated if isinstance(value, tuple)), 2)

    @property
    def kernel(self) -> Sizes:
        """The kernel, a number per dim."""
        return per_dim("k", self.k, self.dims)


@brief
class StageRow(NamedTuple):
    """One op of a row: its counts with their explanations.

    `macs` and `out` are None without a size; `macs_per_position` counts per output position of
    the layer, which is a fraction where the op works on a coarser grid.
    """

    op: Op
    params: Count
    macs: Count | None
    macs_per_position: Fraction
    out: Shape | None = None


@brief
class Row(NamedTuple):
    """One kind's answer. Counts are None where `error` says why the layer cannot be built, and
    `hint` what would help.

    `macs` and `out` are None without a size. Ratios are to a standard convolution; the ratio of
    multiply-adds is of totals with a size and of one position without. `sight` is what an output
    position sees (`convcost.metrics.reach`), `bound` what it takes at least on a device, where one
    was asked for (`convcost.bounded`).
    """

    kind: str
    stages: tuple[StageRow, ...] = ()
    params: int | None = None
    macs: int | None = None
    macs_per_position: Fraction | None = None
    params_ratio: Fraction | None = None
    macs_ratio: Fraction | None = None
    out: Shape | None = None
    channels: int | None = None
    sight: "Sight | None" = None
    error: str = ""
    fields: Mapping[str, Any] = MappingProxyType({})
    hint: str = ""
    bound: "Bound | None" = None

    @property
    def reach(self) -> Sizes | None:
        """How many input positions an output position sees, per dim."""
        return self.sight and tuple(axis.size for axis in self.sight.axes)


class Choice(NamedTuple):
    """A kind to compare, with options of its own: `group` with {"groups": 4}."""

    kind: str
    options: Mapping[str, Any] = MappingProxyType({})

    @property
    def label(self) -> str:
        """`group[groups=4]`, as it is written on the command line."""
        options = ",".join(f"{name}={_written(value)}" for name, value in self.options.items())
        return f"{self.kind}[{options}]" if options else self.kind


class _Comparison(NamedTuple):
    question: Question
    rows: tuple[Row, ...]
    named: bool = False
    device: str = ""


class Comparison(Shown, _Comparison, view="compare"):
    """The answer of every kind asked for, in their order; or, where none is `named`, of those of
    the literature's main line. `device` is what rows have a bound on, if they have."""

    __slots__ = ()


class _Explained(NamedTuple):
    kind: Kind
    answer: Comparison | None = None


class Explained(Shown, _Explained, view="explain"):
    """What a kind is, and the `answer` that it gives for one layer, a comparison of it alone."""

    __slots__ = ()


def compare(
    n: int,
    m: int,
    k: int | Sizes,
    *,
    size: int | Sizes | None = None,
    groups: int | None = None,
    stride: int | Sizes = 1,
    padding: str | int | tuple[Any, ...] = "same",
    dilation: int | Sizes = 1,
    bias: bool = False,
    kinds: Iterable[str | Choice] = (),
) -> Comparison:
    """What a layer from `n` to `m` channels with a kernel `k` costs as each of `kinds`.

    `size` is the spatial input size, (5, 5), or one number for all dims of a kernel that has one
    for each; without it multiply-adds are per output position.
    `kinds` default to those of the literature's main line. A kind that cannot be built for this
    layer keeps its row, with the reason in `error`. LayerError if not even a standard
    convolution can be built, UsageError for an unknown kind.

    >>> [row.params for row in compare(3, 4, 3, kinds=["standard", "depthwise-separable"]).rows]
    [108, 39]
    """
    sizes = (size,) if isinstance(size, int) else size
    if sizes is not None:
        sizes = squared(sizes, (k, stride, dilation, padding))
    question = Question(n, m, k, sizes, groups, stride, padding, dilation, bias)
    check_positive(n=n, m=m, k=k, size=question.size or (), groups=1 if groups is None else groups)
    choices = [Choice(each) if isinstance(each, str) else each for each in kinds]
    baseline = _answer(question, Choice(BASELINE))
    asked = choices or [Choice(kind.name) for kind in compared_kinds()]
    rows = tuple(_row(question, choice, baseline) for choice in asked)
    if all(row.error for row in rows):
        raise LayerError(*(Problem(f"{row.kind}: {row.error}", hint=row.hint) for row in rows))
    return Comparison(question, rows, named=bool(choices))


def rank_of(row: Row) -> int | None:
    """How many channels a kind has in between, if it takes their number (`rank`)."""
    has_one = not row.error and "rank" in find(row.kind.partition("[")[0], "convolution").fields
    op = row.stages[0].op if has_one else None
    return op.m if isinstance(op, Conv) else None


def at_half(question: Question, row: Row) -> tuple[int, int, Fraction] | None:
    """The rank at which the kind of `row` has some half of a standard convolution's parameters,
    those that it has then, and their share; None without a rank, or where that saves nothing."""
    rank, kind, groups = rank_of(row), row.kind.partition("[")[0], row.fields.get("groups", 1)
    if not rank or not row.params_ratio:
        return None
    # Parameters are a multiple of the rank, which the groups divide.
    half = max(1, int(rank / (2 * row.params_ratio) / groups)) * groups
    fewer = _row(question, Choice(kind, {**row.fields, "rank": half}), row)
    share = row.params_ratio * (fewer.params_ratio or 1)
    return (half, fewer.params, share) if fewer.params and share < 1 else None


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _row(question: Question, choice: Choice, baseline: Row) -> Row:
    try:
        row = baseline if choice == Choice(BASELINE) else _answer(question, choice)
    except LayerError as error:
        problem = error.problems[0]
        return Row(choice.label, error=problem.message, hint=problem.hint)
    macs_ratio = (
        _ratio(row.macs_per_position, baseline.macs_per_position)
        if question.size is None
        else _ratio(row.macs, baseline.macs)
    )
    return row._replace(params_ratio=_ratio(row.params, baseline.params), macs_ratio=macs_ratio)


def _answer(question: Question, choice: Choice) -> Row:
    """The row of one kind, without ratios; LayerError if it cannot be built."""
    from convcost.metrics.sight import of_stages

    kind = find(choice.kind, "convolution")
    fields = _fields(question, kind, choice.options)
    stages = kind.build(fields, question.dims)
    given = (question.n, *(question.size or _ANYWHERE * question.dims))
    costs = stage_costs(stages, (given,))
    sized = question.size is not None
    shares = zip(costs, _shares(stages), strict=True)
    rows = [StageRow(each.op, each.params, each.macs, share, each.out) for each, share in shares]
    if not sized:
        rows = [row._replace(macs=None, out=None) for row in rows]
    params = sum(int(cost.params) for cost in costs)
    macs = sum(int(cost.macs) for cost in costs) if sized else None
    per_position = sum((row.macs_per_position for row in rows), Fraction(0))
    check_counts(largest=LARGEST_ALONE, params=params, MACs=per_position if macs is None else macs)
    return Row(
        choice.label,
        tuple(rows),
        params=params,
        macs=macs,
        macs_per_position=per_position,
        out=costs[-1].out if sized else None,
        channels=costs[-1].out[0],
        sight=of_stages(costs, given),
        fields=fields,
    )


def _fields(question: Question, kind: Kind, options: Mapping[str, Any]) -> dict[str, Any]:
    """The question in the fields of one kind: what it requires, what all share, its groups."""
    fields: dict[str, Any] = {
        name: getattr(question, name)
        for name in ("n", "m", "k", "size")
        if name in kind.fields and kind.fields[name].required
    }
    fields |= {name: getattr(question, name) for name in _SHARED if name in kind.fields}
    if kind.grouped and "groups" in kind.fields:
        default = DEFAULT_GROUPS if kind.fields["groups"].required else 1
        fields["groups"] = question.groups or default
    _refuse_ignored(question, kind)
    return fields | dict(options)


def _refuse_ignored(question: Question, kind: Kind) -> None:
    """LayerError where the question asks for what the kind cannot do; that a kernel of one
    position has no padding and no dilation is no loss."""
    asked = [("stride", question.stride, 1)]
    if "k" in kind.fields and kind.fields["k"].required:
        asked += [("dilation", question.dilation, 1)]
        if question.padding != "same" and "padding" not in kind.fields:
            raise LayerError(f"{kind.name} takes no padding but same")
    for name, value, usual in asked:
        if name not in kind.fields and set(per_dim(name, value, question.dims)) != {usual}:
            raise LayerError(f"{kind.name} takes no {name}")


def _shares(stages: Stages) -> list[Fraction]:
    """Each op's multiply-adds per output position of the layer, away from the rim."""
    grids: list[int | Fraction] = []
    shares: list[int | Fraction] = []
    for op, sources in stages:
        before = grids[sources[0]] if sources[0] >= 0 else 1
        after = before * op.scale()
        grids.append(after)
        shares.append(int(op.macs_per_position()) * (before if op.works_on == "in" else after))
    whole = grids[-1]
    return [Fraction(share) if whole == 1 else Fraction(share) / whole for share in shares]


def _ratio(value: int | Fraction | None, baseline: int | Fraction | None) -> Fraction | None:
    return Fraction(value) / Fraction(baseline) if value is not None and baseline else None

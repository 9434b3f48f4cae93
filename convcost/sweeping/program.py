"""A trace as a program on arrays, for all rows that its guards hold for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.sweeping.bounds import Bounds, bounds_at, bounds_of
from convcost.sweeping.functions import Form, form_of, function_of
from convcost.sweeping.outcome import Note
from convcost.sweeping.sums import Sums
from convcost.sweeping.tracing import Node, Trace, is_traced

if TYPE_CHECKING:
    from numpy import ndarray


class Output(NamedTuple):
    """A figure that is the array of a node."""

    at: int


class Step(NamedTuple):
    """What makes the array of a node from those of others, some of which nothing needs after."""

    out: int
    function: Callable[..., Any]
    args: tuple[int, ...]
    done: tuple[int, ...] = ()


class Check(NamedTuple):
    """A guard that bounds do not answer: the steps up to it, its node, and its truth."""

    steps: tuple[Step, ...]
    node: int
    truth: bool


class Program(NamedTuple):
    """Figures of rows that `fixed` vars and `checks` hold for, which have the same `note`.

    `needs` are the nodes that the steps to figures take of those before them.
    """

    fixed: Mapping[str, Any]
    names: Mapping[int, str]
    constants: Mapping[int, Any]
    checks: tuple[Check, ...]
    steps: tuple[Step, ...]
    outputs: Mapping[str, Any]
    needs: frozenset[int]
    note: Note

    def holds(self, columns: Mapping[str, ndarray], arrays: dict[int, Any]) -> Any:
        """Whether it holds for rows, as an array that broadcasts to them; what was worked out on
        the way stays in `arrays`."""
        import numpy as np

        masks: dict[tuple[int, ...], Any] = {}

        def is_none_left(where: Any) -> bool:
            known = masks.get(where.shape)
            masks[where.shape] = where = where if known is None else known & where
            return not where.any()

        for name, value in self.fixed.items():
            if is_none_left(_is_same(columns[name], value)):
                return np.False_
        arrays.update(self.constants)
        arrays.update({at: columns[name] for at, name in self.names.items()})
        for check in self.checks:
            _run(check.steps, arrays)
            if is_none_left(np.asarray(arrays[check.node] == check.truth)):
                return np.False_
        # Few axes before many, so that little is done on the whole grid.
        return reduce(np.logical_and, sorted(masks.values(), key=np.size), np.True_)

    def figures(self, arrays: dict[int, Any]) -> dict[str, Any]:
        """Its figures, each an array that broadcasts to the rows, given those of `holds`."""
        _run(self.steps, arrays)
        return {
            name: arrays[each.at] if isinstance(each, Output) else each
            for name, each in self.outputs.items()
        }


def _run(steps: Sequence[Step], arrays: dict[int, Any]) -> None:
    for out, function, args, done in steps:
        arrays[out] = function(*[arrays[arg] for arg in args])
        for each in done:
            del arrays[each]


def _is_same(column: ndarray, value: Any) -> Any:
    """Where a column has that value, of that type."""
    import numpy as np

    if column.dtype == np.dtype(object):
        flat = [type(each) is type(value) and each == value for each in column.ravel().tolist()]
        return np.array(flat, dtype=bool).reshape(column.shape)
    return column == value


def program_of(
    trace: Trace,
    figures: Mapping[str, Any],
    note: Note,
    fixed: Mapping[str, Any],
    variables: Mapping[str, Bounds],
) -> Program:
    """The program of a trace that gave these `figures`, for vars within these bounds."""
    nodes = list(trace.nodes)
    bounds = bounds_of(nodes, trace.guards, variables)

    def add(node: Node) -> int:
        bounds.append(bounds_at(node, bounds, variables))
        nodes.append(node)
        return len(nodes) - 1

    sums = Sums(nodes, add)
    outputs = {
        name: Output(sums.regrouped(value.node)) if is_traced(value) else value
        for name, value in figures.items()
    }
    ends = [each.at for each in outputs.values() if isinstance(each, Output)]
    open_guards = [each for each in trace.guards if bounds[each.node] != (each.truth,) * 2]
    made: set[int] = set()
    before = [_needed([guard.node], nodes, made) for guard in open_guards]
    last = _needed(ends, nodes, made)
    steps = _steps(nodes, bounds, made)
    checks = [
        Check(tuple(steps[at] for at in needed), guard.node, guard.truth)
        for needed, guard in zip(before, open_guards, strict=True)
    ]
    rest = [steps[at] for at in last]
    return Program(
        fixed,
        {at: node.args[0] for at, node in enumerate(nodes) if node.op == "var"},
        {at: node.args[0] for at, node in enumerate(nodes) if node.op == "const"},
        tuple(checks),
        _freeing(rest, ends),
        outputs,
        frozenset(ends).union(*(step.args for step in rest)) - {step.out for step in rest},
        note,
    )


def _steps(nodes: Sequence[Node], bounds: Sequence[Bounds], which: set[int]) -> dict[int, Step]:
    """What makes each of those nodes, which need no others but vars and constants."""
    forms: dict[int, Form] = {}
    steps: dict[int, Step] = {}
    for at in sorted(which):
        node = nodes[at]
        operands = [
            (forms.get(arg) or form_of(nodes[arg].kind, bounds[arg]), bounds[arg])
            for arg in node.args
        ]
        forms[at], function = function_of(node, operands, bounds[at])
        steps[at] = Step(at, function, node.args)
    return steps


def _needed(ends: Sequence[int], nodes: Sequence[Node], made: set[int]) -> list[int]:
    """The nodes to work out for those that are not `made` yet, in order; then they are."""
    wanted: list[int] = []
    waiting = list(ends)
    while waiting:
        at = waiting.pop()
        if at not in made and nodes[at].op not in ("var", "const"):
            made.add(at)
            wanted.append(at)
            waiting += nodes[at].args
    return sorted(wanted)


def _freeing(steps: Sequence[Step], ends: Sequence[int]) -> tuple[Step, ...]:
    """The steps, each of which frees what none behind it needs."""
    kept, made = set(ends), {step.out for step in steps}
    found: list[Step] = []
    for step in reversed(steps):
        done = set(step.args) & made - kept
        kept |= done
        found.append(step._replace(done=tuple(done)))
    return tuple(reversed(found))

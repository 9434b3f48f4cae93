"""A live module as a tree: what each part of it gives, and costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from convcost.ops.base import Shape, format_shape
from convcost.status import status_of
from convcost.text import listed
from convcost.torch.summing import Summary
from convcost.torch.tree import Row
from convcost.views.figures import marked, number, percent, sizes
from convcost.views.screen import DIM, Screen
from convcost.views.sheet import Column, Heading, Nested, Part, Sheet, Text
from convcost.views.standing import entry, reasons
from convcost.views.words import title, totals

_TREE, _ASCII = ("│  ", "├─ "), ("|  ", "+ ")
_PAGES = ("markdown", "html", "latex")
_NUMBERS = ("params", "share", "MACs", "groups")
_Read = Callable[[Row], Any]


class _Words(NamedTuple):
    """How the rows of a summary are written."""

    found: Summary

    @property
    def is_ascii(self) -> bool:
        return "ascii_only" in self.found.settings

    def name(self, row: Row) -> str:
        """`Conv2d (conv1): 1-1`."""
        said = row.kind
        if "var_names" in self.found.settings and row.path:
            said = f"{said} ({row.name})"
        return f"{said}: {row.depth}-{row.number}" if "depth" in self.found.settings else said

    def branch(self, row: Row) -> str:
        """The same, in its place in the tree."""
        past, here = _ASCII if self.is_ascii else _TREE
        return (past * (row.depth - 1) + here if row.depth else "") + self.name(row)

    def shapes(self, several: Sequence[Shape]) -> str:
        """`64×56×56`; that of a list is not known."""
        write: Callable[[Shape], str] = format_shape if self.is_ascii else sizes
        return ", ".join(map(write, several))

    def params(self, row: Row) -> str:
        """Its parameters; those of a module that has run before are not counted again."""
        return "again" if row.again and row.params else number(row.params)

    def macs(self, row: Row) -> str:
        """Its multiply-adds; with a sign where something in it is not understood."""
        return marked(row.macs, status_of(row.status, "macs"))

    def share(self, row: Row) -> str:
        """Its share of all parameters."""
        return "" if row.again else percent(row.params, self.found.total_params)

    def columns(self) -> Sequence[Column[Row]]:
        """What machines are told of every row."""
        told = self._told().items()
        columns = [*self._named(), *(each for word, each in told if word != "params_percent")]
        return [
            *columns,
            Column("activations", lambda row: row.activations),
            Column("again", lambda row: row.again),
        ]

    def shown(self) -> Sequence[Column[Row]]:
        """What people are told: what was asked for, in that order."""
        told = self._told()
        return [*self._named(), *(told[word] for word in self.found.columns)]

    def _named(self) -> Iterator[Column[Row]]:
        nested = {name: lambda row: Nested(self.name(row), row.depth) for name in _PAGES}
        yield Column("path", lambda row: row.path)
        yield Column("name", self.name, "module", show=self.branch, special=nested)
        yield Column("kind", lambda row: row.kind)
        yield Column("depth", lambda row: row.depth)

    def _told(self) -> Mapping[str, Column[Row]]:
        """Each column by what torchinfo calls it."""

        def column(key: str, read: _Read, title: str, show: _Read | None = None) -> Column[Row]:
            return Column(key, read, title, show=show, right=title in _NUMBERS)

        return {
            "input_size": column("in", _first_in, "input", lambda row: self.shapes(row.ins)),
            "output_size": column("out", _first_out, "output", lambda row: self.shapes(row.outs)),
            "num_params": column("params", lambda row: row.params, "params", self.params),
            "params_percent": column("", self.share, "share"),
            "kernel_size": column(
                "kernel", _kernel, "kernel", lambda row: self.shapes([row.kernel])
            ),
            "groups": column("groups", lambda row: row.groups, "groups"),
            "mult_adds": column("macs", lambda row: row.macs, "MACs", self.macs),
            "trainable": column("trainable", lambda row: row.trainable or None, "trainable"),
        }


def _first_in(row: Row) -> Shape | None:
    return row.ins[0] if row.ins else None


def _first_out(row: Row) -> Shape | None:
    return row.outs[0] if row.outs else None


def _kernel(row: Row) -> Shape | None:
    return row.kernel or None


class _Shown(NamedTuple):
    found: Summary
    schema: str = "summary/1"
    depth: int = 2

    def body(self) -> Mapping[str, Any]:
        report = self.found.report
        return {
            "name": report.name,
            "input": report.input,
            "params": report.params,
            "trainable_params": self.found.trainable_params,
            "macs": report.macs,
            "activations": report.activations,
            **entry(report.status),
            "unused": self.found.unused,
            "modules": self.flat(),
        }

    def flat(self) -> Sheet[Row]:
        return Sheet(_Words(self.found).columns(), self.found.rows)

    def parts(self, screen: Screen) -> Sequence[Part]:
        report = self.found.report
        shown = [row for row in self.found.rows if row.depth <= self.found.depth]
        inputs = ", ".join(f"{each.name} {sizes(each.shape)}" for each in report.inputs)
        frozen = report.params - self.found.trainable_params
        said = [f"{number(frozen)} of the params are not trainable"] * bool(frozen)
        unused = listed(self.found.unused)
        idle = [f"parameters that nothing uses: {unused}"] * bool(unused)
        return [
            Heading(title(report), inputs),
            Sheet(_Words(self.found).shown(), shown),
            Text(totals(report), together="; "),
            Text(
                [*said, *idle[: len(self.found.unused)], *reasons(report), *report.notes],
                DIM,
                markdown="bullets",
            ),
        ]


result = _Shown

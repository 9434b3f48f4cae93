"""The networks that ship: what each costs, and the paper that it is from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from convcost.sources.exhibits import Exhibit
from convcost.views.screen import DIM, Screen
from convcost.views.sheet import Column, Part, Sheet, Text

_KNOWN_BEST = "mobilenet_v1"


def settings(exhibit: Exhibit) -> str:
    """What `--set` may change, as it is: `alpha=1.0 size=224`."""
    return " ".join(f"{name}={_written(value)}" for name, value in exhibit.vars.items())


def _written(value: str | int | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


COLUMNS: Sequence[Column[Exhibit]] = (
    Column("name", lambda each: each.name, "network"),
    Column("path", lambda each: each.report.path),
    Column("input", lambda each: each.report.input or (), "input", goes=2),
    Column("params", lambda each: each.report.params, "params", right=True),
    Column("macs", lambda each: each.report.macs, "MACs", right=True),
    Column("activations", lambda each: each.report.activations),
    Column(
        "paper",
        lambda each: each.paper,
        "paper",
        style=DIM,
        goes=3,
        special={"markdown": lambda each: f"{each.paper}, {each.title}"},
    ),
    Column("title", lambda each: each.title),
    Column("vars", settings, "to set", style=DIM, goes=1, special={"json": lambda each: each.vars}),
    Column("task", lambda each: each.task, "task", style=DIM, goes=1),
    Column("blocks", lambda each: each.blocks, special={"csv": lambda each: " ".join(each.blocks)}),
)


class _Zoo(NamedTuple):
    exhibits: Sequence[Exhibit]
    schema: str = "zoo/1"
    depth: int = 1

    def body(self) -> Mapping[str, Any]:
        return {"networks": self.flat()}

    def flat(self) -> Sheet[Exhibit]:
        return Sheet(COLUMNS, self.exhibits)

    def parts(self, screen: Screen) -> Sequence[Part]:
        """A row a network; a narrow screen costs what can be set, then the inputs, then the
        papers."""
        return [
            self.flat().changed(comparison=True),
            Text([self._hint()], DIM, folds=False, only="table"),
        ]

    def _hint(self) -> str:
        names = [each.name for each in self.exhibits]
        if _KNOWN_BEST in names:
            return f"More of one: convcost eval {_KNOWN_BEST} --set alpha=0.5"
        return f"More of one: convcost eval {names[0]}"


result = _Zoo

"""An explanation as a terminal shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from convcost.comparison import Comparison
from convcost.kinds import Kind
from convcost.views.compare.words import question
from convcost.views.explain import words
from convcost.views.figures import sizes
from convcost.views.ops import describe
from convcost.views.screen import BOLD, DIM, Screen
from convcost.views.text import Printable, lined
from convcost.views.wrapping import folded

_LABEL = 10


def render(kind: Kind, answer: Comparison | None, screen: Screen) -> Printable:
    """What the kind is; its formula, with the numbers put in if `answer` has any; what it costs
    apart from numbers; and without an answer the options that it takes."""
    row = answer.rows[0] if answer else None
    sections: list[Iterable[str]] = [
        [
            screen.paint(BOLD, row.kind if row else kind.name),
            *folded(kind.summary, screen.width),
        ],
        [screen.paint(BOLD, question(answer.question))] if answer else [],
        _labelled(words.derivations(kind, answer), screen),
        _stages(answer, screen) if answer else [],
        _labelled(words.facts(kind, row), screen),
        [] if answer else _options(kind, screen),
        [] if answer else [screen.paint(DIM, line) for line in words.invitation(kind)],
    ]
    found = [lined(lines) for section in sections if (lines := list(section))]
    return Printable.of("{}\n", Printable.of("\n\n").join(found))


def _stages(answer: Comparison, screen: Screen) -> Iterator[Printable]:
    (row,) = answer.rows
    for index, stage in enumerate(row.stages, 1):
        out = f" → {sizes(stage.out)}" if stage.out else ""
        label = screen.paint(DIM, f"stage {index}".ljust(_LABEL))
        yield Printable.of("{}{}", label, f"{describe(stage.op)}{out}")
        yield from _labelled(words.stage_derivations(stage), screen, indent=2)
    if len(row.stages) > 1:
        yield screen.paint(DIM, "together")
        yield from _labelled(words.totals(row), screen, indent=2)


def _options(kind: Kind, screen: Screen) -> Iterator[Printable]:
    width = max(map(len, kind.fields), default=0) + 2
    for field in kind.fields.values():
        yield from _hung(field.name.ljust(width), words.option(field), screen)


def _labelled(
    parts: Iterable[tuple[str, str]], screen: Screen, indent: int = 0
) -> Iterator[Printable]:
    for label, text in parts:
        yield from _hung((" " * indent + label).ljust(_LABEL), text, screen)


def _hung(label: str, text: str, screen: Screen) -> Iterator[Printable]:
    """A dim label with its text behind it, on as many lines as it takes."""
    room = None if screen.width is None else max(20, screen.width - len(label))
    first, *rest = folded(text, room)
    yield Printable.of("{}{}", screen.paint(DIM, label), first)
    for line in rest:
        yield Printable(" " * len(label) + line)

"""The parts of the documentation that are made from the program: its kinds and its help."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from fractions import Fraction
from textwrap import dedent
from typing import Any

import typer

from convcost.cli.app import app_of
from convcost.cli.commands import COMMANDS
from convcost.comparison import compare
from convcost.conventions import CONVENTIONS, Convention
from convcost.conventions.classes import CLASSES, TRAITS
from convcost.conventions.reconcile import reconcile
from convcost.cost import evaluate
from convcost.kinds import REGISTRY, Kind
from convcost.kinds.fields import ACTIVATIONS, INFERRED, Field
from convcost.limits import MAX_LIMITS
from convcost.metrics import METRICS
from convcost.metrics.memory import plan
from convcost.metrics.roofline import roofline
from convcost.network import MAX_LAYERS
from convcost.ops.base import MAX_DIGITS, MAX_DIMS
from convcost.setting import Setting
from convcost.sources import load
from convcost.sources.devices import find_device
from convcost.sources.spec import blocks, expressions, ledger, texts, unrolled
from convcost.sources.spec.library import library
from convcost.sources.spec.validation import plain
from convcost.sources.yaml import builder, reader
from convcost.sources.yaml.tree import Document
from convcost.sources.zoo import shipped
from convcost.views.formats import results_with, view
from convcost.views.markdown import Markdown, table
from convcost.views.pictures.draw import render

CHANNELS, KERNEL, SIZE = 64, 3, (28, 28)
DRAWN = 8
"""The layer that every convolution is explained with."""


def convolutions() -> str:
    """A section for each kind of convolution, explained with numbers."""
    return "\n".join(_convolution(kind) for kind in REGISTRY.values() if _is_convolution(kind))


def other_layers() -> str:
    """A section for each other kind, and a table of the activations."""
    others = [
        "\n".join(filter(None, (view("explain", "markdown")(kind, None), _fields(kind))))
        for kind in REGISTRY.values()
        if not _is_convolution(kind) and kind.name not in ACTIVATIONS
    ]
    rows = [(_code_span(name), Markdown(REGISTRY[name].summary)) for name in ACTIVATIONS]
    return "\n".join([*others, "### activations\n", f"{table(('kind', 'what it is'), rows)}\n"])


def common_fields() -> str:
    """The fields that most convolutions take."""
    return _table(REGISTRY["standard"].fields.values())


def shipped_blocks() -> str:
    """The blocks that ship, with their parameters and the comments above them."""
    shipped = library()
    assert isinstance(shipped.document.root.value, dict)
    within = shipped.document.root.value["blocks"]
    rows = []
    for name, node in shipped.nodes.items():
        params = Markdown.of(", ").join(
            _parameter(*pair) for pair in plain(node).get("params", {}).items()
        )
        comment = _comment_above(shipped.document, within.key(name).line)
        rows.append((_code_span(name), params, Markdown(comment)))
    return f"{table(('block', 'parameters', 'what it is'), rows)}\n"


def limits() -> str:
    """What is refused for its size."""
    rows = [
        (Markdown(what), Markdown(f"{most:,}{unit}"))
        for what, most, unit in (
            ("the file", reader.MAX_BYTES // 2**20, " MiB"),
            ("lines and values in it", reader.MAX_VALUES, ""),
            (
                f"the same for {reader.LEAST_LENGTH} characters, beyond {reader.MANY_VALUES:,}",
                1,
                "",
            ),
            ("values that aliases repeat", builder.MAX_ALIASED, ""),
            ("lists and mappings in each other", builder.MAX_DEPTH, ""),
            ("layers, repeats and blocks written out", MAX_LAYERS, ""),
            ("lists of layers in each other, blocks written out", unrolled.MAX_NESTED, ""),
            ("steps it takes to write out repeats and blocks", ledger.MAX_STEPS, ""),
            ("characters of all layers' names, written out", ledger.MAX_NAMES, ""),
            ("blocks that use each other", blocks.MAX_BLOCK_DEPTH, " deep"),
            ("spatial dims", MAX_DIMS - 1, ""),
            ("digits of a number", MAX_DIGITS, ""),
            ("characters of an expression", expressions.MAX_EXPRESSION, ""),
            ("characters of all different texts with expressions", texts.MAX_EXPRESSIONS, ""),
            ("limits of one metric, in a list", MAX_LIMITS, ""),
        )
    ]
    return f"{table(('what', 'at most'), rows)}\n"


def drawn_results() -> str:
    """The commands whose results have pictures."""
    return f"{', '.join(f'`{name}`' for name in results_with('svg'))}\n"


TOGETHER = "of all layers together"
METRIC = ("metric", "in tables", "unit", "what it is", "of a network", "depends on")


def metrics() -> str:
    """What networks and layers are measured by."""
    of_network = {sum: "the sum of its layers", max: "the largest of its layers"}
    rows = [
        (
            _code_span(metric.name),
            Markdown(metric.title),
            Markdown(metric.unit),
            Markdown(metric.doc),
            Markdown(TOGETHER if metric.whole else of_network.get(metric.total, TOGETHER)),
            Markdown(", ".join(metric.depends_on)),
        )
        for metric in METRICS.values()
    ]
    return f"{table(METRIC, rows)}\n"


def conventions() -> str:
    """A section for each convention: what it counts, and what is known of its tool."""
    return "\n".join(map(_convention, CONVENTIONS.values()))


def work_classes() -> str:
    """The classes of work that a convention can weigh."""
    rows = [
        (_code_span(name), Markdown(work.what), Markdown(work.label))
        for name, work in CLASSES.items()
    ]
    return f"{table(('class', 'what it counts', 'called in differences'), rows)}\n"


def traits() -> str:
    """What tells ops of one class apart."""
    rows = [(_code_span(name), Markdown(what)) for name, what in TRAITS.items()]
    return f"{table(('trait', 'what it says'), rows)}\n"


def _convention(convention: Convention) -> str:
    known = [f"- It {Markdown(mistake)}." for mistake in convention.mistakes]
    measured = f" Measured on {Markdown(convention.tool)}." if convention.tool else ""
    weights = ", ".join(f"{name} {weight}" for name, weight in convention.weights.items())
    params = ", ".join(f"{name} {weight}" for name, weight in convention.params.items())
    return "\n".join(
        [
            f"### {convention.name}",
            "",
            f"Counts {Markdown(convention.summary)}.{measured}",
            "",
            *([*known, ""] if known else []),
            f"Weights: {Markdown(weights)}.",
            *([f"Of parameters: {Markdown(params)}."] if params else []),
            "",
        ]
    )


def commands() -> str:
    """A section for each command: what its help says, whatever the version that prints it."""
    sections = []
    for name, command in COMMANDS.items():
        found = typer.main.get_command(app_of(command))
        inner = getattr(found, "commands", {"": found})
        sections += [_command(f"{name} {within}".strip(), inner[within]) for within in inner]
    return "\n".join(sections)


def _command(name: str, command: Any) -> str:
    paragraphs = inspect.cleandoc(command.callback.__doc__).split("\n\n")
    told = [
        _code(each) if each.startswith("\b") else _own(" ".join(each.split()))
        for each in paragraphs
    ]
    rows = [
        (_spelled(param), _own(param.help or ""), _default_of(param)) for param in command.params
    ]
    options = f"{table(('option', 'what it means', 'default'), rows)}\n"
    return "\n\n".join([f"### convcost {name}", *told, options])


def _code(paragraph: str) -> str:
    lines = dedent(paragraph.removeprefix("\b").strip("\n"))
    return f"```sh\n{lines}\n```"


def _code_span(text: str) -> Markdown:
    """`text` as code, in which nothing is escaped: none of it comes from outside."""
    return Markdown._made(f"`{text}`")


def _spelled(param: Any) -> Markdown:
    names = Markdown.of(", ").join(_code_span(name) for name in param.opts if name.startswith("-"))
    value = param.metavar or ""
    return Markdown.of(" ").join([names] * bool(names) + [Markdown(value)] * bool(value))


def _own(text: str) -> Markdown:
    """The program's own text, without the blanks of no width that break up references in it."""
    return Markdown._made(Markdown(text).replace("&#8203;", ""))


def _default_of(param: Any) -> Markdown:
    if param.required:
        return Markdown("must be given")
    has_one = isinstance(param.default, str | int) and not isinstance(param.default, bool)
    return _code_span(param.default) if has_one else Markdown()


def _is_convolution(kind: Kind) -> bool:
    return kind.group == "convolution"


def _convolution(kind: Kind) -> str:
    answer = compare(CHANNELS, CHANNELS, KERNEL, size=SIZE, kinds=[kind.name])
    shown = f"![How {kind.name} connects](pictures/{kind.name}.svg)"
    return f"{view('explain', 'markdown')(kind, answer)}\n{shown}\n\n{_fields(kind)}"


def pictures() -> Iterator[tuple[str, str]]:
    """How every kind connects, in a layer small enough to draw all of it, and the example that
    every reader knows; then a picture of what other commands find out."""
    for kind in filter(_is_convolution, REGISTRY.values()):
        small = compare(DRAWN, DRAWN, KERNEL, size=(DRAWN, DRAWN), kinds=[kind.name])
        yield kind.name, render(kind, small)
    known = REGISTRY["depthwise-separable"]
    yield "example", render(known, compare(3, 4, 3, size=(5, 5), kinds=[known.name]))
    ways = ("standard", "spatial-separable", known.name)
    yield "compare", view("compare", "svg")(compare(3, 4, 3, size=(5, 5), kinds=ways))
    yield "network", view("eval", "svg")([evaluate(load(shipped()["mobilenet_v2"]))])
    crossing = evaluate(load(shipped()["unet"])).under(Setting("int8", "int8"))
    yield "memory", view("memory", "svg")(plan(crossing))
    moving = evaluate(load(shipped()["mobilenet_v1"]))
    half = Setting("fp16", "fp16", batch=8)
    yield "roofline", view("roofline", "svg")(roofline(moving, find_device("t4"), half))
    told = evaluate(load(shipped()["resnet50"]))
    yield "reconcile", view("reconcile", "svg")(told, reconcile(told))


def _fields(kind: Kind) -> str:
    """Its fields: those that it shares with a standard convolution by name, its own in a table."""
    common = REGISTRY["standard"].fields if _is_convolution(kind) else {}
    fields = [field for field in kind.fields.values() if field.name not in INFERRED]
    own = [field for field in fields if common.get(field.name) != field]
    shared = ", ".join(f"`{field.name}`" for field in fields if field not in own)
    parts = [f"Takes {shared}{'; and of its own:' if own else '.'}\n"] if shared else []
    return "\n".join([*parts, _table(own)] if own else parts)


def _parameter(name: str, default: object) -> Markdown:
    if default is None:
        return _code_span(name)
    value = str(default).lower() if isinstance(default, bool) else default
    return _code_span(f"{name}={value}")


def _comment_above(document: Document, line: int) -> str:
    """The comment that ends on the line before `line`."""
    words: list[str] = []
    while (text := document.line(line := line - 1).strip()).startswith("#"):
        words = [text.lstrip("# "), *words]
    return " ".join(words)


def _table(fields: Iterable[Field]) -> str:
    rows = [
        (
            _code_span(field.name),
            Markdown(field.about.doc),
            Markdown("must be given" if field.required else _default(field)),
        )
        for field in fields
        if field.name not in INFERRED
    ]
    return f"{table(('field', 'what it means', 'default'), rows)}\n"


def _default(field: Field) -> str:
    match field.default:
        case None:
            return ""
        case bool():
            return str(field.default).lower()
        case Fraction():
            return str(float(field.default))
        case _:
            return str(field.default)

"""What the page asks, answered by the package: texts as they were typed in, markup and texts out.

Nothing is counted here. Whatever is handed back as markup is the package's own, in which names are
escaped; all else is plain text, and to be shown as that.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from convcost.cli import values
from convcost.comparison import Choice, Comparison, Explained, compare
from convcost.cost import evaluate
from convcost.errors import ConvcostError, Problem, UsageError
from convcost.functions.outside import export_pytorch, export_spec, report
from convcost.kinds import find
from convcost.metrics import measured
from convcost.network import Builder, Network
from convcost.sources import SpecFile, read_bytes
from convcost.sources.zoo import shipped
from convcost.text import command_line
from convcost.views import compare as compared
from convcost.views import explain as explained
from convcost.views.formats import PNG, TABLE, formats_of, view
from convcost.views.html import Html
from convcost.views.page import blocks
from convcost.views.pictures import compare as bars
from convcost.views.pictures import draw
from convcost.views.report.network import network as sections
from convcost.views.report.writer import Blocks, picture
from convcost.views.screen import PLAIN
from convcost.views.sheet import Part

Answer = dict[str, Any]
Asked = Mapping[str, Any]
BEST_KNOWN = "depthwise-separable"
ENDINGS = {"markdown": "md", "latex": "tex", "pytorch": "py", "report": "html"}
"""What files of a format end with, where not with its name."""
METRICS = ("peak_memory",)
"""What the report has besides the counts."""
FILE = SpecFile("network.yaml")
"""What a spec is called, in messages and where it is downloaded."""
_LINE = Html.of("\n")


def answer(question: str) -> str:
    """The JSON that answers a JSON; what is wrong with what was typed is in its `problems`."""
    asked = json.loads(question)
    try:
        found = ANSWERS[asked["ask"]](asked)
    except ConvcostError as error:
        found = {"problems": list(map(problem, error.problems))}
    return json.dumps(found)


def problem(told: Problem) -> Answer:
    """A problem and where it stands; lines and columns count from 1, and 0 is none."""
    place = told.place
    return {
        "line": place.line if place else 0,
        "col": place.col if place else 0,
        "message": told.message,
        "hint": told.hint,
        "notes": [{"text": text, "line": other.line} for text, other in told.notes],
    }


class _Layer(NamedTuple):
    """A layer, the kinds that stand side by side for it, and the row that is explained."""

    given: Mapping[str, Any]
    comparison: Comparison
    choices: Mapping[str, Choice]
    shown: str

    @property
    def choice(self) -> Choice:
        return self.choices[self.shown]


def _layer(asked: Asked) -> _Layer:
    """What the form holds, under the names of the options of `convcost compare`."""
    given = values.layer(
        n=asked["in"],
        m=asked["out"],
        kernel=asked["k"],
        size=asked["size"] or None,
        height=None,
        width=None,
        groups=asked["groups"] or None,
        stride=asked["stride"],
        padding=asked["padding"],
        dilation=asked["dilation"],
        bias=asked["bias"],
    )
    chosen = [values.choice(text) for text in asked["kinds"]]
    comparison = compare(**given, kinds=chosen)
    names = [row.kind for row in compared.shown(comparison)]
    choices = dict(zip(names, chosen or map(Choice, names), strict=True))
    usual = BEST_KNOWN if BEST_KNOWN in choices else names[-1]
    return _Layer(given, comparison, choices, asked["shown"] if asked["shown"] in names else usual)


def layer(asked: Asked) -> Answer:
    """The kinds side by side, and one of them explained."""
    found = _layer(asked)
    comparison = found.comparison
    kinds = [word for text in asked["kinds"] for word in ("--kind", text)]
    line = ("convcost", "compare", *compared.flags(comparison.question), *kinds)
    return {
        "rows": list(found.choices),
        "markup": _markup(compared.result(comparison).parts(PLAIN), "The kinds side by side"),
        "bars": picture(bars.render(comparison), "What each kind costs"),
        "command": command_line(line),
        "explained": {"kind": found.shown, **_explained(found)},
    }


def _explained(found: _Layer) -> Answer:
    kind = find(found.choice.kind)
    try:
        told = compare(**found.given, kinds=[found.choice])
    except ConvcostError as error:
        return {"problems": list(map(problem, error.problems))}
    drawn = draw.render(kind, told)
    return {
        "markup": _markup(explained.result(*Explained(kind, told)).parts(PLAIN), "Stages"),
        "picture": picture(drawn, f"How {found.shown} connects"),
    }


def network(asked: Asked) -> Answer:
    """What a spec costs, as the report has it."""
    found = measured(evaluate(_read(asked)), METRICS)
    return {"markup": _LINE.join(sections("network", found, None, level=3))}


def _read(asked: Asked) -> Network:
    return read_bytes(FILE, asked["text"].encode("utf-8", "backslashreplace"))


def example(asked: Asked) -> Answer:
    """The spec of a network that ships."""
    return {"text": Path(shipped()[asked["name"]]).read_text(encoding="utf-8")}


def layer_file(asked: Asked) -> Answer:
    """A file of a comparison, or, as a spec, of the row that is explained."""
    found, name = _layer(asked), asked["format"]
    if name == "spec":
        return _file("layer", "yaml", _spec(found))
    text = view("compare", name)(found.comparison, PLAIN)
    return _file("layer", name, text)


def _spec(found: _Layer) -> str:
    question, choice = found.comparison.question, found.choice
    if question.size is None:
        raise UsageError("a network has an input of some size", hint="give the layer a size")
    (row,) = compare(**found.given, kinds=[choice]).rows
    fields = {name: value for name, value in row.fields.items() if name not in ("n", "size")}
    builder = Builder("layer", (question.n, *question.size))
    builder.add(choice.kind, fields)
    return export_spec(builder.network())


def network_file(asked: Asked) -> Answer:
    """A file of what a spec costs, or of the network as code."""
    name, found = asked["format"], _read(asked)
    if name == "report":
        return _file("report", name, report(found))
    if name == "pytorch":
        return _file("network", name, export_pytorch(found))
    return _file("network", name, view("eval", name)([evaluate(found)], PLAIN))


def _file(stem: str, name: str, text: str) -> Answer:
    return {"name": f"{stem}.{ENDINGS.get(name, name)}", "text": str(text)}


def _markup(parts: Sequence[Part], caption: str) -> Html:
    return _LINE.join(blocks(parts, Blocks(caption)))


def files_of(result: str, more: Iterable[str]) -> list[str]:
    """The formats that a result can be had in here: no table of a terminal, and no pixels."""
    return [*(name for name in formats_of(result) if name not in (TABLE, PNG)), *more]


ANSWERS: Mapping[str, Callable[[Asked], Answer]] = {
    each.__name__: each for each in (layer, network, example, layer_file, network_file)
}

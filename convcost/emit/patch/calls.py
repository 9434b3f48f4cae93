"""The calls that made the layers to be changed, and why one cannot be changed for all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from convcost.emit.patch.template import Change, old_call, template
from convcost.emit.patch.writing import Writer, disagreement
from convcost.errors import ConvcostError, LayerError, Problem, UsageError
from convcost.rewriting import Rewrite
from convcost.sites import Site, sites
from convcost.sources.program import ConstructorCall, Expression, Program
from convcost.text import listed, quote

if TYPE_CHECKING:
    from convcost.sources.imports.pytorch.origins import Origin, Origins

_OPTIONS = {"the first layer": "--first", "the classifier": "--classifier"}
"""What has a layer replaced that was left alone for a reason."""


@dataclass(frozen=True, slots=True)
class Made:
    """What one call in the source made: modules by their paths, None for one that is no part of the
    network; the layers of them that are to be replaced; and of the other paths, why not."""

    parts: Sequence[tuple[str | None, Origin]]
    changes: Sequence[tuple[Origin, Change]]
    stays: Mapping[str | None, str]

    @property
    def origin(self) -> Origin:
        """Where the call stands."""
        return self.parts[0][1]

    @property
    def line(self) -> int:
        """The line that it begins on; 0 if that is not known."""
        return self.origin.span.line if self.origin.span else 0

    @property
    def names(self) -> list[str]:
        """The layers to be replaced."""
        return [change.site.layer.name for _, change in self.changes]


def calls_behind(made: Rewrite, inner: bool, origins: Origins) -> list[Made]:
    """The calls that made the layers which were replaced, in the order of the layers; UsageError
    with each layer that no call made."""
    wanted = {each.place: each for each in made.outcomes if each.replaced}
    why = {each.place: each.reason for each in made.outcomes if not each.replaced}
    at: dict[str, list[int]] = {}
    problems = []
    changes: dict[int, Change] = {}
    for place, site in enumerate(sites(made.before)):
        path = _path(site, origins)
        if path is not None:
            at.setdefault(path, []).append(place)
        elif place in wanted:
            problems.append(Problem(_no_call(site.layer.name, site.layer.kind)))
        if place in wanted:
            stages = made.after.layers[place].stages
            changes[place] = Change(site, wanted[place].replacement, stages, inner)
    if problems:
        raise UsageError(*problems)
    stays: dict[str | None, str] = {
        path: why.get(place, f"it is {made.before.layers[place].kind}")
        for path, places in at.items()
        for place in places
        if place not in wanted
    }
    stays |= {path: "it is no layer of its own" for path in origins.parts if path not in at}
    stays[None] = "it is no part of the network"
    found = []
    for parts in _by_call(origins):
        inside = [
            (origin, changes[place])
            for path, origin in parts
            for place in at.get(path or "", ())
            if place in wanted
        ]
        if inside:
            found.append(Made(parts, inside, stays))
    return found


def _path(site: Site, origins: Origins) -> str | None:
    """The path of the convolution that a layer is; None where it is the work of none."""
    path = origins.layers.get(site.layer.name)
    return path if site.layer.multiplies and path in origins.parts else None


def _no_call(name: str, kind: str) -> str:
    return (
        f"layer {quote(name)} ({kind}) is no module that a call of nn.Conv made while the network "
        "was: a function's work, a copy, or several layers that are counted as one"
    )


def _by_call(origins: Origins) -> list[list[tuple[str | None, Origin]]]:
    found: dict[tuple[object, ...], list[tuple[str | None, Origin]]] = {}
    others = [(None, each) for each in origins.others]
    for path, origin in (*origins.parts.items(), *others):
        found.setdefault((origin.file, origin.span), []).append((path, origin))
    return list(found.values())


def written(made: Made, program: Program, imports: list[str]) -> tuple[Expression, str]:
    """The call in its `program`, and what is to stand there; what is to be imported for that is
    added to `imports`. UsageError, with the place, where that is not sure."""
    try:
        call = _call(made, program)
        _refuse_others(made)
        if call.starred:
            raise LayerError("its arguments come out of *, so that they cannot be told apart")
        for origin, change in made.changes:
            if name := disagreement(old_call(change.site), origin.arguments):
                layer = change.site.layer.name
                raise LayerError(f"layer {layer} has another {name} than this call says")
        prefix = _prefix(call, made.origin, imports)
        given = [origin.arguments for _, origin in made.parts]
        writer = Writer(program, call, made.origin.made.__name__, prefix, given)
        return call.whole, writer.text(template([change for _, change in made.changes]))
    except ConvcostError as error:
        raise UsageError(*error.at(program.place(made.line))) from None


def _call(made: Made, program: Program) -> ConstructorCall:
    """The call itself; LayerError if it is not plainly one of the class that was made."""
    origin = made.origin
    if not origin.is_plain:
        name = origin.made.__name__
        raise LayerError(f"{_layers(made)} of a class of its own, {name}, which builds on nn.Conv")
    span = origin.span
    call = program.call_at(span.line, span.end_line, span.end_col) if span else None
    if call is None:
        raise LayerError("the call that was run is not there: the file has changed since")
    for _, each in made.parts:
        if _named(call.callee, each) is not each.made:
            raise LayerError(
                f"{quote(call.callee.text)} is not nn.{each.made.__name__} itself here"
            )
        if each.made is not origin.made:
            raise LayerError(f"{quote(call.callee.text)} is not the same class each time")
    return call


def _refuse_others(made: Made) -> None:
    """LayerError if the call made what must not change, or what becomes something else."""
    left = list(dict.fromkeys(path for path, _ in made.parts if path in made.stays))
    if left:
        reasons = list(dict.fromkeys(made.stays[path] for path in left))
        names = listed(["one more" if path is None else path for path in left])
        option = _OPTIONS.get(reasons[0], "") if len(reasons) == 1 else ""
        raise LayerError(
            f"this call also makes {names}, not to be changed: {listed(reasons)}",
            hint=f"{option} replaces that, too"
            if option
            else f"--except leaves a layer as it is: {listed(made.names)}",
        )
    first = made.changes[0][1].replacement
    if any(each.replacement != first for _, each in made.changes):
        raise LayerError(f"this call makes {listed(made.names)}, which become different kinds")


def _layers(made: Made) -> str:
    several = "are" if len(made.names) > 1 else "is"
    return f"{listed(made.names)} {several}"


def _named(callee: Expression, origin: Origin) -> Any:
    """What the callee's dotted name was where it was called; None if it is no such name."""
    base, *rest = re.split(r"\s*\.\s*", callee.text)
    found = {**origin.around, **origin.own}.get(base)
    for name in rest:
        found = getattr(found, name, None)
    return found


def _prefix(call: ConstructorCall, origin: Origin, imports: list[str]) -> str:
    """What torch.nn is called where the call stands."""
    import torch

    head = call.callee.text.rpartition(".")[0].rstrip()
    if head and _named(call.callee._replace(text=head), origin) is torch.nn:
        return head
    known = {**origin.around, **origin.own}
    for module, behind in ((torch.nn, ""), (torch, ".nn")):
        for name, value in known.items():
            if value is module:
                return name + behind
    name = "nn" if "nn" not in known else "torch_nn"
    line = "from torch import nn" if name == "nn" else "from torch import nn as torch_nn"
    if line not in imports:
        imports.append(line)
    return name

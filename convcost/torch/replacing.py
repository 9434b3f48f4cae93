"""A rewrite applied: a PyTorch module in which other convolutions stand in the place of some."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Literal, TypeVar

from convcost.cost import Report, evaluate
from convcost.errors import ConvcostError, LayerError, UsageError
from convcost.kinds.registry import Stage, Stages
from convcost.kinds.tails import relearned
from convcost.network import Layer, Network
from convcost.rewriting import Rewrite, Selection, rewrite
from convcost.sources.code import follow_module, recognised
from convcost.sources.formulas import condition, replacement
from convcost.sources.theirs import run_theirs
from convcost.suggestion import Suggestion
from convcost.text import listed, quote
from convcost.torch.building import body_of, built
from convcost.torch.closest import approximate
from convcost.torch.inputs import example_of
from convcost.torch.places import Places

Module = TypeVar("Module")
_FEW = 5


def replace(
    module: Module,
    old: str = "",
    new: str = "",
    *,
    input_size: Sequence[Any] | None = None,
    input_data: object = None,
    suggestion: Suggestion | Rewrite | None = None,
    only: Sequence[str] = (),
    excluding: Sequence[str] = (),
    where: str | None = None,
    first: bool = False,
    classifier: bool = False,
    inner: bool = False,
    weights: Literal["fresh", "closest"] = "fresh",
) -> Module:
    """A copy of `module` in which convolutions of the kind `old` are built as `new`, as `rewrite`
    says it of the module's network; with a `suggestion`, or a rewrite, of that network, as this
    says.

    `new` may have options, `low-rank[rank=8]`. `input_size` is that of the input with its batch in
    front, (1, 3, 224, 224), or a list of such; `input_data` are tensors in its place; a suggestion
    has the size itself. What else is asked for is as for `rewrite`.

    `module` stays as it is. The copy costs what the rewrite says, to the last integer; norms and
    activations stay behind the whole of what is new, with `inner` others like them between its
    parts. What is new has fresh weights, of the dtype and on the device of the old, or the
    "closest" ones to these, with an error that `errors` tells; all else has the weights and the
    names that it had.

    UsageError for what cannot be asked so, and where nothing is replaced; LayerError, with its name
    and the reason, for a layer that is no module of its own; ConvcostError for a module that cannot
    be copied, or does not do with other convolutions.
    """
    if weights not in ("fresh", "closest"):
        raise UsageError(f'weights has no "{quote(weights)}"', hint="they are fresh or closest")
    example = example_of(module, input_size, input_data)
    given = None if example is not None or suggestion is None else _report_of(suggestion).inputs
    followed = follow_module(module, example, given)
    network = recognised(followed.network)
    if suggestion is None:
        test = None if where is None else condition(where)
        meant = Selection(test, tuple(only), tuple(excluding), first, classifier)
        made = rewrite(network, replacement(f"{old}={new}"), selection=meant, inner=inner)
        layers, after = _rewritten(made), made.cost_after
    else:
        if old or new:
            raise UsageError("a suggestion says itself what to replace", hint="give it alone")
        layers, after = _told(network, suggestion)
    places = Places(module, followed, network)
    copied: Module = _exchanged(module, _modules(module, places, layers, weights))
    _check(follow_module(copied, example, given).network, after)
    return copied


def _rewritten(made: Rewrite) -> dict[int, Layer]:
    """The layers to be, by their places; UsageError where there are none."""
    if not made.replaced:
        left = [(made.before.layers[each.place].name, each.reason) for each in made.left_alone]
        said = listed([f"{quote(name)} ({reason})" for name, reason in left[:_FEW]])
        raise UsageError("no layer is replaced", hint=f"left alone: {said}" if said else "")
    return {each.place: made.after.layers[each.place] for each in made.replaced}


def _told(network: Network, said: Suggestion | Rewrite) -> tuple[dict[int, Layer], Report]:
    """What a suggestion, or a rewrite, says of a network; UsageError if it is of another."""
    of_it = [(layer.name, layer.kind, layer.ins) for layer in _report_of(said).layers]
    if of_it != [(layer.name, layer.kind, layer.ins) for layer in evaluate(network).layers]:
        hint = "make it of convcost.load(module, example), with inputs of the same size"
        raise UsageError("the suggestion is of another network", hint=hint)
    if isinstance(said, Rewrite):
        return _rewritten(said), said.cost_after
    return {each.place: each.built for each in said.chosen}, said.after


def _report_of(said: Suggestion | Rewrite) -> Report:
    """The network that it is of, before anything is replaced."""
    return said.report if isinstance(said, Suggestion) else said.cost_before


def _modules(
    module: Any, places: Places, layers: Mapping[int, Layer], weights: str
) -> dict[str, Any]:
    """What is to stand at each path; LayerError, with its name and the reason, for a layer whose
    module cannot be replaced."""
    made: dict[str, Any] = {}
    bodies: dict[str, Stages] = {}
    for at, layer in layers.items():
        path, reason = places.path(at), places.objection(at, layers.keys())
        body = tuple(Stage(relearned(op, True), sources) for op, sources in body_of(layer))
        if not reason and bodies.setdefault(path, body) != body:
            reason = "its module runs again, as another layer"
        try:
            if reason:
                raise LayerError(reason)
            if path not in made:
                old = module.get_submodule(path)
                made[path] = _like(old, built(layer, places.shape(at)))
                if weights == "closest":
                    approximate(old, made[path], layer.kind, body)
        except LayerError as error:
            told = f"layer {quote(layer.name)} cannot be replaced: "
            raise LayerError(*error.at(None, told)) from None
    return made


def _like(old: Any, new: Any) -> Any:
    """The new module where the old one is, in its dtype and its mode."""
    return new.to(device=old.weight.device, dtype=old.weight.dtype).train(old.training)


def _exchanged(module: Any, instead: Mapping[str, Any]) -> Any:
    """A copy of a module with others at some paths, wherever else those stand in it."""
    if "" in instead:
        return instead[""]
    name = type(module).__name__
    copied = run_theirs(partial(copy.deepcopy, module), f"{name} cannot be copied")
    found = {id(copied.get_submodule(path)): new for path, new in instead.items()}
    for path, each in list(copied.named_modules(remove_duplicate=False)):
        if id(each) in found:
            before, _, last = path.rpartition(".")
            setattr(copied.get_submodule(before), last, found[id(each)])
    return copied


def _check(made: Network, wanted: Report) -> None:
    """ConvcostError unless a module with others in it costs what was said."""
    found = evaluate(made)
    for metric in ("params", "macs", "activations"):
        if found.figure(metric) != wanted.figure(metric):
            raise ConvcostError(
                f"the module would have {found.figure(metric):,} {metric}, not the "
                f"{wanted.figure(metric):,} that the rewrite says: its code does more with "
                "what is to be replaced than to call it"
            )

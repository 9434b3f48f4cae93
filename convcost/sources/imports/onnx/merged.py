"""Parameters apart again that PyTorch's exporter has put in place of each other.

Equal tensors are kept once in a file, whoever they belong to: ones and zeros of norms that are new,
or that have no weights, biases of zeros, and layers that begin as copies of one. But an operation
names the line of the program that it was made of, and that line names its parameters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

from convcost.sources.imports.onnx.call import text_of
from convcost.sources.imports.onnx.data import UNIFORM, VARIED, varies

_CALL = re.compile(r"target=torch\.ops\.aten\.(\w+)\.\w+\]\(args = \((.*?)\), kwargs")
_ARGUMENT = re.compile(r"\[[^\]]*\]|[^,\s]+")
_NUMBER = re.compile(r"\d+")
_WEIGHT_AT = {
    "add": 0,
    "_native_batch_norm_legit_no_training": 1,
    "batch_norm": 1,
    **dict.fromkeys(("conv1d", "conv2d", "conv3d", "convolution"), 1),
    "group_norm": 2,
    "instance_norm": 1,
    "layer_norm": 2,
    "linear": 1,
    "mul": 1,
    "rms_norm": 2,
}
"""Where PyTorch's operators take their weight; what is behind it is their bias. What is multiplied
or added by itself is like one, if it comes last."""
_ROLES = {"Mul": {0: 0, 1: 0}, "MatMul": {0: 0, 1: 0}, "Add": {0: 1, 1: 1}}
"""Of the parts that operators become, what each tensor may be: a weight (0), or a bias (1)."""
_WORDS = ("weight", "bias", "")
_STATISTICS = 2
_LONGEST = 2000


class _Use(NamedTuple):
    """What an operation takes: in which places which parameters, none or one that its line names,
    and their names; and tensors beside these, of which nothing is noted."""

    node: Any
    places: list[tuple[int, str, str]]
    beside: Iterable[str]


def apart(graph: Any) -> Mapping[str, str]:
    """Give each parameter a tensor of its own, and what is none one that no name passes for a
    parameter; the names of the new tensors, each with that of the one whose numbers it has.

    Tensors stay as they are that anything takes of which nothing is noted.
    """
    held = {tensor.name: tensor for tensor in graph.initializer if prod(tensor.dims) > 0}
    if not held:
        return {}
    uses = [use for node in graph.node for use in _uses(node)]
    left = {each.name for each in graph.output} | {name for use in uses for name in use.beside}
    taken = {tensor.name for tensor in graph.initializer}
    copies: dict[tuple[str, str], str] = {}
    first: dict[str, str] = {}
    for use in uses:
        for place, param, word in use.places:
            name = use.node.input[place]
            if name not in held or name in left:
                continue
            key, is_uniform = (name, param or word), held[name].doc_string in UNIFORM
            if not is_uniform and first.setdefault(name, param) == param:
                continue  # the layers of nn.TransformerEncoder begin as copies of one
            if key not in copies:
                copies[key] = _unlike(word, taken)
                copy = graph.initializer.add(name=copies[key], dims=held[name].dims)
                copy.data_type, copy.doc_string = held[name].data_type, held[name].doc_string
                if varies(copy):  # it is no other one turned
                    copy.doc_string = VARIED
            use.node.input[place] = copies[key]
    _forget(graph, {name for name, _ in copies})
    return {copy: name for (name, _), copy in copies.items()}


def doubles(held: Mapping[str, Any], nodes: Sequence[Any]) -> frozenset[str]:
    """Parameters that stand for equal ones of layers that are called alike but for a number: layers
    that are tied, or that begin as copies, as those of `nn.TransformerEncoder`.

    A tensor that is made, as a weight that is turned, is called as what takes it.
    """
    working = [node for node in reversed(nodes) if node.op_type != "Identity"]
    takers = {name: text_of(node.name) for node in working for name in node.input}

    def called(name: str) -> str:
        return _NUMBER.sub("", text_of(name) if "." in name else takers.get(name, ""))

    return frozenset(
        text_of(node.input[0])
        for node in nodes
        if node.op_type == "Identity"
        and node.input[0] in held
        and held[node.input[0]].doc_string not in UNIFORM
        and called(node.input[0]) == called(node.output[0]) != ""
    )


def _uses(node: Any) -> Iterator[_Use]:
    notes = {text_of(each.key): text_of(each.value)[:_LONGEST] for each in node.metadata_props}
    line = next((text for key, text in notes.items() if key.endswith("fx_node")), "")
    call = _CALL.search(line)
    target, args = call.groups() if call else ("", "")
    if target not in _WEIGHT_AT:
        yield _Use(node, [], node.input)
        return
    path = re.findall(r"'([^']*)'", notes.get("pkg.torch.onnx.name_scopes", ""))[-2:-1]
    arguments = _ARGUMENT.findall(args)[_WEIGHT_AT[target] :]
    if target == "group_norm" and node.op_type == "InstanceNormalization":
        arguments = ["None", "None"]  # of its groups; weights come behind
    places, beside = [], []
    for place, name in enumerate(node.input):
        role = _ROLES.get(node.op_type, {1: 0, 2: 1, 3: _STATISTICS, 4: _STATISTICS}).get(place)
        argument = arguments[role] if role is not None and role < len(arguments) else ""
        word = _WORDS[role or 0]
        if argument.startswith("%p_"):
            places.append((place, argument, ".".join([*path, word])))
        elif argument == "None":
            places.append((place, "", ".".join([*path, f"val_{word}"])))
        elif role != _STATISTICS:
            beside.append(name)
    yield _Use(node, places, beside)


def _unlike(name: str, taken: set[str]) -> str:
    """`name`, or with a number behind it if that is taken."""
    found = name
    while found in taken:
        found = f"{name}_{len(taken)}"
        name += "_"
    taken.add(found)
    return found


def _forget(graph: Any, names: set[str]) -> None:
    """Leave out those of the tensors that nothing takes any more."""
    used = {name for node in graph.node for name in node.input}
    used.update(each.name for each in graph.output)
    kept = [each for each in graph.initializer if each.name in used or each.name not in names]
    del graph.initializer[:]
    graph.initializer.extend(kept)

"""A spec file as a network and the budgets that it sets itself."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

from convcost.budget import Budget
from convcost.errors import LayerError, Place, Problem, SpecError, UsageError
from convcost.frozen import Frozen
from convcost.kinds.sizes import input_note
from convcost.kinds.words import meaning, meant
from convcost.network import INPUT, Builder, Input, Network
from convcost.operands import PLAIN
from convcost.ops.base import Shape
from convcost.quantity import check_counts
from convcost.sources.fits import limits_of
from convcost.sources.inputs import format_inputs
from convcost.sources.quota import refuse_many
from convcost.sources.spec.blocks import Blocks, evaluated_vars, read_block
from convcost.sources.spec.contents import check_input, check_value
from convcost.sources.spec.documents import spec_in_file, spec_root
from convcost.sources.spec.expand import Expander
from convcost.sources.spec.expressions import evaluate_sizes, has_expression
from convcost.sources.spec.forms import default_fields, form_of
from convcost.sources.spec.ledger import Ledger
from convcost.sources.spec.library import library
from convcost.sources.spec.names import LOST, LostError
from convcost.sources.spec.scope import Scope
from convcost.sources.spec.texts import refuse_expressions
from convcost.sources.spec.unrolled import refuse_too_many
from convcost.sources.spec.validation import plain, problems_of
from convcost.sources.yaml.reader import read_text
from convcost.sources.yaml.tree import Document, Node
from convcost.spelling import did_you_mean
from convcost.text import listed, quote

Overrides = Mapping[str, Any]
_NEEDED = ("input", "vars", "defaults", "blocks", "layers")
"""Keys that layers depend on."""


class Spec(Frozen):
    """What a spec file says: a network, and limits to hold it to.

    `vars` are the names that overrides may set, with the values that they have.
    """

    path: str
    network: Network
    budgets: tuple[Budget, ...]
    vars: Mapping[str, Any]


def read_spec(
    path: str | os.PathLike[str],
    overrides: Overrides | None = None,
    root: str = "",
    inputs: Sequence[Input] = (),
) -> Spec:
    """The spec in the file `path`, with `overrides` in the place of its `vars`, and `inputs` as in
    `spec_on`.

    With `root`, the file must lie below that. SpecError carries every problem found, each with
    its line and column.
    """
    return spec_on(spec_in_file(os.fspath(path), root), overrides or {}, inputs)


def spec_on(document: Document, overrides: Overrides, inputs: Sequence[Input]) -> Spec:
    """The spec that `document` holds, on one of `inputs` in place of the input that it states.

    SpecError for a spec that is wrong, and for an input that it does not fit, or does not have.
    """
    spec = spec_of(document, overrides)
    if not inputs:
        return spec
    try:
        if spec.network.input is None:
            raise SpecError("there is no input in this spec to take the place of")
        if len(inputs) > 1 or inputs[0].name not in ("", "input"):
            raise SpecError("a spec has one input, which is called input")
        return spec_of(document, overrides, inputs=inputs)
    except (LayerError, SpecError) as error:
        prefix = f"on --input {format_inputs(inputs)}: "
        raise SpecError(*error.at(Place(document.path), prefix)) from None


def parse_spec(text: str, path: str = "<text>", overrides: Overrides | None = None) -> Spec:
    """The spec in `text`; `path` is what messages call it."""
    return spec_of(read_text(text, path), overrides or {})


def spec_of(
    document: Document,
    overrides: Overrides,
    origins: list[tuple[Node, Scope]] | None = None,
    inputs: Sequence[Input] = (),
) -> Spec:
    """The spec that `document` holds, on the only one of `inputs` where there is one.

    `origins` collects, for each layer in order, the entry it is written as and what that sees.
    """
    root, keys = document.root, spec_root(document)
    refuse_expressions(document)
    values, problems = _outer(document)
    names = _names(document, values, overrides, problems)
    shape, is_lost = _input(document, values, names, problems)
    shape, is_lost = (inputs[0].shape, False) if inputs else (shape, is_lost)
    blocks = Blocks(document, _entries(root, "blocks"), names, library)
    defaults, wrong = _defaults(document, values)
    problems += [*wrong, *_block_problems(blocks)]
    budgets, wrong = _budgets(document, values)
    problems += wrong
    refuse_too_many(keys["layers"], blocks)
    name = values.get("name") or Path(document.path).stem
    builder = Builder(name, (1,) if is_lost else shape, document.path)
    ledger = Ledger(problems)
    operands = PLAIN.with_words(defaults)
    expander = Expander(builder, defaults, ledger, origins)
    if is_lost:
        expander.labels.lose_input()
    scope = Scope(blocks, names, operands=operands)
    expander.layers(keys["layers"], None if is_lost else INPUT, scope)
    if not problems and not builder.layers:
        problems.append(Problem("there are no layers", document.place(keys["layers"])))
    if problems:
        raise SpecError(*sorted(problems, key=_line))
    network = builder.network()
    said = input_note(shape, "--input " if inputs else "input: ") if shape else ""
    network = network._replace(
        inputs=tuple(each._replace(name="input") for each in inputs),
        notes=(*([said] if said else ()), *ledger.notes, *network.notes),
    )
    return Spec(document.path, network, budgets, names)


def _outer(document: Document) -> tuple[dict[str, Any], list[Problem]]:
    """What the keys of a spec say, as plain data, and what is wrong with that.

    What is wrong is left out, but an input or a var is LOST. SpecError where there is no going on.
    """
    values = plain(document.root)
    said = _without_expressions(values)
    problems = problems_of("spec", said, document.root, document, "a spec")
    if not problems:
        return values, []
    wrong = {key: found for key, value in said.items() if (found := _alone(document, key, value))}
    right = {key: value for key, value in values.items() if key not in wrong}
    meant = {meaning(key, _NEEDED) for key in wrong if key not in form_of("spec").keys}
    lost = (wrong.keys() | meant) & set(_NEEDED) - right.keys()
    variables = said.get("vars")
    if (
        lost - {"input", "vars"}
        or "layers" not in right
        or ("vars" in lost and not isinstance(variables, dict))
    ):
        raise SpecError(*sorted(problems, key=_line))
    if "input" in lost:
        right["input"] = LOST
    if "vars" in lost and isinstance(variables, dict):
        problems = [problem for problem in problems if problem not in wrong["vars"]]
        right["vars"] = dict(variables)
        for name, value in variables.items():
            if found := _alone(document, "vars", {name: value}):
                right["vars"][name] = LOST
                problems += found
    return right, problems


def _alone(document: Document, key: str, value: Any) -> list[Problem]:
    """What is wrong with one key of a spec."""
    return problems_of("spec", {key: value}, document.root, document, "a spec", is_whole=False)


def _line(problem: Problem) -> tuple[int, int]:
    """Where a problem stands, for people who read from top to bottom."""
    return (problem.place.line, problem.place.col) if problem.place else (0, 0)


def _entries(node: Node, key: str) -> Mapping[str, Node]:
    """The mapping under `key`, empty where there is none."""
    inner = node.value.get(key) if isinstance(node.value, dict) else None
    return inner.value if inner and isinstance(inner.value, dict) else {}


def _names(
    document: Document, values: dict[str, Any], overrides: Overrides, problems: list[Problem]
) -> dict[str, Any]:
    """The spec's vars, with overrides in the place of what is written; what is wrong with one goes
    to `problems`."""
    written = values.get("vars", {})
    for name, value in overrides.items():
        if not isinstance(value, (str, int, float)):
            raise SpecError(
                f"{quote(name)} cannot be set to "
                + ("nothing" if value is None else quote(repr(value))),
                hint="set it to a number, a text, true or false",
            )
        if name not in written:
            raise SpecError(
                f'there is no var "{quote(name)}" to set',
                place=document.place(document.root),
                hint=did_you_mean(name, written) or f"its vars: {listed(written) or 'none'}",
            )
    changed = {name: overrides.get(name, value) for name, value in written.items()}
    return evaluated_vars(document, changed, _entries(document.root, "vars"), {}, problems)


def _input(
    document: Document, values: dict[str, Any], names: dict[str, Any], problems: list[Problem]
) -> tuple[Shape | None, bool]:
    """The shape that the spec states, if it does, and whether it is lost, with what is wrong in
    `problems`."""
    value = values.get("input")
    if value is None or value is LOST:
        return None, value is LOST
    assert isinstance(document.root.value, dict)
    place = document.place(document.root.value["input"])
    try:
        if isinstance(value, str):
            value = evaluate_sizes(value, names)
        shape = check_input(value)
        check_counts("an input of ", elements=prod(shape))
        return shape, False
    except LostError:
        return None, True
    except (SpecError, LayerError) as error:
        problems += error.at(place)
        return None, True


def _defaults(document: Document, values: dict[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """The defaults that are fields of some convolution and hold what those may hold, and what is
    wrong with the others."""
    written = values.get("defaults", {})
    fields = default_fields() if written else {}
    right: dict[str, Any] = {}
    problems: list[Problem] = []
    nodes = _entries(document.root, "defaults")
    for name, value in written.items():
        refuse_many(problems)
        try:
            if name not in fields:
                message = f'no convolution takes "{quote(name)}"'
                raise LayerError(message, hint=meant(name, fields))
            check_value(fields[name], value)
            right[name] = value
        except LayerError as error:
            problems += error.at(document.place(nodes[name]))
    return right, problems


def _block_problems(blocks: Blocks) -> list[Problem]:
    """Blocks that are never used must be well-formed too."""
    problems: list[Problem] = []
    for name in blocks.nodes:
        refuse_many(problems)
        try:
            read_block(name, blocks)
        except SpecError as error:
            problems += error.problems
    return problems


def _budgets(
    document: Document, values: dict[str, Any]
) -> tuple[tuple[Budget, ...], list[Problem]]:
    """The budgets that the spec sets, and what is wrong with the others."""
    nodes = _entries(document.root, "budgets")
    budgets: list[Budget] = []
    problems: list[Problem] = []
    for metric, value in values.get("budgets", {}).items():
        node = nodes[metric]
        refuse_many(problems)
        try:
            budgets += limits_of(metric, value, partial(_place_below, document, node))
        except UsageError as error:
            problems += error.at(document.place(node))
    return tuple(budgets), problems


def _place_below(document: Document, node: Node, *keys: str | int) -> Place:
    """The place of what stands behind these keys and positions inside `node`."""
    for key in keys:
        inside: Any = node.value
        node = inside[key]
    return document.place(node)


def _without_expressions(values: dict[str, Any]) -> dict[str, Any]:
    """Top-level values fit for validation: an input with expressions is read once it is known."""
    if isinstance(values.get("input"), str) and has_expression(values["input"]):
        return {key: value for key, value in values.items() if key != "input"}
    return values

"""`convcost rewrite`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from convcost.cli import replacing
from convcost.cli.inputs import Arguments, Input, InputsFrom, Rules, given_in, read_one
from convcost.cli.options import Color
from convcost.cli.output import Force, format_option, printer, write_own
from convcost.cli.specs import Overrides
from convcost.cli.values import assignments
from convcost.emit.rewritten import EMITTED, text_of
from convcost.errors import UsageError
from convcost.spelling import did_you_mean
from convcost.text import quote

if TYPE_CHECKING:
    from convcost.rewriting import Replacement, Rewrite

Output = Annotated[
    str | None, typer.Option("--output", "-o", metavar="FILE", help="Write the new spec to FILE.")
]
Emit = Annotated[
    str | None,
    typer.Option(
        "--emit",
        metavar="WHAT",
        help="spec, or pytorch for code: to the file of -o, else in place of the table.",
    ),
]
Unroll = Annotated[
    bool,
    typer.Option("--unroll", help="Write it anew, without the comments and blocks of the old."),
]


def rewrite(
    spec: replacing.Spec,
    replace: replacing.Replace = None,
    prune: replacing.Prune = None,
    where: replacing.Where = None,
    only: replacing.Only = None,
    excluding: replacing.Except = None,
    first: replacing.First = False,
    classifier: replacing.Classifier = False,
    inner: replacing.Inner = False,
    output: Output = None,
    force: Force = False,
    emit: Emit = None,
    unroll: Unroll = False,
    overrides: Overrides = None,
    input_shape: Input = None,
    arguments: Arguments = None,
    inputs_from: InputsFrom = None,
    rules: Rules = None,
    output_format: Annotated[str, format_option("rewrite")] = "table",
    color: Color = "auto",
) -> None:
    """What if: the layers of one kind replaced by another, or with fewer channels.

    \b
      convcost rewrite vgg16 --replace standard=depthwise-separable
      convcost rewrite resnet50 --replace 'standard=group[groups=32]' -o new.yaml
      convcost rewrite vgg16 --replace 'standard=tucker[r3=n//4,r4=m//4]'
      convcost rewrite resnet50 --replace pointwise=low-rank --only 'layer4*'
      convcost rewrite resnet18 --replace standard=depthwise-separable --emit pytorch
      convcost rewrite resnet18 --prune layer3=0.5 -o pruned.yaml

    Options and conditions are expressions on n, m, k, stride, groups, H and W of the layer that
    is replaced. Its norm and activation stand behind the whole of what takes its place.
    """
    from convcost.pruning import prune as pruned
    from convcost.rewriting import rewrite as rewritten
    from convcost.sources import target_of
    from convcost.sources.formulas import replacements, shares

    show = printer("rewrite", output_format, color)
    _refuse_mistyped(emit)
    replacing.refuse_mixed(prune, replace, where, only, excluding, first, inner)
    wanted, left = replacements(replace or ()), shares(prune or ())
    chosen = replacing.selection(where, only, excluding, first, classifier)
    given = given_in(input_shape, arguments, inputs_from, rules)
    network = read_one(spec, overrides, given).network
    if left:
        made = pruned(network, left, classifier=classifier)
    else:
        made = rewritten(network, *wanted, selection=chosen, inner=inner)
    _refuse_nothing(made, wanted)
    if emit is None and output is None:
        show(made)
        return
    values = assignments("--set", overrides or ())
    text = text_of(made, emit, values, target_of(spec), unroll)
    write_own(text, output, "rewrite", force)
    if output is not None:
        show(made)


def _refuse_mistyped(emit: str | None) -> None:
    """UsageError for what there is not to be emitted."""
    if emit not in (None, *EMITTED):
        hint = did_you_mean(str(emit), EMITTED) or f"it is {' or '.join(EMITTED)}"
        raise UsageError(f'--emit cannot be "{quote(str(emit))}"', hint=hint)


def _refuse_nothing(made: Rewrite, wanted: Sequence[Replacement]) -> None:
    """UsageError if the network had no layer of what was to be replaced."""
    if not made.outcomes:
        network = made.before
        kinds = dict.fromkeys(layer.kind for layer in network.layers)
        raise UsageError(
            f"{network.name} has no layer of the kind {' or '.join(each.old for each in wanted)}",
            hint=f"its layers are {', '.join(kinds)}",
        )

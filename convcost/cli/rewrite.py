"""`convcost rewrite`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import typer

from convcost.cli import emitting, replacing
from convcost.cli.inputs import Arguments, Input, InputsFrom, Rules, given_in, read_one
from convcost.cli.options import Color
from convcost.cli.output import Force, format_option, printer, write_own
from convcost.cli.specs import Overrides

if TYPE_CHECKING:
    from convcost.network import Network
    from convcost.rewriting import Replacement, Rewrite, Selection

Output = Annotated[
    str | None, typer.Option("--output", "-o", metavar="FILE", help="Write the new spec to FILE.")
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
    emit: emitting.Emit = None,
    patch: emitting.Patch = False,
    unroll: emitting.Unroll = False,
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
      convcost rewrite torch:model:Net --input 3x32x32 --replace standard=cp --patch

    Options and conditions are expressions on n, m, k, stride, groups, H and W of the layer that
    is replaced. Its norm and activation stand behind the whole of what takes its place.
    """
    from convcost.sources.formulas import replacements, shares

    show = printer("rewrite", output_format, color)
    emitting.refuse_mistyped(emit)
    replacing.refuse_mixed(prune, replace, where, only, excluding, first, inner)
    emitting.refuse_mixed(patch, emit, unroll, prune)
    wanted, left = replacements(replace or ()), shares(prune or ())
    chosen = replacing.selection(where, only, excluding, first, classifier)
    given = given_in(input_shape, arguments, inputs_from, rules)
    source = emitting.read(spec, overrides, given) if patch else None
    network = source.network if source else read_one(spec, overrides, given).network
    made = _made(network, wanted, left, chosen, classifier, inner)
    replacing.refuse_nothing(made, wanted)
    if source is None and emit is None and output is None:
        show(made)
        return
    if source:
        text = emitting.patch_text(made, inner, source)
    else:
        text = emitting.written(made, emit, overrides, spec, unroll)
    write_own(text, output, "rewrite", force)
    if output is not None:
        show(made)


def _made(
    network: Network,
    wanted: Sequence[Replacement],
    left: Mapping[str, Fraction],
    chosen: Selection,
    classifier: bool,
    inner: bool,
) -> Rewrite:
    """The network with fewer channels if some are to be `left`, else with layers replaced."""
    from convcost.pruning import prune
    from convcost.rewriting import rewrite

    if left:
        return prune(network, left, classifier=classifier)
    return rewrite(network, *wanted, selection=chosen, inner=inner)

"""What if: layers with fewer output channels, and all that follows from it.

What comes behind a layer takes as many channels as arrive. A join wants them of all its sides, so
that layers whose channels meet in sums and products are pruned together or not at all. Source of
such groups: Fang et al. 2023, "DepGraph: Towards Any Structural Pruning".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from convcost.cost import evaluate
from convcost.errors import LayerError, Place, SpecError, UsageError
from convcost.kinds import find
from convcost.kinds.fields import ACTIVATIONS, NORMS
from convcost.network import INPUT, Layer, Network
from convcost.rewriting import Outcome, Replacement, Rewrite, matching
from convcost.sites import Recipe, Site, sites, with_changes
from convcost.text import command_line, listed, quote

_POOLS = (
    f"{reach}{sort}-pool" for reach in ("", "global-", "adaptive-") for sort in ("max", "avg")
)
FOLLOWING = frozenset(
    (
        *(*_POOLS, *ACTIVATIONS, *(f"{sort}-norm" for sort in NORMS)),
        *("depthwise", "mixed-depthwise", "partial", "flatten", "dropout", "identity", "shuffle"),
        *("concat", "crop", "last-norm", "upsample", "resize"),
    )
)
"""Kinds that give as many channels as arrive, or a multiple of them."""
_MOST_NAMED = 8
SUMS = ("add", "multiply", "elementwise")
"""Kinds whose inputs have the same channels."""


@dataclass(frozen=True, slots=True)
class Width:
    """A share of a layer's output channels, rounded to a multiple of `step`, and to one at least;
    halves to the even one."""

    share: Fraction
    step: int = 1

    def of(self, channels: int) -> int:
        """How many are left of them."""
        return max(self.step, round(channels * self.share / self.step) * self.step)

    def __call__(self, site: Site) -> int:
        return self.of(site.fields["m"])

    @property
    def text(self) -> str:
        """The same as an expression of m."""
        by = f" / {self.step}) * {self.step}" if self.step > 1 else ")"
        return f"max({self.step}, round(m * {float(self.share):.15g}{by})"

    def __str__(self) -> str:
        return f"m*{float(self.share):.15g}"


def prune(network: Network, shares: Mapping[str, Fraction], *, classifier: bool = False) -> Rewrite:
    """`network` with the share of their output channels left that `shares` has of layers by names,
    globs, or what they stand in, of which the last that matches counts.

    What comes out of the network, of a classifier as a rule, keeps its channels unless its layer
    is named, or `classifier` asks for it. Groups of convolutions stay as many, and widths that
    they divide are rounded to multiples of them; depthwise ones follow.

    UsageError for a glob that matches nothing that has channels of its own; SpecError where
    channels meet those of layers that are not pruned alike, which it names, or are told by number.
    """
    places = sites(network)
    groups = _Groups(network, places)
    kept = frozenset[int]() if classifier else groups.coming_out
    chosen, left = _chosen(places, shares, kept)
    widths = {at: Width(share, groups.step(at)) for at, share in chosen.items()}
    groups.refuse(widths)
    changes = _changes(places, widths)
    try:
        after = with_changes(network, changes)
    except LayerError as error:
        raise SpecError(*error.at(_place(network))) from None
    reasons = dict.fromkeys(chosen, "") | dict.fromkeys(left, "comes out of the network")
    outcomes = []
    for at, share in sorted((chosen | left).items()):
        kind = places[at].layer.kind
        instead = Replacement(kind, kind, {"m": widths.get(at, Width(share))})
        outcomes.append(Outcome(at, instead, reasons[at]))
    return Rewrite(network, after, evaluate(network), evaluate(after), tuple(outcomes))


def _chosen(
    places: Sequence[Site], shares: Mapping[str, Fraction], kept: frozenset[int]
) -> tuple[dict[int, Fraction], dict[int, Fraction]]:
    """The share of each layer that is to be pruned, and of each that is left alone: of those
    `kept`, all that are not named."""
    names = [site.layer.name for site in places]
    chosen: dict[int, Fraction] = {}
    left: dict[int, Fraction] = {}
    for glob, share in shares.items():
        inside = {name for name in names if name.startswith((f"{glob}.", f"{glob}["))}
        matched = inside if inside and glob not in names else inside | matching(names, [glob])
        meant = [at for at, site in enumerate(places) if names[at] in matched and _is_own(site)]
        if not meant:
            raise UsageError(
                f'nothing that "{quote(glob)}" names has output channels of its own',
                hint="those of convolutions and linear layers can be pruned",
            )
        for at in meant:
            (left if at in kept and glob != names[at] else chosen)[at] = share
    return chosen, {at: share for at, share in left.items() if at not in chosen}


def _is_own(site: Site) -> bool:
    """Whether a layer says how many channels come out of it."""
    kind = find(site.layer.kind)
    has_m = "m" in kind.fields and kind.fields["m"].required and kind.group != "joint"
    return has_m and kind.name != "projection" and not _is_depthwise(site)


def _is_depthwise(site: Site) -> bool:
    """Whether it has a group for each channel that arrives, whatever its kind."""
    return site.layer.kind == "depthwise" or site.groups == site.n > 1


class _Groups:
    """Layers whose output channels meet; the network's input is the one at INPUT."""

    def __init__(self, network: Network, places: Sequence[Site]) -> None:
        self._network = network
        self._places = places
        self._same: dict[int, int] = {}
        self._steps: dict[int, int] = {}
        """By a layer, what must divide its channels."""
        self._joins: list[tuple[int, frozenset[int]]] = []
        self._numbers: dict[int, int] = {}
        """By a layer, the first one that is told the number of its channels."""
        self._origins: list[frozenset[int]] = []
        for at, site in enumerate(places):
            self._origins.append(self._of(at, site))
        self._members: dict[int, list[int]] = defaultdict(list)
        for at in (INPUT, *range(len(places))):
            self._members[self._root(at)].append(at)

    @property
    def coming_out(self) -> frozenset[int]:
        """The layers whose channels come out of the network."""
        followed = {source for site in self._places for source in site.layer.inputs}
        last = [each for at, each in enumerate(self._origins) if at not in followed]
        roots = {self._root(origin) for origins in last for origin in origins}
        return frozenset(each for root in roots for each in self._members[root])

    def step(self, at: int) -> int:
        """What the channels of a layer are to be a multiple of."""
        return lcm(*(self._steps.get(each, 1) for each in self._members[self._root(at)]))

    def refuse(self, widths: Mapping[int, Width]) -> None:
        """SpecError where channels meet those of layers that are not pruned alike, or where their
        number is told."""
        for at, width in widths.items():
            members = self._members[self._root(at)]
            others = [each for each in members if widths.get(each) != width]
            if others:
                raise self._uneven(at, others, width)
            if at in self._numbers:
                told = self._places[self._numbers[at]].layer
                raise SpecError(
                    f"{_named(told)} is told the number of channels of {self._name(at)}",
                    place=_place(self._network, told),
                    hint=f"leave {self._name(at)} out",
                )

    def _uneven(self, at: int, others: Sequence[int], width: Width) -> SpecError:
        """What is wrong with pruning a layer and not the `others`, or not alike."""
        root = self._root(at)
        join = next(each for each, met in self._joins if self._root(min(met)) == root)
        layer = self._places[join].layer
        names = [self._name(each) for each in others]
        together = [
            command_line(("--prune", f"{self._name(each)}={float(width.share):g}"))
            for each in self._members[root]
        ]
        more = f" and {len(together) - _MOST_NAMED} more" * (len(together) > _MOST_NAMED)
        hint = f"name them together: {' '.join(together[:_MOST_NAMED])}{more}"
        return SpecError(
            f"{_named(layer)} joins the channels of {self._name(at)} with those of "
            f"{listed(names)}, not pruned alike",
            place=_place(self._network, layer),
            hint=f"leave {self._name(at)} out: an input stays" if INPUT in others else hint,
        )

    def _of(self, at: int, site: Site) -> frozenset[int]:
        """The layers that the channels behind a layer come from."""
        sources = [self._from(source) for source in site.layer.inputs]
        every = frozenset[int]().union(*sources)
        is_own = _is_own(site)
        if site.groups > 1 and not _is_depthwise(site):
            for origin in every | frozenset((at,) if is_own else ()):
                self._steps[origin] = lcm(self._steps.get(origin, 1), site.groups)
        if is_own:
            return frozenset((at,))
        if site.layer.kind in SUMS or (site.layer.kind == "concat" and site.fields.get("axis")):
            pairs = zip(sources, site.ins, strict=True)
            met = (source for source, shape in pairs if shape[0] == site.out[0])
            self._meet(at, frozenset[int]().union(*met))
        elif not _follows(site):
            for origin in every:
                self._numbers.setdefault(origin, at)
            return frozenset()
        return every

    def _from(self, source: int) -> frozenset[int]:
        return frozenset((INPUT,)) if source == INPUT else self._origins[source]

    def _meet(self, at: int, origins: frozenset[int]) -> None:
        first, *others = sorted({self._root(each) for each in origins}) or [INPUT]
        for other in others:
            self._same[other] = first
        if len(origins) > 1:
            self._joins.append((at, origins))

    def _root(self, at: int) -> int:
        while at in self._same:
            at = self._same[at]
        return at

    def _name(self, at: int) -> str:
        return "the network's input" if at == INPUT else quote(self._places[at].layer.name)


def _follows(site: Site) -> bool:
    """Whether as many channels come out as arrive, or a multiple of them, or all that arrive."""
    kind, fields = site.layer.kind, site.fields
    match kind:
        case "slice":
            return bool(fields.get("axis"))
        case "pad":
            return not fields.get("channels")
        case "reduce":
            return site.out[0] == site.n and 0 not in fields.get("dims", ())
        case "partial" | "shufflenet-v2":
            return "m" not in fields
        case _:
            return kind in FOLLOWING or _is_depthwise(site)


def _changes(places: Sequence[Site], widths: Mapping[int, Width]) -> list[Recipe | None]:
    """What each layer becomes, None where it only takes what arrives."""
    channels: list[int] = []
    changes: list[Recipe | None] = []
    for at, site in enumerate(places):
        sources = site.layer.inputs
        arriving = [
            site.ins[place][0] if source == INPUT else channels[source]
            for place, source in enumerate(sources)
        ] or [site.n]
        options: dict[str, Any] = {}
        out = site.out[0]
        if "n" in site.fields and arriving[0] != site.n:
            options["n"] = site.fields["n"] * arriving[0] // site.n
        if at in widths:
            m = site.fields["m"]
            options["m"] = widths[at](site)
            out = out // m * options["m"]
        elif site.layer.kind == "concat" and not site.fields.get("axis"):
            out = sum(arriving)
        elif site.layer.kind in SUMS:
            out = max(arriving)
        elif _follows(site):
            out = arriving[0] * out // site.n
            if _is_depthwise(site) and arriving[0] != site.n:
                said = {"m": out, "groups": arriving[0]}
                options |= {name: each for name, each in said.items() if name in site.fields}
        channels.append(out)
        changes.append(site.become(**options) if options else None)
    return changes


def _named(layer: Layer) -> str:
    return f"layer {quote(layer.name)} ({layer.kind})"


def _place(network: Network, layer: Layer | None = None) -> Place | None:
    return Place(network.path, layer.line if layer else 0) if network.path else None

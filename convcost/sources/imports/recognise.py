"""What an imported graph's layers amount to: a convolution with its norm and activation, a
depthwise and a pointwise convolution as one depthwise-separable layer, and so on.

Each rule looks at one layer and those behind it, merges them and costs nothing: the totals stay
what they were, or the network is left as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from convcost.cost import Report, evaluate
from convcost.errors import ConvcostError
from convcost.kinds import find
from convcost.kinds.fields import ACTIVATIONS, NORMS
from convcost.network import INPUT, Builder, Network
from convcost.ops.base import Shape
from convcost.ops.conv import same_pads

Fields = dict[str, Any]


@dataclass(slots=True)
class Piece:
    """A layer while the rules work on it; `users` are the pieces that take its output."""

    kind: str
    fields: Fields
    inputs: list[int]
    name: str
    shape: Shape
    out: Shape
    line: int = 0
    users: list[int] = field(default_factory=list)
    is_gone: bool = False


def recognised(network: Network) -> Network:
    """`network` with fewer, better-known layers, and the same totals."""
    if network.input is None:
        return network
    before = evaluate(network)
    try:
        after = _Rules(network, before).applied()
        return after if _totals(evaluate(after)) == _totals(before) else network
    except ConvcostError:
        return network


def _totals(report: Report) -> tuple[Any, ...]:
    return report.params, report.macs, report.activations, report.layers[-1].out


class _Rules:
    """The pieces of one network, and the rules that merge them."""

    def __init__(self, network: Network, report: Report) -> None:
        self.network = network
        self.pieces = [
            Piece(
                layer.kind,
                dict(layer.fields),
                list(layer.inputs),
                layer.name,
                cost.ins[0],
                cost.out,
                layer.line,
            )
            for layer, cost in zip(network.layers, report.layers, strict=True)
        ]
        self.names = {piece.name for piece in self.pieces}
        for index, piece in enumerate(self.pieces):
            for source in piece.inputs:
                if source != INPUT:
                    self.pieces[source].users.append(index)

    def applied(self) -> Network:
        """The network after all rules."""
        for rule in (_channel_norm, _shuffle, _flatten, _norm, _activation, _place_tensors):
            self._everywhere(rule)
        for rule in (_depthwise_separable, _spatial_separable):
            self._everywhere(rule)
        return self._rebuilt()

    def _everywhere(self, rule: Callable[[_Rules, int, Piece], None]) -> None:
        for index, piece in enumerate(self.pieces):
            if not piece.is_gone:
                rule(self, index, piece)

    def only_user(self, piece: Piece) -> Piece | None:
        """The piece that takes this one's output, if there is exactly one and it takes no other."""
        if len(piece.users) != 1:
            return None
        user = self.pieces[piece.users[0]]
        return user if len(user.inputs) == 1 else None

    def drop(self, index: int) -> None:
        """Take out a piece of one input: its users follow what it followed."""
        piece = self.pieces[index]
        (source,) = piece.inputs
        for user in piece.users:
            inputs = self.pieces[user].inputs
            self.pieces[user].inputs = [source if each == index else each for each in inputs]
        if source != INPUT:
            users = self.pieces[source].users
            users.remove(index)
            users += piece.users
        piece.is_gone = True

    def merge(self, index: int, piece: Piece) -> None:
        """Take out the piece behind `piece`, whose output it now makes."""
        (user,) = piece.users
        piece.out = self.pieces[user].out
        self.drop(user)

    def _rebuilt(self) -> Network:
        builder = Builder(self.network.name, self.network.input, self.network.path)
        places = {INPUT: INPUT}
        waiting = [index for index, piece in enumerate(self.pieces) if not piece.is_gone]
        for index in waiting:
            piece = self.pieces[index]
            inputs = tuple(places[source] for source in piece.inputs)
            places[index] = builder.add(
                piece.kind, piece.fields, name=piece.name, inputs=inputs, line=piece.line
            )
        return builder.network()


def _norm(rules: _Rules, index: int, piece: Piece) -> None:
    """A norm behind a layer that can hold it."""
    user = rules.only_user(piece)
    if user is None or user.fields or not _can_hold(piece, "norm") or _has(piece, "act"):
        return
    sort = user.kind.removesuffix("-norm")
    if sort in NORMS and user.kind != sort:
        piece.fields["norm"] = sort
        rules.merge(index, piece)


def _activation(rules: _Rules, index: int, piece: Piece) -> None:
    """An activation behind a layer that can hold it."""
    user = rules.only_user(piece)
    if user and user.kind in ACTIVATIONS and not user.fields and _can_hold(piece, "act"):
        piece.fields["act"] = user.kind
        rules.merge(index, piece)


def _can_hold(piece: Piece, name: str) -> bool:
    return name in find(piece.kind).fields and not _has(piece, name)


def _has(piece: Piece, name: str) -> bool:
    return bool(piece.fields.get(name, "none") != "none")


def _flatten(rules: _Rules, index: int, piece: Piece) -> None:
    """A linear layer flattens by itself."""
    user = rules.only_user(piece)
    if piece.kind == "flatten" and user and user.kind == "linear":
        rules.drop(index)


def _channel_norm(rules: _Rules, index: int, piece: Piece) -> None:
    """Channels moved last, normalised and moved back are a layer norm of channels."""
    norm = rules.only_user(piece)
    back = rules.only_user(norm) if norm else None
    if norm is None or back is None or piece.kind != "permute" or norm.kind != "last-norm":
        return
    dims = len(piece.shape)
    there = (*range(1, dims), 0)
    again = (dims - 1, *range(dims - 1))
    orders = (piece.fields.get("order"), back.fields.get("order"))
    if not norm.fields and back.kind == "permute" and orders == (there, again):
        piece.kind, piece.fields, piece.name = "layer-norm", {}, norm.name
        rules.merge(index, piece)
        rules.merge(index, piece)


def _shuffle(rules: _Rules, index: int, piece: Piece) -> None:
    """C split into g x C/g, exchanged and put together again is a channel shuffle."""
    turn = rules.only_user(piece)
    back = rules.only_user(turn) if turn else None
    if back is None or turn is None or (piece.kind, turn.kind) != ("reshape", "permute"):
        return
    split = piece.fields["shape"]
    order = tuple(turn.fields["order"])
    if (
        back.out == piece.shape
        and back.kind in ("reshape", "flatten")
        and isinstance(split, tuple)
        and split[2:] == piece.shape[1:]
        and order == (1, 0, *range(2, len(split)))
    ):
        piece.kind, piece.fields = "shuffle", {"groups": split[0]}
        rules.merge(index, piece)
        rules.merge(index, piece)


def _place_tensors(rules: _Rules, index: int, piece: Piece) -> None:
    """A parameter follows what its user follows as well, so that both stand side by side."""
    if piece.kind not in ("parameter", "constant") or len(piece.users) != 1:
        return
    end = index
    while (
        len(rules.pieces[end].users) == 1
        and len(rules.pieces[rules.pieces[end].users[0]].inputs) == 1
    ):
        end = rules.pieces[end].users[0]
    if len(rules.pieces[end].users) != 1:
        return
    joint = rules.pieces[rules.pieces[end].users[0]]
    others = [source for source in joint.inputs if source != end and source < index]
    if others and others[0] != INPUT:
        piece.inputs = [others[0]]
        rules.pieces[others[0]].users.append(index)


def _depthwise_separable(rules: _Rules, index: int, piece: Piece) -> None:
    """A depthwise convolution with a pointwise one behind it."""
    user = rules.only_user(piece)
    if (
        user is None
        or piece.kind != "depthwise"
        or user.kind not in ("pointwise", "pointwise-group")
    ):
        return
    if "stride" in user.fields or "multiplier" in piece.fields:
        return
    n, multiple = piece.shape[0], piece.out[0]
    fields = {key: value for key, value in piece.fields.items() if key != "m"}
    fields |= {"m": user.fields["m"]}
    if multiple != n:
        fields["multiplier"] = multiple // n
    if "groups" in user.fields:
        fields["groups"] = user.fields["groups"]
    _merge_pair(rules, index, piece, user, "depthwise-separable", fields)


def _spatial_separable(rules: _Rules, index: int, piece: Piece) -> None:
    """A k x 1 convolution with a 1 x k one behind it."""
    user = rules.only_user(piece)
    if user is None or {piece.kind, user.kind} != {"standard"} or len(piece.out) != 3:
        return
    if piece.fields.get("groups", 1) != 1 or user.fields.get("groups", 1) != 1:
        return
    first, second = (_wide(each) for each in (piece, user))
    if first is None or second is None or first[0][1] != 1 or second[0][0] != 1:
        return
    if first[0][0] == 1 or second[0][1] == 1:
        return
    for values, idle in ((first, 1), (second, 0)):
        if any(each[idle] not in (1, (0, 0)) for each in values):
            return
    kernel, stride, dilation, pads = (
        (down[0], across[1]) for down, across in zip(first, second, strict=True)
    )
    fields: Fields = {"m": user.fields["m"], "k": kernel}
    if stride != (1, 1):
        fields["stride"] = stride
    if dilation != (1, 1):
        fields["dilation"] = dilation
    if pads != same_pads(kernel, dilation):
        fields["padding"] = pads
    if piece.fields["m"] != user.fields["m"]:
        fields["rank"] = piece.fields["m"]
    if piece.fields.get("bias"):
        fields["bias"] = True
    _merge_pair(rules, index, piece, user, "spatial-separable", fields)


def _wide(piece: Piece) -> tuple[Any, Any, Any, Any] | None:
    """Kernel, stride, dilation and pads of a convolution, a number for each of two dims."""

    def both(value: Any) -> Any:
        return value if isinstance(value, tuple) else (value, value)

    kernel = both(piece.fields["k"])
    dilation = both(piece.fields.get("dilation", 1))
    padding = piece.fields.get("padding", "same")
    if padding == "same":
        pads: Any = same_pads(kernel, dilation)
    elif padding == "valid":
        pads = ((0, 0), (0, 0))
    elif isinstance(padding, str):
        return None
    else:
        pads = tuple(each if isinstance(each, tuple) else (each, each) for each in both(padding))
    return kernel, both(piece.fields.get("stride", 1)), dilation, pads


def _merge_pair(
    rules: _Rules, index: int, piece: Piece, user: Piece, kind: str, fields: Fields
) -> None:
    """Two convolutions as one layer of `kind`; norms and activations keep their places."""
    for name in ("bias", "weights"):
        if piece.fields.get(name) != user.fields.get(name):
            return
    if "weights" in piece.fields:
        fields["weights"] = piece.fields["weights"]
    for name in ("norm", "act"):
        inner, outer = piece.fields.get(name, "none"), user.fields.get(name, "none")
        fields.pop(name, None)
        if outer != "none":
            fields[name] = outer
        if inner != outer:
            fields[f"inner_{name}"] = inner
    piece.kind, piece.fields = kind, fields
    pairs = zip(piece.name.split("."), user.name.split("."), strict=False)
    shared = [part for part, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)]
    if shared and ".".join(shared) not in rules.names:
        piece.name = ".".join(shared)
        rules.names.add(piece.name)
    rules.merge(index, piece)

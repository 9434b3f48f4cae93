"""What an imported graph's layers amount to: a convolution with its norm and activation, a
depthwise and a pointwise convolution as one depthwise-separable layer, and so on.

Each rule looks at one layer and those behind it, merges them and costs nothing: the totals stay
what they were, or the network is left as it was.
"""

from __future__ import annotations

from typing import Any

from convcost.cost import Report, evaluate
from convcost.errors import ConvcostError
from convcost.kinds import find
from convcost.kinds.fields import ACTIVATIONS, NORMS
from convcost.network import INPUT, Network
from convcost.sources.imports.pairs import depthwise_separable, spatial_separable
from convcost.sources.imports.pieces import Fields, Piece, Pieces, Rule


def recognised(network: Network) -> Network:
    """`network` with fewer, better-known layers, and the same totals."""
    if network.input is None:
        return network
    before = evaluate(network)
    try:
        pieces = Pieces(network, before)
        for rule in _RULES:
            pieces.apply(rule)
        after = pieces.network()
        return after if _totals(evaluate(after)) == _totals(before) else network
    except ConvcostError:
        return network


def _totals(report: Report) -> tuple[Any, ...]:
    return report.params, report.macs, report.activations, report.layers[-1].out


def _norm(pieces: Pieces, index: int, piece: Piece) -> None:
    """A norm behind a layer that can hold it."""
    user = pieces.only_user(piece)
    if user is None or user.fields or not _can_hold(piece, "norm") or _has(piece, "act"):
        return
    sort = user.kind.removesuffix("-norm")
    if sort in NORMS and user.kind != sort:
        piece.fields["norm"] = sort
        pieces.merge(index, piece)


def _activation(pieces: Pieces, index: int, piece: Piece) -> None:
    """An activation behind a layer that can hold it."""
    user = pieces.only_user(piece)
    if user is None or user.kind not in ACTIVATIONS or not _can_hold(piece, "act"):
        return
    own = {name: value for name, value in user.fields.items() if name != "functional"}
    if own not in _SLOPES.get(user.kind, [{}]):
        return
    if user.kind == "prelu" and not own and not _has_channels(piece):
        return
    piece.fields |= {"act": user.kind, **user.fields}
    pieces.merge(index, piece)


_SLOPES: dict[str, list[Fields]] = {"prelu": [{}, {"weights_per": "layer"}]}
"""With which fields a layer can hold an activation; with none as a rule."""


def _has_channels(piece: Piece) -> bool:
    """Whether it knows how many channels come behind it, and has them in front."""
    return find(piece.kind).group != "joint" and piece.kind != "projection"


def _can_hold(piece: Piece, name: str) -> bool:
    return name in find(piece.kind).fields and not _has(piece, name)


def _has(piece: Piece, name: str) -> bool:
    return bool(piece.fields.get(name, "none") != "none")


def _flatten(pieces: Pieces, index: int, piece: Piece) -> None:
    """A linear layer flattens by itself."""
    user = pieces.only_user(piece)
    if piece.kind == "flatten" and user and user.kind == "linear":
        pieces.drop(index)


def _channel_norm(pieces: Pieces, index: int, piece: Piece) -> None:
    """Channels moved last, normalised and moved back are a layer norm of channels."""
    norm = pieces.only_user(piece)
    back = pieces.only_user(norm) if norm else None
    if norm is None or back is None or piece.kind != "permute" or norm.kind != "last-norm":
        return
    dims = len(piece.shape)
    there = (*range(1, dims), 0)
    again = (dims - 1, *range(dims - 1))
    orders = (piece.fields.get("order"), back.fields.get("order"))
    if norm.fields.keys() <= {"called"} and back.kind == "permute" and orders == (there, again):
        piece.kind, piece.fields, piece.name = "layer-norm", norm.fields, norm.name
        pieces.merge(index, piece)
        pieces.merge(index, piece)


def _shuffle(pieces: Pieces, index: int, piece: Piece) -> None:
    """C split into g x C/g, exchanged and put together again is a channel shuffle."""
    turn = pieces.only_user(piece)
    back = pieces.only_user(turn) if turn else None
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
        pieces.merge(index, piece)
        pieces.merge(index, piece)


def _unused(pieces: Pieces, index: int, piece: Piece) -> None:
    """A constant that nothing takes: an input that only says which rows are looked up."""
    if piece.kind == "constant" and not piece.users and index < len(pieces.pieces) - 1:
        piece.is_gone = True
        for source in piece.inputs:
            if source != INPUT:
                pieces.pieces[source].users.remove(index)


def _reshapes(pieces: Pieces, index: int, piece: Piece) -> None:
    """A reshape with another behind it is that one; nothing, where it makes what there was."""
    shaping = ("reshape", "flatten")
    while piece.kind in shaping and (user := pieces.only_user(piece)) and user.kind in shaping:
        piece.kind, piece.fields = user.kind, user.fields
        pieces.merge(index, piece)
    if piece.kind in shaping and piece.shape == piece.out and piece.users:
        pieces.drop(index)


def _permutes(pieces: Pieces, index: int, piece: Piece) -> None:
    """A permute that the next one undoes: layers in a row that take their features first."""
    back = pieces.only_user(piece)
    if back is None or (piece.kind, back.kind) != ("permute", "permute"):
        return
    there, again = piece.fields["order"], back.fields["order"]
    if [there[dim] for dim in again] == sorted(there):
        pieces.drop(piece.users[0])
        pieces.drop(index)


def _place_tensors(pieces: Pieces, index: int, piece: Piece) -> None:
    """A parameter follows what its user follows as well, so that both stand side by side."""
    if piece.kind not in ("parameter", "constant") or len(piece.users) != 1:
        return
    end = index
    while (
        len(pieces.pieces[end].users) == 1
        and len(pieces.pieces[pieces.pieces[end].users[0]].inputs) == 1
    ):
        end = pieces.pieces[end].users[0]
    if len(pieces.pieces[end].users) != 1:
        return
    joint = pieces.pieces[pieces.pieces[end].users[0]]
    others = [source for source in joint.inputs if source != end and source < index]
    if others and others[0] != INPUT:
        piece.inputs = [others[0]]
        pieces.pieces[others[0]].users.append(index)


_RULES: tuple[Rule, ...] = (
    _unused,
    _reshapes,
    _permutes,
    _channel_norm,
    _shuffle,
    _flatten,
    _norm,
    _activation,
    _place_tensors,
    depthwise_separable,
    spatial_separable,
)
"""In the order in which they are tried, each on the whole network."""

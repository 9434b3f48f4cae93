"""Two convolutions of an imported graph, one behind the other, that are one separable layer."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

from convcost.ops.conv import same_pads
from convcost.sources.imports.numbers import are_alike
from convcost.sources.imports.pieces import Fields, Piece, Pieces


def depthwise_separable(pieces: Pieces, index: int, piece: Piece) -> None:
    """A depthwise convolution with a pointwise one behind it."""
    user = pieces.only_user(piece)
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
    _merge_pair(pieces, index, piece, user, "depthwise-separable", fields)


def spatial_separable(pieces: Pieces, index: int, piece: Piece) -> None:
    """A k x 1 convolution with a 1 x k one behind it."""
    user = pieces.only_user(piece)
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
    _merge_pair(pieces, index, piece, user, "spatial-separable", fields)


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
    pieces: Pieces, index: int, piece: Piece, user: Piece, kind: str, fields: Fields
) -> None:
    """Two convolutions as one layer of `kind`; norms and activations keep their places."""
    for name in ("bias", "weights", "weights_per", "called"):
        if piece.fields.get(name) != user.fields.get(name):
            return
    if not are_alike(piece.operands, user.operands):
        return
    called = {
        each.fields.get("functional", False) for each in (piece, user) if "act" in each.fields
    }
    if len(called) > 1:
        return
    fields.pop("functional", None)
    if any(called):
        (fields["functional"],) = called
    for name in ("weights", "weights_per", "called"):
        if name in piece.fields:
            fields[name] = piece.fields[name]
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
    if shared and ".".join(shared) not in pieces.names:
        piece.name = ".".join(shared)
        pieces.names.add(piece.name)
    pieces.merge(index, piece)

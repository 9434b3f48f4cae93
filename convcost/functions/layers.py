"""Functions about single layers and their kinds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from convcost.comparison import Choice, Comparison, Explained
from convcost.comparison import compare as compare_kinds
from convcost.errors import UsageError
from convcost.functions.words import choice
from convcost.kinds import Kinds, find
from convcost.ops.base import Sizes

if TYPE_CHECKING:
    from convcost.functions.given import Under
    from convcost.views.pictures.svg import Svg


class Layer(TypedDict, total=False):
    """What a layer is besides its channels and its kernel, as `compare` takes it."""

    size: int | Sizes | None
    groups: int | None
    stride: int | Sizes
    padding: str | int | tuple[Any, ...]
    dilation: int | Sizes
    bias: bool


def compare(
    n: int,
    m: int,
    k: int | Sizes,
    *,
    size: int | Sizes | None = None,
    groups: int | None = None,
    stride: int | Sizes = 1,
    padding: str | int | tuple[Any, ...] = "same",
    dilation: int | Sizes = 1,
    bias: bool = False,
    kinds: str | Choice | Iterable[str | Choice] = (),
    **under: Unpack[Under],
) -> Comparison:
    """What a layer from `n` to `m` channels with a kernel `k` costs as each of `kinds`.

    `size` is the spatial input size, (5, 5), or one number for all dims of a kernel that has one
    for each; without it multiply-adds are per output position.
    `kinds` default to those of the literature's main line; one is a name, `group[groups=4]` with
    options of its own, or a `Choice`. A kind that cannot be built for this layer keeps its row,
    with the reason in `error`. With a `device`, rows have what binds them there (`bound`), as
    `dtype` and `batch` say. LayerError if not even a standard convolution can be built, UsageError
    for an unknown kind.

    >>> [row.params for row in compare(3, 4, 3, kinds=["standard", "depthwise-separable"]).rows]
    [108, 39]
    """
    several = [kinds] if isinstance(kinds, str | Choice) else kinds
    chosen = [choice(each, "kind") if isinstance(each, str) else each for each in several]
    layer = Layer(
        size=size, groups=groups, stride=stride, padding=padding, dilation=dilation, bias=bias
    )
    found = compare_kinds(n, m, k, **layer, kinds=chosen)
    if not under:
        return found
    from convcost.bounded import on_device
    from convcost.functions.given import setting_of
    from convcost.setting import FP32

    setting = setting_of(under, FP32)
    if setting.device is None:
        raise UsageError("a dtype and a batch go with a device", hint="such as device='t4'")
    return on_device(found, setting.device, setting)


def explain(
    kind: str | Choice,
    n: int | None = None,
    m: int | None = None,
    k: int | Sizes | None = None,
    **layer: Unpack[Layer],
) -> Explained:
    """One kind: what it is, and for a layer from `n` to `m` channels with a kernel `k` what it
    costs and why, stage by stage. UsageError for an unknown kind, and for a layer that is not all
    there."""
    chosen = choice(kind, "kind") if isinstance(kind, str) else kind
    found = find(chosen.kind)
    if n is None and m is None and k is None:
        return Explained(found)
    if n is None or m is None or k is None:
        raise UsageError("n, m and k go together", hint="or leave all three out")
    if found.group != "convolution":
        raise UsageError(
            f"{found.name} is no convolution: only those can be compared with a standard one",
            hint=f'"convcost explain {found.name}" tells what it is',
        )
    return Explained(found, compare_kinds(n, m, k, **layer, kinds=[chosen]))


def draw(
    kind: str | Choice,
    n: int = 8,
    m: int = 8,
    k: int | Sizes = 3,
    **layer: Unpack[Layer],
) -> Svg:
    """How a kind connects, as the text of an SVG picture, which a notebook shows."""
    from convcost.views.pictures.draw import render

    chosen = choice(kind, "kind") if isinstance(kind, str) else kind
    found = find(chosen.kind, "convolution")
    return render(found, compare_kinds(n, m, k, **layer, kinds=[chosen]))


def all_kinds() -> Kinds:
    """Every kind: formula, one line, source."""
    from convcost.kinds import REGISTRY

    return Kinds(REGISTRY.values())

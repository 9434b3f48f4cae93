"""Convolutions that treat parts of the channels differently: ghost, mixed, partial, octave."""

from fractions import Fraction
from typing import Annotated

from convcost.errors import LayerError
from convcost.kinds.convolution import conv
from convcost.kinds.fields import ONE, Bias, Dilation, FieldDoc, K, M, MaybeM, N, Pad, Stride
from convcost.kinds.letters import FILTERED, Letter, outputs_of, value_of
from convcost.kinds.registry import INPUT, OUTER, Draft, Stages, chain, kind
from convcost.kinds.tails import BRANCHED
from convcost.ops.joints import Add, Concat
from convcost.ops.pooling import Pool, Upsample
from convcost.ops.structure import Slice


@kind(
    "ghost",
    tail=BRANCHED,
    formula="k²·n·p + (s-1)·d²·p",
    own_letters=(
        Letter("p", "channels computed in full", outputs_of(0)),
        Letter("s", "outputs for each of those", value_of("s")),
        Letter("d", "kernel size for the others", value_of("d")),
    ),
    mixing="all channels, for one in s of the outputs",
    gives_up="weights of their own for the other outputs, which are cheap copies of the first",
    source="GhostNet, Han et al. 2020",
)
def ghost(
    n: N,
    m: M,
    k: K,
    stride: Stride = ONE,
    padding: Pad = "same",
    dilation: Dilation = ONE,
    bias: Bias = False,
    s: Annotated[int, FieldDoc("count", "outputs for each one that is computed in full")] = 2,
    d: Annotated[int, FieldDoc("count", "kernel of the cheap depthwise convolution")] = 3,
) -> Stages:
    """A k x k convolution to p = m/s channels, and depthwise d x d ones that make the rest."""
    primary = -(-m // s)
    main = conv(n, primary, k, stride, padding, dilation, bias=bias)
    if s == 1:
        return chain(main)
    draft = Draft()
    first = draft.add(main)
    cheap = conv(primary, primary * (s - 1), (d,) * len(k), groups=primary, bias=bias)
    both = draft.add(Concat(), first, draft.add(cheap, first))
    if primary * s > m:
        draft.add(Slice(0, m), both)
    return draft.stages()


@kind(
    "mixed-depthwise",
    tail=OUTER,
    mixing="none",
    gives_up="mixing; parts of the channels see k x k, (k+2) x (k+2), ... positions",
    source="MixConv, Tan and Le 2019",
)
def mixed_depthwise(
    n: N,
    k: K,
    stride: Stride = ONE,
    dilation: Dilation = ONE,
    bias: Bias = False,
    parts: Annotated[int, FieldDoc("count", "parts of the channels, kernels k, k+2, k+4, ...")] = 4,
) -> Stages:
    """Depthwise convolutions of growing kernels, each on its part of the channels."""
    if parts > n:
        raise LayerError(f"{n} channels cannot make {parts} parts")
    draft, ends, start = Draft(), [], 0
    for part in range(parts):
        width = n // parts + (n % parts if part == 0 else 0)
        kernel = tuple(side + 2 * part for side in k)
        filtered = conv(width, width, kernel, stride, "same", dilation, width, bias)
        ends.append(draft.add(filtered, draft.add(Slice(start, start + width), INPUT)))
        start += width
    draft.add(Concat(), *ends)
    return draft.stages()


@kind(
    "partial",
    tail=OUTER,
    formula="k²·c²",
    own_letters=(FILTERED,),
    mixing="all of the first c = n/r channels",
    gives_up="filters on the other channels, which pass untouched to a pointwise layer behind",
    source="FasterNet, Chen et al. 2023",
)
def partial(
    n: N,
    k: K,
    m: MaybeM = None,
    dilation: Dilation = ONE,
    bias: Bias = False,
    r: Annotated[int, FieldDoc("count", "one in r channels is convolved")] = 4,
) -> Stages:
    """A k x k convolution on the first n/r channels; the rest pass untouched."""
    if m not in (None, n):
        raise LayerError(f"partial keeps its n = {n} channels, so m cannot be {m}")
    width = n // r
    if not width:
        raise LayerError(f"{n} channels have no {r}th part")
    filtered = conv(width, width, k, dilation=dilation, bias=bias)
    if width == n:
        return chain(filtered)
    draft = Draft()
    first = draft.add(filtered, draft.add(Slice(0, width), INPUT))
    draft.add(Concat(), first, draft.add(Slice(width, n), INPUT))
    return draft.stages()


@kind(
    "octave",
    tail=OUTER,
    formula="n·m·k²",
    macs="n·m·k²·A·(1 - 3·alpha·(2 - alpha)/4)",
    # A share is no whole number, so it has no reading.
    own_letters=(Letter("alpha", "share of channels at half the size"),),
    ratio="1",
    mixing="all channels",
    gives_up="detail: a share alpha of the channels lives at half the size",
    source="Chen et al. 2019",
)
def octave(
    n: N,
    m: M,
    k: K,
    dilation: Dilation = ONE,
    alpha: Annotated[Fraction, FieldDoc("share", "share of channels at half the size")] = Fraction(
        1, 2
    ),
) -> Stages:
    """Dense k x k convolutions between channels at full size and channels at half of it."""
    low_in, low_out = int(n * alpha), int(m * alpha)
    high_in, high_out = n - low_in, m - low_out
    two = (2,) * len(k)
    draft = Draft()
    halve = Pool("avg", two, two, ((0, 0),) * len(k))
    high = draft.add(Slice(0, high_in), INPUT) if high_in else None
    low = draft.add(halve, draft.add(Slice(high_in, n), INPUT)) if low_in else None
    ends = []
    for outputs, is_low in ((high_out, False), (low_out, True)):
        if not outputs:
            continue
        sums = []
        if high is not None:
            source = draft.add(halve, high) if is_low else high
            sums.append(draft.add(conv(high_in, outputs, k, dilation=dilation), source))
        if low is not None:
            made = draft.add(conv(low_in, outputs, k, dilation=dilation), low)
            sums.append(made if is_low else draft.add(Upsample(two), made))
        end = draft.add(Add(), *sums) if len(sums) > 1 else sums[0]
        ends.append(draft.add(Upsample(two), end) if is_low else end)
    if len(ends) > 1:
        draft.add(Concat(), *ends)
    return draft.stages()

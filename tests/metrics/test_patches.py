"""A first stage that runs patch by patch."""

from __future__ import annotations

import re
from itertools import product
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost.cost import Report, evaluate
from convcost.errors import SpecError, UsageError
from convcost.metrics.patches import patched
from convcost.network import Builder, Input
from convcost.setting import FP32
from convcost.sources import read, target_of

INT8 = FP32.with_dtype("int8")


def of(name: str) -> Report:
    return evaluate(read(target_of(name)).network)


def chain(shape: tuple[int, ...], *layers: tuple[str, dict[str, Any]]) -> Report:
    built = Builder("chain", shape)
    for kind, fields in layers:
        built.add(kind, fields)
    return evaluate(built.network()).under(INT8)


def test_mobilenet_v2_in_4x4_patches() -> None:
    """Lin et al. 2021, figure 1: 1,372 kB come down to 172 kB, with some 10% more to multiply; a
    patch sees 75x75 of the input, and makes 7x7 of 28x28."""
    setting = INT8.with_word("in-place", "depthwise,accumulate")
    found = patched(of("mobilenet_v2").under(setting), (4, 4))
    assert found.parts[-1].layer.name == "stage3[0].project"
    assert found.parts[-1].patch == (7, 7)
    assert found.parts[0].patch == (37, 37)
    assert found.parts[0].alive == 3 * 75**2 + 32 * 37**2 + 32 * 28**2
    assert found.before == 1372 * 1024
    assert found.stage == 35**2 * (16 + 96) + 32 * 28**2 < 172 * 1024
    assert (found.peak, found.peak_at) == (28**2 * (32 + 192), "stage3[1].expand")
    assert found.peak == 171.5 * 1024
    assert round(found.extra / found.report.macs, 3) == 0.093


def test_two_layers_by_hand() -> None:
    # Two rows of an output of four need three of what is before, and those all four of the input.
    report = chain((1, 4, 4), *[("standard", {"m": m, "k": 3}) for m in (8, 3)])
    found = patched(report, (2, 1), "2")
    assert [(part.patch, part.alive) for part in found.parts] == [
        ((3, 4), 16 + 8 * 12 + 48),
        ((2, 4), 8 * 12 + 48),
    ]
    assert [part.extra for part in found.parts] == [8 * 9 * (2 * 12 - 16), 0]
    assert (found.peak, found.peak_at, found.before) == (160, "1", 8 * 16 + 48)
    assert (found.behind, found.output) == (0, 48)


def test_what_is_done_in_place_at_the_end_is_done_in_the_whole_output() -> None:
    report = chain((1, 8), ("standard", {"m": 2, "k": 3, "act": "relu"}))
    assert [part.alive for part in patched(report, 2).parts] == [5 + 2 * 8]
    wide = chain((2, 8), ("relu", {}), ("depthwise", {"k": 3}))
    found = patched(wide.under(INT8.with_word("in-place", "depthwise")), 2, "2")
    assert [part.alive for part in found.parts] == [2 * 5 + 2 * 8, 2 * 5 + 2 * 8]


def test_one_patch_is_no_patch() -> None:
    report = chain((3, 9, 9), *[("standard", {"m": 4, "k": 3, "stride": 2})] * 2)
    found = patched(report, 1, "2")
    assert found.extra == 0
    assert found.stage == 4 * 9 + 4 * 25 + 3 * 81  # the output is there from the start
    assert found.peak_at == "1"


def test_the_layers_behind_may_run_in_another_order() -> None:
    built = Builder("branches", (1, 4, 4))
    first = built.add("pointwise", {"m": 2})
    wide = built.add("pointwise", {"m": 9}, inputs=(first,))
    narrow = built.add("pointwise", {"m": 1}, inputs=(wide,))
    other = built.add("pointwise", {"m": 8}, inputs=(first,))
    last = built.add("pointwise", {"m": 1}, inputs=(other,))
    built.add("add", {}, inputs=(narrow, last))
    report = evaluate(built.network()).under(INT8)
    written = patched(report, 2, "1")
    best = patched(report.under(INT8.with_word("order", "best")), 2, "1")
    assert (written.behind, written.peak_behind) == (16 * (2 + 9 + 1), "3")
    assert best.behind <= written.behind
    assert best.stage == written.stage


class Piece(NamedTuple):
    """A layer of a chain: its taps along both axes, and the tensors that it reads, by number."""

    reads: tuple[int, ...]
    k: int = 1
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    weights: int = 0


def box(places: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """All places from the first to the last."""
    rows, columns = zip(*places, strict=True)
    return {*product(range(min(rows), max(rows) + 1), range(min(columns), max(columns) + 1))}


def run(
    pieces: list[Piece], shapes: list[tuple[int, ...]], grid: tuple[int, int]
) -> tuple[int, int]:
    """The peak of memory and the multiply-adds of all patches, place by place."""
    peak = macs = 0
    channels, high, wide = shapes[-1]
    for row, column in product(range(grid[0]), range(grid[1])):
        rows = range(row * high // grid[0], (row + 1) * high // grid[0])
        columns = range(column * wide // grid[1], (column + 1) * wide // grid[1])
        wanted: list[set[tuple[int, int]]] = [set() for _ in shapes]
        wanted[-1] = {*product(rows, columns)}
        for at in reversed(range(len(pieces))):
            piece = pieces[at]
            if not wanted[at + 1]:
                continue
            wanted[at + 1] = box(wanted[at + 1])
            taps = [each * piece.dilation - piece.padding for each in range(piece.k)]
            for source in piece.reads:
                _, down, across = shapes[source]
                wanted[source] |= {
                    (y * piece.stride + up, x * piece.stride + left)
                    for y, x in wanted[at + 1]
                    for up, left in product(taps, taps)
                    if 0 <= y * piece.stride + up < down and 0 <= x * piece.stride + left < across
                }
        sizes = [shapes[at][0] * len(box(each) if each else each) for at, each in enumerate(wanted)]
        for at, piece in enumerate(pieces):
            macs += piece.weights * len(wanted[at + 1])
            later = {source for each in pieces[at:] for source in each.reads}
            made = [each for each in range(at + 2) if each in later or each == at + 1]
            alive = sum(sizes[each] for each in made if each < len(pieces))
            peak = max(peak, alive + channels * high * wide)
    return peak, macs


PIECES = st.lists(
    st.tuples(
        st.sampled_from(["conv", "pool", "residual"]),
        st.integers(1, 3),
        st.integers(1, 2),
        st.integers(0, 1),
        st.integers(1, 2),
        st.integers(1, 3),
    ),
    min_size=1,
    max_size=4,
)


@given(PIECES, st.integers(1, 3), st.integers(1, 3))
@settings(max_examples=120, deadline=None)
def test_patches_are_what_running_them_place_by_place_takes(
    drawn: list[tuple[str, int, int, int, int, int]], rows: int, columns: int
) -> None:
    built = Builder("drawn", (2, 13, 12))
    pieces: list[Piece] = []
    for kind, k, stride, padding, dilation, m in drawn:
        last = len(pieces)
        n, *sides = built.outs[-1] if built.outs else (2, 13, 12)
        if min(sides) + 2 * padding <= dilation * (k - 1):
            continue
        if kind == "conv":
            fields = {"m": m, "k": k, "stride": stride, "padding": padding, "dilation": dilation}
            pieces.append(Piece((last,), k, stride, padding, dilation, n * m * k * k))
            built.add("standard", fields)
        elif kind == "pool" and min(sides) >= k:
            pieces.append(Piece((last,), k, stride))
            built.add("max-pool", {"k": k, "stride": stride, "padding": 0})
        else:
            pieces.append(Piece((last,), 3, 1, 1, 1, n * n * 9))
            built.add("standard", {"m": n, "k": 3})
            pieces.append(Piece((last, last + 1)))
            built.add("add", {}, inputs=(last - 1, last))
    network = built.network()
    shapes = [(2, 13, 12), *built.outs]
    if rows > shapes[-1][1] or columns > shapes[-1][2]:
        return
    report = evaluate(network).under(INT8)
    found = patched(report, (rows, columns), network.layers[-1].name)
    assert (found.stage, report.macs + found.extra) == run(pieces, shapes, (rows, columns))


@given(st.integers(1, 4), st.integers(1, 5), st.integers(1, 3), st.integers(0, 2))
def test_what_upsamples_reads_less_than_it_makes(k: int, many: int, step: int, pad: int) -> None:
    report = chain(
        (1, 9),
        ("upsample", {"scale": step}),
        ("transposed", {"m": 1, "k": k, "stride": step, "padding": min(pad, (k - 1) // 2)}),
        ("standard", {"m": 1, "k": 3}),
    )
    found = patched(report, many, "3")
    # Positions that overlap are at most those beyond each of the cuts between patches.
    beyond = 2 * (many - 1) * (k + 3)
    assert 0 <= found.extra <= report.macs * beyond
    assert patched(report, 1, "3").extra <= 0


@pytest.mark.parametrize(
    ("grid", "until", "message"),
    [
        ((2, 2, 2), "", "2x2x2 patches cannot be cut out of 2x8x8"),
        (9, "", "9x9 patches cannot be made of 8x8 positions"),
        (2, "convv", 'there is no layer "convv"'),
        (2, "inside", "patches cannot end at inside: what is made before it is read behind it"),
        (2, "head", "patches cannot end at head: pool (global-avg-pool) takes more than a part"),
    ],
)
def test_patches_that_cannot_be(grid: int | tuple[int, ...], until: str, message: str) -> None:
    built = Builder("net", (2, 8, 8))
    built.add("standard", {"m": 2, "k": 3}, name="conv")
    built.add("standard", {"m": 2, "k": 3}, name="inside")
    built.add("add", {}, inputs=(0, 1), name="sum")
    built.add("global-avg-pool", {}, name="pool")
    built.add("linear", {"m": 3}, name="head")
    with pytest.raises((SpecError, UsageError), match=re.escape(message)):
        patched(evaluate(built.network()), grid, until)


def test_networks_without_a_stage() -> None:
    with pytest.raises(SpecError, match="there is no first stage to cut into patches: 1 "):
        patched(chain((2, 8, 8), ("linear", {"m": 3})), 2)
    with pytest.raises(UsageError, match="this network has no stage of patches"):
        patched(chain((2, 8, 8), ("linear", {"m": 3})), 2, "1")
    built = Builder("list")
    built.add("standard", {"n": 2, "m": 2, "k": 3, "size": (4, 4)})
    with pytest.raises(SpecError, match="patches cannot be cut out of a list of layers"):
        patched(evaluate(built.network()), 2)
    # Both outputs of a network are there to the end.
    built = Builder("outputs", (2, 8, 8))
    for _ in range(2):
        built.add("pointwise", {"m": 2}, inputs=(-1,))
    with pytest.raises(SpecError, match="what is made is read until the end"):
        patched(evaluate(built.network()), 2)


def test_a_second_input_is_no_part_of_a_stage() -> None:
    built = Builder("two", (2, 4))
    other = built.add("constant", {"shape": "2x4"}, name="y.constant")
    near = built.add("standard", {"m": 2, "k": 3}, inputs=(-1,))
    built.add("add", {}, inputs=(near, other))
    network = built.network()._replace(inputs=(Input("x", (2, 4)), Input("y", (2, 4))))
    found = patched(evaluate(network).under(INT8), 2)
    assert found.parts[-1].layer.name == "2"
    assert found.behind == 3 * 8

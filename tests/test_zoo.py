"""The networks that ship cost what the literature's cost, to the digit and layer by layer.

The layer tables in `data/layers` were taken from networks built in other frameworks; a table has
the name of the spec that it belongs to.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from convcost.cost import Report, StageCost, evaluate
from convcost.ops.base import format_shape
from convcost.ops.conv import ChannelwiseConv, Conv, Linear, TransposedConv
from convcost.sources import load
from convcost.sources.zoo import find_shipped, opening, paper, shipped

TABLES = Path(__file__).parent / "data" / "layers"
TOTALS = {
    "alexnet": (60_965_224, 724_406_816),
    "alexnet_torchvision": (61_100_840, 714_188_480),
    "channelnet": (3_703_432, 468_488_704),
    "convnext_tiny": (28_589_128, 4_455_531_264),
    "darknet53": (41_609_928, 9_285_115_904),
    "dcgan": (3_576_704, 104_628_224),
    "densenet121": (7_978_856, 2_834_161_664),
    "efficientnet_b0": (5_288_548, 385_814_752),
    "efficientnet_v2_s": (21_458_488, 8_365_617_152),
    "effnet_cifar10": (151_146, 5_640_192),
    "fasternet_t0": (3_905_500, 335_422_720),
    "ghostnet": (5_182_508, 141_150_512),
    "googlenet": (6_998_552, 1_582_671_872),
    "inception_v3": (23_834_568, 5_713_216_096),
    "lstm_kws": (62_788, 2_961_800),
    "mlperf_tiny_ad": (267_928, 264_192),
    "mlperf_tiny_ic": (78_186, 12_501_632),
    "mlperf_tiny_kws": (23_756, 2_656_768),
    "mlperf_tiny_vww": (216_322, 7_489_664),
    "mobilenet_v1": (4_231_976, 568_740_352),
    "mobilenet_v1_full": (29_294_088, 4_867_293_184),
    "mobilenet_v2": (3_504_872, 300_774_272),
    "mobilenet_v3_large": (5_483_032, 216_589_760),
    "mobilenet_v3_small": (2_542_856, 56_510_400),
    "mobilenet_v4_small": (3_774_024, 186_005_568),
    "repvgg_a0": (9_108_968, 1_512_581_120),
    "resnet101": (44_549_160, 7_801_405_440),
    "resnet18": (11_689_512, 1_814_073_344),
    "resnet34": (21_797_672, 3_663_761_408),
    "resnet50": (25_557_032, 4_089_184_256),
    "resnext50_32x4d": (25_028_904, 4_230_479_872),
    "shufflenet_v1": (1_865_728, 137_460_672),
    "shufflenet_v2": (2_278_604, 144_907_992),
    "squeezenet1_0": (1_248_424, 818_924_576),
    "unet": (31_030_658, 150_428_424_448),
    "vgg16": (138_357_544, 15_470_264_320),
    "vit_b_16": (86_567_656, 17_563_828_224),
    "xception": (22_855_952, 8_357_403_496),
}
VARIANTS = [
    ("mobilenet_v1", {"alpha": 0.75}, (2_585_560, 325_400_448)),
    ("mobilenet_v1", {"alpha": 0.5}, (1_331_592, 149_497_088)),
    ("mobilenet_v1", {"alpha": 0.25}, (470_072, 41_030_272)),
    ("mobilenet_v1", {"size": 192}, (4_231_976, 418_121_728)),
    ("shufflenet_v1", {"groups": 1}, (1_531_936, 143_078_976)),
    ("shufflenet_v1", {"groups": 2}, (1_733_848, 140_836_512)),
    ("shufflenet_v1", {"groups": 4}, (1_968_344, 134_339_776)),
    ("shufflenet_v1", {"groups": 8}, (2_434_768, 138_365_952)),
    ("channelnet", {"version": 2}, (2_652_872, 420_319_744)),
    ("channelnet", {"version": 3}, (1_629_097, 420_520_744)),
    # As timm 1.0 folds its own; the paper says 8.30 M and 1.4 G.
    ("repvgg_a0", {"deploy": True}, (8_309_384, 1_361_451_008)),
]
# Parameters as torchvision publishes them for its own scaled networks; of FasterNet-T1, timm.
SCALED = [
    ("efficientnet_b0", {"depth": 1.1, "size": 240}, 7_794_184),
    ("efficientnet_b0", {"width": 1.1, "depth": 1.2, "size": 260}, 9_109_994),
    ("efficientnet_b0", {"width": 1.4, "depth": 1.8, "size": 380}, 19_341_616),
    ("efficientnet_b0", {"width": 2.0, "depth": 3.1, "size": 600}, 66_347_960),
    ("shufflenet_v2", {"m": 48}, 1_366_792),
    ("shufflenet_v2", {"m": 176}, 3_503_624),
    ("shufflenet_v2", {"m": 244, "last": 2048}, 7_393_996),
    ("convnext_tiny", {"deep": 27}, 50_223_688),
    ("convnext_tiny", {"deep": 27, "width": 128}, 88_591_464),
    ("vit_b_16", {"patch": 32}, 88_224_232),
    ("vit_b_16", {"width": 1024, "depth": 24, "heads": 16}, 304_326_632),
    ("fasternet_t0", {"width": 64}, 7_595_368),
]
# Figures that are known as papers round them, in millions, and from nowhere else to the digit.
ROUNDED = {"ghostnet": (5.2, 141)}
# No layer table has attention, a recurrent layer or what Keras builds. Parameters: weights, biases
# and two for each channel of a norm. The MACs of MLPerf Tiny's are those of its models; Keras says
# 24,908, 78,666, 221,794 and 269,992 parameters, with two running statistics for each such channel.
BY_HAND = {
    "lstm_kws": (
        4 * 118 * (10 + 118 + 2) + 118 * 12 + 12,
        49 * 4 * 118 * (10 + 118) + 118 * 12,
    ),
    "mlperf_tiny_ad": (
        2 * 640 * 128 + 640 + 6 * 128 * 128 + 2 * 128 * 8 + (8 * 128 + 8) * 3,
        2 * 640 * 128 + 6 * 128 * 128 + 2 * 128 * 8,
    ),
    "mlperf_tiny_ic": (
        (27 + 2 * 9 * 16) * 16
        + (9 * 16 + 9 * 32 + 16) * 32
        + (9 * 32 + 9 * 64 + 32) * 64
        + (3 * 16 + 2 * 32 + 2 * 64) * 3
        + (32 + 64)
        + (64 + 1) * 10,
        32**2 * (27 + 2 * 9 * 16) * 16
        + 16**2 * (9 * 16 + 9 * 32 + 16) * 32
        + 8**2 * (9 * 32 + 9 * 64 + 32) * 64
        + 64 * 10,
    ),
    "mlperf_tiny_kws": (
        (40 + 3) * 64 + 4 * (9 + 3 + 64 + 3) * 64 + 64 * 12 + 12,
        25 * 5 * (40 + 4 * (9 + 64)) * 64 + 64 * 12,
    ),
    "vit_b_16": (
        (3 * 16**2 + 1 + 1 + 197) * 768
        + 12 * (12 * 768 + 3 + 1 + 4 + 1 + 2 + 2) * 768
        + 2 * 768
        + (768 + 1) * 1000,
        196 * 3 * 16**2 * 768 + 12 * (197 * 12 * 768 + 2 * 197**2) * 768 + 768 * 1000,
    ),
}
# The table of Xception has shortcuts first, that of RepVGG the 1x1 before the 3x3.
IN_OTHER_ORDER = ("xception", "repvgg_a0")

Row = dict[str, str]


def report(name: str, **overrides: object) -> Report:
    return evaluate(load(shipped()[name], overrides))


def table(name: str) -> tuple[list[Row], Row]:
    """The rows of a layer table, and the last of them, which has the totals."""
    with (TABLES / f"{name}.tsv").open(encoding="utf-8") as file:
        header, *lines, last = csv.reader(file, delimiter="\t")
    rows = [dict(zip(header[1:], line[1:], strict=True)) for line in lines]
    return rows, dict(zip(header, last, strict=True))


def weighted(costs: Report) -> Iterator[Row]:
    """The convolutions and linear layers of a network, as a layer table has them."""
    for layer in costs.layers:
        yield from (_row(stage) for stage in layer.stages if stage.op.has_activations)


def _row(stage: StageCost) -> Row:
    op, in_shape = stage.op, stage.ins[0]
    counts = {"params": str(int(stage.params)), "macs": str(int(stage.macs))}
    shapes = {"in_CHW": format_shape(in_shape), "out_CHW": format_shape(stage.out)}
    if isinstance(op, Linear):
        window = dict.fromkeys(("kernel", "stride", "padding", "dilation"), "")
        return {
            **window,
            "type": "linear",
            "groups": "1",
            "bias": str(int(op.bias)),
            **shapes,
            **counts,
        }
    assert isinstance(op, Conv | TransposedConv)
    assert not isinstance(op.padding, str)
    assert all(before == after for before, after in op.padding), "tables have one number a dim"
    return {
        "type": "convT" if isinstance(op, TransposedConv) else "conv2d",
        "kernel": format_shape(op.kernel),
        "stride": format_shape(op.stride),
        "padding": format_shape(tuple(before for before, _ in op.padding)),
        "dilation": format_shape(op.dilation),
        "groups": str(op.groups),
        "bias": str(int(op.bias)),
        **shapes,
        **counts,
    }


def test_every_network_that_ships_has_its_totals_here() -> None:
    assert set(shipped()) == set(TOTALS)


@pytest.mark.parametrize("name", TOTALS)
def test_totals_are_the_literatures_to_the_digit(name: str) -> None:
    found = report(name)
    assert (found.params, found.macs) == TOTALS[name]


@pytest.mark.parametrize(("name", "overrides", "totals"), VARIANTS)
def test_totals_of_variants_are_too(
    name: str, overrides: dict[str, object], totals: tuple[int, int]
) -> None:
    found = report(name, **overrides)
    assert (found.params, found.macs) == totals


@pytest.mark.parametrize(("size", "millions"), [(160, 290.7), (128, 186.4)])
def test_mobilenet_at_lower_resolutions(size: int, millions: float) -> None:
    found = report("mobilenet_v1", size=size)
    assert (found.params, round(found.macs / 1e6, 1)) == (4_231_976, millions)


@pytest.mark.parametrize(("name", "overrides", "params"), SCALED)
def test_scaled_networks_have_the_published_parameters(
    name: str, overrides: dict[str, object], params: int
) -> None:
    assert report(name, **overrides).params == params


@pytest.mark.parametrize("name", ROUNDED)
def test_totals_agree_with_rounded_figures(name: str) -> None:
    found = report(name)
    assert (round(found.params / 1e6, 1), round(found.macs / 1e6)) == ROUNDED[name]


@pytest.mark.parametrize("name", BY_HAND)
def test_totals_worked_out_by_hand(name: str) -> None:
    assert TOTALS[name] == BY_HAND[name]


def test_visual_wake_words_are_mobilenets_with_a_bias_and_two_classes() -> None:
    network, twin = report("mlperf_tiny_vww"), report("mobilenet_v1", alpha=0.25, size=96)
    channels = sum(stage.out[0] for layer in twin.layers for stage in layer.stages if stage.macs)
    biases = channels - 1000
    assert network.params == twin.params - (256 + 1) * 1000 + (256 + 1) * 2 + biases
    assert network.macs == twin.macs - 256 * 1000 + 256 * 2


@pytest.mark.parametrize("name", [path.stem for path in sorted(TABLES.glob("*.tsv"))])
def test_layers_are_those_of_the_layer_table(name: str) -> None:
    rows, totals = table(name)
    found = report(name)
    built = list(weighted(found))
    if name in IN_OTHER_ORDER:
        rows, built = (sorted(each, key=lambda row: sorted(row.items())) for each in (rows, built))
    assert built == rows
    assert (str(found.params), str(found.macs)) == (totals["params"], totals["macs"])


def test_nearly_all_of_mobilenets_work_is_in_its_pointwise_convolutions() -> None:
    found = report("mobilenet_v1")
    pointwise = sum(
        int(stage.macs)
        for layer in found.layers
        for stage in layer.stages
        if isinstance(stage.op, Conv) and stage.op.kernel == (1, 1)
    )
    assert round(100 * pointwise / found.macs, 2) == 94.86


def test_channelnets_channel_wise_layers_share_their_kernels() -> None:
    shared = [
        int(stage.params)
        for layer in report("channelnet", version=3).layers
        for stage in layer.stages
        if isinstance(stage.op, ChannelwiseConv)
    ]
    assert shared == [2 * 8, 2 * 8, 64]
    assert report("channelnet", version=3).layers[-1].params == 7 * 7 * 25


@pytest.mark.parametrize("name", TOTALS)
def test_a_spec_that_ships_names_its_paper_and_can_be_read_at_a_glance(name: str) -> None:
    text = Path(shipped()[name]).read_text(encoding="utf-8")
    authors, title = paper(opening(text))
    assert authors
    assert title
    assert len(text.splitlines()) < (25 if name == "mobilenet_v1" else 80)
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("name", TOTALS)
def test_a_network_is_found_by_the_name_that_its_report_shows(name: str) -> None:
    assert find_shipped(report(name).name) == shipped()[name]


@pytest.mark.parametrize("name", TOTALS)
def test_no_two_layers_share_a_name(name: str) -> None:
    names = [layer.name for layer in report(name).layers]
    assert len(set(names)) == len(names)

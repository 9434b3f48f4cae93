"""The roofline, against figures that others have published."""

from __future__ import annotations

from fractions import Fraction

import pytest

from convcost.cost import Report, evaluate
from convcost.device import Device
from convcost.errors import UsageError
from convcost.metrics import METRICS as TABLE
from convcost.metrics import measured as measured_by
from convcost.metrics.roofline import Bound, roof, roofline
from convcost.metrics.traffic import traffic
from convcost.network import Builder
from convcost.setting import FP32, Setting
from convcost.sources import read, target_of
from convcost.sources.devices import find_device
from convcost.status import status_of

METRICS = ("least_time", "intensity")


def report(name: str) -> Report:
    return evaluate(read(target_of(name)).network)


def of(*layers: tuple[str, dict[str, object]], shape: tuple[int, ...]) -> Report:
    builder = Builder("net", shape)
    for kind, fields in layers:
        builder.add(kind, fields)
    return evaluate(builder.network())


def under(dtype: str, batch: int = 1) -> Setting:
    return Setting(dtype, dtype, batch=batch)


HALF = under("fp16")


@pytest.mark.parametrize(
    ("batch", "intensity"),
    # NVIDIA's guide to the performance of GPUs says 315 and 1.
    [(512, 315.08), (1, 0.99878)],
)
def test_a_linear_layer_by_its_batch(batch: int, intensity: float) -> None:
    found = of(("linear", {"m": 4096}), shape=(1024,))
    run = HALF._replace(batch=batch)
    moved = traffic(found.layers[0], run).total
    assert moved == 2 * (batch * (1024 + 4096) + 1024 * 4096)
    assert measured_by(found.under(run), ["bytes_moved"]).figure("bytes_moved") == moved
    assert 2 * batch * found.macs / moved == pytest.approx(intensity, rel=1e-5)


@pytest.mark.parametrize(
    ("name", "operations", "moved"),
    [("mobilenet_v2", 601_548_544, 33_834_144), ("resnet50", 8_178_368_512, 94_566_688)],
)
def test_the_layers_with_weights_of_a_network(name: str, operations: int, moved: int) -> None:
    found = report(name)
    # A squeeze, an addition and a pool have no weights, and move bytes all the same.
    weighted = [layer for layer in found.layers if layer.macs]
    assert 2 * found.macs == operations
    assert sum(traffic(layer, HALF).total for layer in weighted) == moved


def test_what_is_done_on_the_way_moves_nothing() -> None:
    plain = of(("standard", {"m": 8, "k": 3}), shape=(4, 6, 6))
    rich = of(
        ("standard", {"m": 8, "k": 3, "norm": "batch", "act": "relu"}),
        ("relu6", {}),
        shape=(4, 6, 6),
    )
    assert (
        sum(traffic(each, HALF).total for each in rich.layers)
        == traffic(plain.layers[0], HALF).total
    )


def test_what_joins_two_tensors_moves_both() -> None:
    built = Builder("difference", (4, 6, 6))
    built.add("elementwise", {"op": "sub"}, inputs=(-1, -1))
    assert traffic(evaluate(built.network()).layers[0], HALF) == (2 * 2 * 144, 2 * 144, 0)


def test_fixed_weights_are_read_all_the_same_and_a_slice_reads_what_it_gives() -> None:
    fixed = of(("standard", {"m": 8, "k": 3, "weights": "fixed"}), shape=(4, 6, 6))
    assert fixed.params == 0
    assert traffic(fixed.layers[0], FP32) == (4 * 144, 4 * 288, 4 * 288)
    part = of(("slice", {"start": 0, "stop": 2}), shape=(8, 3, 3))
    assert traffic(part.layers[0], FP32) == (4 * 18, 4 * 18, 0)


V100 = Device("V100", peaks={"fp32": 15_700 * 10**9}, bandwidth={"dram": 898 * 10**9})
PI = find_device("raspberry-pi-4")
FASTER = PI.changed(peaks={"fp32": PI.peaks["fp32"] * 18 // 15})  # 1.8 GHz in place of 1.5
FIVE = find_device("raspberry-pi-5")
ALONE = FIVE.changed(peaks={dtype: peak // 4 for dtype, peak in FIVE.peaks.items()})  # a core


@pytest.mark.parametrize(
    ("device", "dtype", "batch", "name", "least", "measured"),
    # Milliseconds by convcost, and as others measured them: coral.ai; NVIDIA's pages of ResNet-50
    # v1.5 (1,261, 428 and 1,198 images a second); ncnn's benchmark; MLPerf Tiny v1.0.
    [
        ("coral-edge-tpu", "int8", 1, "mobilenet_v1", 0.303, 2.4),
        ("coral-edge-tpu", "int8", 1, "mobilenet_v2", 0.303, 2.6),
        ("coral-edge-tpu", "int8", 1, "vgg16", 261.0, 296),
        (V100, "fp32", 256, "resnet50", 133.35, 256 / 1.261),
        ("t4", "fp32", 64, "resnet50", 64.3, 64 / 0.428),
        ("t4", "fp16", 256, "resnet50", 61.6, 256 / 1.198),
        (FIVE, "fp16", 1, "mobilenet_v2", 1.96, 10.46),
        (FIVE, "fp16", 1, "shufflenet_v2", 0.943, 3.37),
        (FIVE, "fp16", 1, "efficientnet_b0", 2.512, 12.28),
        (FIVE, "fp16", 1, "resnet50", 26.6, 45.9),
        (ALONE, "int8", 1, "mobilenet_v1", 7.4, 14.4),
        (ALONE, "int8", 1, "resnet50", 53.2, 80.0),
        (ALONE, "int8", 1, "vgg16", 201.4, 272),
        (FASTER, "fp32", 1, "mobilenet_v1", 19.75, 60.7),
        (FASTER, "fp32", 1, "mobilenet_v2", 10.44, 61.6),
        (FASTER, "fp32", 1, "resnet50", 142.0, 261.9),
        ("stm32f746", "int8", 1, "mlperf_tiny_vww", 17.34, 57.0),
        ("stm32f746", "int8", 1, "mlperf_tiny_ic", 28.94, 64.8),
        ("stm32f746", "int8", 1, "mlperf_tiny_kws", 6.15, 19.1),
        ("stm32f746", "int8", 1, "mlperf_tiny_ad", 0.6116, 2.29),
    ],
)
def test_bounds_lie_below_what_was_measured(
    device: str | Device, dtype: str, batch: int, name: str, least: float, measured: float
) -> None:
    on = find_device(device) if isinstance(device, str) else device
    found = roofline(report(name), on, under(dtype, batch)).bound.least
    assert float(found) * 1000 == pytest.approx(least, rel=2e-3)
    assert found * 1000 < measured


def test_winograd_beats_the_bound_of_direct_convolution() -> None:
    # VGG-16 in fp16 on one core: 188.8 ms by ncnn, which a bound of its own kernels lies below.
    network, half = report("vgg16"), under("fp16")
    direct, tiled = (roofline(network, ALONE, half, tile).bound.least for tile in (0, 6))
    assert tiled * 1000 < 188.8 < direct * 1000
    assert float(direct) * 1000 == pytest.approx(403, rel=2e-3)


def test_a_network_of_one_layer_by_hand() -> None:
    found = of(("standard", {"m": 4, "k": 3}), shape=(3, 5, 5))
    board = Device("board", peaks={"int8": 1000}, bandwidth={"dram": 100}, memory={"sram": 50})
    made = roofline(found, board, under("int8", 2))
    # 108 weights, 2 inputs of 75 and 2 outputs of 100; 58 weights, 100 and 150 do not stay.
    assert made.layers[0].moved == 108 + 150 + 200
    bound = made.layers[0].bound
    assert bound.bound_by == "compute"
    assert bound == (Fraction(2 * 2 * 2700, 1000), Fraction(458, 100))
    assert made.bound.memory == Fraction((108 - 50) + 150 + 200 + (150 - 50) + (200 - 50), 100)
    assert made.layers[0].intensity == Fraction(10800, 458)


def test_without_a_bandwidth_computing_alone_bounds() -> None:
    found = roofline(report("mobilenet_v2"), find_device("stm32f746"), under("int8", 1))
    assert found.bound.bound_by == ""
    assert found.bound == (Fraction(601_548_544, 864_000_000), None)


def test_nothing_is_bound_by_nothing() -> None:
    assert Bound(Fraction(0), Fraction(0)).bound_by == ""
    assert Bound(Fraction(1), Fraction(2)).bound_by == "memory"
    pool = of(("flatten", {}), shape=(3, 5, 5))
    assert roofline(pool, find_device("t4"), FP32).layers == ()


@pytest.mark.parametrize(("tile", "factor"), [(2, 2.25), (4, 4.0), (6, 5.0625)])
def test_winograd_takes_fewer_products(tile: int, factor: float) -> None:
    found = of(
        ("standard", {"m": 8, "k": 3}),
        ("standard", {"m": 8, "k": 3, "stride": 2}),
        ("standard", {"m": 8, "k": 3, "groups": 2}),
        ("pointwise", {"m": 8}),
        shape=(8, 8, 8),
    )
    board = Device("board", peaks={"fp32": 1})
    direct = roofline(found, board, FP32).layers
    tiled = roofline(found, board, FP32, tile).layers
    ratios = [a.bound.compute / b.bound.compute for a, b in zip(direct, tiled, strict=True)]
    assert ratios == [factor, 1, 1, 1]


def test_what_cannot_be_bound() -> None:
    with pytest.raises(UsageError, match="Coral Edge TPU has no peak for fp32"):
        roof(find_device("coral-edge-tpu"), FP32)
    with pytest.raises(UsageError, match="board has no peak for fp32"):
        roof(Device("board", memory={"sram": 1}), FP32)
    with pytest.raises(UsageError, match="no tile of 3 is known"):
        roof(find_device("t4"), FP32, 3)
    with pytest.raises(UsageError, match="is of floating point, and not of int8"):
        roof(find_device("t4"), under("int8"), 4)


def test_a_network_has_what_its_layers_do_not_add_up_to() -> None:
    found = of(("standard", {"m": 4, "k": 3}), ("relu", {}), ("flatten", {}), shape=(3, 5, 5))
    board = Device("board", peaks={"int8": 1000}, bandwidth={"dram": 100}, memory={"sram": 1000})
    made = measured_by(found.under(under("int8", 2)._replace(device=board)), METRICS)
    # 10,800 operations in 10.8 s; 458 bytes, of which the 150 and 200 at both ends are not kept.
    assert made.figure("least_time") == 10_800_000_000
    assert [each.figure("least_time") for each in made.layers] == [10_800_000_000, 0, 0]
    assert made.figure("intensity") == -(-10_800_000 // 458)
    assert [each.figure("intensity") for each in made.layers] == [23_581, 0, 0]


def test_time_that_is_less_than_a_nanosecond_is_not_none() -> None:
    board = Device("board", peaks={"fp32": 10**15})
    found = of(("pointwise", {"m": 4}), shape=(3, 5, 5)).under(FP32._replace(device=board))
    assert measured_by(found, METRICS).figure("least_time") == 1


def test_a_least_time_needs_a_device() -> None:
    found = of(("pointwise", {"m": 4}), shape=(3, 5, 5))
    with pytest.raises(UsageError, match="least_time is that on a device"):
        measured_by(found, METRICS)


def test_what_is_not_understood_takes_at_least_as_long() -> None:
    found = of(("unknown", {"op": "fft", "shape": [3, 5, 5]}), shape=(3, 5, 5))
    made = measured_by(found.under(FP32._replace(device=find_device("t4"))), METRICS)
    states = {name: status_of(made.status, name).state for name in METRICS}
    assert states == {"least_time": "at least", "intensity": "at least"}


def test_what_they_are_made_of() -> None:
    found = of(("standard", {"m": 4, "k": 3}), shape=(3, 5, 5))
    board = Device("board", peaks={"int8": 1000}, bandwidth={"dram": 100}, memory={"sram": 1000})
    made = measured_by(found.under(under("int8", 2)._replace(device=board)), METRICS)
    of_time, of_intensity = (TABLE[name].terms for name in METRICS)
    assert of_time
    assert of_intensity
    said = "10,800 operations / 1,000 a second; 350 bytes / 100 a second: bound by compute"
    assert of_time(made) == said
    assert of_intensity(made) == "10,800 operations × 1,000 / 458 bytes"
    of_bytes = TABLE["bytes_moved"].terms
    assert of_bytes
    assert of_bytes(made) == "150 read + 200 written + 108 of weights"
    core = board.changed(bandwidth={})
    bare = made.under(made.setting._replace(device=core))
    assert of_time(bare) == "10,800 operations / 1,000 a second; what moving takes is not known"

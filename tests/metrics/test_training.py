"""A step of training, against what PyTorch was seen to do and against arithmetic."""

from __future__ import annotations

import pytest

from convcost.cost import Report, evaluate
from convcost.errors import UsageError
from convcost.metrics import METRICS as TABLE
from convcost.metrics import measured
from convcost.metrics.training import StepMemory, steps_of, training
from convcost.network import Builder
from convcost.setting import FP32, Setting
from convcost.sources import read, target_of
from convcost.status import status_of


def memory_of(report: Report) -> StepMemory:
    return training(report).memory


METRICS = ("step_macs", "step_memory")


def shipped(name: str, setting: Setting = FP32) -> Report:
    return evaluate(read(target_of(name)).network).under(setting)


def of(shape: tuple[int, ...], *layers: tuple[str, dict[str, object]]) -> Report:
    builder = Builder("net", shape)
    for kind, fields in layers:
        builder.add(kind, fields)
    return evaluate(builder.network())


@pytest.mark.parametrize(
    ("report", "macs"),
    # The first three as PyTorch's flop counter has them; it is wrong on depthwise layers, where
    # the gradient of a filter sees one channel: 67,584 by hand, against the 196,608 it says.
    [
        (
            of(
                (3, 16, 16),
                ("standard", {"m": 8, "k": 3}),
                ("standard", {"m": 16, "k": 3, "stride": 2}),
            ),
            2 * 27 * 8 * 256 + 3 * 72 * 16 * 64,
        ),
        (of((768,), ("linear", {"m": 10})), 15_360),
        (shipped("resnet50"), 3 * 4_089_184_256 - 118_013_952),
        (shipped("mobilenet_v2"), 891_484_800),
        (
            of((3, 16, 16), ("pointwise", {"m": 8}), ("depthwise", {"k": 3})),
            2 * 24 * 256 + 3 * 72 * 256,
        ),
    ],
)
def test_a_product_is_multiplied_again_for_each_gradient(report: Report, macs: int) -> None:
    assert measured(report, METRICS).figure("step_macs") == macs


def test_the_memory_of_mobilenet_v2_by_part() -> None:
    # torch.autograd.graph.saved_tensors_hooks saw 19,551,104 elements an image and 34,112 a batch.
    params, image, batch = 3_504_872, 19_551_104, 34_112
    made = memory_of(shipped("mobilenet_v2", FP32._replace(batch=32, optimizer="adam")))
    assert made == StepMemory(
        4 * params, 0, 0, 4 * params, 8 * params, 4 * (32 * image) + 4 * batch
    )
    half = Setting("bf16", "bf16", optimizer="momentum", master=True)
    made = memory_of(shipped("mobilenet_v2", half))
    assert made == StepMemory(
        2 * params, 0, 4 * params, 2 * params, 4 * params, 2 * image + 4 * batch
    )


def test_weights_are_cast_to_what_is_computed_with() -> None:
    report = of((3, 4, 4), ("standard", {"m": 2, "k": 1, "norm": "batch"}))
    made = memory_of(report.under(Setting("fp32", "fp16")))
    # 6 weights of the convolution are cast, 4 of the norm are not; 48 of the input and 32 of the
    # norm's input are saved, and 2 means and deviations.
    assert made == StepMemory(4 * 10, 2 * 6, 0, 4 * 10, 0, 2 * (48 + 32) + 4 * 4)


def test_nothing_before_the_first_weights_needs_a_gradient() -> None:
    report = of((3, 4, 4), ("relu", {}), ("max-pool", {"k": 2}), ("pointwise", {"m": 5}))
    relu, pool, conv = steps_of(report)
    assert (relu.memory.total, pool.memory.total) == (0, 0)
    assert conv.memory.activations == 4 * 3 * 2 * 2
    assert conv.macs == 2 * 60


def test_a_saved_tensor_is_the_first_layers_that_saves_it() -> None:
    report = of(
        (4,),
        ("linear", {"m": 4}),
        ("relu", {}),
        ("linear", {"m": 4}),
        ("sigmoid", {}),
        ("silu", {}),
    )
    kept = [step.memory.activations // 4 for step in steps_of(report)]
    # The input; the relu's output, which is the next layer's input; the sigmoid's output, too.
    assert kept == [4, 4, 0, 4, 0]


def test_the_larger_of_a_window_is_kept_by_place() -> None:
    report = of((2, 4, 4), ("pointwise", {"m": 2}), ("max-pool", {"k": 2}), ("avg-pool", {"k": 2}))
    kept = [step.memory.activations for step in steps_of(report)]
    assert kept == [4 * 32, 4 * 32 + 8 * 8, 4 * 8]


@pytest.mark.parametrize(
    ("kind", "fields", "kept"),
    [
        ("layer-norm", {}, 4 * 24 + 4 * 2),
        ("instance-norm", {}, 4 * 24 + 4 * 2 * 6),
        ("last-norm", {"dims": 1}, 4 * 24 + 4 * 2 * 12),
        ("last-norm", {"dims": 1, "sort": "rms"}, 4 * 24 + 4 * 12),
        ("upsample", {"scale": 2}, 0),
        ("flatten", {}, 0),
        ("adaptive-avg-pool", {"out": 1}, 0),
        ("adaptive-max-pool", {"out": 1}, 4 * 24 + 8 * 6),
        ("reduce", {"sort": "mean", "dims": [1, 2]}, 0),
        ("prelu", {}, 4 * 24),
        ("gather", {"op": "roll", "shape": [6, 2, 2]}, 0),
    ],
)
def test_what_other_layers_keep(kind: str, fields: dict[str, object], kept: int) -> None:
    report = of((6, 2, 2), ("pointwise", {"m": 6}), (kind, fields))
    last = steps_of(report)[-1]
    assert (last.memory.activations, last.memory_status.state) == (kept, "complete")


@pytest.mark.parametrize(
    ("kind", "fields", "why"),
    [
        ("lstm", {"m": 4}, "what recurrent saves is not known"),
        ("group-norm", {}, "what norm saves is not known"),
        ("reduce", {"sort": "max", "dims": [1]}, "what reduce saves is not known"),
        ("gather", {"op": "index", "shape": [3, 2]}, "what gather saves is not known"),
        ("unknown", {"op": "fft", "shape": [6, 2], "counted": True, "macs": 0}, "what unknown sa"),
    ],
)
def test_what_is_not_known_is_at_least(kind: str, fields: dict[str, object], why: str) -> None:
    report = measured(of((6, 2), ("pointwise", {"m": 6}), (kind, fields)), METRICS)
    status = status_of(report.status, "step_memory")
    assert status.state == "at least"
    assert status.why.startswith(why)


def test_weights_of_another_layer_may_get_a_gradient() -> None:
    report = measured(of((6,), ("linear", {"m": 6, "weights": "fixed"})), METRICS)
    assert report.figure("step_macs") == 36
    assert status_of(report.status, "step_macs").state == "at least"


def test_both_sides_of_a_product_of_tensors() -> None:
    builder = Builder("net", (4, 6))
    one = builder.add("pointwise", {"m": 4}, inputs=(-1,))
    other = builder.add("pointwise", {"m": 4}, inputs=(-1,))
    turned = builder.add("permute", {"order": [1, 0]}, inputs=(other,))
    builder.add("matmul", {}, inputs=(one, turned))
    *_, last = steps_of(evaluate(builder.network()))
    assert last.macs == 3 * 4 * 6 * 4
    assert last.memory.activations == 4 * 2 * 24


def test_a_table_is_there_anyway_and_places_in_it_are_kept() -> None:
    builder = Builder("net", (12,))
    table = builder.add("parameter", {"shape": [100, 8]}, inputs=(-1,))
    builder.add("gather", {"op": "embedding", "shape": [12, 8]}, inputs=(table,))
    *_, last = steps_of(evaluate(builder.network()))
    assert last.memory.activations == 8 * 12


def test_a_convolution_whose_weights_are_computed_keeps_both() -> None:
    builder = Builder("net", (4, 6, 6))
    one = builder.add("pointwise", {"m": 4}, inputs=(-1,))
    pooled = builder.add("adaptive-avg-pool", {"out": 3}, inputs=(one,))
    filters = builder.add("reshape", {"shape": [1, 4, 3, 3]}, inputs=(pooled,))
    builder.add("dynamic", {"m": 1, "k": 3}, inputs=(one, filters))
    steps = steps_of(evaluate(builder.network()))
    assert steps[-1].macs == 3 * 4 * 9 * 36
    # Its first input is kept already, for the sizes that the pooling spreads its gradient over.
    assert [step.memory.activations for step in steps] == [4 * 144, 4 * 144, 0, 4 * 36]


def two_blocks() -> Report:
    builder = Builder("net", (4, 4, 4))
    for name in ("stage[0].a", "stage[0].b", "stage[1].a", "stage[1].b"):
        builder.add("pointwise", {"m": 4}, name=name)
    return evaluate(builder.network())


@pytest.mark.parametrize(
    ("pattern", "kept", "again", "blocks"),
    [
        ("", [256, 256, 256, 256], 0, 0),
        # What goes into the last block, what the second of its layers saves again, and before them
        # what goes into the first block.
        ("blocks", [256, 0, 256, 256], 4 * 256, 2),
        ("stage[*]", [256, 0, 256, 256], 4 * 256, 2),
        # While the first is computed again, what the last has saved is gone: the end of the
        # forward pass is when most is held.
        ("stage[0]", [256, 0, 256, 256], 2 * 256, 1),
        ("stage", [256, 256, 256, 256], 4 * 256, 1),
        ("stage[1].*", [256, 256, 256, 256], 2 * 256, 2),
    ],
)
def test_blocks_that_are_computed_again(
    pattern: str, kept: list[int], again: int, blocks: int
) -> None:
    report = two_blocks().under(FP32._replace(checkpoint=pattern))
    assert [step.memory.activations for step in steps_of(report)] == kept
    made = training(report)
    assert (made.memory.activations, made.again, made.blocks) == (sum(kept), again, blocks)
    assert made.report.figure("step_macs") == (2 + 3 + 3 + 3) * 256 + again
    assert measured(report, METRICS).more == made.report.more


def test_a_block_without_weights_before_it_is_not_computed_again() -> None:
    builder = Builder("net", (4, 4, 4))
    builder.add("relu", {}, name="first.act")
    builder.add("identity", {}, name="first.same")
    builder.add("pointwise", {"m": 4}, name="head")
    report = evaluate(builder.network()).under(FP32._replace(checkpoint="first"))
    assert [step.memory.activations for step in steps_of(report)] == [0, 0, 256]


def test_a_block_that_is_not_there() -> None:
    with pytest.raises(
        UsageError, match=r'no block is called "x\*".*the blocks are stage, stage\[0\]'
    ):
        steps_of(two_blocks().under(FP32._replace(checkpoint="x*")))
    flat = of((3, 4, 4), ("pointwise", {"m": 2})).under(FP32._replace(checkpoint="blocks"))
    with pytest.raises(UsageError, match="its layers stand in no blocks"):
        steps_of(flat)


def test_what_a_step_is_made_of() -> None:
    of_macs, of_memory = (TABLE[name].terms for name in METRICS)
    assert of_macs
    assert of_memory
    made = measured(two_blocks().under(FP32._replace(optimizer="momentum")), METRICS)
    assert of_macs(made) == f"{4 * 256:,} forward + {7 * 256:,} backward"
    weights = "weights 256 + gradients 256 + optimizer state 256"
    assert of_memory(made) == f"{weights} + activations 1,024"
    again = measured(two_blocks().under(FP32._replace(checkpoint="blocks")), METRICS)
    assert of_macs(again).endswith(f"{11 * 256:,} backward, with what is computed again")
    assert of_memory(measured(of((3, 4), ("relu", {})), METRICS)) == "nothing"


def test_nothing_is_trained_in_whole_numbers() -> None:
    with pytest.raises(UsageError, match="nothing is trained in int8"):
        training(evaluate(Builder("net").network()).under(FP32._replace(weights="int8")))

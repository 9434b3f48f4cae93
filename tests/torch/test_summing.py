"""A live module summed up: every module once, what it gives and costs, exact."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch
from torch import nn

from convcost.errors import UsageError
from convcost.torch import Summary, summary
from tests.torch.nets import Classifier

SIZE = (1, 3, 16, 16)


def row(found: Summary, path: str) -> tuple[object, ...]:
    (each,) = (each for each in found.rows if each.path == path)
    return each.kind, each.depth, each.ins, each.outs, each.params, each.macs, each.trainable


def test_every_module_has_a_row_with_all_that_is_in_it() -> None:
    found = summary(Classifier(8), SIZE)
    stem, rest = 3 * 8 * 9, (8 * 16 + 16 * 32 + 32 * 64) * 9
    norms = 2 * (8 + 16 + 32 + 64)
    features = stem + rest + norms
    image, ends = (3, 16, 16), (64, 16, 16)
    macs = (stem + rest) * 16 * 16
    whole = ("Classifier", 0, (image,), ((10,),), features + 650, macs + 640, "yes")
    assert row(found, "") == whole
    assert row(found, "features") == ("Sequential", 1, (image,), (ends,), features, macs, "yes")
    conv = ("Conv2d", 2, ((8, 16, 16),), ((16, 16, 16),), 8 * 16 * 9, 8 * 16 * 9 * 256, "yes")
    assert row(found, "features.3") == conv
    assert row(found, "features.4")[4:] == (2 * 16, 0, "yes")
    assert row(found, "features.5")[4:] == (0, 0, "")
    assert row(found, "fc") == ("Linear", 1, ((64,),), ((10,),), 650, 640, "yes")
    assert (found.total_params, found.total_macs) == (features + 650, macs + 640)
    assert len(found.rows) == 16


def test_it_is_printed_as_a_tree() -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Sequential(nn.ReLU(), nn.Flatten()))
    rounded = "1.73 k; 3.46 kFLOPs"
    assert str(summary(net, (1, 3, 6, 6))).splitlines() == [
        "sequential  input 3×6×6",
        "",
        "module                  output  params   MACs",
        "─────────────────────────────────────────────",
        "Sequential: 0-1         64         112  1,728",
        "├─ Conv2d (0): 1-1      4×4×4      112  1,728",
        "├─ Sequential (1): 1-2  64           0      0",
        "│  ├─ ReLU (0): 2-1     4×4×4        0      0",
        "│  ├─ Flatten (1): 2-2  64           0      0",
        "",
        f"112 params; 1,728 MACs ({rounded} = 2 × MACs); 64 activations; convention papers",
    ]


def test_what_is_shown_is_said_as_to_torchinfo() -> None:
    columns = ("input_size", "kernel_size", "groups", "params_percent", "trainable")
    net = nn.Sequential(nn.Conv2d(4, 4, 3, groups=2), nn.Sequential(nn.ReLU()))
    net[0].weight.requires_grad = False
    settings = ("ascii_only",)
    found = summary(net, (1, 4, 6, 6), col_names=columns, row_settings=settings, depth=1)
    assert str(found).splitlines()[2:7] == [
        "module        input  kernel  groups   share  trainable",
        "──────────────────────────────────────────────────────",
        "Sequential    4x6x6                  100.0%  in part",
        "+ Conv2d      4x6x6  3x3          2  100.0%  in part",
        "+ Sequential  4x4x4                    0.0%",
    ]
    assert "72 of the params are not trainable" in str(found)
    assert found.trainable_params == 4
    assert len(found.rows) == 4


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ({"col_names": ["output"]}, "output_size"),
        ({"row_settings": ["colours"]}, "they are ascii_only, depth, var_names"),
    ],
)
def test_what_there_is_not_is_told(wrong: Any, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        summary(Classifier(8), SIZE, **wrong)
    assert hint in caught.value.problems[0].hint


def test_an_input_is_needed_and_must_be_one() -> None:
    with pytest.raises(UsageError, match="needs the size"):
        summary(Classifier(8))
    with pytest.raises(UsageError, match="the same thing"):
        summary(Classifier(8), SIZE, torch.zeros(SIZE))
    with pytest.raises(UsageError, match="input_size cannot be"):
        summary(Classifier(8), (1, 3, 0, 16))
    with pytest.raises(UsageError, match="forward does not take that"):
        summary(Classifier(8), SIZE, mask=None)


class Pair(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(10, 4)
        self.conv = nn.Conv1d(4, 4, 1)

    def forward(self, ids: torch.Tensor, x: torch.Tensor, scale: float = 1.0) -> torch.Tensor:
        return self.conv(self.words(ids).transpose(1, 2) + x) * scale


@pytest.mark.parametrize("batch", [1, 3])
def test_inputs_are_given_as_to_torchinfo(batch: int) -> None:
    ids, x = (batch, 5), (batch, 4, 5)
    types = [torch.int64, torch.float32]
    tensors = torch.zeros(ids, dtype=torch.int64), torch.zeros(x)
    wanted = summary(Pair(), [ids, x], dtypes=types)
    root = wanted.rows[0]
    assert (root.ins, root.outs, root.macs) == (((5,), (4, 5)), ((4, 5),), 4 * 4 * 5)
    for given in (tensors, list(tensors), {"ids": tensors[0], "x": tensors[1]}):
        assert summary(Pair(), input_data=given).rows[1:] == wanted.rows[1:]
    assert summary(Pair(), [ids, x], dtypes=types, scale=2.0).total_macs == wanted.total_macs
    assert summary(Pair(), [ids[1:], x[1:]], batch_dim=0, dtypes=types).rows == wanted.rows


class Lists(nn.Module):
    """Modules in lists, of which one runs twice and one not at all."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(nn.Conv2d(4, 4, 1, bias=False) for _ in range(2))
        self.head = nn.ModuleDict({"used": nn.Conv2d(4, 2, 1), "aux": nn.Conv2d(4, 2, 1)})

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for block in (*self.blocks, self.blocks[0]):
            x = block(x)
        return self.head["used"](x)


def test_lists_hold_their_modules_and_a_shared_one_counts_once() -> None:
    found = summary(Lists(), (1, 4, 2, 2))
    assert [(each.path, each.depth, each.params, each.macs, each.again) for each in found.rows] == [
        ("", 0, 2 * 16 + 2 * 10, 3 * 64 + 32, False),
        ("blocks", 1, 32, 3 * 64, False),
        ("blocks.0", 2, 16, 64, False),
        ("blocks.1", 2, 16, 64, False),
        ("blocks.0", 2, 16, 64, True),
        ("head", 1, 20, 32, False),
        ("head.used", 2, 10, 32, False),
    ]
    assert found.unused == ("head",)
    assert "parameters that nothing uses: head" in str(found)
    assert str(found).splitlines()[8].split()[-3:] == ["4×2×2", "again", "64"]


def test_what_is_not_understood_is_a_bound() -> None:
    class Odd(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.linalg.svdvals(x)

    net = nn.Sequential(nn.Conv2d(3, 3, 1), nn.ModuleDict({"a": Odd()})["a"])
    found = summary(net, (1, 3, 4, 4))
    assert [each.status.keys() for each in found.rows][1] == set()
    assert "≥ 144" in str(found).splitlines()[4]
    assert "≥ 0" in str(found).splitlines()[6]


def test_weights_that_have_no_size_yet_are_counted() -> None:
    found = summary(nn.Sequential(nn.LazyConv2d(4, 1), nn.LazyLinear(2)), (1, 3, 4, 4))
    assert [each.params for each in found.rows] == [16 + 10, 16, 10]


def test_the_module_stays_as_it_is() -> None:
    module = Classifier(8).train()
    before = {name: each.clone() for name, each in module.state_dict().items()}
    summary(module, SIZE)
    assert all(each.training for each in module.modules())
    assert all(torch.equal(each, before[name]) for name, each in module.state_dict().items())


def test_notebooks_and_machines_have_it_too() -> None:
    found = summary(Classifier(8), SIZE)
    assert len(repr(found)) < 200
    document = found.to_dict()
    assert document["schema"] == "convcost.summary/1"
    assert json.dumps(document)
    assert (document["params"], document["macs"]) == found.report[3:5]
    assert [each["path"] for each in found.records()] == [each.path for each in found.rows]
    assert found.records()[2]["kernel"] == (3, 3)
    assert "<table" in found._repr_html_()

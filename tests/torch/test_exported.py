"""Programs that torch.export made: read from their files, or as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - everyone calls it so

from convcost import evaluate, load
from convcost.conventions import apply, find
from convcost.cost import Report
from convcost.errors import SpecError, UsageError
from convcost.sources.code import read_code
from convcost.sources.targets import CodeTarget

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")
IMAGE = (1, 3, 8, 8)


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.head = nn.Linear(8, 4)
        self.register_buffer("places", torch.arange(64.0))

    def forward(self, x: Any) -> Any:
        tokens = F.relu(self.norm(self.conv(x))).flatten(2).transpose(1, 2)
        tokens = tokens + self.places[:, None]
        return self.head(self.attention(tokens, tokens, tokens)[0])


def figures(report: Report) -> tuple[int, int, int, object]:
    return report.params, report.macs, report.activations, dict(report.status)


@pytest.fixture(scope="module")
def program() -> Any:
    return torch.export.export(Net().eval(), (torch.zeros(IMAGE),))


@pytest.fixture(scope="module")
def path(program: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("exported") / "net.pt2"
    torch.export.save(program, path)
    return path


def test_a_program_costs_what_its_module_costs(program: Any) -> None:
    module, image = Net().eval(), torch.zeros(IMAGE)
    assert figures(evaluate(load(program, image))) == figures(evaluate(load(module, image)))


def test_so_does_one_in_core_operations(program: Any) -> None:
    module, image = Net().eval(), torch.zeros(IMAGE)
    lowered, plain = (
        evaluate(load(each, image)) for each in (program.run_decompositions(), module)
    )
    assert (lowered.params, lowered.macs) == (plain.params, plain.macs)
    assert not lowered.status


@pytest.mark.parametrize("given", [None, "3x8x8"])
def test_a_file_has_an_input_of_its_own(path: Path, given: str | None) -> None:
    report = evaluate(read_code(CodeTarget(str(path)), given))
    assert report.name == "net"
    assert report.input == (3, 8, 8)
    assert report.macs == evaluate(load(Net().eval(), torch.zeros(IMAGE))).macs


def test_of_how_its_code_was_written_nothing_is_known(path: Path) -> None:
    report = evaluate(read_code(CodeTarget(str(path))))
    assert apply(report, find("thop")).macs >= 3 * 8 * 9 * 64


def test_a_file_is_asked_for_as_code(path: Path) -> None:
    with pytest.raises(SpecError, match="a program that torch") as caught:
        load(str(path))
    assert caught.value.problems[0].hint == f"torch:{path} reads it"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        read_code(CodeTarget(str(tmp_path / "none.pt2")))

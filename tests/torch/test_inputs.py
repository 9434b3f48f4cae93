"""Inputs as people have them, against PyTorch's own counts."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from convcost import evaluate, load
from convcost.cost import Report
from convcost.errors import CodeError, UsageError
from convcost.network import Input
from convcost.sources import code, target_of
from tests.cli.projects import write
from tests.cli.runner import Runner
from tests.torch.counted import module_of

SOURCE = """
import torch
from torch import nn

class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(1, 10, 3), nn.Conv2d(1, 10, 3)

    def forward(self, x, meta):
        return self.a(x[:, :1]) + self.b(meta[:, :1])
"""
# Each has 1·10·9 + 10 params, and 90 MACs at 6·6 positions: 200 and 6480.
TEXT = """
import torch
from torch import nn

class Text(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.places = nn.Embedding(100, 16), nn.Embedding(50, 16)
        self.head = nn.Linear(16, 4)

    def forward(self, ids, places=None):
        found = self.words(ids)
        return self.head(found if places is None else found + self.places(places))
"""
# 1600 + 800 + 64 + 4 params; 64 MACs a word.
NESTED = """
import torch
from torch import nn

class Nested(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.words = nn.Conv2d(3, 8, 1), nn.Embedding(9, 8)
        self.lateral = nn.ModuleList([nn.Conv2d(4, 8, 1), nn.Conv2d(6, 8, 1)])

    def forward(self, batch, feats, *, mask=None, scale=1.0):
        out = self.stem(batch["image"]) + self.words(batch["ids"]).sum(1)[..., None, None]
        for layer, each in zip(self.lateral, feats):
            out = out + layer(each)
        return out if mask is None else out * mask
"""
# 24 + 8, 72, 32 + 8, 48 + 8 params; 24 + 32 + 48 MACs at 25 positions: 200 and 2600.


def read(source: str, *given: str) -> Report:
    target, _ = module_of(source)
    return evaluate(code.read_code(target_of(f"torch:{target}"), list(given)))


def counts(report: Report) -> tuple[int, int]:
    return report.params, report.macs


@pytest.mark.parametrize("given", [["3x8x8", "3x8x8"], ["meta=3x8x8", "x=3x8x8"]])
def test_several_inputs_in_order_or_by_name(given: list[str]) -> None:
    report = read(SOURCE, *given)
    assert counts(report) == (200, 6480)
    assert not report.status
    assert {each.name: each.shape for each in report.inputs} == {"x": (3, 8, 8), "meta": (3, 8, 8)}


@pytest.mark.parametrize("dtype", ["int64", "long", "int32"])
def test_integers_that_are_looked_up(dtype: str) -> None:
    report = read(TEXT, f"7:{dtype}")
    assert counts(report) == (2468, 448)
    assert report.input == (7,)
    assert not report.status


def test_an_input_that_has_a_default() -> None:
    report = read(TEXT, "7:int64", "places=7:int64")
    assert counts(report) == (2468, 448)
    assert report.inputs == (Input("ids", (7,), "int64"), Input("places", (7,), "int64"))
    assert len([layer for layer in report.layers if layer.kind == "constant"]) == 0


def test_floats_where_integers_belong_have_the_remedy() -> None:
    with pytest.raises(CodeError, match=r"on an input of 7:.*--input 7:int64"):
        read(TEXT.replace("self.words(ids)", "self.words.weight[ids]"), "7")


NAMED = ["batch.image=3x5x5", "batch.ids=7:int64", "feats.0=4x5x5", "feats.1=6x5x5"]


@pytest.mark.parametrize("more", [[], ["mask=8x5x5"], ["mask=1x5x5:bool"]])
def test_inputs_in_mappings_lists_and_keywords(more: list[str]) -> None:
    report = read(NESTED, *NAMED, *more)
    assert counts(report) == (200, 2600)
    assert report.input == (3, 5, 5)
    assert not report.status


def test_a_number_for_each_input() -> None:
    source = SOURCE.replace("def forward(self, x, meta)", "def forward(self, x, meta, t)")
    report = read(source.replace("return ", "return t[:, None, None, None] * "), *TWO, "t=:float")
    assert counts(report) == (200, 6480)
    assert report.inputs[2] == Input("t", ())


TWO = ("3x8x8", "3x8x8")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["3x8x8"], "Two: forward needs meta as well.*add --input meta="),
        (["3x8x8", "mta=3x8x8"], 'no parameter mta.*did you mean "meta"'),
        ([*TWO, "3x8x8"], "has no place for 3 inputs"),
    ],
)
def test_inputs_that_forward_does_not_have(given: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read(SOURCE, *given)


def conv() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(64, 10))


# 112 + 650 params; 108 at 16 positions, and 640: 2368 MACs.
CONV = f"torch:{__name__}:conv"


@pytest.mark.parametrize("batch", [1, 3, 8])
def test_a_shape_with_its_batch_is_understood_and_counted_for_one(batch: int) -> None:
    network = load(CONV, input=f"{batch}x3x6x6")
    assert counts(evaluate(network)) == (762, 2368)
    assert network.input == network.inputs[0].shape == (3, 6, 6)
    assert network.notes == (
        f"--input {batch}x3x6x6: taken as 3x6x6 with a batch of {batch}; counts are for one input",
    )


def test_all_inputs_lose_the_same_batch() -> None:
    report = read(SOURCE, "8x3x8x8", "8x3x8x8")
    assert counts(report) == (200, 6480)
    assert "taken as 3x8x8 and 3x8x8 with a batch of 8" in report.notes[0]


def test_a_shape_that_fits_as_it_is_is_not_doubted() -> None:
    _, made = module_of("from torch import nn\nclass Net(nn.Linear):\n    pass")
    network = load(made(4, 5), input="8x4")
    assert (network.input, network.notes) == ((8, 4), ())


def test_what_was_tried_leaves_nothing_behind() -> None:
    lazy = nn.Sequential(nn.LazyConv2d(4, 3), nn.Flatten(), nn.LazyLinear(10))
    assert counts(evaluate(load(lazy, input="1x3x6x6"))) == (762, 2368)
    assert counts(evaluate(load(lazy, input="8x3x6x6"))) == (762, 2368)
    assert nn.parameter.is_lazy(lazy[0].weight)


def test_channels_are_no_batch() -> None:
    """What takes one channel takes an image without a batch, too."""
    with pytest.raises(CodeError, match="on an input of 3x6x6"):
        load(nn.Conv2d(1, 4, 3), input_shape="3x6x6")


EXAMPLES: dict[str, Callable[[int], Any]] = {
    "a tensor": lambda batch: torch.zeros(batch, 3, 6, 6),
    "a tuple": lambda batch: (torch.zeros(batch, 3, 6, 6),),
    "a list": lambda batch: [torch.zeros(batch, 3, 6, 6)],
    "a mapping": lambda batch: {"input": torch.zeros(batch, 3, 6, 6)},
}


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("batch", [1, 16])
def test_a_module_and_an_example(name: str, batch: int) -> None:
    network = load(conv(), EXAMPLES[name](batch))
    assert counts(evaluate(network)) == (762, 2368)
    assert network.inputs == (Input("input", (3, 6, 6)),)
    said_so = ("the example has a batch of 16; counts are for one input",)
    assert network.notes == (said_so if batch > 1 else ())


def test_an_example_may_be_nested_and_of_any_dtype() -> None:
    _, made = module_of(NESTED)
    images, ids = torch.zeros(2, 3, 5, 5), torch.zeros(2, 7, dtype=torch.long)
    feats = [torch.zeros(2, 4, 5, 5), torch.zeros(2, 6, 5, 5)]
    example = {"batch": {"image": images, "ids": ids}, "feats": feats, "scale": 2.0}
    network = load(made(), example)
    assert counts(evaluate(network)) == (200, 2600)
    assert network.inputs == (
        Input("batch.image", (3, 5, 5)),
        Input("batch.ids", (7,), "int64"),
        Input("feats.0", (4, 5, 5)),
        Input("feats.1", (6, 5, 5)),
    )


PAIRS = """
from torch import nn

class Pairs(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(8, 5)

    def forward(self, x):
        return self.layer(x.reshape(2, 8))
"""


def test_an_example_whose_batch_cannot_be_one_is_counted_whole() -> None:
    _, made = module_of(PAIRS)
    network = load(made(), torch.zeros(4, 4))
    assert evaluate(network).macs == 80
    assert network.notes[0].startswith("counts are for the example's whole batch of 4")


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_a_module_that_is_there_stays_as_it_is() -> None:
    module = nn.utils.weight_norm(conv()[0]).train()
    before = {name: each.clone() for name, each in module.state_dict().items()}
    load(module, torch.zeros(2, 3, 6, 6))
    assert module.training
    assert all(torch.equal(each, before[name]) for name, each in module.state_dict().items())


def test_a_module_without_an_example() -> None:
    with pytest.raises(UsageError, match="needs an example of its input"):
        load(conv())
    with pytest.raises(UsageError, match="float is no network"):
        load(2.0, torch.zeros(1))
    with pytest.raises(UsageError, match="the example holds no tensors"):
        load(conv(), {"x": 1, "y": 2})


NET = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, width=4):
        super().__init__()
        self.conv = nn.Conv2d(3, width, 3, bias=False)

    def forward(self, image):
        return self.conv(image)

def make():
    print("made")
    return torch.zeros(8, 3, 6, 6)

EXAMPLE = {"image": torch.zeros(1, 3, 6, 6)}

def fails():
    raise KeyError("no data")
"""
# 27 params at 16 positions for each of the width: 108 and 1728.
SPEC = "name: spec\ninput: 3x8x8\nlayers: [{kind: pointwise, m: 2}]\n"


@pytest.fixture
def convcost(capsys: pytest.CaptureFixture[str]) -> Runner:
    return Runner(capsys)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write({"nets_of_inputs.py": NET, "spec.yaml": SPEC})
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "nets_of_inputs", raising=False)
    return tmp_path


TORCH = "torch:nets_of_inputs:Net"
MAKE = ("--inputs-from", "nets_of_inputs:make")


@pytest.mark.usefixtures("folder")
def test_code_makes_the_inputs(convcost: Runner) -> None:
    code, out, err = convcost("eval", TORCH, *MAKE, "--format", "json", "--arg", "width=5")
    (network,) = json.loads(out)["networks"]
    assert (code, network["params"], network["macs"]) == (0, 135, 2160)
    assert network["inputs"] == [{"name": "image", "shape": [3, 6, 6], "dtype": "float32"}]
    assert err == "made\nnote: net: the example has a batch of 8; counts are for one input\n"
    args = ("--inputs-from", "nets_of_inputs:EXAMPLE", "--summary")
    assert convcost("eval", TORCH, *args).err == ""


@pytest.mark.usefixtures("folder")
def test_code_that_makes_no_inputs(convcost: Runner) -> None:
    for name, message in (
        ("fails", "nets_of_inputs:fails failed: KeyError"),
        ("missing", "nets_of_inputs has no missing"),
    ):
        code, _, err = convcost("eval", TORCH, "--inputs-from", f"nets_of_inputs:{name}")
        assert code == 2
        assert message in err


@pytest.mark.usefixtures("folder")
def test_every_command_reads_it(convcost: Runner) -> None:
    habit = "--input 8x3x6x6: taken as 3x6x6 with a batch of 8; counts are for one input"
    for words in (
        f"eval {TORCH}",
        f"check {TORCH} --max-params 200",
        f"diff {TORCH} {TORCH}",
        f"rewrite {TORCH} --replace standard=depthwise-separable --first",
        f"suggest {TORCH} --max-macs 1k --first",
        f"export pytorch {TORCH}",
        "import torch nets_of_inputs:Net",
        f"reconcile {TORCH}",
        f"lock {TORCH}",
    ):
        code, out, err = convcost(*words.split(), "--input", "8x3x6x6", "--arg", "width=5")
        assert (code, set(err.splitlines())) == (0, {f"note: net: {habit}"}), (words, err)
        assert out


@pytest.mark.usefixtures("folder")
def test_it_is_for_those_that_need_it(convcost: Runner) -> None:
    code, out, err = convcost("eval", TORCH, "spec.yaml", "--input", "3x6x6", "--format", "csv")
    assert code == 0
    assert ",1728," in out
    assert ",384," in out  # 6 params at 64 positions
    assert err == "note: --input is not for spec.yaml: their own stay\n"


def test_numbers_have_the_dtype_of_the_weights() -> None:
    network = load(conv().half(), input="3x6x6")
    assert network.inputs == (Input("input", (3, 6, 6), "float16"),)


FILES = {
    "models/net.py": "from torch import nn\nfrom parts_beside import width\n"
    "def build():\n    return nn.Conv2d(3, width, 3, bias=False)\n"
    "import torch\nEXAMPLE = torch.zeros(2, 3, 6, 6)\n",
    "models/parts_beside.py": "width = 4\n",
    "package_of_nets/__init__.py": "",
    "package_of_nets/inner/__init__.py": "",
    "package_of_nets/inner/net.py": "from torch import nn\nfrom ..parts import width\n"
    "def build():\n    return nn.Conv2d(3, width, 3, bias=False)\n",
    "package_of_nets/parts.py": "width = 4\n",
    "torch.py": "raise RuntimeError('this is not PyTorch')\n",
    "models/broken.py": "import nothing_of_the_kind\n",
}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [*sys.path])
    write(FILES)
    return tmp_path


@pytest.mark.parametrize(
    "path", ["models/net.py", "./models/net.py", "package_of_nets/inner/net.py"]
)
def test_a_file_is_named_by_its_path(convcost: Runner, files: Path, path: str) -> None:
    for word in (path, str(files / path)):
        args = ("eval", f"torch:{word}:build", "--input", "3x6x6", "--format", "csv", "--summary")
        code, out, err = convcost(*args)
        assert (code, err) == (0, "")
        assert out.splitlines()[1].startswith("build,,3x6x6,108,1728,")


@pytest.mark.usefixtures("files")
def test_inputs_may_come_from_a_file(convcost: Runner) -> None:
    args = ("import", "torch", "models/net.py:build", "--inputs-from", "models/net.py:EXAMPLE")
    code, out, _ = convcost(*args)
    assert code == 0
    assert "input: 3x6x6" in out


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("models/nett.py:build", "there is no file models/nett.py"),
        ("models/net.py:biuld", 'has no biuld\nhint: did you mean "build"?'),
        ("models/net.py", "hint: write package.module:factory, such as"),
        (
            "models/broken.py:build",
            "cannot be imported: ModuleNotFoundError: No module named 'noth",
        ),
    ],
)
def test_a_file_that_has_no_network(convcost: Runner, target: str, message: str) -> None:
    code, _, err = convcost("eval", f"torch:{target}", "--input", "3x6x6")
    assert code == 2
    assert message in err


WRAPPED = """
try:
    raise RuntimeError({!r})
except RuntimeError as error:
    raise ImportError("a package cannot be imported") from error
"""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("raise RuntimeError({!r})", "operator torchvision::nms does not exist"),
        ("raise RuntimeError({!r})", "Couldn't load custom C++ ops."),
        (WRAPPED, "operator torchvision::nms does not exist"),
    ],
)
def test_operators_of_torchvision_that_are_missing(
    convcost: Runner, files: Path, text: str, says: str
) -> None:
    write({"vision.py": text.format(says)})
    code, _, err = convcost("eval", "torch:vision.py:net", "--input", "3x6x6")
    assert code == 2
    assert "vision.py cannot be imported: " in err
    assert "hint: this torchvision was built for another torch: install both anew" in err


MASKED = """
from torch import nn

class Masked(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(50, 16)
        layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.layers, self.head = nn.TransformerEncoder(layer, 1), nn.Linear(16, 4)

    def forward(self, input_ids, attention_mask=None):
        mask = None if attention_mask is None else attention_mask == 0
        return self.head(self.layers(self.words(input_ids), src_key_padding_mask=mask))
"""
# 7 words: 16·48 + 16·16 + 2·16·32 + 16·4 = 2112 MACs each, and 2·7·7·16 of attention.


@pytest.mark.parametrize("given", [["7:int64"], ["7:int64"] * 2, ["4x7:int64"] * 2])
def test_a_mask_costs_nothing(given: list[str]) -> None:
    report = read(MASKED, *given)
    assert report.macs == 7 * 2112 + 2 * 7 * 7 * 16
    assert not report.status


ASKING = MASKED.replace("mask = None if", "mask = None if attention_mask.all() or")
OPEN = "attention_mask: taken to hide nothing, as the code asks for the values"


@pytest.mark.parametrize("given", [["7:int64", "7:bool"], ["4x7:int64", "attention_mask=4x7:int"]])
def test_a_mask_whose_values_are_asked_for_hides_nothing(given: list[str]) -> None:
    report = read(ASKING, *given)
    assert report.macs == 7 * 2112 + 2 * 7 * 7 * 16
    assert report.inputs[1].name == "attention_mask"
    assert report.notes[-1] == OPEN


def test_a_mask_of_an_example_hides_nothing_either() -> None:
    _, made = module_of(ASKING)
    words = torch.zeros(2, 7, dtype=torch.long)
    for batch, notes in ((2, ("the example has a batch of 2; counts are for one input",)), (1, ())):
        given = words[:batch]
        network = load(made(), {"input_ids": given, "attention_mask": torch.zeros_like(given)})
        assert evaluate(network).macs == 7 * 2112 + 2 * 7 * 7 * 16
        assert network.notes == (*notes, OPEN)


def test_what_is_no_mask_has_no_values() -> None:
    with pytest.raises(CodeError, match="cannot follow"):
        read(ASKING.replace("attention_mask", "flags"), "7:int64", "7:int64")


LENGTHS = """
from torch import arange, nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(8, 4)

    def forward(self, steps, lengths):
        longest = int(lengths.max().item())
        hidden = arange(longest) >= lengths[:, None]
        return self.head(steps[:, :longest].masked_fill(hidden[:, :, None], 0))
"""


def test_lengths_that_are_asked_for_are_those_of_whole_inputs() -> None:
    report = read(LENGTHS, "steps=50x8", "lengths=:int64")
    assert report.macs == 50 * 8 * 4
    assert report.notes == ("lengths: taken to hide nothing, as the code asks for the values",)


def test_lengths_of_an_example_are_as_they_are() -> None:
    _, made = module_of(LENGTHS)
    network = load(made(), {"steps": torch.zeros(1, 50, 8), "lengths": torch.tensor([30])})
    assert evaluate(network).macs == 30 * 8 * 4


def test_the_batch_is_what_most_tensors_of_an_example_have() -> None:
    _, made = module_of(NESTED)
    feats = [torch.zeros(2, 4, 5, 5), torch.zeros(2, 6, 5, 5)]
    batch = {"image": torch.zeros(2, 3, 5, 5), "ids": torch.zeros(2, 7, dtype=torch.long)}
    network = load(made(), {"batch": batch, "feats": feats, "mask": torch.ones(8, 5, 5)})
    assert counts(evaluate(network)) == (200, 2600)
    assert network.inputs[-1] == Input("mask", (8, 5, 5))


def test_a_shape_that_no_tensor_can_have() -> None:
    with pytest.raises(UsageError, match="larger than a tensor can be"):
        load(conv(), input="999999999999x999999999999x9999")


def test_functions_take_a_module_with_its_example_or_its_input() -> None:
    wanted = evaluate(load(conv(), torch.zeros(1, 3, 6, 6)))
    assert evaluate(conv(), torch.zeros(1, 3, 6, 6)) == wanted
    assert evaluate(conv(), input="3x6x6").macs == wanted.macs

"""PyTorch modules as networks, against PyTorch's own counts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from convcost import evaluate, load
from convcost.cli.run import run
from convcost.cost import Report
from convcost.emit.pytorch import pytorch_text
from convcost.emit.spec import spec_text
from convcost.errors import CodeError, ConvcostError, UsageError
from convcost.gaps import gaps
from convcost.network import Network
from convcost.ops.base import Shape, format_shape
from convcost.sources import code, target_of
from convcost.sources.spec.reading import parse_spec
from convcost.views.unknown import unknown_lines
from tests.torch import nets
from tests.torch.counted import counted, module_of, said

NETS = "torch:tests.torch.nets"
SPECS = sorted(Path("specs").glob("*.yaml"))


def read_code(word: str, *about: Any) -> Network:
    """What the word means on a command line."""
    return code.read_code(target_of(word), *about)


def kinds(network: Network) -> list[str]:
    return [layer.kind for layer in network.layers]


def totals(report: Report) -> tuple[int, int, int, Shape]:
    return report.params, report.macs, report.activations, report.layers[-1].out


@pytest.mark.parametrize("name", nets.SAMPLE)
def test_a_module_costs_what_pytorch_counts(name: str) -> None:
    shape = nets.SAMPLE[name]
    report = evaluate(read_code(f"{NETS}:{name}", shape))

    assert said(report) == counted(getattr(nets, name)(), shape)
    assert not gaps(report)


@pytest.mark.parametrize("name", nets.SAMPLE)
def test_what_is_imported_is_a_spec(name: str) -> None:
    network = read_code(f"{NETS}:{name}", nets.SAMPLE[name])

    again = parse_spec(spec_text(network)).network

    assert totals(evaluate(again)) == totals(evaluate(network))


@pytest.mark.parametrize("name", nets.SAMPLE)
def test_to_a_spec_and_back_to_pytorch(name: str) -> None:
    shape = nets.SAMPLE[name]
    network = read_code(f"{NETS}:{name}", shape)
    target, made = module_of(pytorch_text(network))

    assert counted(made(), shape) == said(evaluate(network))
    assert totals(evaluate(read_code(f"torch:{target}", shape))) == totals(evaluate(network))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_a_shipped_network_survives_pytorch(path: Path) -> None:
    network = load(path)
    assert network.input is not None
    target, _ = module_of(pytorch_text(network))

    again = read_code(f"torch:{target}", network.input)

    assert totals(evaluate(again)) == totals(evaluate(network))


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (1, 2), (3, 2)])
def test_the_separable_module_is_recognised_and_written(
    bias: bool, stride: int, dilation: int
) -> None:
    settings = {"stride": stride, "dilation": dilation, "padding": dilation, "bias": bias}
    arguments = {"in_channels": 6, "out_channels": 10, **settings}
    network = read_code(f"{NETS}:Separable", (6, 20, 21), arguments)

    assert kinds(network) == ["depthwise-separable"]
    module = nets.Separable(**arguments)
    assert said(evaluate(network)) == counted(module, (6, 20, 21))

    _, made = module_of(pytorch_text(network).replace("class Separable(", "class Whole("))
    source = pytorch_text(network)
    assert "class DepthwiseSeparable(nn.Module):" in source
    assert counted(made(), (6, 20, 21)) == counted(module, (6, 20, 21))


@pytest.mark.parametrize(
    ("separable", "params", "macs"),
    [(False, 391_466, 397_249_024), (True, 49_418, 46_991_872)],
)
def test_the_classifier_comes_back_from_its_own_code(
    separable: bool, params: int, macs: int
) -> None:
    network = read_code(f"{NETS}:Classifier", (3, 32, 32), {"separable": separable})
    report = evaluate(network)
    target, _ = module_of(pytorch_text(network))
    again = evaluate(read_code(f"torch:{target}", (3, 32, 32)))

    assert (report.params, report.macs) == (again.params, again.macs) == (params, macs)
    stage = "depthwise-separable" if separable else "standard"
    assert kinds(network) == ["standard", *[stage] * 3, "global-avg-pool", "linear"]
    if separable:
        assert dict(network.layers[1].fields)["inner_norm"] == "none"


def test_repeated_blocks_are_folded_and_branches_nested() -> None:
    text = spec_text(read_code(f"{NETS}:Residual", (3, 64, 64)))

    assert "repeat: 2" in text
    assert text.count("residual:") == 3
    assert "from:" not in text


def test_a_shuffle_and_a_gate_are_recognised() -> None:
    network = read_code(f"{NETS}:SqueezeExcite", (8, 12, 10))

    assert kinds(network)[:2] == ["group", "shuffle"]
    assert "multiply:" in spec_text(network)


def test_channels_of_zeros_are_recognised() -> None:
    network = read_code(f"{NETS}:OptionA", (4, 8, 8))
    padded = next(layer for layer in network.layers if layer.kind == "pad")
    assert padded.fields == (("channels", (2, 2)),)


def test_parameters_nobody_uses_are_counted_and_those_used_twice_once() -> None:
    network = read_code(f"{NETS}:Sequence", (4, 16))

    assert network.layers[0].name == "unused.unused"
    own = [dict(layer.fields).get("weights", "own") for layer in network.layers]
    assert own.count("shared") == own.count("fixed") == 1


def test_an_unknown_operation_is_named_with_its_share() -> None:
    report = evaluate(read_code(f"{NETS}:spectral", (3, 8, 8)))

    assert [line.partition(";")[0] for line in unknown_lines(gaps(report))] == [
        f"spectral: {op}, 1 of 3 operations (about 20.0 % of the work, by its tensors), "
        "is unknown and counted as nothing"
        for op in ("fft_fft2", "real")
    ]


def test_what_is_not_understood_leaves_totals_open_and_parameters_complete() -> None:
    network = read_code(f"{NETS}:spectral", (3, 8, 8))

    report = evaluate(network)
    assert set(report.status) == {"macs", "activations"}
    assert "fft_fft2 is not understood" in report.status["macs"].why
    assert evaluate(parse_spec(spec_text(network)).network).status == report.status


def test_a_factory_that_fails_shows_its_own_traceback() -> None:
    with pytest.raises(CodeError, match="the builder's own mistake") as caught:
        read_code(f"{NETS}:fails", (3, 8, 8))

    assert "nets.py" in caught.value.trace
    assert "pytorch/model.py" not in caught.value.trace


@pytest.mark.parametrize("shape", [(4, 8, 8), (3, 8)])
def test_an_input_that_does_not_fit(shape: Shape) -> None:
    with pytest.raises(CodeError, match="cannot follow"):
        read_code(f"{NETS}:Residual", shape)


def test_control_flow_that_depends_on_values() -> None:
    with pytest.raises(CodeError, match="cannot follow"):
        read_code(f"{NETS}:undecided", (3, 8, 8))


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("tests.torch.nets:NOT_A_MODULE", "neither a module nor a factory"),
        ("tests.torch.nets:missing", "has no missing"),
        ("tests.torch.nothing:x", "there is no module"),
        ("nets.py", "names no module and factory"),
        ("builtins:dict", "gives dict"),
    ],
)
def test_a_target_that_is_no_network(target: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_code(f"torch:{target}", (3, 8, 8))


def test_an_input_is_needed() -> None:
    with pytest.raises(ConvcostError, match="shape of its input"):
        read_code(f"{NETS}:Residual")


FOLDER = {
    "nets_here.py": "import typing, torch\n"
    "from torch import nn\n"
    "def build():\n"
    "    import helper_here\n"
    "    return nn.Conv2d(3, helper_here.M, 3)\n",
    "helper_here.py": "M = 4\n",
    **dict.fromkeys(
        ["torch.py", "typing.py", "numpy.py", "yaml.py", "sympy.py", "convcost/__init__.py"],
        "open('ran', 'w').close()\n",
    ),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FOLDER.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("start", [["-I", "-c"], ["-c"]])
def test_modules_of_the_current_folder_stand_for_no_others(folder: Path, start: list[str]) -> None:
    root = str(Path(__file__).parents[2])
    code = f"import sys; sys.path[:0] = [{root!r}]; from convcost.cli.main import main; main()"
    if "-I" not in start:  # as a console script, whose own folder comes first
        code = code.replace("sys.path[:0]", "sys.path[:1]")
    done = subprocess.run(
        [sys.executable, *start, code, "eval", "torch:nets_here:build", "--input", "3x8x8"],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "112" in done.stdout
    assert not (folder / "ran").exists()


def test_a_module_that_an_installed_one_hides(folder: Path) -> None:
    (folder / "email").mkdir()
    (folder / "email/nets.py").touch()
    for target in ("torch:email.nets:x", "torch:email:nets"):
        with pytest.raises(UsageError) as caught:
            read_code(target, (3, 8, 8))
        assert "an installed email comes before the one here" in caught.value.problems[0].hint


class TestHeldAgainstItsCode:
    """`--check`: whether a spec still is what an import would write."""

    @pytest.mark.parametrize("name", nets.SAMPLE)
    def test_what_was_just_written_is(self, name: str, tmp_path: Path) -> None:
        args = command(name, nets.SAMPLE[name])
        spec = tmp_path / "net.yaml"

        assert run([*args, "-o", str(spec)]) == 0
        spec.write_text(spec.read_text("utf-8") + "budgets: {params: 1G}\n", encoding="utf-8")
        assert run([*args, "--check", str(spec)]) == 0

    def test_what_differs_is_told(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        spec = tmp_path / "net.yaml"
        run([*command("Classifier", (3, 32, 32)), "-o", str(spec)])
        before = spec.read_text("utf-8")

        assert (
            run([*command("Classifier", (3, 32, 32)), "--arg", "f=16", "--check", str(spec)]) == 1
        )

        out = capsys.readouterr().out
        assert f"{spec} → tests.torch.nets:Classifier: " in out
        assert "m 32 → 16" in out
        assert spec.read_text("utf-8") == before

    def test_it_writes_nothing(self, tmp_path: Path) -> None:
        spec = tmp_path / "net.yaml"
        args = [*command("Classifier", (3, 32, 32)), "-o", str(spec)]
        assert run([*args, "--check", str(spec)]) == 2
        assert not spec.exists()
        assert run([*args[:-2], "--check", str(spec)]) == 2


def command(name: str, shape: Shape) -> list[str]:
    return ["import", "torch", f"tests.torch.nets:{name}", "--input", format_shape(shape)]


def test_a_module_without_memory_costs_what_it_costs_with_some() -> None:
    image = torch.zeros(1, 3, 64, 64)
    with torch.device("meta"):
        module = nets.Residual()
    there, here = (evaluate(load(each, image)) for each in (module, nets.Residual()))
    assert totals(there) == totals(here)
    assert there.params == sum(each.numel() for each in module.parameters())

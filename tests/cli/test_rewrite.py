"""`convcost rewrite`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from convcost.cost import evaluate
from convcost.sources import load
from tests.cli.runner import Runner

SEPARABLE = ("--replace", "standard=depthwise-separable")


def test_before_and_after(convcost: Runner) -> None:
    code, out, err = convcost("rewrite", "vgg16", *SEPARABLE)
    assert (code, err) == (0, "")
    assert out.startswith("vgg-16: 12 of 13 standard layers become depthwise-separable\n")
    assert "MACs         15,470,264,320 →  1,986,267,136  -13,483,997,184 (-87.2%)" in out
    assert out.endswith("left alone:\n  the first layer: stage1.conv[0]\n")


def test_the_new_spec_gives_what_the_table_says(convcost: Runner, tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    code, out, _ = convcost("rewrite", "vgg16", *SEPARABLE, "-o", str(path), "--format", "json")
    assert code == 0
    report = evaluate(load(path))
    assert json.loads(out)["after"] == {
        "params": report.params,
        "macs": report.macs,
        "activations": report.activations,
    }
    old = Path(load("vgg16").path).read_text(encoding="utf-8").splitlines()
    changed = [line for line in path.read_text(encoding="utf-8").splitlines() if line not in old]
    mark, layer = changed
    assert mark == "# Written by convcost rewrite"
    assert "depthwise-separable" in layer


def test_a_program_that_is_to_become_separable_and_back(convcost: Runner, tmp_path: Path) -> None:
    stage = "{kind: standard, m: %d, k: 3, padding: 1, norm: batch, act: relu}"
    path, separable, back = (tmp_path / name for name in ("a.yaml", "b.yaml", "c.yaml"))
    layers = [*(stage % m for m in (32, 64, 128, 256)), "{kind: global-avg-pool}"]
    layers.append("{kind: linear, m: 10, bias: true}")
    path.write_text("input: 3x32x32\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers))
    assert convcost("rewrite", str(path), *SEPARABLE, "-o", str(separable)).code == 0
    assert (evaluate(load(path)).params, evaluate(load(path)).macs) == (391_466, 397_249_024)
    new = evaluate(load(separable))
    assert (new.params, new.macs) == (49_418, 46_991_872)
    convcost(
        "rewrite", str(separable), "--replace", "depthwise-separable=standard", "-o", str(back)
    )
    assert back.read_text() == f"# Written by convcost rewrite\n{path.read_text()}"


def test_rows_add_up_to_the_totals_in_every_machine_format(convcost: Runner) -> None:
    args = ("rewrite", "resnet18", *SEPARABLE)
    document = json.loads(convcost(*args, "--format", "json").out)
    assert document["schema"] == "convcost.rewrite/1"
    assert document["replacements"] == ["standard=depthwise-separable"]
    for side in ("before", "after"):
        for metric, total in document[side].items():
            assert sum(layer[side][metric] for layer in document["layers"]) == total
    rows = list(csv.DictReader(io.StringIO(convcost(*args, "--format", "csv").out)))
    assert sum(int(row["params_after"]) for row in rows) == document["after"]["params"]
    assert [row["reason"] for row in rows if row["reason"]] == ["the first layer"]


@pytest.mark.parametrize(
    ("args", "replaced"),
    [
        ((), 3),
        (("--first",), 4),
        (("--where", "n >= 64"), 2),
        (("--only", "conv3"), 1),
        (("--except", "conv3", "--except", "conv4"), 1),
    ],
)
def test_which_layers(
    convcost: Runner, tmp_path: Path, args: tuple[str, ...], replaced: int
) -> None:
    path = tmp_path / "net.yaml"
    lines = [f"  - {{name: conv{i}, kind: standard, m: {16 * 2**i}, k: 3}}" for i in (1, 2, 3, 4)]
    path.write_text("\n".join(["input: 3x32x32", "layers:", *lines, "  - {kind: linear, m: 10}"]))
    _, out, _ = convcost("rewrite", str(path), *SEPARABLE, *args, "--format", "json")
    assert sum(layer["replaced"] for layer in json.loads(out)["layers"]) == replaced


def test_norm_and_activation_behind_each_stage(convcost: Runner) -> None:
    _, out, _ = convcost("rewrite", "mobilenet_v1_full", *SEPARABLE, "--inner", "--format", "json")
    after = json.loads(out)["after"]
    assert (after["params"], after["macs"]) == (4_231_976, 568_740_352)


def test_vars_are_set_first_and_kept(convcost: Runner, tmp_path: Path) -> None:
    path = tmp_path / "half.yaml"
    args = ("--replace", "depthwise-separable=standard", "--set", "alpha=0.5", "-o", str(path))
    assert convcost("rewrite", "mobilenet_v1", *args).code == 0
    assert "vars: {alpha: 0.5, size: 224}" in path.read_text(encoding="utf-8")


def test_a_spec_that_cannot_be_changed_in_place_is_written_anew(
    convcost: Runner, tmp_path: Path
) -> None:
    path = tmp_path / "new.yaml"
    args = ("rewrite", "vgg16", "--replace", "standard=tucker[r3=n//4,r4=m//4]", "-o", str(path))
    code, out, err = convcost(*args)
    assert (code, out) == (2, "")
    assert "only some can do with r3" in err
    assert "--unroll" in err
    assert not path.exists()
    code, out, _ = convcost(*args, "--unroll", "--format", "json")
    assert code == 0
    assert evaluate(load(path)).params == json.loads(out)["after"]["params"]


def test_the_new_network_in_place_of_the_table(convcost: Runner, tmp_path: Path) -> None:
    spec = convcost("rewrite", "vgg16", *SEPARABLE, "--emit", "spec").out
    path = tmp_path / "new.yaml"
    path.write_text(spec, encoding="utf-8")
    assert evaluate(load(path)).params == 125_320_232
    code = convcost("rewrite", "vgg16", *SEPARABLE, "--emit", "pytorch").out
    assert "125,320,232 parameters" in code
    compile(code, "vgg.py", "exec")


def test_pytorch_code_to_a_file(convcost: Runner, tmp_path: Path) -> None:
    path = tmp_path / "vgg.py"
    args = ("--emit", "pytorch", "-o", str(path))
    assert convcost("rewrite", "vgg16", *SEPARABLE, *args).out.startswith("vgg-16: 12 of 13")
    assert "class" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("vgg16",), "error: --replace is missing"),
        (("vgg16", "--replace", "standard"), 'error: --replace cannot read "standard"'),
        (("vgg16", "--replace", "standrad=group"), 'error: unknown kind "standrad"'),
        (
            ("vgg16", "--replace", "octave=standard"),
            "error: vgg-16 has no layer of the kind octave",
        ),
        (("vgg16", *SEPARABLE, "--only", "conv9"), 'error: no layer is named "conv9"'),
        (("vgg16", *SEPARABLE, "--where", "q > 1"), "error: --where: in ${q > 1}"),
        (("vgg16", *SEPARABLE, "--format", "yaml"), 'error: rewrite has no format "yaml"'),
        (("vgg16", *SEPARABLE, "--emit", "torch"), 'error: --emit cannot be "torch"'),
        (("nothing", *SEPARABLE), "nothing: error: there is no such file"),
        (
            ("vgg16", *SEPARABLE, "-o", "no/such/folder/x.yaml"),
            "error: cannot write no/such/folder/x.yaml: No such file",
        ),
    ],
)
def test_mistakes(convcost: Runner, args: tuple[str, ...], message: str) -> None:
    code, out, err = convcost("rewrite", *args)
    assert (code, out) == (2, "")
    assert err.startswith(message)


PRUNE = ("--prune", "layer3=0.5")


def test_channels_are_pruned_and_what_follows_costs_less(convcost: Runner, tmp_path: Path) -> None:
    path = tmp_path / "pruned.yaml"
    code, out, err = convcost("rewrite", "resnet18", *PRUNE, "-o", str(path))
    assert (code, err) == (0, "")
    assert out.startswith("resnet-18: 4 of 4 standard layers become standard[m=m*0.5]\n")
    assert "layer4.0.conv1" in out, "it takes half of the channels"
    report = evaluate(load(path))
    assert f"→     {report.params:,}" in out
    again = json.loads(convcost("rewrite", "resnet18", *PRUNE, "--format", "json").out)
    assert again["after"]["params"] == report.params
    assert again["replacements"] == [
        "pointwise=pointwise[m=m*0.5]",
        "standard=standard[m=m*0.5]",
    ]
    first = "max(1, round(width * 0.5)) if width == 256 else width"
    assert first in path.read_text(encoding="utf-8")


def test_a_join_whose_other_side_is_not_pruned_is_told(convcost: Runner) -> None:
    code, out, err = convcost("rewrite", "resnet18", "--prune", "layer3.1.conv2=0.5")
    assert (code, out) == (2, "")
    assert "layer layer3.0 (add) joins the channels of layer3.1.conv2 with those of" in err
    assert "--prune layer3.0.shortcut.downsample=0.5" in err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--prune", "layer3"], '--prune cannot read "layer3"'),
        (["--prune", "layer3=half"], '--prune cannot read "layer3=half"'),
        (["--prune", "layer3=0"], "--prune cannot leave 0 of layer3"),
        (["--prune", "layer3=1.5"], "--prune cannot leave 1.5 of layer3"),
        ([*PRUNE, "--only", "layer3*"], "--only does not go with --prune"),
        ([*PRUNE, *SEPARABLE], "--replace does not go with --prune"),
        ([], "--replace is missing"),
    ],
)
def test_what_cannot_be_pruned(convcost: Runner, args: list[str], message: str) -> None:
    code, out, err = convcost("rewrite", "resnet18", *args)
    assert (code, out) == (2, "")
    assert message in err

"""`convcost suggest`."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.cli.runner import Runner


def test_the_fewest_layers_to_replace(convcost: Runner) -> None:
    code, out, err = convcost("suggest", "vgg16", "--max-macs", "5G")
    assert (code, err) == (0, "")
    assert out.startswith(
        "replacing 7 of 12 layers brings vgg-16 to 4,850,012,160 MACs: the fewest that do\n"
    )
    assert "4,850,012,160 MACs, 149,987,840 below 5,000,000,000" in out
    assert "It knows what layers cost, and nothing of accuracy" in out


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("resnet50 --max-macs 3G --max-params 20M", ""),
        ("darknet53 --set size=128 --max-macs 1.5G", "--set size=128"),
        ("vgg16 --input 3x256x256 --max-macs 9G --first --inner", "--inner --first --input"),
        ("vgg16 --max-macs 7G --except stage4* --where n>=64", "--only"),
        ("vgg16 --max-macs 10G --only stage[34]* --only stage2*", "--only"),
        ("vgg16 --max-macs 1M --only stage5* --where k>1", "--where 'k>1' --only 'stage5*'"),
    ],
)
def test_the_command_that_it_prints_does_what_it_says(
    convcost: Runner, line: str, told: str
) -> None:
    _, out, _ = convcost("suggest", *line.split())
    command = re.search(r"See it: convcost (.*)", out)
    assert command is not None
    assert told in command[1]
    document = json.loads(convcost(*shlex.split(command[1]), "--format", "json").out)
    assert f"{document['after']['macs']:,} MACs" in out


def test_where_no_set_suffices(convcost: Runner) -> None:
    code, out, _ = convcost("suggest", "vgg16", "--max-macs", "1G")
    assert code == 1
    assert out.startswith("no set of these replacements suffices for vgg-16\n")
    assert "with all 12 it is still 986,267,136 MACs over 1,000,000,000" in out


def test_where_nothing_can_be_replaced(convcost: Runner) -> None:
    code, out, _ = convcost("suggest", "mobilenet_v1", "--max-macs", "1M")
    assert code == 1
    assert out.startswith("nothing in mobilenet-v1 can be replaced that saves what is needed\n")


def test_within_budget_already(convcost: Runner) -> None:
    code, out, _ = convcost("suggest", "mobilenet_v1")
    assert code == 0
    assert out.startswith(
        "mobilenet-v1 keeps within 4,300,000 params and 600,000,000 MACs as it is\n"
    )


def test_json(convcost: Runner) -> None:
    args = ("--max-macs", "5G", "--replace", "standard=low-rank", "--first", "--format", "json")
    document = json.loads(convcost("suggest", "vgg16", *args).out)
    assert document["schema"] == "convcost.suggest/1"
    assert (document["suffices"], document["smallest"]) == (True, True)
    (budget,) = document["budgets"]
    saved = sum(each["saves"]["macs"] for each in document["options"] if each["chosen"])
    assert budget["before"] - saved == budget["after"] == budget["limit"] + budget["excess"]
    assert {each["becomes"] for each in document["options"]} == {"low-rank"}


def test_one_kind_may_be_tried_two_ways(convcost: Runner) -> None:
    tries = ("--replace", "standard=low-rank", "--replace", "standard=depthwise-separable")
    _, out, _ = convcost("suggest", "vgg16", "--max-macs", "5G", *tries, "--format", "json")
    document = json.loads(out)
    assert {each["becomes"] for each in document["options"]} == {"low-rank", "depthwise-separable"}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("vgg16",), "specs/vgg16.yaml: error: nothing to come under: this spec has no budgets"),
        (("vgg16", "--max-macs", "much"), 'error: --max-macs "much"'),
        (("vgg16", "--max-macs", "1G", "--replace", "x=y"), 'error: unknown kind "x"'),
        (("vgg16", "--max-macs", "1G", "--where", ""), 'error: --where cannot be ""'),
    ],
)
def test_mistakes(convcost: Runner, args: tuple[str, ...], message: str) -> None:
    code, out, err = convcost("suggest", *args)
    assert (code, out) == (2, "")
    assert message.replace("specs/", "") in err.replace("specs/", "")


def test_a_peak_comes_down_where_a_layer_is_wide_inside(
    convcost: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Inside, 6·8 channels of 8x8 twice, an input and an output of 8: as one convolution, two of 8.
    monkeypatch.chdir(tmp_path)
    layers = "[{kind: inverted-residual, m: 8, k: 3, name: a}, {kind: pointwise, m: 8, name: b}]"
    Path("x.yaml").write_text(f"name: x\ninput: 8x8x8\nlayers: {layers}\n", encoding="utf-8")
    way = ("--replace", "inverted-residual=standard", "--first", "--dtype", "int8")
    code, out, err = convcost("suggest", "x.yaml", "--max-peak-memory", "1KiB", *way)
    assert (code, err) == (0, "")
    said = "brings x to 1,024 peak bytes (activations=int8): there may be fewer that do"
    assert f"replacing 1 of 1 layer {said}" in " ".join(out.split())
    assert convcost("suggest", "x.yaml", "--max-peak-memory", "1KiB", *way[:2]).code == 1


def test_what_binds_beside_params_and_macs_is_said(
    convcost: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    layers = "[{kind: standard, m: 16, k: 3, name: a}, {kind: standard, m: 4, k: 3, name: b}]"
    text = f"name: x\ninput: 3x8x8\nlayers: {layers}\nbudgets: {{peak_memory: 1KiB, macs: 50k}}\n"
    Path("x.yaml").write_text(text, encoding="utf-8")
    code, out, err = convcost("suggest", "x.yaml")
    assert (code, err) == (1, "")
    assert out.startswith("no set of these replacements was found that suffices for x\n")
    assert "with this one it is still 7,168 peak bytes over 1,024" in out
    # Both stages of b have 16 channels going in: what saves MACs takes 2·16·64 elements.
    said = "peak bytes: of 5,120, 0 can be saved, and 1,024 is the limit; reached in b"
    assert said in " ".join(out.split())
    Path("x.yaml").write_text(text.replace("peak_memory", "layer_peak_memory"), encoding="utf-8")
    assert convcost("suggest", "x.yaml").code == 0
    Path("x.yaml").write_text(text.replace(", macs: 50k", "").replace("peak", "layer_peak"))
    code, out, err = convcost("suggest", "x.yaml")
    assert (code, out) == (2, "")
    assert "nothing to come under: this spec has no budgets of totals" in err

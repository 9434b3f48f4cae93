"""`convcost zoo`, and the other commands by the names that it lists."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from convcost.sources.zoo import shipped
from convcost.views.formats import formats_of
from tests.cli.runner import Runner


@pytest.fixture(autouse=True)
def far_from_the_specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_every_network_is_listed_with_its_cost_and_its_paper(convcost: Runner) -> None:
    code, out, err = convcost("zoo")
    assert (code, err) == (0, "")
    lines = {line.split()[0]: line for line in out.splitlines() if line}
    assert set(shipped()) <= set(lines)
    assert "4,231,976" in lines["mobilenet_v1"]
    assert "568,740,352" in lines["mobilenet_v1"]
    assert "Howard et al. 2017           alpha=1.0 size=224  " in lines["mobilenet_v1"]
    assert lines["mobilenet_v1"].endswith("image classification")


def test_as_json(convcost: Runner) -> None:
    document = json.loads(convcost("zoo", "--format", "json").out)
    assert document["schema"] == "convcost.zoo/1"
    assert [network["name"] for network in document["networks"]] == list(shipped())
    (network,) = (each for each in document["networks"] if each["name"] == "shufflenet_v1")
    assert Path(network.pop("path")).is_file()
    assert network == {
        "name": "shufflenet_v1",
        "input": [3, 224, 224],
        "params": 1865728,
        "macs": 137460672,
        "activations": 2999800,
        "paper": "Zhang et al. 2018",
        "title": "ShuffleNet: An Extremely Efficient Convolutional Neural Network for Mobile "
        "Devices",
        "vars": {"groups": 3, "m": 240},
        "task": "image classification",
        "blocks": [
            *("standard", "pointwise", "depthwise", "pointwise-group", "linear"),
            *("shufflenet-down", "shufflenet-unit"),
        ],
    }


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("mobilenet-v3", ["mobilenet_v3_large", "mobilenet_v3_small"]),
        ("HOWARD 2019 small", ["mobilenet_v3_small"]),
        ("keyword spotting", ["lstm_kws", "mlperf_tiny_kws"]),
        ("attention", ["vit_b_16"]),
        ("bottleneck He 2016", ["resnet101", "resnet50"]),
        ("squeeze-excite efficientnet 2019", ["efficientnet_b0"]),
        ("", list(shipped())),
    ],
)
def test_a_search_goes_through_names_years_tasks_and_building_blocks(
    words: str, found: list[str], convcost: Runner
) -> None:
    code, out, err = convcost("zoo", "--search", words, "--format", "json")
    assert (code, err) == (0, "")
    assert [network["name"] for network in json.loads(out)["networks"]] == found


def test_a_search_narrows_every_format(convcost: Runner) -> None:
    for name in formats_of("zoo"):
        text = convcost("zoo", "--search", "dosovitskiy", "--format", name).out.replace("\\_", "_")
        assert "vit_b_16" in text
        assert "vgg16" not in text


def test_a_search_that_finds_nothing_says_what_was_meant(convcost: Runner) -> None:
    code, out, err = convcost("zoo", "--search", "keywrd spotting")
    assert (code, out) == (2, "")
    assert err == (
        'error: no network that ships has "keywrd spotting" in name, paper, task or building '
        'blocks\nhint: did you mean "keyword"?\n'
    )


def test_eval_takes_the_name_from_anywhere(convcost: Runner) -> None:
    code, out, err = convcost("eval", "shufflenet-v1", "--set", "groups=8", "--format", "json")
    assert (code, err) == (0, "")
    (network,) = json.loads(out)["networks"]
    assert (network["params"], network["macs"]) == (2_434_768, 138_365_952)
    assert network["path"] == shipped()["shufflenet_v1"]


def test_check_takes_the_name_from_anywhere(convcost: Runner) -> None:
    assert convcost("check", "mobilenet_v1").code == 0
    code, out, _ = convcost("check", "resnet50", "--max-params", "25M")
    assert code == 1
    assert "25,557,032" in out


def test_a_name_that_means_nothing(convcost: Runner) -> None:
    code, out, err = convcost("eval", "mobilnet_v1")
    assert (code, out) == (2, "")
    assert err == (
        "mobilnet_v1: error: there is no such file, and no network of that name ships with "
        'convcost\nhint: did you mean "mobilenet_v1"?\n'
    )

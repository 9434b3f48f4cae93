"""`convcost explain`."""

from __future__ import annotations

import json

import pytest

from tests.cli.runner import Runner


def test_numbers_are_put_in(convcost: Runner) -> None:
    code, out, err = convcost("explain", "depthwise-separable", "-n", "3", "-m", "4", "-k", "3")
    assert (code, err) == (0, "")
    assert "n·k² + n·m = 3·3² + 3·4 = 39" in out


def test_without_numbers_it_describes_the_kind(convcost: Runner) -> None:
    code, out, _ = convcost("explain", "ghost")
    assert code == 0
    assert "GhostNet" in out


def test_options_in_brackets_change_the_numbers(convcost: Runner) -> None:
    args = ("-n", "8", "-m", "8", "-k", "3", "--format", "json")
    plain = json.loads(convcost("explain", "spatial-separable", *args).out)
    thin = json.loads(convcost("explain", "spatial-separable[rank=2]", *args).out)
    assert plain["params"] == 4 * thin["params"]
    assert plain["kind"] == thin["kind"] == "spatial-separable"


@pytest.mark.parametrize(
    ("args", "message", "hint"),
    [
        (["depthwise-seprable"], "unknown kind", 'did you mean "depthwise-separable"?'),
        (["group", "-n", "3"], "--in, --out and --kernel go together", "or leave all three out"),
        (
            ["linear", "-n", "3", "-m", "4", "-k", "1"],
            "linear is no convolution",
            '"convcost explain linear" tells what it is',
        ),
        (
            ["group", "-n", "3", "-m", "4", "-k", "3"],
            "group: 2 groups do not divide 3 input channels",
            "",
        ),
        (["group", "--format", "pdf"], 'explain has no format "pdf"', "the formats are"),
    ],
)
def test_mistakes_are_named(convcost: Runner, args: list[str], message: str, hint: str) -> None:
    code, out, err = convcost("explain", *args)
    assert (code, out) == (2, "")
    assert message in err
    assert hint in err

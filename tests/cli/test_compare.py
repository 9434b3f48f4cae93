"""`convcost compare`."""

from __future__ import annotations

import json

import pytest

from tests.cli.runner import Runner

EXAMPLE = ("compare", "--in", "3", "--out", "4", "-k", "3")


def params(out: str) -> dict[str, int | None]:
    return {row["kind"]: row["params"] for row in json.loads(out)["rows"]}


def test_the_worked_example(convcost: Runner) -> None:
    code, out, err = convcost(*EXAMPLE)
    assert (code, err) == (0, "")
    assert "3 → 4 channels, kernel 3×3, stride 1, padding same" in out
    assert "27 + 12" in out


@pytest.mark.parametrize(
    ("padding", "macs"), [("same", {2700, 975}), ("valid", {972, 351}), ("0", {972, 351})]
)
def test_its_output_size(convcost: Runner, padding: str, macs: set[int]) -> None:
    for size in (["--size", "5x5"], ["-H", "5", "-W", "5"]):
        _, out, _ = convcost(*EXAMPLE, *size, "--padding", padding, "--format", "json")
        rows = {row["kind"]: row for row in json.loads(out)["rows"]}
        assert {rows["standard"]["macs"], rows["depthwise-separable"]["macs"]} == macs


def test_short_and_long_options_are_the_same(convcost: Runner) -> None:
    long = convcost("compare", "--in", "8", "--out", "8", "--kernel", "3", "--groups", "4")
    assert convcost("compare", "-n", "8", "-m", "8", "-k", "3", "-g", "4") == long


def test_kinds_are_shown_in_the_order_asked_for_with_their_options(convcost: Runner) -> None:
    kinds = ["group[groups=4]", "standard", "depthwise[multiplier=2]", "group"]
    options = [word for kind in kinds for word in ("--kind", kind)]
    _, out, _ = convcost("compare", "-n", "8", "-m", "16", "-k", "3", *options, "--format", "json")
    assert params(out) == {
        "group[groups=4]": 288,
        "standard": 1152,
        "depthwise[multiplier=2]": 144,
        "group": 576,
    }


@pytest.mark.parametrize(
    ("options", "layer"),
    [
        (["--size", "100"], {"k": [3], "stride": [1], "size": [100]}),
        (["--size", "9x9x9"], {"k": [3, 3, 3], "size": [9, 9, 9]}),
        (["--stride", "2x1", "--dilation", "3"], {"stride": [2, 1], "dilation": [3, 3]}),
        (["--padding", "1x0"], {"padding": [1, 0]}),
        (["--padding", "2", "--bias", "-g", "2"], {"padding": [2, 2], "bias": True, "groups": 2}),
    ],
)
def test_options_mean_what_they_say(
    convcost: Runner, options: list[str], layer: dict[str, object]
) -> None:
    code, out, err = convcost("compare", "-n", "4", "-m", "4", "-k", "3", *options, "--format=json")
    assert code == 0
    assert err.startswith("note: --size 100 is") or not err
    assert json.loads(out)["layer"].items() >= layer.items()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--in", "0"], '--in must be a whole number of at least 1, not "0"'),
        (["--in", "3.5"], '--in must be a whole number of at least 1, not "3.5"'),
        (["--in=-3"], '--in must be a whole number of at least 1, not "-3"'),
        (["--out", "many"], '--out must be a whole number of at least 1, not "many"'),
        (["--in", "1" + "0" * 30], "--in has more than 18 digits"),
        (["--in", "\x1b[31m"], '--in must be a whole number of at least 1, not "\\x1b[31m"'),
        (["-g", "0"], '--groups must be a whole number of at least 1, not "0"'),
        (["-k", "3y1"], '--kernel cannot be "3y1"'),
        (["-k", "0"], "--kernel must be at least 1, not 0"),
        (["--stride", "0"], "--stride must be at least 1, not 0"),
        (["--padding", "some"], "padding cannot be 'some'"),
        (["--padding=-1"], '--padding cannot be "-1"'),
        (["-H", "5"], "-W is missing: -H and -W go together"),
        (["-W", "5"], "-H is missing: -H and -W go together"),
        (["-H", "5", "-W", "5", "--size", "5x5"], "--size and -H, -W say the same thing"),
        (["--size", "5x"], '--size cannot be "5x"'),
        (["--size", "5x5x5", "-k", "3x3"], "k has 2 numbers for 3 spatial dims"),
        (["--size", "5x5", "--padding", "valid", "-k", "9"], "a kernel of 9 is larger than its"),
        (["--kind", "grup"], 'unknown kind "grup"'),
        (["--kind", "linear"], 'unknown kind "linear"'),
        (["--kind", "group[groups=2"], '--kind "group[groups=2" has brackets'),
        (["--kind", "group[groups]"], '--kind cannot read "groups"'),
        (["--kind", "group[groups=.inf]"], "--kind groups: "),
        (["--format", "jsn"], 'compare has no format "jsn"'),
    ],
)
def test_mistakes_are_named(convcost: Runner, options: list[str], message: str) -> None:
    code, out, err = convcost(*EXAMPLE, *options)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {message}")


def test_an_option_of_a_kind_is_checked_by_the_kind(convcost: Runner) -> None:
    code, out, _ = convcost(*EXAMPLE, "--kind", "standard", "--kind", "group[grops=2]")
    assert code == 0
    assert "group takes no grops" in out


def test_a_kernel_larger_than_its_input_fits_where_padding_makes_room(convcost: Runner) -> None:
    code, out, _ = convcost(*EXAMPLE[:-1], "999", "--size", "5x5", "--format", "json")
    assert code == 0
    assert params(out)["standard"] == 4 * 3 * 999 * 999


def test_missing_options_are_named(convcost: Runner) -> None:
    code, _, err = convcost("compare", "--in", "3")
    assert code == 2
    assert "'--out'" in err


@pytest.mark.parametrize("command", ["compare", "explain", "kinds", "eval", "check"])
def test_help_fits_eighty_columns(convcost: Runner, command: str) -> None:
    code, out, _ = convcost(command, "--help")
    assert code == 0
    assert f"\n    convcost {command} " in out or f"\n    convcost {command}\n" in out
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("size", "meant"), [(["224"], "--size 224x224"), (["5x5x3"], "--size 5x5"), (["5x5"], "")]
)
@pytest.mark.parametrize("command", [["compare"], ["explain", "standard"]])
def test_a_size_that_looks_like_an_images_is_noted(
    convcost: Runner, command: list[str], size: list[str], meant: str
) -> None:
    code, out, err = convcost(*command, *EXAMPLE[1:], "--size", *size)
    assert (code, bool(out)) == (0, True)
    assert err.startswith("note: ") == bool(meant)
    assert err.strip().endswith(meant)

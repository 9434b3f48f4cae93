"""Which of several networks the inputs and arguments that are given are for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from convcost.errors import UsageError
from convcost.network import Input
from convcost.sources import CodeTarget, SpecFile, Target, given
from convcost.sources.given import Given, parse_given, share

NET, OTHER, A, B = (
    CodeTarget("m:Net"),
    CodeTarget("m:other"),
    SpecFile("a.yaml"),
    SpecFile("b.yaml"),
)
OPEN, CLOSED = SpecFile("open.onnx"), SpecFile("closed.onnx")
INPUT = Input("", (3, 8, 8))


@pytest.fixture(autouse=True)
def _onnx(monkeypatch: pytest.MonkeyPatch) -> None:
    """An ONNX file leaves its input open if it is called so."""
    monkeypatch.setattr(given, "needs_input", lambda target: target in (NET, OTHER, OPEN))


def takers(asked: Given, *targets: Target) -> list[Target]:
    shared = share(asked, targets)
    return [target for target in targets if shared.of(target).inputs]


@pytest.mark.parametrize(
    ("targets", "wanted"),
    [
        ([NET, A], [NET]),
        ([A, NET, OPEN, CLOSED, OTHER], [NET, OPEN, OTHER]),
        ([A, OPEN], [OPEN]),
        ([A, B], [A, B]),
        ([A, CLOSED], [A, CLOSED]),
        ([A], [A]),
        ([CLOSED], [CLOSED]),
    ],
)
def test_an_input_is_for_the_networks_that_need_one_or_else_for_all(
    targets: Sequence[Target], wanted: Sequence[Target]
) -> None:
    assert takers(parse_given("3x8x8"), *targets) == wanted


def test_whose_inputs_stay_is_noted() -> None:
    asked = parse_given("3x8x8")
    assert share(asked, [NET, A, CLOSED]).notes == (
        "--input is not for a.yaml, closed.onnx: their own stay",
    )
    assert share(asked, [A, B]).notes == share(asked, [NET, OTHER]).notes == ()


def test_specs_on_another_input_than_their_own_are_known() -> None:
    asked = parse_given("3x8x8")
    assert share(asked, [A, CLOSED]).replaced == [A]
    assert share(asked, [A, NET]).replaced == share(Given(), [A]).replaced == []


def test_arguments_and_examples_are_for_code_alone() -> None:
    asked = parse_given(None, {"width": 4}, "m:make")
    shared = share(asked, [A, NET])
    assert shared.of(NET) == Given((), {"width": 4}, "m:make")
    assert shared.of(A) == Given()


@pytest.mark.parametrize(
    ("asked", "option"),
    [(parse_given(None, {"x": 1}), "--arg"), (Given(example="m:f"), "--inputs")],
)
def test_arguments_need_code(asked: Given, option: str) -> None:
    with pytest.raises(UsageError, match=f"{option}.* is for PyTorch code, and none is named"):
        share(asked, [A, CLOSED])


def test_rules_are_for_what_is_imported(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text("own::Mix: {macs: 0}")
    asked = parse_given("3x8x8", {"width": 4}, rules=[path])
    shared = share(asked, [A, NET, OPEN])
    assert shared.of(OPEN) == Given(asked.inputs, rules=asked.rules)
    assert shared.of(NET) == asked
    with pytest.raises(
        UsageError, match="--with is for networks that are imported, and none is named"
    ):
        share(parse_given(rules=[path]), [A])


def test_inputs_by_shape_and_by_example() -> None:
    with pytest.raises(UsageError, match="cannot both be had"):
        parse_given("3x8x8", None, "m:make")


def test_code_is_not_what_a_shell_may_have_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse_given(None, None, "torch:evil:make").example == "evil:make"
    (tmp_path / "evil:make").touch()
    with pytest.raises(UsageError, match="evil:make: this is the name of a file"):
        parse_given(None, None, "evil:make")

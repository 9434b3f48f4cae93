"""`--with` for PyTorch: operations of other libraries, counted as the user says."""

from __future__ import annotations

from pathlib import Path

import pytest

from convcost import evaluate
from convcost.emit.spec import spec_text
from convcost.sources import read, target_of
from convcost.sources.given import parse_given
from convcost.sources.spec.reading import parse_spec
from tests.cli.runner import Runner
from tests.torch import taught_nets
from tests.torch.counted import counted

NET = "torch:tests.torch.taught_nets:Taught"
RULES = """\
convcost_tests::fused_mlp:
  macs: ${prod(ins[0]) * ins[1][0] + prod(outs[0]) * ins[2][-1]}
sinh: {macs: 0}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES)
    return path


@pytest.fixture
def convcost(capsys: pytest.CaptureFixture[str]) -> Runner:
    return Runner(capsys)


def test_a_fused_operation_costs_what_its_parts_do(rules: Path) -> None:
    network = read(target_of(NET), given=parse_given("10x6", rules=[rules])).network
    report = evaluate(network)

    params, macs = counted(taught_nets.Plain(), (10, 6))[:2]
    assert (report.params, report.macs) == (params, macs) == (264, 2640)
    assert report.status.keys() == {"activations"}

    again = evaluate(parse_spec(spec_text(network)).network)
    assert (again.params, again.macs, again.status) == (264, 2640, report.status)


def test_further_parameters_and_activations_may_be_said(rules: Path) -> None:
    more = "  params: ${ins[1][0]}\n  activations: ${24 * 10 + prod(outs[0])}\nsinh"
    rules.write_text(RULES.replace("sinh", more))
    report = evaluate(read(target_of(NET), given=parse_given("10x6", rules=[rules])).network)
    assert (report.params, report.macs, report.activations) == (264 + 24, 2640, 290)
    assert not report.status


def test_the_gate_decides_what_was_open(convcost: Runner, rules: Path) -> None:
    check = ("check", NET, "--input", "10x6", "--max-macs")
    code, _, err = convcost(*check, "3k")
    assert code == 2
    assert "convcost_tests::fused_mlp is not understood" in err
    assert convcost(*check, "3k", "--with", str(rules), "--strict")[0] == 0
    assert convcost(*check, "2k", "--with", str(rules))[0] == 1


def test_the_message_names_the_option_and_idle_rules_are_noted(
    convcost: Runner, rules: Path
) -> None:
    rules.write_text("sihn: {macs: 0}\n")
    code, _, err = convcost("eval", NET, "--input", "10x6", "--with", str(rules))
    assert code == 0
    assert 'no unknown operation is called sihn; did you mean "sinh"?' in err
    assert "sinh, 1 of 4 operations (about " in err
    assert "is unknown and counted as nothing; --with can" in err


def test_a_rule_that_fails_is_an_error_of_its_own_place(convcost: Runner, rules: Path) -> None:
    rules.write_text('sinh: {macs: "${ins[1][0]}"}\n')
    code, _, err = convcost("eval", NET, "--input", "10x6", "--with", str(rules))
    assert code == 2
    assert "rules.yaml:1:14: error: in ${ins[1][0]}: there is no such number or shape" in err
    assert "Traceback" not in err

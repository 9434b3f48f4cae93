"""`--with` for ONNX: operations of other domains, counted as the user says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from onnx import TensorProto, helper

from convcost import evaluate
from convcost.cost import Report
from convcost.errors import SpecError
from convcost.sources import SpecFile, read
from convcost.sources.given import parse_given
from tests.onnx.models import model, node, saved, weight

DOUBT = "nothing says whether w were learned; they are counted"


def mixing(*batch: int) -> Any:
    """`own::Mix` of 3x8x8 by a weight of 4x3 into 4x8x8, and into one number beside it."""
    made = model([node("Mix", ["x", "w"], ["y", "z"], domain="own")], [weight("w", 4, 3)])
    shapes = {"y": (1, 4, 8, 8), "z": (1, 1)}
    for name, shape in shapes.items():
        made.graph.value_info.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
    del made.graph.output[:]
    made.graph.output.append(helper.make_tensor_value_info("y", TensorProto.FLOAT, shapes["y"]))
    return made


def report(folder: Path, rules: str, made: Any) -> Report:
    path = folder / "rules.yaml"
    path.write_text(rules)
    return evaluate(read(SpecFile(saved(folder, made)), given=parse_given(rules=[path])).network)


@pytest.mark.parametrize("name", ["own::Mix", "own.Mix"])
def test_an_operation_of_another_domain_costs_what_is_said(tmp_path: Path, name: str) -> None:
    rules = f"{name}:\n  macs: ${{ins[1][0] * prod(ins[0]) + prod(outs[1])}}\n"
    found = report(tmp_path, rules, mixing())
    assert (found.params, found.macs) == (12, 4 * 3 * 64 + 1)
    assert found.status.keys() == {"params", "activations"}  # w may be a weight
    assert found.notes == (DOUBT,)


def test_parameters_that_a_file_does_not_tell_may_be_said(tmp_path: Path) -> None:
    made = mixing()
    made.graph.initializer[0].data_type = TensorProto.INT8  # weights that are no parameters
    assert "params" in report(tmp_path, "own::Mix: {macs: 0}", made).status
    found = report(tmp_path, "own::Mix: {macs: 0, params: 12}", made)
    assert (found.params, dict(found.status)) == (12, {})


def test_a_rule_that_fails_keeps_its_place(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        report(tmp_path, "own::Mix:\n  macs: ${ins[2][0]}\n", mixing())
    (problem,) = caught.value.problems
    assert problem.place
    assert (Path(problem.place.path).name, problem.place.line) == ("rules.yaml", 2)


def test_a_rule_for_what_has_one_is_noted(tmp_path: Path) -> None:
    rules = "own::Mix: {macs: 0}\nConv: {macs: 0}\n"
    found = report(tmp_path, rules, mixing())
    assert found.notes == (DOUBT, "--with: no unknown operation is called Conv")

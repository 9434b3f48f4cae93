"""Names in generated source: whatever users call things, it is Python that nn.Module takes."""

from __future__ import annotations

import ast
import keyword
from pathlib import Path
from typing import Any
from unicodedata import is_normalized

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.cli.run import run
from convcost.emit.pytorch import layout, pytorch_text
from convcost.emit.pytorch.names import (
    GLOBALS,
    LONGEST,
    MODULE_MEMBERS,
    Names,
    attribute,
    attributes,
    class_name,
)
from convcost.errors import LayerError
from convcost.network import Builder, Network
from convcost.sources.spec.reading import parse_spec
from tests.random_networks import HARD_NAMES, random_network

TEXTS = st.text() | st.sampled_from(HARD_NAMES)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("layer1.0.conv", "layer1_0_conv"),
        ("stage[0].keep", "stage_0_keep"),
        ("Head", "head"),
        ("forward", "forward_"),
        ("Training", "training_"),
        ("class", "class_"),
        ("match", "match"),
        ("__init__", "init"),
        ("x²", "x2"),
        ("ﬁre", "fire"),
        ("卷积", "卷积"),
        ("a\\\"'''\n\u2028😀b", "a_b"),
        ("1", ""),
        ("3x3", ""),
        ("٣", ""),
        ("\u0300a", ""),
        ("😀", ""),
        ("", ""),
    ],
)
def test_a_layer_as_an_attribute(text: str, name: str) -> None:
    assert attribute(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("mobilenet-v1", "MobilenetV1"),
        ("resnet50", "Resnet50"),
        ("19 layers", "Net19Layers"),
        ("none", "None_"),
        ("true", "True_"),
        ("class", "Class"),
        ("warning", "Warning_"),
        ("ChannelwiseConv", "ChannelwiseConv_"),
        ("x²", "X2"),
        ("été", "Été"),
        ("😀", ""),
    ],
)
def test_a_network_as_a_class(text: str, name: str) -> None:
    assert class_name(text) == name


@given(TEXTS)
def test_every_name_is_one_that_python_reads_as_it_is_written(text: str) -> None:
    for name, taken in ((attribute(text), MODULE_MEMBERS), (class_name(text), GLOBALS)):
        if not name:
            continue
        assert name.isidentifier()
        assert not keyword.iskeyword(name)
        assert is_normalized("NFKC", name)
        assert name not in taken
        assert len(name) <= LONGEST + len("Net_")


@given(st.lists(st.sampled_from(["a", "a1", "a11", "a2", "bfloat1", "b"]) | TEXTS.map(attribute)))
def test_attributes_of_one_class_differ(hints: list[str]) -> None:
    names = attributes(hints)

    assert len(set(names)) == len(hints)
    assert all(name.startswith(hint) for name, hint in zip(names, hints, strict=True))


def test_a_number_is_no_method() -> None:
    assert "bfloat16" not in attributes(["bfloat"] * 16)
    assert attributes(["a", "a1", "a"]) == ["a2", "a1", "a3"]


def test_classes_that_would_be_of_one_name() -> None:
    names = Names({"Net2"})

    assert [names.free("Net") for _ in range(3)] == ["Net", "Net3", "Net4"]


@pytest.mark.parametrize("first", range(0, 1000, 250))
def test_random_networks_are_written_without_a_clash(first: int) -> None:
    for seed in range(first, first + 250):
        source = written(random_network(seed))
        assert source is None or not _clashes(source), seed


def written(network: Network) -> str | None:
    """Its source; None if PyTorch has no layers of as many dims."""
    try:
        return pytorch_text(network)
    except LayerError:
        return None


@pytest.mark.parametrize("name", HARD_NAMES, ids=range(len(HARD_NAMES)))
def test_networks_and_layers_of_hard_names(name: str) -> None:
    builder = Builder(name, (4, 8, 8))
    for number, kind in enumerate(("channel-wise", "dropout", "depthwise-separable", "gather")):
        fields: dict[str, Any] = {"m": 4, "k": 3} if kind == "depthwise-separable" else {}
        fields |= {"m": 4} if kind == "channel-wise" else {}
        fields |= {"op": name[:9] or "op", "shape": (4, 8, 8)} if kind == "gather" else {}
        builder.add(kind, fields, name=name, inputs=(max(-1, number - 2),))

    assert not _clashes(pytorch_text(builder.network()))


def _clashes(source: str) -> list[str]:
    """What is wrong with the names of a module: defined twice, a method's, or not there."""
    tree = ast.parse(source)
    wrong: list[str] = []
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    defined = [node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    wrong += [name for name in defined if defined.count(name) > 1]
    for node in classes:
        owned = [each for each in ast.walk(node) if isinstance(each, ast.Attribute)]
        owned = [each for each in owned if getattr(each.value, "id", "") == "self"]
        made = [each.attr for each in owned if isinstance(each.ctx, ast.Store)]
        used = [each.attr for each in owned if isinstance(each.ctx, ast.Load)]
        wrong += [name for name in made if made.count(name) > 1 or name in MODULE_MEMBERS]
        inherited = ["num_groups", "weight", "bias", "eps"] if "Lenient" in node.name else []
        wrong += [name for name in used if name not in (*made, *inherited)]
    return wrong


SPECS = {
    "numbers": """\
input: 3x8x8
defaults: {norm: batch}
layers:
  - {kind: standard, m: 4, k: 3}
  - {name: a, kind: standard, m: 4, k: 3}
  - {name: b, kind: standard, m: 4, k: 3}
  - {name: c, kind: standard, m: 4, k: 3, from: a}
""",
    "from the input": """\
input: 8x8x8
layers:
  - {kind: depthwise-separable, m: 8, k: 3, from: input}
  - {kind: relu, from: input}
""",
    "methods": """\
name: "true"
input: 3x8x8
blocks:
  none: {layers: [{name: half, residual: [{kind: standard, m: 4, k: 3}]}, {kind: dropout}]}
layers:
  - {name: forward, kind: standard, m: 4, k: 3}
  - {name: class, use: none}
  - {name: 'a"" \\', concat: {train: [{kind: relu}], '\"\"\"': [{kind: relu, name: "\\u2028"}]}}
  - {kind: relu, from: forward}
""",
}


@pytest.mark.parametrize("text", SPECS.values(), ids=SPECS)
def test_specs_of_hard_names(text: str) -> None:
    assert not _clashes(pytorch_text(parse_spec(text).network))


def test_what_is_no_python_is_an_error_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(layout, "_class", lambda *_: "class 1:")
    path = tmp_path / "net.py"
    path.write_text("as it was")

    for command in (
        ["export", "pytorch", "vgg16"],
        ["export", "pytorch", "vgg16", "-o", str(path)],
        ["compare", "--in", "3", "--out", "4", "-k", "3", "--format", "pytorch"],
        ["rewrite", "vgg16", "--replace", "standard=depthwise-separable", "--emit", "pytorch"],
    ):
        assert run(command) == 2
        shown = capsys.readouterr()
        assert shown.out == ""
        assert "cannot be written as Python: SyntaxError" in shown.err
    assert path.read_text() == "as it was"

"""The spec of a rewritten network, in the words of the old one."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent
from typing import Any

import pytest

from convcost.cost import evaluate
from convcost.emit.edit_spec import edit_spec
from convcost.errors import SpecError
from convcost.rewriting import Rewrite, Selection, rewrite
from convcost.sources.formulas import condition, replacements
from convcost.sources.spec.reading import parse_spec, spec_of
from convcost.sources.yaml.reader import read_file, read_text
from convcost.sources.yaml.tree import Document
from convcost.sources.zoo import shipped

SEPARABLE = "standard=depthwise-separable"


def made_of(
    document: Document, *texts: str, overrides: Mapping[str, Any] = {}, **how: Any
) -> Rewrite:
    inner = how.pop("inner", False)
    network = spec_of(document, overrides).network
    return rewrite(network, *replacements(texts), selection=Selection(**how), inner=inner)


def again(text: str, *texts: str, overrides: Mapping[str, Any] = {}, **how: Any) -> str:
    """The text of the rewritten spec, which gives the rewritten network's integers."""
    document = read_text(dedent(text), "a.yaml")
    made = made_of(document, *texts, overrides=overrides, **how)
    assert made.replaced
    new = edit_spec(document, made, overrides)
    found = evaluate(parse_spec(new, "a.yaml").network)
    assert [layer[:4] for layer in found.layers] == [layer[:4] for layer in made.cost_after.layers]
    assert found[3:6] == made.cost_after[3:6]
    return new


def refusal(text: str, *texts: str, **how: Any) -> str:
    with pytest.raises(SpecError) as caught:
        again(text, *texts, **how)
    (problem,) = caught.value.problems
    assert problem.hint
    return f"{problem.place}: {problem.message}"


FLAT = """\
    # A small classifier.
    name: small
    input: 3x32x32
    defaults: {norm: batch, act: relu}  # everywhere
    layers:
      - {name: stem, kind: standard, m: 16, k: 3}
      # the body
      - {name: body, kind: standard, m: 32, k: 3}  # wide
      - {kind: global-avg-pool}
      - {kind: linear, m: 10, bias: true}
    budgets: {params: 10k}
    """


def test_only_the_layer_that_changes_is_written_anew() -> None:
    old = "{name: body, kind: standard, m: 32, k: 3}"
    new = "{name: body, kind: depthwise-separable, m: 32, k: 3, inner_norm: none, inner_act: none}"
    assert again(FLAT, SEPARABLE) == dedent(FLAT).replace(old, new)


def test_norm_and_activation_behind_each_stage_are_what_defaults_mean() -> None:
    new = "body, kind: depthwise-separable"
    assert again(FLAT, SEPARABLE, inner=True) == dedent(FLAT).replace("body, kind: standard", new)


def test_there_and_back() -> None:
    separable = again(FLAT, SEPARABLE)
    assert again(separable, "depthwise-separable=standard") == dedent(FLAT)


def test_keys_that_the_new_kind_does_not_take_go() -> None:
    text = "input: 8x9x9\nlayers: [{kind: low-rank, m: 8, k: 3, rank: 2}]\n"
    wanted = "input: 8x9x9\nlayers: [{kind: standard, m: 8, k: 3}]\n"
    assert again(text, "low-rank=standard", first=True, classifier=True) == wanted
    wanted = "input: 8x9x9\nlayers: [{kind: channel-wise, m: 8}]\n"
    assert again(text, "low-rank=channel-wise", first=True, classifier=True) == wanted


def test_keys_that_the_new_kind_needs_come() -> None:
    text = "input: 8x9x9\nlayers: [{kind: depthwise, k: 3}, {kind: pointwise, m: 32}]\n"
    every: dict[str, Any] = {"first": True, "classifier": True}
    assert "[{kind: standard, k: 3, m: 8}" in again(text, "depthwise=standard", **every)
    assert "{kind: low-rank, m: 32, k: 1, rank: 2}" in again(
        text, "pointwise=low-rank[rank=2]", **every
    )


def test_defaults_that_would_mean_something_else_now_are_taken_back() -> None:
    text = """\
        input: 8x9x9
        defaults: {inner_norm: none, norm: batch, groups: 2}
        layers:
          - {kind: low-rank, m: 8, k: 3}
          - {kind: low-rank, m: 8, k: 3, bias: true}
        """
    every: dict[str, Any] = {"first": True, "classifier": True}
    assert "{kind: standard, m: 8, k: 3, groups: 1}" in again(text, "low-rank=standard", **every)
    assert "{kind: cp, m: 8, k: 3, inner_norm: batch}" in again(
        text, "low-rank=cp", inner=True, **every
    )


def test_defaults_that_cannot_be_taken_back() -> None:
    text = """\
        input: 8x9x9
        defaults: {rank: 2}
        layers: [{kind: standard, m: 8, k: 3}]
        """
    message = refusal(text, "standard=low-rank", first=True, classifier=True)
    assert message == "a.yaml:3:10: the spec's defaults give rank, which no layer can take back"


REPEATED = """\
    input: 3x32x32
    layers:
      - {kind: standard, m: 16, k: 3}
      - repeat: 3
        layers:
          - kind: standard  # three times
            m: ${16 * (i + 1)}
            k: 3
      - {kind: linear, m: 10}
    """


def test_one_entry_stands_for_many_layers() -> None:
    new = dedent(REPEATED).replace("standard  # three", "depthwise-separable  # three")
    assert again(REPEATED, SEPARABLE) == new


def test_options_are_written_as_expressions_where_the_entry_has_some() -> None:
    new = again(REPEATED, "standard=tucker[r3=n//4,r4=max(2, m//k)]")
    assert 'r3: "${n // 4}"' in new
    assert 'r4: "${max(2, 16 * (i + 1) // 3)}"' in new
    assert "kind: tucker  # three times\n" in new


def test_options_by_what_the_entry_does_not_say() -> None:
    new = again(REPEATED, "standard=tucker[r3=max(1, n//(stride*k))]")
    assert 'r3: "${max(1, n // (1 * 3))}"' in new


def test_options_are_written_as_numbers_where_they_are_one_and_the_entry_is_plain() -> None:
    new = again(FLAT, "standard=tucker[r3=n//4,r4=m//4]")
    assert "kind: tucker, m: 32, k: 3, r3: 4, r4: 8" in new


def test_an_expression_that_repeats_differ_in_is_told_apart() -> None:
    """The first of the three stays as it is, for it has few channels."""
    new = again(REPEATED, SEPARABLE, where=condition("m > 16"))
    assert "kind: \"${'depthwise-separable' if i > 0 else 'standard'}\"  # three times" in new


@pytest.mark.parametrize(
    ("where", "test"),
    [
        ("m < 48", "n < 32"),
        ("m != 32", "i != 1"),
        ("m == 32", "i == 1"),
    ],
)
def test_layers_are_told_apart_by_a_number(where: str, test: str) -> None:
    new = again(REPEATED, SEPARABLE, where=condition(where))
    assert f"${{'depthwise-separable' if {test} else 'standard'}}" in new


def test_layers_are_told_apart_by_a_text() -> None:
    text = """\
        input: 8x8x8
        blocks:
          unit:
            params: {act: ~}
            layers: [{kind: standard, m: 8, k: 3, act: "${act}"}]
        layers:
          - {name: one, use: unit, act: relu}
          - {name: two, use: unit, act: gelu}
          - {name: three, use: unit, act: relu}
        """
    new = again(text, SEPARABLE, only=["two"])
    assert "if act != 'relu' else" in new
    assert "inner_act: none" in new


def test_values_that_only_some_need_are_conditional_too() -> None:
    new = again(REPEATED, "standard=group[groups=2]", where=condition("m > 16"))
    assert "kind: \"${'group' if i > 0 else 'standard'}\"" in new
    assert 'groups: "${2 if i > 0 else 1}"' in new
    new = again(REPEATED, "standard=group[groups=n//8]", where=condition("m > 16"))
    assert 'groups: "${n // 8 if i > 0 else 1}"' in new


def test_a_kind_that_is_an_expression_stays_one() -> None:
    text = REPEATED.replace(
        "kind: standard  #", "kind: ${'standard' if i else 'group'}\n            groups: 2  #"
    )
    new = again(text, SEPARABLE)
    assert "${'depthwise-separable' if i > 0 else 'standard' if i else 'group'}" in new


def test_options_that_those_that_stay_do_not_take() -> None:
    message = refusal(REPEATED, "standard=low-rank[rank=4]", where=condition("m > 16"))
    assert message == (
        "a.yaml:6:9: this stands for layers of which only some can do with rank: 2[0]"
    )


def test_layers_that_nothing_tells_apart() -> None:
    text = """\
        input: 8x8x8
        blocks:
          unit: {layers: [{kind: standard, m: 8, k: 3}]}
        layers: [{name: one, use: unit}, {name: two, use: unit}, {name: three, use: unit}]
        """
    message = refusal(text, SEPARABLE, only=["two"])
    assert message == (
        "a.yaml:3:19: this stands for layers of which only some change: one, three, two"
    )


def test_one_entry_whose_layers_become_several_kinds() -> None:
    text = REPEATED.replace(
        "kind: standard  #", "kind: ${'standard' if i else 'depthwise'}  #"
    ).replace("16 * (i + 1)", "16")
    message = refusal(text, SEPARABLE, "depthwise=low-rank")
    assert "this stands for layers that become" in message


def test_vars_keep_the_values_that_they_were_set_to() -> None:
    text = """\
        vars: {alpha: 1.0, size: 32}  # to set
        input: 3x${size}x${size}
        layers:
          - {kind: standard, m: "${round(16 * alpha)}", k: 3}
          - {kind: standard, m: "${round(32 * alpha)}", k: 3}
          - {kind: linear, m: 10}
        """
    new = again(text, SEPARABLE, overrides={"alpha": 0.5})
    assert new.startswith("vars: {alpha: 0.5, size: 32}  # to set\n")


RESIDUAL = """\
    name: residual
    input: 3x32x32
    defaults: {norm: batch, act: relu}
    layers:
      - {kind: standard, m: 64, k: 3}
      - {name: unit, use: bottleneck, m: 64, width: 16}
      - {kind: linear, m: 10}
    """


def test_a_block_that_ships_is_copied_into_the_spec_and_changed_there() -> None:
    new = again(RESIDUAL, "standard=group[groups=4]")
    head, tail = dedent(RESIDUAL).split("layers:\n")
    assert new.startswith(head + "blocks:\n  # He et al. 2016")
    assert new.endswith("layers:\n" + tail)
    assert "        kind: group\n" in new


def test_blocks_that_ship_stand_before_those_of_the_spec() -> None:
    own = "    blocks:  # own\n        own: {layers: [{kind: pointwise, m: 8}]}\n"
    new = again(
        RESIDUAL.replace("    layers:\n", own + "    layers:\n", 1), "standard=group[groups=4]"
    )
    assert "blocks:  # own\n    # He et al. 2016" in new
    assert "\n    bottleneck:\n" in new
    assert "\n    own: {layers" in new


def test_a_block_that_uses_one_that_changes_is_copied_too() -> None:
    text = """\
        input: 16x32x32
        defaults: {norm: batch, act: relu}
        layers:
          - {kind: standard, m: 16, k: 3}
          - {use: inverted-residual, m: 16, squeeze: 4}
          - {kind: linear, m: 10}
        """
    new = again(text, "pointwise=pointwise-group[groups=4]", only=["*squeeze", "*excite"])
    assert "\n  squeeze-excite:\n" in new
    assert "\n  inverted-residual:\n" in new


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ("blocks: {own: {layers: []}}", "blocks in braces have no room for another"),
        ("blocks: {}", "blocks in braces have no room for another"),
    ],
)
def test_where_there_is_no_room_for_a_block(blocks: str, message: str) -> None:
    text = dedent(RESIDUAL).replace("layers:", f"{blocks}\nlayers:", 1)
    assert message in refusal(text, "standard=group[groups=4]")


def test_a_spec_in_braces_has_no_room_for_blocks() -> None:
    text = "{input: 64x9x9, layers: [{use: bottleneck, m: 64, width: 16}]}"
    message = refusal(text, "standard=group[groups=4]", first=True)
    assert message == "a.yaml:1:17: a spec in braces has no room for blocks"


def test_an_own_block_of_the_name_that_must_be_copied() -> None:
    text = """\
        input: 16x32x32
        blocks:
          squeeze-excite: {layers: [{kind: relu}]}
        layers:
          - {use: inverted-residual, m: 16, squeeze: 4}
        """
    message = refusal(text, "pointwise=pointwise-group[groups=4]", only=["*squeeze"])
    assert "this spec has a block squeeze-excite of its own" in message


def test_a_refusal_inside_a_block_that_ships_names_its_use() -> None:
    text = RESIDUAL.replace(
        "      - {kind: linear",
        "      - {name: other, use: bottleneck, m: 64, width: 16}\n      - {kind: linear",
    )
    message = refusal(text, "standard=low-rank[rank=2]", only=["unit.conv2"])
    assert message.startswith("a.yaml:6:5: this stands for layers of which only some")


def test_an_entry_written_once_and_repeated_by_an_alias() -> None:
    text = """\
        input: 8x9x9
        layers:
          - {kind: standard, m: 8, k: 3}
          - &one {kind: standard, m: 8, k: 3}
          - *one
          - {kind: linear, m: 4}
        """
    new = again(text, SEPARABLE)
    assert "- &one {kind: depthwise-separable, m: 8, k: 3}\n  - *one\n" in new


def test_what_cannot_be_edited_in_its_place() -> None:
    text = "input: 8x9x9\ndefaults: {k: 3, m: 8}\nlayers: [kind: standard, kind: standard]\n"
    message = refusal(text, "standard=group[groups=2]", first=True, classifier=True)
    assert "this cannot be rewritten where it stands" in message


def test_the_spec_of_another_network() -> None:
    made = made_of(read_text(dedent(FLAT), "a.yaml"), SEPARABLE)
    other = read_text(dedent(FLAT).replace("16", "24"), "b.yaml")
    with pytest.raises(SpecError, match="not the spec that was rewritten"):
        edit_spec(other, made, {})


@pytest.mark.parametrize("name", shipped())
@pytest.mark.parametrize(
    "text", [SEPARABLE, "pointwise=pointwise-group[groups=2]", "standard=tucker"]
)
def test_every_network_that_ships(name: str, text: str) -> None:
    """All can be written again, or are refused with the reason; never otherwise."""
    document = read_file(shipped()[name])
    made = made_of(document, text)
    try:
        new = edit_spec(document, made, {})
    except SpecError as error:
        assert all(problem.hint for problem in error.problems)  # noqa: PT017, both may be
        assert name in ("channelnet", "densenet121", "xception")
        return
    found = evaluate(parse_spec(new, name).network)
    assert found[3:6] == made.cost_after[3:6]
    assert [line for line in document.text.splitlines() if "#" in line] == [
        line for line in new.splitlines() if line in document.text.splitlines() and "#" in line
    ]


@pytest.mark.parametrize(
    ("more", "m", "rank"),
    [("", "n", "n // 4"), (", multiplier: 2", "n * 2", "n * 2 // 4")],
)
def test_output_channels_that_the_entry_does_not_say(more: str, m: str, rank: str) -> None:
    text = """\
        input: 8x9x9
        layers:
          - kind: depthwise-separable
            m: 16
            k: 3
          - repeat: 2
            index: j
            layers: [{kind: depthwise, k: 3 MORE}, {kind: pointwise, m: "${32 * (j + 1)}"}]
          - {kind: linear, m: 4}
        """
    new = again(text.replace(" MORE", more), "depthwise=low-rank[rank=m//4]")
    assert f'm: "${{{m}}}", rank: "${{{rank}}}"' in new


def test_a_value_that_each_layer_needs_another_of_and_no_expression_gives() -> None:
    """Each of the two repeats has another m, of which the entry says nothing."""
    text = """\
        input: 8x9x9
        layers:
          - repeat: 2
            layers: [{kind: mixed-depthwise, k: 3, parts: 2}, {kind: pointwise, m: "${8 * i + 16}"}]
          - {kind: linear, m: 4}
        """
    text = text.replace("input", "vars: {n: 1}\n        input", 1)
    message = refusal(text, "mixed-depthwise=low-rank", first=True)
    assert "this stands for layers that need each another m" in message


def test_a_var_that_takes_the_name_of_the_channels() -> None:
    """In this spec `n` is no number of channels, so the entry cannot speak of those."""
    text = """\
        vars: {n: many}
        input: 8x9x9
        layers:
          - {kind: standard, m: 16, k: 3}
          - repeat: 2
            layers: [{kind: standard, m: "${16 * (i + 1)}", k: 3}]
          - {kind: linear, m: 4}
        """
    assert "rank: 4" in again(text, "standard=low-rank[rank=n//4]")
    message = refusal(text.replace("i + 1", "2 - i"), "standard=low-rank[rank=n//4]")
    assert "this stands for layers that need each another rank" in message


def test_a_var_that_means_something_else_in_a_block_that_ships() -> None:
    text = """\
        vars: {n: 8}
        input: 16x9x9
        layers:
          - {kind: standard, m: 16, k: 3}
          - {name: unit, use: inverted-residual, m: 24}
          - {kind: linear, m: 4}
        """
    assert "kind: pointwise-group" in again(text, "pointwise=pointwise-group[groups=2]")


def test_an_entry_that_stands_inside_and_outside_of_a_repeat() -> None:
    text = """\
        input: 8x9x9
        layers:
          - {kind: standard, m: 8, k: 3}
          - &one {name: one, kind: standard, m: 8, k: 3}
          - repeat: 1
            layers: [*one]
          - {kind: linear, m: 4}
        """
    assert "only some change" in refusal(text, SEPARABLE, only=["one"])
    assert "only some change" in refusal(text, SEPARABLE, only=["3*"])


def test_stages_that_defaults_silence_differently() -> None:
    text = """\
        input: 8x9x9
        defaults: {inner_norm: none}
        blocks:
          unit:
            params: {norm: ~}
            layers: [{kind: standard, m: 8, k: 3, norm: "${norm}"}]
        layers: [{use: unit, norm: batch}, {use: unit, norm: layer}, {kind: linear, m: 4}]
        """
    message = refusal(text, SEPARABLE, first=True, inner=True)
    assert "the spec's defaults give inner_norm" in message

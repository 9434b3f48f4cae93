"""Functions about single layers and kinds."""

from __future__ import annotations

import pytest

from convcost import Choice, all_kinds, compare, draw, explain
from convcost.errors import UsageError
from convcost.kinds import REGISTRY


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ("standard", ["standard"]),
        ("group[groups=4]", ["group[groups=4]"]),
        (Choice("group", {"groups": 4}), ["group[groups=4]"]),
        (
            ["standard", "group[shuffle=true]"],
            ["standard", "group[shuffle=true]"],
        ),
    ],
    ids=str,
)
def test_kinds_are_named_as_they_are_printed(
    kinds: str | Choice | list[str | Choice], expected: list[str]
) -> None:
    found = compare(64, 128, 3, kinds=kinds)
    assert [row.kind for row in found.rows] == expected


def test_a_device_says_what_binds() -> None:
    (row,) = compare(64, 64, 3, size=(56, 56), kinds="standard", device="t4", dtype="fp16").rows
    assert row.bound
    assert row.bound.bound_by == "compute"
    with pytest.raises(UsageError, match="a dtype and a batch go with a device"):
        compare(64, 64, 3, dtype="fp16")


def test_a_kind_is_explained_with_numbers_and_without() -> None:
    found = explain("depthwise-separable", 3, 4, 3)
    assert found.answer
    assert found.answer.rows[0].params == 39
    assert "3 × 3 × 3" in found._repr_html_()
    assert draw("depthwise-separable", 3, 4, 3) in found._repr_html_()
    (alone,) = explain("linear").records()
    assert alone["kind"] == "linear"
    assert "<svg" not in explain("linear")._repr_html_()
    with pytest.raises(UsageError, match="n, m and k go together"):
        explain("standard", 3)
    with pytest.raises(UsageError, match="linear is no convolution"):
        explain("linear", 3, 4, 3)


def test_all_kinds_are_a_result() -> None:
    found = all_kinds()
    assert [each.name for each in found] == [*REGISTRY]
    assert [record["kind"] for record in found.records()] == [*REGISTRY]
    assert repr(found) == f"Kinds(<{len(REGISTRY)}>)"


def test_a_picture_is_svg() -> None:
    assert draw("standard", 3, 4, 3).startswith("<svg ")
    assert draw(Choice("group", {"groups": 2})).startswith("<svg ")
    with pytest.raises(UsageError, match="it is no convolution"):
        draw("linear")

"""Names in layers."""

from __future__ import annotations

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from convcost.sources.spec.names import Names, Visible

mappings = st.lists(st.dictionaries(st.sampled_from("abcde"), st.integers()), max_size=4)


def layered(mappings: list[dict[str, int]]) -> Names:
    return reduce(lambda far, near: Visible(near, far), reversed(mappings), {})


@given(mappings, mappings)
def test_names_are_those_of_one_dict_updated_layer_by_layer(
    near: list[dict[str, int]], far: list[dict[str, int]]
) -> None:
    names = Visible(layered(near), layered(far))
    merged: dict[str, int] = {}
    for layer in reversed([*near, *far]):
        merged |= layer
    assert dict(names) == merged
    assert list(names) == list(merged)
    assert len(names) == len(merged)
    assert ["z" in names, names.get("z", "none")] == [False, "none"]

"""Long lists and mappings are cut where they turn wrong, and where nothing changes."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from convcost.sources.spec.narrowing import narrowed


class Model(BaseModel):
    """One of each sort."""

    numbers: list[int] = []
    names: dict[str, int] = {}
    few: Annotated[list[int], Field(max_length=16)] = []
    word: str = ""


def test_what_is_long_ends_soon_behind_its_first_wrong_entry() -> None:
    numbers = [*range(250), "x", *["y"] * 1000]
    names = {str(index): "x" if index in (150, 999) else index for index in range(1000)}
    cut = narrowed(Model, {"numbers": numbers, "names": names})
    assert cut["numbers"] == numbers[:300]
    assert list(cut["names"]) == list(map(str, range(200)))


def test_what_is_short_or_right_stays() -> None:
    values = {"numbers": list(range(1000)), "names": {"a": "x", "b": "y"}, "word": 4, "more": 1}
    assert narrowed(Model, values) == values


def test_what_is_wrong_for_its_length_stays() -> None:
    assert narrowed(Model, {"few": ["x"] * 1000}) == {"few": ["x"] * 1000}

"""The letters of formulas: declared where they are used, and read off what was built."""

from __future__ import annotations

import re

import pytest

from convcost.kinds import REGISTRY, find
from convcost.kinds.letters import LETTER, Built, Letter, letters_of, outputs_of, value_of

DECLARED = Letter("z", "zeros in between")


def test_a_kind_explains_the_common_letters_around_its_own() -> None:
    letters = letters_of("spare", "n·z + z·A_in m/k²", [DECLARED])
    assert [letter.name for letter in letters] == ["n", "m", "k", "z", "A_in"]
    assert letters[3].meaning == "zeros in between"


def test_a_letter_that_is_not_declared_is_an_error() -> None:
    with pytest.raises(ValueError, match="spare uses the letter y and does not declare it"):
        letters_of("spare", "n·y + z", [DECLARED])


def test_a_letter_that_is_never_used_is_an_error() -> None:
    with pytest.raises(ValueError, match="spare declares the letter z and does not use it"):
        letters_of("spare", "n·m", [DECLARED])


@pytest.mark.parametrize("name", [name for name, kind in REGISTRY.items() if kind.formula])
def test_a_kind_declares_the_letters_of_its_formulas_and_no_others(name: str) -> None:
    found = REGISTRY[name]
    used = re.findall(LETTER, f"{found.formula} {found.macs_formula} {found.ratio}")
    assert {letter.name for letter in found.letters} == set(used)
    assert all(letter.meaning for letter in found.letters)


def test_letters_are_read_off_fields_and_ops() -> None:
    fields = {"n": 8, "m": 16, "k": 3, "width": 4, "groups": 2}
    stages = find("bottleneck").build(fields, dims=2)
    layer = Built(8, 16, (3, 3), fields, tuple(op for op, _ in stages), None, (6, 4))
    assert value_of("groups")(layer) == 2
    assert [outputs_of(index)(layer) for index in range(3)] == [4, 4, 16]
    numbers = {
        letter.name: letter.read(layer)
        for letter in find("bottleneck").letters
        if letter.read is not None
    }
    assert numbers == {"n": 8, "m": 16, "k": 3, "g": 2, "b": 4, "A": 24}


def test_without_a_size_there_are_no_positions() -> None:
    layer = Built(8, 16, (3, 3), {}, ())
    assert [letter.read and letter.read(layer) for letter in find("transposed").letters][-1] is None

"""Problems, the places they stand in, and the errors that carry them."""

from __future__ import annotations

import pytest

from convcost.errors import (
    CodeError,
    ConvcostError,
    LayerError,
    Place,
    Problem,
    SpecError,
    UsageError,
)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place("a.yaml"), "a.yaml"),
        (Place("a.yaml", 12), "a.yaml:12"),
        (Place("a.yaml", 12, 9, 12, 15, "  - kernal: 3"), "a.yaml:12:9"),
    ],
)
def test_a_place_reads_like_a_compilers(place: Place, text: str) -> None:
    assert str(place) == text


def test_a_problem_in_one_line() -> None:
    problem = Problem("unknown kind", Place("a.yaml", 3, 5), "did you mean it?")
    assert str(problem) == "a.yaml:3:5: unknown kind (did you mean it?)"
    assert str(Problem("unknown kind")) == "unknown kind"


def test_an_error_carries_problems() -> None:
    place = Place("a.yaml", 1)
    error = SpecError("one", Problem("two", hint="try three"), place=place)
    assert error.problems == (Problem("one", place), Problem("two", hint="try three"))
    assert str(error) == "a.yaml:1: one\ntwo (try three)"


def test_a_problem_without_a_place_is_put_where_it_was_met() -> None:
    here, there = Place("a.yaml", 7), Place("b.yaml", 1)
    error = LayerError(Problem("groups do not divide"), Problem("elsewhere", there))
    note = ("in this block", there)
    assert error.at(here, "layer 3: ", [note]) == (
        Problem("layer 3: groups do not divide", here, notes=(note,)),
        Problem("layer 3: elsewhere", there, notes=(note,)),
    )


@pytest.mark.parametrize("error", [LayerError, SpecError, UsageError])
def test_every_error_is_a_convcost_error(error: type[ConvcostError]) -> None:
    with pytest.raises(ConvcostError, match="no such thing"):
        raise error("no such thing")


def test_an_error_in_the_users_code_keeps_its_traceback() -> None:
    error = CodeError("net:make failed: KeyError: 'width'", "Traceback ...", hint="see above")
    assert error.problems == (Problem("net:make failed: KeyError: 'width'", hint="see above"),)
    assert error.trace == "Traceback ..."

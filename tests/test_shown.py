"""How results are printed, and what they are asked for in a notebook."""

from __future__ import annotations

import copy
from typing import NamedTuple

import pytest

import convcost
from convcost import compare, diff, evaluate, load, rewrite
from convcost.rewriting import Replacement
from convcost.shown import Shown, brief
from convcost.status import Status


@brief
class Held(NamedTuple):
    """A value of a bit of everything."""

    word: str
    shape: tuple[tuple[int, ...], ...] = ()
    several: tuple[int, ...] = ()
    found: object = None
    often: int = 3


def test_a_value_is_printed_as_it_is_typed_without_what_is_as_usual() -> None:
    assert repr(Held("a", ((3, 8, 8),))) == "Held(word='a', shape=((3, 8, 8),))"
    assert repr(Held("a", often=4)) == "Held(word='a', often=4)"


def test_of_what_is_long_there_is_how_much_there_is() -> None:
    assert repr(Held("a", several=(1, 2, 3, 4, 5))) == "Held(word='a', several=<5>)"
    assert repr(Held("a", found={"b": 1})) == "Held(word='a', found=<1>)"
    assert repr(Held("a" * 100)) == f"Held(word='{'a' * 59}…)"
    assert repr(Held("a", found=object)) == "Held(word='a', found=<class 'object'>)"
    assert repr(Held("a", found=Status("at least", "b" * 60))) == "Held(word='a', found=<Status>)"


def test_a_report_is_printed_on_a_line_or_two() -> None:
    report = evaluate(load("resnet50"))
    assert len(repr(report)) < 200
    assert "params=25557032, macs=4089184256" in repr(report)
    assert repr(report.layers[0]).startswith("LayerCost(name='conv1', kind='standard', ")


def test_results_in_results_are_short_too() -> None:
    made = rewrite(load("vgg16"), Replacement("standard", "depthwise-separable"))
    compared = diff(made.cost_before, made.cost_after)
    assert repr(compared) == "Diff(before=<Report>, after=<Report>, changes=<12>, pairs=<22>)"
    assert len(repr(made)) < 200
    assert repr(compare(3, 4, 3, size=(5, 5))) == (
        "Comparison(question=Question(n=3, m=4, k=3, size=(5, 5)), rows=<11>)"
    )


def test_a_result_is_still_the_tuple_that_it_was() -> None:
    report = evaluate(load("mobilenet_v1"))
    name, shape, *_ = report
    assert (name, shape) == ("mobilenet-v1", (3, 224, 224))
    assert report._replace(name="other").name == "other"
    assert type(report._replace(name="other")) is convcost.Report
    comparison = compare(3, 4, 3)
    assert copy.copy(comparison) == comparison


@pytest.mark.parametrize(
    "name", [name for name in convcost.__all__ if name in ("Report", "Comparison", "Diff")]
)
def test_results_say_what_shows_them(name: str) -> None:
    assert issubclass(getattr(convcost, name), Shown)

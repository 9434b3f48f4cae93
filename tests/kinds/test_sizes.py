"""Sizes as people write them, and what is said of them."""

from __future__ import annotations

import pytest

from convcost import compare
from convcost.cost import evaluate
from convcost.kinds.sizes import input_note, sizes_note, squared
from convcost.network import Network
from convcost.sources.spec.reading import parse_spec


def network(text: str) -> Network:
    return parse_spec(text, "test.yaml").network


@pytest.mark.parametrize(
    ("sizes", "meant"),
    [((224,), "224x224"), ((5, 5, 3), "5x5"), ((32, 32, 1), "32x32"), ((9, 7, 4), "9x7")],
)
def test_sizes_that_look_like_an_images_name_what_to_write(
    sizes: tuple[int, ...], meant: str
) -> None:
    assert sizes_note(sizes, "--size ").endswith(f"an image's is --size {meant}")


@pytest.mark.parametrize("sizes", [(), (5, 5), (16, 112, 112), (5, 5, 5), (5, 5, 2), (3, 5, 3)])
def test_other_sizes_are_what_they_seem(sizes: tuple[int, ...]) -> None:
    assert sizes_note(sizes, "--size ") == ""


def test_an_input_has_its_channels_in_front() -> None:
    assert input_note((224, 224, 3), "input: ") == (
        "input: 224x224x3 is taken for 224 channels; channels come first: input: 3x224x224"
    )
    assert not input_note((3, 224, 224), "input: ") + input_note((64, 56, 56), "input: ")
    assert not input_note((64, 1000), "input: ") + input_note((512,), "input: ")


@pytest.mark.parametrize("stated", ["7x7", "7×7", [7, 7], (7, 7), [[3, 3], [3, 3]]])
def test_one_size_is_a_square_where_something_has_a_number_per_dim(stated: object) -> None:
    assert squared((224,), [None, "same", 3, stated]) == (224, 224)
    assert squared((5, 6), [stated]) == (5, 6)
    assert squared((224,), ["same", 7, "7", [7], True]) == (224,)


def test_compare_takes_a_square_kernels_size_for_a_square() -> None:
    square, image = (compare(3, 64, (7, 7), size=size).rows for size in (224, (224, 224)))
    assert square == image
    assert square[0].macs == 3 * 64 * 49 * 224 * 224


def test_a_layer_that_stands_alone_is_one_dimensional_with_a_note() -> None:
    found = network("layers: [{kind: standard, n: 3, m: 64, k: 7, size: 224}, {kind: relu}]")
    assert evaluate(found).params == 3 * 64 * 7
    assert found.notes == (
        "layer 1: size: 224 is a sequence's, and this 1-D; an image's is size: 224x224",
    )


@pytest.mark.parametrize("kernel", ["7x7", "[7, 7]"])
def test_it_is_a_square_with_a_kernel_that_has_a_number_per_dim(kernel: str) -> None:
    found = network(f"layers: [{{kind: standard, n: 3, m: 64, k: {kernel}, H: 224}}]")
    assert found.layers[0].given == (3, 224, 224)
    assert found.notes == ()


def test_each_size_is_noted_once() -> None:
    layer = "{kind: standard, n: 3, m: 4, k: 3, size: 5x5x3}"
    assert len(network(f"layers: [{layer}, {{repeat: 9, layers: [{layer}]}}]").notes) == 1


def test_sizes_of_what_arrives_are_no_habit() -> None:
    assert network("{input: 3x224, layers: [{kind: standard, m: 4, k: 3, size: 224}]}").notes == ()
    assert network("layers: [{kind: linear, n: 512, m: 10}]").notes == ()


def test_an_input_with_channels_last_is_counted_as_written() -> None:
    found = network("{input: 9x7x3, layers: [{kind: pointwise, m: 2}]}")
    assert found.input == (9, 7, 3)
    assert found.notes == (
        "input: 9x7x3 is taken for 9 channels; channels come first: input: 3x9x7",
    )

"""Orders, conditions on rows; blocks and draws of spaces."""

from __future__ import annotations

from typing import Any

import pytest

from convcost import UsageError, sweep
from convcost.sweeping.space import Space, space_of

np = pytest.importorskip("numpy")


def space() -> Space:
    together: dict[str, list[Any]] = {"c": [1, 2], "d": ["x", "y"]}
    return space_of({"a": [1, 2, 3], "b": [0.5, 1.5]}, together)


def test_rows_of_a_space_are_its_columns() -> None:
    found = space()
    assert found.names == ("c", "d", "a", "b")
    assert found.size == 12
    rows = np.arange(12)
    columns = {name: found.column(name, rows).tolist() for name in found.names}
    assert [found.row(row) for row in range(12)] == [
        {name: column[row] for name, column in columns.items()} for row in range(12)
    ]


@pytest.mark.parametrize("most", [1, 2, 3, 4, 5, 6, 7, 12, 100])
def test_blocks_are_all_of_it_in_order(most: int) -> None:
    found = space()
    rows: list[dict[str, Any]] = []
    for first, block in found.blocks(most):
        assert block.size <= most
        assert first == len(rows)
        rows += [block.row(row) for row in range(block.size)]
    assert rows == [found.row(row) for row in range(12)]


def test_a_draw_takes_nothing_twice() -> None:
    found = space()
    drawn = found.sample(7, seed=3)
    rows = [str(drawn.row(row)) for row in range(drawn.size)]
    assert len(set(rows)) == 7
    assert set(rows) <= {str(found.row(row)) for row in range(12)}
    assert rows == [str(found.sample(7, seed=3).row(row)) for row in range(7)]
    assert found.sample(12, seed=3) is found


def test_a_draw_of_more_rows_than_a_machine_word_counts() -> None:
    large = space_of({f"v{each}": [1, 2, 3] for each in range(60)}, {})
    drawn = large.sample(100, seed=1)
    rows = [tuple(drawn.row(row).values()) for row in range(drawn.size)]
    assert len(set(rows)) == 100
    assert {row[0] for row in rows} == {row[-1] for row in rows} == {1, 2, 3}
    assert rows == sorted(rows)
    assert rows == [tuple(large.sample(100, seed=1).row(row).values()) for row in range(100)]


def test_spaces_that_cannot_be_meant() -> None:
    wrong: list[tuple[dict[str, list[int]], dict[str, list[int]]]] = [
        ({"a": []}, {}),
        ({"a": [1]}, {"a": [1]}),
        ({}, {"a": [1], "b": [1, 2]}),
        ({"macs": [1]}, {}),
        ({"row": [1]}, {}),
    ]
    for values, together in wrong:
        with pytest.raises(UsageError):
            space_of(values, together)


def test_python_gets_arrays_and_the_best_rows() -> None:
    found = sweep("mobilenet_v1", {"alpha": [0.25, 0.5, 1.0], "size": [-1, 96, 128]})
    assert sorted(found.refused) == [0, 3, 6]
    assert found.column("alpha").tolist() == [0.25] * 3 + [0.5] * 3 + [1.0] * 3
    best = list(found.best("-macs", 2, where=["params < 2M", "alpha * size < 60"]).each())
    assert [row.values for row in best] == [
        {"alpha": 0.5, "size": 96},
        {"alpha": 0.25, "size": 128},
    ]
    assert len(found.where("macs > 0")) == 6
    front = found.pareto("macs", "-alpha")
    assert front.numbers.tolist() == [1, 4, 7]


def test_data_frames_have_all_rows_and_no_figures_of_those_refused() -> None:
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    found = sweep("mobilenet_v1", {"size": [-1, 96, 128]})
    expected = found.column("macs").tolist()
    frame = found.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame.columns) == ["size", "params", "macs", "activations", "status", "refused"]
    assert frame["macs"].isna().tolist() == [True, False, False]
    assert frame["macs"].tolist()[1:] == expected[1:]
    other = found.to_polars()
    assert isinstance(other, polars.DataFrame)
    assert other["macs"].to_list() == [None, *expected[1:]]

"""Figures of the user's own beside those of a sweep."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from convcost import SpecError, sweep
from convcost.sweeping.base import Sweep
from convcost.sweeping.joining import read_join

np = pytest.importorskip("numpy")

ALPHA, SIZE = [0.25, 0.5, 1.0], [-1, 96, 128]


@pytest.fixture
def found() -> Sweep:
    return sweep("mobilenet_v1", {"alpha": ALPHA, "size": SIZE})


def written(folder: Path, text: str) -> str:
    path = folder / "own.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_rows_have_the_figures_of_the_line_with_their_values(found: Sweep, tmp_path: Path) -> None:
    lines = "size,accuracy,alpha,latency\n128,70.5,1,3\n96,60,0.5,2\n\n96,61,1.0,4\n7,1,1,1\n"
    joined = found.join(written(tmp_path, lines))
    rows = [
        (row.values["alpha"], row.values["size"], row.figures["accuracy"], row.figures["latency"])
        for row in joined.found.rows().each()
        if row.figures["accuracy"] is not None
    ]
    assert rows == [(0.5, 96, 60.0, 2.0), (1.0, 96, 61.0, 4.0), (1.0, 128, 70.5, 3.0)]
    assert np.isnan(joined.column("accuracy")).tolist() == [True] * 4 + [
        False,
        True,
        True,
        False,
        False,
    ]
    assert joined.column("macs").tolist() == found.column("macs").tolist()


def test_vars_that_the_file_does_not_name_make_no_difference(found: Sweep, tmp_path: Path) -> None:
    joined = found.join(written(tmp_path, "alpha,accuracy\n1,70\n0.25,50\n"))
    assert np.nan_to_num(joined.column("accuracy")).tolist() == [50] * 3 + [0] * 3 + [70] * 3


def test_they_are_objectives_and_conditions(found: Sweep, tmp_path: Path) -> None:
    lines = "alpha,size,accuracy\n0.25,96,50\n0.25,128,49\n0.5,96,40\n1,96,60\n1,128,70\n"
    joined = found.join(written(tmp_path, lines))

    def values(rows: Any) -> list[tuple[float, int]]:
        return [(row.values["alpha"], row.values["size"]) for row in rows.each()]

    assert values(joined.pareto("macs", "-accuracy")) == [(0.25, 96), (1.0, 96), (1.0, 128)]
    assert values(joined.best("-accuracy", 2)) == [(1.0, 128), (1.0, 96)]
    assert values(joined.where("accuracy < 50")) == [(0.25, 128), (0.5, 96)]
    assert values(joined.where("accuracy / 10 > alpha * 6.5", "size == 128")) == [
        (0.25, 128),
        (1.0, 128),
    ]
    assert joined.pareto("macs", "-accuracy").records()[0]["accuracy"] == 50
    every = values(joined.best("accuracy", 9))
    assert every[:2] == [(0.5, 96), (0.25, 128)]
    assert every[5] == (0.5, 128)


def test_data_frames_have_nothing_where_there_is_no_figure(found: Sweep, tmp_path: Path) -> None:
    pytest.importorskip("pandas")
    pytest.importorskip("polars")
    joined = found.join(written(tmp_path, "alpha,accuracy\n1,70\n"))
    frame = joined.to_pandas()
    assert frame["accuracy"].isna().tolist() == [True] * 7 + [False] * 2
    assert joined.to_polars()["accuracy"].to_list() == [None] * 7 + [70.0] * 2


def test_words_and_many_vars_are_found_as_they_stand(tmp_path: Path) -> None:
    names = [f"v{each}" for each in range(14)]
    path = tmp_path / "net.yaml"
    shares = ", ".join(f"{name}: 1" for name in names)
    path.write_text(
        f"vars: {{{shares}, word: relu}}\ninput: 3x9x9\n"
        'layers: [{kind: standard, m: 2, k: 1, act: "${word}"}]\n',
        encoding="utf-8",
    )
    draw = random.Random(0)  # noqa: S311, no secret
    rows = [[draw.randrange(40) for _ in names] for _ in range(60)]
    words = [draw.choice(["relu", "gelu"]) for _ in rows]
    columns: dict[str, list[Any]] = {
        **{name: [row[at] for row in rows] for at, name in enumerate(names)},
        "word": words,
    }
    lines = [
        ",".join(map(str, (*row, word, number)))
        for number, (row, word) in enumerate(zip(rows, words, strict=True))
    ]
    draw.shuffle(lines)
    text = "\n".join([",".join((*names, "word", "own")), *lines[:40]])
    found = sweep(path, {}, rows=columns).join(written(tmp_path, text))
    kept = {int(line.rpartition(",")[2]) for line in lines[:40]}
    assert [row.figures["own"] for row in found.found.rows().each()] == [
        number if number in kept else None for number in range(60)
    ]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("alpha,accuracy\n1,70\n\n1.0,71\n", 4, "the values of this line are those of line 2"),
        ("alpha,accuracy\n1,70\n0.5,high\n", 3, 'accuracy cannot be "high"'),
        ("alpha,accuracy\n1,70\n0.5,\n", 3, "which is no number"),
        ("alpha,accuracy\n1,.inf\n", 2, "is not a number"),
        ("alpha,accuracy\n1,true\n", 2, "which is no number"),
        ("alhpa,accuracy\n1,70\n", 1, "no var that is swept is called alhpa"),
        ("alpha,depth,accuracy\n1,2,70\n", 1, "depth is a var, and not swept"),
        ("alpha,macs\n1,70\n", 1, "a column of results is called macs, too"),
        ("accuracy\n70\n", 1, "nothing to join"),
        ("alpha\n1\n", 1, "nothing to join"),
        ("alpha,accuracy\n", 1, "nothing to join"),
        ("alpha,accuracy\n1\n", 2, "1 values, and 2 columns"),
        ("", 1, "the first line must name each column"),
    ],
)
def test_what_cannot_be_joined(tmp_path: Path, text: str, line: int, message: str) -> None:
    with pytest.raises(SpecError, match=message) as refused:
        read_join(written(tmp_path, text), ["alpha", "size"], ["alpha", "size", "depth"])
    (problem,) = refused.value.problems
    assert problem.place
    assert (problem.place.line or 1) == line

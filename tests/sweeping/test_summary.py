"""What variants come to by the values of each var, against plain sums."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from convcost.sources import target_of
from convcost.sources.targets import SpecFile
from convcost.sweeping import running
from convcost.sweeping.base import planned
from convcost.sweeping.conditions import parse_conditions
from convcost.sweeping.joining import read_join
from convcost.sweeping.outcome import Row
from convcost.sweeping.parts import Job, numbers, run
from convcost.sweeping.selection import Chosen, Wanted
from convcost.sweeping.space import Space, space_of

pytest.importorskip("numpy")

METRICS = ("params", "macs")
VALUES: dict[str, Any] = {
    "alpha": [each / 20 for each in range(24, 4, -1)],
    "size": [-1, 64, 95, 32],
}


def chosen(space: Space, size: int = 1000, workers: int = 1, **wanted: Any) -> Chosen:
    asked: dict[str, Any] = {
        "targets": [target_of("mobilenet_v1")],
        "space": space,
        "metrics": METRICS,
    }
    plan = planned(**asked)
    job = Job(asked, Wanted(**wanted), size=size, summary=True)
    return run(job, plan, numbers(plan, (1, 1), size), workers, lambda done: None, None)


def told(found: Chosen) -> list[Any]:
    assert found.summary
    return list(found.summary.groups(None))


def expected(rows: list[Row], var: str, value: Any) -> tuple[Any, ...]:
    own = [row.figures for row in rows if row.values[var] == value]
    return (
        len(own),
        {name: min((each[name] for each in own), default=None) for name in METRICS},
        {
            name: Fraction(sum(each[name] for each in own), len(own)) if own else None
            for name in METRICS
        },
    )


def test_each_value_has_its_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    space = space_of(VALUES, {})
    where = parse_conditions(["params < 3M"], space.names)
    found = chosen(space, where=where)
    rows = list(found.rows().each())
    groups = told(found)
    assert [(group.var, *group.values) for group in groups] == [
        *(("alpha", each) for each in sorted(VALUES["alpha"])),
        *(("size", each) for each in sorted(VALUES["size"])),
    ]
    for group in groups:
        assert (group.variants, group.least, group.mean) == expected(
            rows, group.var, group.values[0]
        )
    monkeypatch.setattr(running, "GRID", (7, 3))
    for size, workers in ((1000, 1), (13, 1), (40, 2)):
        assert told(chosen(space, size, workers, where=where)) == groups


def test_rows_that_are_listed_have_their_values_more_than_once() -> None:
    listed: dict[str, list[Any]] = {
        "alpha": [0.5, 1.0, 0.5, 1.0, 0.5],
        "size": [64, 64, 95, 95, -1],
    }
    found = chosen(space_of({}, listed))
    rows = [row for row in found.rows().each() if not row.note.refused]
    assert [(group.variants, group.least, group.mean) for group in told(found)] == [
        expected(rows, var, value)
        for var, value in (("alpha", 0.5), ("alpha", 1.0), ("size", -1), ("size", 64), ("size", 95))
    ]


def test_neighbours_are_together_where_there_are_many() -> None:
    found = chosen(space_of(VALUES, {}))
    assert found.summary
    groups = [group for group in found.summary.groups() if group.var == "alpha"]
    assert [len(group.values) for group in groups] == [2, 3, 2, 3, 2, 3, 2, 3]
    assert sum(group.variants for group in groups) == 60
    single = {group.values[0]: group for group in told(found) if group.var == "alpha"}
    first = [single[value] for value in groups[1].values]
    assert groups[1].least["macs"] == min(each.least["macs"] for each in first)
    assert groups[1].mean["macs"] == sum(each.mean["macs"] * each.variants for each in first) / 9


def test_sums_beyond_64_bits_are_exact(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(
        "vars: {n: 3, word: relu, m: 4}\ninput: ${n}x8x8\n"
        'layers: [{kind: standard, m: "${m}", k: 3, act: "${word}"}]\n',
        encoding="utf-8",
    )
    large = [3, 10**12 - 1, 10**8 - 1]
    space = space_of({"n": large, "m": large, "word": ["relu", "gelu"]}, {})
    asked: dict[str, Any] = {"targets": [SpecFile(str(path))], "space": space, "metrics": METRICS}
    plan = planned(**asked)
    found = run(Job(asked, Wanted(), summary=True), plan, [0], 1, lambda done: None, None)
    rows = list(found.rows().each())
    assert max(row.figures["macs"] for row in rows) > 2**63
    groups = told(found)
    assert [group.values[0] for group in groups][-2:] == ["relu", "gelu"]
    for group in groups:
        assert (group.variants, group.least, group.mean) == expected(
            rows, group.var, group.values[0]
        )


def test_figures_of_the_users_own_count_where_they_are(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("alpha,size,own\n0.5,64,1.5\n0.5,95,3\n1,64,7\n", encoding="utf-8")
    space = space_of({"alpha": [0.5, 0.75, 1.0], "size": [64, 95]}, {})
    found = chosen(space, join=read_join(str(path), space.names))
    alphas = [group for group in told(found) if group.var == "alpha"]
    assert [(group.variants, group.least["own"], group.mean["own"]) for group in alphas] == [
        (2, 1.5, 2.25),
        (2, None, None),
        (2, 7.0, 7.0),
    ]

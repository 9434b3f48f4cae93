"""A search for the best: what enumerating all finds on small spaces, and the same for a seed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from convcost.errors import UsageError
from convcost.sources.targets import SpecFile
from convcost.sweeping import searching
from convcost.sweeping.base import Plan, planned
from convcost.sweeping.conditions import parse_conditions
from convcost.sweeping.searching import Search, search
from convcost.sweeping.selection import Chosen, Objective, Wanted
from convcost.sweeping.space import space_of

pytest.importorskip("numpy")
pytest.importorskip("optuna")

LAYER = '  - {{kind: group, m: "${{{name}}}", k: {size}, groups: 2}}\n'
KINDS = """\
vars: {a: standard, b: standard, c: standard, d: standard, e: standard, f: standard, g: standard}
input: 16x9x9
layers: [%s]
"""


def chain(folder: Path, count: int, **values: Sequence[Any]) -> Plan:
    """Layers with a var each for their widths, odd ones of which 2 groups do not divide."""
    names = [f"w{at}" for at in range(count)]
    layers = [LAYER.format(name=name, size=1 + at % 3) for at, name in enumerate(names)]
    path = folder / "net.yaml"
    declared = ", ".join(f"{name}: 4" for name in names)
    path.write_text(f"vars: {{{declared}}}\ninput: 12x9x9\nlayers:\n{''.join(layers)}", "utf-8")
    widths = values or dict.fromkeys(names, range(4, 16))
    return planned([SpecFile(str(path))], space_of(widths, {}), minimize=Objective("macs"))


def wanted(plan: Plan, by: str, where: Sequence[str] = (), top: int = 1) -> Wanted:
    return Wanted(parse_conditions(where, plan.space.names), (), [objective(by)], top)


def objective(by: str) -> Objective:
    return Objective(by.removeprefix("-"), by.startswith("-"))


def looked_for(plan: Plan, by: str, where: Sequence[str] = (), seed: int = 0) -> Chosen:
    how = Search(objective(by), plan.space.size, False, 100, seed)
    found = Chosen(wanted(plan, by, where))
    search(how, plan, found, lambda done: None, None)
    return found


def best_of(plan: Plan, by: str, where: Sequence[str] = ()) -> Chosen:
    found = Chosen(wanted(plan, by, where))
    for block in plan.blocks():
        found.add(block)
    return found


@pytest.mark.parametrize(
    ("by", "where"),
    [
        ("macs", ["params >= 400"]),
        ("-macs", ["params <= 600", "activations >= 2k"]),
        ("-w0", ["macs <= 81k", "params > 500"]),
        ("params", ["w0 + w1 > 25", "macs * 10 > params * w3"]),
    ],
)
def test_the_best_is_the_one_of_all(tmp_path: Path, by: str, where: list[str]) -> None:
    plan = chain(tmp_path, 4)
    (best,) = best_of(plan, by, where).rows().each()
    for seed in range(3):
        found = looked_for(plan, by, where, seed)
        (row,) = found.rows().each()
        name = objective(by).name
        assert {**row.values, **row.figures}[name] == {**best.values, **best.figures}[name]
        assert row.values == plan.space.row(row.number)
        assert 100 <= found.variants < plan.space.size == 12**4
        assert found.refusals


def test_a_search_is_the_same_for_a_seed(tmp_path: Path) -> None:
    plan = chain(tmp_path, 5)
    runs = [looked_for(plan, "macs", ["params >= 500"], seed) for seed in (1, 1, 2)]
    counts = [(each.variants, each.passing, each.refusals) for each in runs]
    assert counts[0] == counts[1] != counts[2]


def test_rows_beyond_64_bits_have_their_numbers_and_none_comes_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "_NEAR", 5_000)
    plan = chain(tmp_path, 30, **{f"w{at}": [6, 8, 10, 12, 14] for at in range(30)})
    assert plan.space.size == 5**30 > 2**63
    written: list[int] = []
    how = Search(objective("-macs"), plan.space.size, False, 60, 0)
    found = Chosen(wanted(plan, "-macs"))
    search(how, plan, found, lambda done: None, lambda rows: written.extend(rows.numbers))
    assert len(written) == len(set(written)) == found.passing
    (row,) = found.rows().each()
    assert row.values == plan.space.row(row.number)
    assert row.figures["macs"] > 0


def test_where_nothing_passes_nothing_is_found(tmp_path: Path) -> None:
    plan = chain(tmp_path, 3)
    found = looked_for(plan, "macs", ["params < 3"])
    assert (found.passing, len(found.rows())) == (0, 0)
    refused = chain(tmp_path, 2, w0=[0, -1], w1=[1, 2])
    assert looked_for(refused, "macs").refusals.total() == 4


def test_kinds_are_searched_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    layers = ", ".join(f'{{kind: "${{{name}}}", m: 16, k: 3}}' for name in "abcdefg")
    path.write_text(KINDS % layers, encoding="utf-8")
    kinds = {name: ["standard", "depthwise-separable", "pointwise"] for name in "abcdefg"}
    plan = planned(
        [SpecFile(str(path))], space_of(kinds, {}), minimize=Objective("macs"), trials=100
    )
    assert plan.is_slow
    assert not plan.is_exact
    found = looked_for(plan, "params")
    (best,) = found.rows().each()
    assert best.values == dict.fromkeys("abcdefg", "depthwise-separable")
    assert found.variants <= 200
    with pytest.raises(UsageError, match="--minimize: a is a word"):
        looked_for(plan, "a")


def test_little_is_looked_at_whole(tmp_path: Path) -> None:
    assert chain(tmp_path, 5).is_exact
    assert not chain(tmp_path, 6).is_exact

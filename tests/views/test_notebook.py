"""Results as a notebook shows them, as records and as data frames."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from convcost import Builder, Choice, compare, diff, evaluate, init_project, load, lock_project
from convcost.budget import Budget, Verdict
from convcost.checking import check
from convcost.comparison import Comparison
from convcost.cost import Report
from convcost.errors import UsageError
from convcost.metrics import measured
from convcost.metrics.memory import plan
from convcost.metrics.reach import reach
from convcost.metrics.training import training
from convcost.rewriting import Replacement, rewrite
from convcost.shown import Shown
from convcost.suggestion import suggest
from convcost.sweeping import extras
from convcost.views.formats import view
from convcost.views.notebook import MOST_ROWS
from convcost.views.sheet import Column, Sheet

KINDS = ["standard", "depthwise-separable"]


def net(*names: str) -> Report:
    built = Builder("net", (3, 8, 8))
    for name in names:
        built.add("standard", {"m": 4, "k": 3}, name=name)
    return evaluate(built.network())


RESULTS: dict[str, Callable[[], Shown]] = {
    "compare": lambda: compare(3, 4, 3, kinds=KINDS),
    "eval": lambda: net("a", "b"),
    "check": lambda: Verdict(tuple(check(net("a"), [Budget("params", 100)]))),
    "rewrite": lambda: rewrite(load("vgg16"), Replacement("standard", "depthwise-separable")),
    "suggest": lambda: suggest(load("vgg16"), [Budget("macs", 10**10)]),
    "diff": lambda: diff(net("a"), net("a", "b")),
    "memory": lambda: plan(net("a", "b")),
    "reach": lambda: reach(net("a", "b")),
    "training": lambda: training(net("a", "b")),
}


class Text(HTMLParser):
    """The words of HTML, and the elements around them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("name", RESULTS)
def test_every_result_shows_itself_and_gives_its_records(name: str) -> None:
    found = RESULTS[name]()
    html = found._repr_html_()
    assert "<table>" in html or "<p>" in html
    records = found.records()
    assert records
    assert len({tuple(record) for record in records}) == 1
    assert all(isinstance(value, _PLAIN) for record in records for value in record.values())
    assert found.to_dict()["schema"].startswith(f"convcost.{name}/")


_PLAIN = (int, float, str, tuple, type(None))


def test_the_document_is_that_of_json() -> None:
    report = net("a")
    assert json.loads(json.dumps(report.to_dict())) == json.loads(view("eval", "json")([report]))
    comparison = compare(3, 4, 3, kinds=KINDS)
    assert json.loads(json.dumps(comparison.to_dict())) == json.loads(
        view("compare", "json")(comparison)
    )


def test_integers_are_integers_and_shares_floats_beside_them() -> None:
    first, second = compare(3, 4, 3, size=(5, 5), kinds=KINDS).records()
    assert (first["params"], first["macs"], first["out"]) == (108, 2700, (4, 5, 5))
    assert (first["params_ratio"], second["params_ratio"]) == (1.0, 39 / 108)
    assert {type(row["macs_per_position"]) for row in (first, second)} == {float}
    assert type(second["params"]) is int


def test_rows_are_still_reached_by_name() -> None:
    rows = compare(3, 4, 3, kinds=KINDS).rows
    assert (rows[0].params, rows[1].params_ratio) == (108, Fraction(13, 36))


def test_all_that_a_report_was_measured_by_is_told() -> None:
    report = measured(net("a", "b"), ["peak_memory"])
    assert report.to_dict()["networks"][0]["peak_memory"] == report.figure("peak_memory")


@pytest.mark.parametrize("name", ["</script>", "<img src=x onerror=alert(1)>", "a&b", 'a"b'])
def test_names_are_text(name: str) -> None:
    shown = Text(net(name, "b")._repr_html_())
    assert any(name in words for words in shown.words)
    assert not {"script", "img"} & set(shown.tags)


def test_a_long_network_is_rolled_up_as_on_a_terminal() -> None:
    html = evaluate(load("resnet50"))._repr_html_()
    assert html.count("<tr>") < 60
    assert "(records() lists every layer)" in html


def test_a_result_that_has_a_picture_shows_it() -> None:
    found = compare(64, 64, 3, size=(56, 56), kinds=KINDS, device="t4", dtype="fp16")
    html = found._repr_html_()
    assert view("compare", "svg")(found, device="T4") in html
    assert found.records()[0]["bound_by"] == "compute"


class _Rows(NamedTuple):
    many: int
    schema: str = "rows/1"
    depth: int = 1

    def flat(self) -> Sheet[int]:
        return Sheet([Column("at", lambda row: row, "at")], range(self.many))

    def parts(self, screen: object) -> list[Sheet[int]]:
        return [self.flat()]


def test_a_long_table_breaks_off_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from convcost.views import compare as shower

    monkeypatch.setattr(shower, "result", lambda found, device: _Rows(MOST_ROWS + 9))
    html = compare(3, 4, 3)._repr_html_()
    assert html.count("<tr>") == 1 + MOST_ROWS
    assert "9 more rows: records() and to_pandas() have them all" in html


def pandas_and_polars() -> tuple[Any, Any]:
    return pytest.importorskip("pandas"), pytest.importorskip("polars")


def test_data_frames_keep_integers_where_some_are_missing() -> None:
    pandas, polars = pandas_and_polars()
    found = compare(64, 128, 3, kinds=["standard", Choice("group", {"groups": 5})])
    frame, other = found.to_pandas(), found.to_polars()
    assert isinstance(frame, pandas.DataFrame)
    assert str(frame["params"].dtype) == "Int64"
    assert frame["params"].isna().tolist() == [False, True]
    assert frame["params"][0] == 73728
    assert isinstance(other, polars.DataFrame)
    assert other["params"].to_list() == [73728, None]
    assert (other.schema["params"], other.schema["params_ratio"]) == (polars.Int64, polars.Float64)
    whole = net("a").to_pandas()
    assert (str(whole["params"].dtype), whole["in"][0]) == ("int64", ((3, 8, 8),))


def test_data_frames_hold_what_is_too_large_for_64_bits() -> None:
    pandas_and_polars()
    found: Comparison = compare(10**10, 10**10, 1, size=10, kinds=["standard"])
    assert found.rows[0].macs == 10**21
    assert found.to_pandas()["macs"].tolist() == [10**21]
    assert found.to_polars()["macs"].to_list() == [10**21]


@pytest.mark.parametrize("package", ["pandas", "polars"])
def test_without_the_package_it_is_said_what_is_missing(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=f"a data frame of {package} needs {package}"):
        getattr(net("a"), f"to_{package}")()


def test_a_sweep_shows_its_first_rows_and_gives_all() -> None:
    pytest.importorskip("numpy")
    from convcost import sweep

    found = sweep("mobilenet_v1", {"alpha": [0.5, 1.0, -1], "size": list(range(32, 292, 4))})
    html = found._repr_html_()
    assert html.count("<tr>") == 21
    assert "shown: 20, refused: 65" in html
    records = found.records()
    assert len(records) == 195
    assert records[0].items() >= {"row": 0, "alpha": 0.5, "size": 32, "params": 1331592}.items()
    assert records[-1]["params"] is None
    assert "195 variants of alpha, size" in html, "where all lie"
    front = found.pareto("macs", "-alpha")
    assert f"the {len(front)} variants" in front._repr_html_()
    alone = sweep("mobilenet_v1", {"alpha": [0.5]}, ["macs"])
    assert "<svg" not in alone._repr_html_(), "it is seen by params and macs"
    assert [record["row"] for record in front.records()] == front.numbers.tolist()
    assert front.to_dict()["passing"] == len(front)


def test_what_became_of_a_lock_file_is_a_result(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("input: 3x8x8\nlayers: [{kind: pointwise, m: 4}]\n")
    assert "no specs are named" in lock_project(tmp_path)._repr_html_()
    made = lock_project(tmp_path, ["net.yaml"])
    assert "1 new" in made._repr_html_()
    assert made.records()[0].items() >= {"network": "net.yaml", "params_kept": 12}.items()
    assert len(repr(init_project(tmp_path))) < 400

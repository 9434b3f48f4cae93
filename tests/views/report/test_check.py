"""A verdict as a page: what changed, first."""

from __future__ import annotations

from convcost.budget import Budget, Change, Verdict
from convcost.checking import check
from convcost.errors import Problem
from convcost.views.check.report import render
from tests.views.report.reading import Page
from tests.views.samples import HOSTILE, findings, named, tiny


def test_what_changed_stands_before_what_is_over() -> None:
    before = {"params": 1, "macs": tiny().macs, "activations": tiny().activations}
    changes = (Change(tiny(), before),)
    page = Page(render(Verdict(findings(), changes=changes, against="convcost.lock")))
    assert "1 over budget" in page.texts["h1"][0]
    first, second, *_ = page.tables.values()
    assert first[0][:3] == ["network", "spec", "metric"]
    assert first[1][2:] == ["params", "1", f"{tiny().params:,}", first[1][-1]]
    assert second[0][0] == "result"


def test_all_is_well() -> None:
    page = Page(render(Verdict(check(tiny(), [Budget("params", 10**9)]))))
    assert "all within budget" in page.texts["h1"][0]
    assert page.texts["summary"] == ["1 limit kept"]


def test_nothing_changed() -> None:
    page = Page(render(Verdict((), against="convcost.lock")))
    assert "nothing changed since convcost.lock" in page.texts["p"][0].lower()


def test_what_could_not_be_checked_is_said() -> None:
    page = Page(render(Verdict((), (Problem("no such file"),))))
    assert "no such file" in page.texts["li"][0]


def test_hostile_names_bring_no_tags() -> None:
    def tags(name: str) -> set[tuple[str, tuple[str, ...]]]:
        page = Page(render(Verdict(check(named(name), [Budget("params", 1)]))))
        return {(tag, tuple(sorted(attrs))) for tag, attrs in page.tags}

    for name in (*HOSTILE, "</script>", "n" * 10_000):
        assert tags(name) == tags("plain")

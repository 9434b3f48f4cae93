"""Which layers changed since a baseline, and which line that is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from convcost import check_project
from convcost.budget import Verdict
from tests.cli.projects import commit, git, net, write

BLOCK = """\
vars: {w: 4}
input: 3x8x8
layers:
  # a layer over several lines
  - kind: standard
    m: ${w}
    k: 3
  - {kind: pointwise, m: 2}
"""


@pytest.fixture
def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Verdict]:
    """A check of a spec against what it was in the last commit."""
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")

    def check(before: str, after: str) -> Verdict:
        write({"a.yaml": before})
        commit()
        write({"a.yaml": after})
        return check_project(paths="a.yaml", base="git:HEAD")

    return check


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (net(4), net(5), 4),
        (net(4), net(5).replace("layers:", "# wider\n\nlayers:"), 6),
        (net(4), net(5).replace("name: net", "name: other"), 4),
        (net(4), net(5, budgets="{macs: 9M}"), 4),
        (net(4), net(4).replace("m: 2", "m: 3"), 5),
        (BLOCK, BLOCK.replace("w: 4", "w: 5"), 1),
        (BLOCK, BLOCK.replace("${w}", "8"), 6),
        (BLOCK, BLOCK.replace("k: 3", "k: 3\n    # \n    bias: true"), 9),
        (net(4), net(4).replace("3x8x8", "3x9x9"), 2),
    ],
)
def test_the_line_that_changed_and_brought_most(
    checked: Callable[[str, str], Verdict], before: str, after: str, line: int
) -> None:
    verdict = checked(before, after)
    assert {each.changed_line for each in verdict.findings if each.broken} == {line}


def test_layers_that_were_edited_come_first_and_say_why(
    checked: Callable[[str, str], Verdict],
) -> None:
    (change,) = checked(
        net(4), net(5).replace("{kind: pointwise, m: 2", "{kind: pointwise, m: 99")
    ).changes
    assert [each.layer.name for each in change.layers] == ["head", "stem"]
    assert [str(cause) for cause in change.layers[1].causes] == ["m 4 -> 5"]
    assert sum(each.delta("params") for each in change.layers) == change.delta("params")
    assert not any(each.layer.stages for each in change.layers)


def test_what_was_only_taken_away_has_no_line(checked: Callable[[str, str], Verdict]) -> None:
    pooled = net(4).replace("  - {kind: point", "  - {kind: max-pool, k: 2}\n  - {kind: point")
    verdict = checked(pooled, net(4))
    assert verdict.over
    assert {each.changed_line for each in verdict.findings} == {0}
    assert [each.sort for each in verdict.changes[0].layers] == ["changed", "removed"]


def test_a_new_network_has_nothing_to_be_told_of(checked: Callable[[str, str], Verdict]) -> None:
    checked(net(4), net(4))
    write({"b.yaml": net(5)})
    (change,) = check_project(paths="b.yaml", base="git:HEAD").changes
    assert (change.layers, change.unexplained) == ((), "")


def test_lines_by_the_thousand_are_not_compared_for_ever(
    checked: Callable[[str, str], Verdict],
) -> None:
    before, after = (
        "".join(f"# {number} {side}\n" for number in range(3000)) for side in ("old", "new")
    )
    verdict = checked(before + net(4), after + net(5))
    assert {each.changed_line for each in verdict.findings if each.broken} == {3004}

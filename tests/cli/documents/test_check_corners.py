"""What `convcost check` writes for CI systems where nothing is wrong, where there is more than
they show, and where a spec lies outside the repository."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.cli.documents.checked import make
from tests.cli.documents.reading import entries
from tests.cli.projects import write
from tests.cli.runner import Runner

JUNIT = """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="convcost" tests="1" failures="0" errors="0" skipped="0">
  <testsuite name="sub/fine.yaml" tests="1" failures="0" errors="0" skipped="0">
    <testcase name="params" classname="fine"/>
  </testsuite>
</testsuites>
"""
VERDICT = "1 network checked, all within budget · convention papers\n"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "repository", monkeypatch)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("junit", JUNIT),
        ("github", ""),
        ("gitlab", "[]\n"),
        ("concise", VERDICT),
        ("total", f"PASS: {VERDICT}"),
    ],
)
def test_nothing_is_wrong(convcost: Runner, name: str, text: str) -> None:
    args = ("fine.yaml", "--max-params", "7", "--base", "none")
    assert convcost("check", *args, "--format", name).out == text


@pytest.mark.parametrize(
    ("limit", "level", "code"),
    [("9", "error", 1), ("warn=9", "warning", 0)],
)
def test_github_shows_ten_annotations_of_each_level(
    convcost: Runner, limit: str, level: str, code: int
) -> None:
    # A network each, of 10 to 21 outputs.
    names = {m: f"n{m}.yaml" for m in range(10, 22)}
    write({n: f"input: 1x1\nlayers: [{{kind: pointwise, m: {m}}}]\n" for m, n in names.items()})
    args = ("--max-activations", limit, "--base", "none", "--format", "github")
    outcome = convcost("check", *names.values(), *args)
    # Those of 21 to 13 are shown, those of 12 to 10 are not.
    shown = "".join(
        f"::{level} title=convcost%3A activations over budget,file=sub/n{m}.yaml"
        f"::sub/n{m}.yaml: n{m}: {m} activations exceed the budget of 9 by {m - 9} "
        f"({(m - 9) / 9:+.2%}25)\n"
        for m in range(21, 12, -1)
    )
    assert outcome.code == code
    assert outcome.out == f"{shown}::{level} title=convcost::+3 more: see the summary\n"


def test_github_shows_the_worst_layer_of_a_network(convcost: Runner) -> None:
    write(
        {"two.yaml": "input: 1x1\nlayers:\n- {kind: pointwise, m: 10}\n- {kind: linear, m: 12}\n"}
    )
    args = ("two.yaml", "--max-layer-activations", "9", "--base", "none", "--format", "github")
    assert convcost("check", *args).out == (
        "::error title=convcost%3A activations a layer over budget,file=sub/two.yaml,line=4"
        '::sub/two.yaml:4: two: layer "2": 12 activations exceed the budget of 9 a layer by 3 '
        "(+33.33%25); 1 more layer is over it\n"
    )


OUTSIDE = "name: a [b](c)\ninput: 3x4x5\nlayers: [{kind: pointwise, m: 2}]\n"
MESSAGE = "a [b](c): 6 params exceed the budget of 5 by 1 (+20.00%)"
GITLAB = f"""[
{{"description": "{MESSAGE}", "check_name": "convcost/params", "fingerprint": "#",
 "severity": "major", "location": {{"path": "<path>", "lines": {{"begin": 1}}}}}}
]"""


def test_outside_the_repository_a_path_is_as_it_was_given(convcost: Runner, tmp_path: Path) -> None:
    write({"out side.yaml": OUTSIDE}, tmp_path)
    path = "../../out side.yaml"
    digest = hashlib.sha256(f"{len(path)}:{path}6:params5:error0:1:1".encode()).hexdigest()
    args = ("check", path, "--max-params", "5", "--base", "none", "--format", "gitlab")
    written = GITLAB.replace("<path>", path).replace("#", digest)
    assert entries(convcost(*args).out) == entries(written)


def test_sarif_names_such_a_file_and_has_no_links(convcost: Runner, tmp_path: Path) -> None:
    write({"out side.yaml": OUTSIDE}, tmp_path)
    path = tmp_path / "out side.yaml"
    args = ("check", str(path), "--max-params", "5", "--base", "none", "--format", "sarif")
    printed = convcost(*args).out
    assert f'"uri": "{path.as_uri()}"' in printed
    assert r"a \\[b\\](c): 6 params exceed the budget of 5 by 1 (+20.00%)" in printed

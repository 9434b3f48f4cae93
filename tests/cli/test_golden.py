"""What every command prints, in every format, against files that a person has looked at.

    python -m pytest tests/cli/test_golden.py --rewrite-golden

writes them anew; look at the difference before you keep it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from convcost.cli import output
from convcost.cli.run import run
from convcost.project import gate

GOLDEN = Path(__file__).parents[1] / "golden"
ENDINGS = {"table": "txt", "json": "json", "csv": "csv", "markdown": "md", "latex": "tex"}


FORMATS = ("table", "json", "csv", "markdown")
PAGES = ("latex", "html")
WITH_PAGES = (*FORMATS, *PAGES)


class Case(NamedTuple):
    """A command line, the exit code it ends with, and the formats and widths to look at it in."""

    args: str
    code: int = 0
    formats: tuple[str, ...] = FORMATS
    widths: tuple[int | None, ...] = (80, None)


TABLES = ("table", "markdown")
ALL_WIDTHS = (60, 80, 120, None)
CASES = {
    "compare": Case("compare --in 3 --out 4 -k 3", widths=ALL_WIDTHS, formats=WITH_PAGES),
    "compare-sized": Case("compare --in 3 --out 4 -k 3 --size 5x5", widths=ALL_WIDTHS),
    "compare-valid": Case(
        "compare --in 64 --out 128 -k 3 -H 56 -W 56 --stride 2 --padding valid --bias",
        widths=ALL_WIDTHS,
    ),
    "compare-chosen": Case(
        "compare --in 16 --out 32 -k 3 --size 100 --kind group[groups=4,shuffle=true] --kind cp",
        widths=ALL_WIDTHS,
    ),
    "compare-unbuilt": Case(
        "compare --in 3 --out 4 -k 3 --kind group --kind standard",
        formats=("table", "markdown"),
        widths=ALL_WIDTHS,
    ),
    "compare-plain": Case(
        "compare --in 3 --out 4 -k 3 --plain", formats=("table",), widths=ALL_WIDTHS
    ),
    "compare-pytorch": Case(
        "compare --in 3 --out 4 -k 3 --kind depthwise-separable --kind channel-wise",
        formats=("pytorch",),
    ),
    "eval-set": Case("eval specs/wide.yaml --set alpha=1"),
    "explain": Case(
        "explain depthwise-separable --in 3 --out 4 -k 3 --size 5x5", formats=WITH_PAGES
    ),
    "explain-unsized": Case("explain channel-wise --in 64 --out 128 -k 3"),
    "explain-beyond-the-formula": Case(
        "explain spatial-separable[rank=16] --in 64 --out 128 -k 3x5 --size 28x28 --bias",
    ),
    "explain-kind": Case("explain group"),
    "explain-layer": Case("explain linear"),
    "eval": Case("eval specs/tiny.yaml", formats=WITH_PAGES),
    "eval-stages": Case("eval specs/tiny.yaml --stages"),
    "eval-several": Case("eval specs broken.yaml", 2),
    "eval-summary": Case("eval specs --summary", widths=ALL_WIDTHS),
    "eval-plain": Case("eval specs/tiny.yaml --plain", formats=("table",), widths=ALL_WIDTHS),
    "eval-convention": Case("eval specs/tiny.yaml --convention fvcore"),
    "eval-deep": Case("eval deep.yaml", formats=("table",), widths=ALL_WIDTHS),
    "eval-all": Case("eval deep.yaml --all", formats=("table",), widths=ALL_WIDTHS),
    "eval-depth": Case("eval deep.yaml --depth 1", widths=ALL_WIDTHS),
    "eval-blocks": Case("eval deep.yaml --depth 2", formats=PAGES),
    "eval-shipped": Case("eval vgg16", formats=("table",), widths=(60, 80, 120)),
    "eval-sorted": Case(
        "eval deep.yaml --depth 2 --sort params --top 4", formats=TABLES, widths=ALL_WIDTHS
    ),
    "eval-vary": Case("eval deep.yaml --vary width=0.5,1.0,1.5,2.0 --summary", widths=ALL_WIDTHS),
    "eval-vary-depth": Case(
        "eval deep.yaml --vary width=0.5,1.0,1.5,2.0 --depth 1 --top 4",
        formats=TABLES,
        widths=ALL_WIDTHS,
    ),
    "reconcile": Case("reconcile specs/tiny.yaml --convention ours.yaml", formats=WITH_PAGES),
    "reconcile-shipped": Case("reconcile vgg16", formats=("table",), widths=(60, 80, 120)),
    "reconcile-explain": Case("reconcile specs/tiny.yaml --explain ptflops"),
    "reconcile-number": Case("reconcile specs/tiny.yaml --number 1.97M"),
    "reconcile-no-number": Case("reconcile specs/tiny.yaml --number 7G"),
    "check-passed": Case("check specs/wide.yaml"),
    "check-failed": Case(
        "check specs/tiny.yaml specs/wide.yaml --max-params 10k", 1, formats=WITH_PAGES
    ),
    "check-outputs": Case(
        "check specs/tiny.yaml specs/wide.yaml --max-params 10k",
        1,
        ("concise", "github", "gitlab", "junit", "sarif", "total"),
    ),
    "check-incomplete": Case("check specs broken.yaml", 2),
    "rewrite": Case(
        "rewrite classifier.yaml --replace standard=depthwise-separable",
        formats=WITH_PAGES,
        widths=ALL_WIDTHS,
    ),
    "rewrite-two": Case(
        "rewrite classifier.yaml --replace standard=tucker[r3=n//4,r4=m//4] --only body*",
        widths=ALL_WIDTHS,
    ),
    "rewrite-wide": Case(
        "rewrite vgg16 --replace standard=depthwise-separable",
        formats=("table",),
        widths=(60, 80, 120),
    ),
    "suggest": Case(
        "suggest classifier.yaml --max-macs 200M --max-params 200k",
        formats=WITH_PAGES,
        widths=ALL_WIDTHS,
    ),
    "suggest-in-vain": Case("suggest classifier.yaml --max-macs 1M", 1, widths=ALL_WIDTHS),
    "suggest-nothing": Case(
        "suggest specs/tiny.yaml --max-params 1k", 1, ("table", "markdown"), ALL_WIDTHS
    ),
    "diff": Case("diff classifier.yaml specs/tiny.yaml", formats=WITH_PAGES, widths=ALL_WIDTHS),
    "diff-sides": Case(
        "diff deep.yaml deep.yaml --set a:width=1.0 --set b:width=0.5",
        formats=TABLES,
        widths=ALL_WIDTHS,
    ),
    "diff-names": Case("diff dotted.yaml repeated.yaml", formats=("table",), widths=(60, 80, 120)),
    "diff-rewritten": Case("diff classifier.yaml --replace standard=group[groups=8]"),
    "diff-same": Case("diff classifier.yaml classifier.yaml"),
    "sweep": Case("sweep deep.yaml --vary width=0,0.5,1.0,2.0 --sort=-width", widths=ALL_WIDTHS),
    "kinds": Case("kinds", formats=WITH_PAGES, widths=(80, 200)),
    "zoo": Case("zoo", formats=("table", "markdown"), widths=(80, 200)),
}
COLORED = ("compare-sized", "explain", "eval", "check-failed", "rewrite", "suggest", "diff")


def cases() -> list[tuple[str, str, int | None, bool, str]]:
    found = []
    for name, case in CASES.items():
        for format_name in case.formats:
            if name.startswith("explain") and format_name == "csv":
                continue
            widths = case.widths if format_name == "table" else (None,)
            for width in widths:
                suffix = f"-{width}" if width else ""
                file = f"{name}{suffix}.{ENDINGS.get(format_name, format_name)}"
                found.append((name, format_name, width, False, file))
    return [*found, *((name, "table", 80, True, f"{name}-colored.txt") for name in COLORED)]


@pytest.mark.parametrize(("name", "format_name", "width", "color", "file"), cases(), ids=str)
def test_golden(
    name: str,
    format_name: str,
    width: int | None,
    color: bool,
    file: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    if name == "sweep":
        pytest.importorskip("numpy")
    monkeypatch.chdir(GOLDEN)
    # Annotations name files from the top of a repository, which is not everywhere.
    monkeypatch.setattr(gate, "repository", lambda folder: str(GOLDEN))
    monkeypatch.setattr(output, "width", lambda stream: width)
    options = ["--format", format_name, "--color", "always" if color else "never"]
    code = run([*CASES[name].args.split(), *options])
    printed = capsys.readouterr().out
    golden = GOLDEN / "output" / file
    if request.config.getoption("--rewrite-golden"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(printed, encoding="utf-8")
    assert code == CASES[name].code
    assert printed == golden.read_text(encoding="utf-8")


# A row that is read aloud is a line, however long.
NARROW = [
    (width, file)
    for name, _, width, _, file in cases()
    if width in (60, 80, 120) and not name.endswith("-plain")
]


@pytest.mark.parametrize(("width", "file"), NARROW)
def test_nothing_is_cut_and_everything_fits(width: int, file: str) -> None:
    printed = (GOLDEN / "output" / file).read_text(encoding="utf-8")
    assert "…" not in printed
    lines = [re.sub("\x1b.*?m", "", line) for line in printed.splitlines()]
    assert max(len(line) for line in lines if "convcost " not in line) <= width


def test_there_are_no_golden_files_that_nothing_prints() -> None:
    assert {path.name for path in (GOLDEN / "output").iterdir()} == {file for *_, file in cases()}

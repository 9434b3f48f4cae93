"""Plugins: what code of the user's own adds, and what may load it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from convcost import check, compare, evaluate, plugins, reconcile
from convcost.conventions import CONVENTIONS, Convention
from convcost.conventions import register as register_convention
from convcost.errors import CodeError, UsageError
from convcost.kinds import REGISTRY
from convcost.metrics import METRICS
from convcost.sources import plugins as loading
from convcost.sources.teaching import LEARNED, NO_RULES, Function, Taught, operation
from tests.plugged import unplugged

SPEC = "input: 3x8x8\nlayers: [{kind: standard, m: 4, k: 3}, {kind: pointwise, m: 4}]\n"
OWN = """
from convcost.plugins import *

@kind("own-kind", formula="n·m·k²", compared=True)
def own(n: N, m: M, k: K) -> Stages:
    "A convolution by another name."
    return chain(conv(n, m, k))

metric(Metric("own_metric", "own", "owns", "params, twice", of_each(lambda each: 2 * each.params)))
convention(Convention("own-rule", "Convolutions, twice.", {"conv": 2}))
"""


LETTERS = """
from convcost.plugins import *
@kind("own-letters", formula="n·z")
def f(n: N) -> Stages: "x"
"""
LATE = f"from __future__ import annotations\n{OWN}"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    with unplugged():
        yield


def written(folder: Path, text: str, name: str = "own.py") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_what_it_registers_is_there_as_if_it_shipped(tmp_path: Path) -> None:
    plugins.load(written(tmp_path, OWN))
    assert compare(3, 4, 3).rows[-1].kind == "own-kind"
    assert list(REGISTRY)[-1] == "own-kind"
    report = evaluate(SPEC.replace("standard", "own-kind"), metrics=["own_metric"])
    assert report.figure("own_metric") == 2 * (108 + 16)
    (found,) = check(report, {"layer_own_metric": 100})
    assert found.passed is False
    assert evaluate(SPEC, convention="own-rule").macs == 2 * evaluate(SPEC).macs
    assert reconcile(SPEC).rows[-1].convention.name == "own-rule"


def test_it_runs_once_however_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, OWN)
    monkeypatch.chdir(tmp_path)
    for name in (path, "own.py", "./own.py"):
        plugins.load(name)
    assert list(loading.LOADED) == [str(path)]
    loading.load_all(tuple(loading.LOADED))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('from convcost.plugins import *\n@kind("standard")\ndef f(n: N, m: M): "x"', "twice"),
        (LATE, "'N' does not say what a field is"),
        (LETTERS, "own-letters"),
        ("import nowhere_to_be_found", "No module named 'nowhere_to_be_found'"),
        ("def", "SyntaxError"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        (
            'from convcost.plugins import *\nconvention(Convention("x", "", {"conf": 1}))',
            'unknown class of work "conf" .did you mean "conv"',
        ),
        ('from convcost.plugins import *\nconvention(Convention("fvcore", "", {}))', "twice"),
    ],
)
def test_what_fails_is_said_with_the_file(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CodeError, match=message) as raised:
        plugins.load(written(tmp_path, text))
    assert "own.py cannot be loaded" in str(raised.value)
    assert not loading.LOADED


@pytest.mark.parametrize("name", ["nowhere.py", "own.yaml", "own"])
def test_other_files_are_no_plugins(tmp_path: Path, name: str) -> None:
    written(tmp_path, OWN, "own.yaml")
    with pytest.raises(UsageError, match=r"no Python file|there is no file"):
        plugins.load(tmp_path / name)
    assert "own-kind" not in REGISTRY


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Path]:
    """A folder with a package that offers a plugin, as pip leaves it."""
    folder = tmp_path
    written(folder, OWN, "own_package.py")
    (folder / "own_package-1.dist-info").mkdir()
    about = folder / "own_package-1.dist-info"
    written(about, "Metadata-Version: 2.1\nName: own-package\nVersion: 1\n", "METADATA")
    written(about, "[convcost]\nours = own_package\n", "entry_points.txt")
    yield folder
    sys.modules.pop("own_package", None)


def test_installed_packages_offer_plugins(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(installed)
    plugins.load()  # a checkout on Python's path has installed nothing
    assert "own_package" not in sys.modules
    loading.LOADED.clear()
    monkeypatch.setattr(loading, "_site_packages", lambda: [str(installed)])
    plugins.load()
    assert "own_metric" in METRICS


def test_a_package_that_fails_is_named(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(installed, "raise ValueError('no')", "own_package.py")
    monkeypatch.syspath_prepend(installed)
    monkeypatch.setattr(loading, "_site_packages", lambda: [str(installed)])
    with pytest.raises(CodeError, match="the plugin own_package cannot be loaded: ValueError: no"):
        plugins.load()


def test_a_function_says_what_an_operation_costs() -> None:
    @operation("ours::mix")
    def mix(ins: object, outs: object) -> int:
        return 7

    assert LEARNED["ours.mix"].cost([(1, 3)], [(1, 3)]) == Taught(7, None, None)
    with pytest.raises(ValueError, match="two rules for ours::mix"):
        operation("ours::mix")(mix)
    assert not NO_RULES


@pytest.mark.parametrize("given", [-1, "7", True, 1.5, None, Taught(1, -1), Taught(1, None, -1)])
def test_what_it_gives_must_be_counts(given: Any) -> None:
    rule = Function("ours::mix", lambda ins, outs: given)
    with pytest.raises(CodeError, match=r"rule for ours::mix failed: \w+ must be a whole number"):
        rule.cost([], [])


def test_what_it_raises_is_the_users_to_read() -> None:
    rule = Function("ours::mix", lambda ins, outs: ins[0][0])
    with pytest.raises(CodeError, match="rule for ours::mix failed: IndexError"):
        rule.cost([], [])


def test_a_convention_is_registered_once() -> None:
    made = Convention("mine", "", {"bias": 1}, {"batch-norm": 0})
    assert register_convention(made) is CONVENTIONS["mine"]
    with pytest.raises(ValueError, match="registered twice"):
        register_convention(made)

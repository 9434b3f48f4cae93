"""What a diff compares."""

from __future__ import annotations

from pathlib import Path

import pytest

from convcost.cost import evaluate
from convcost.errors import SpecError
from convcost.sources import load
from convcost.sources.sides import read_report
from convcost.views.formats import view
from tests.sources.git.test_files import GIT, repository, run_git

__all__ = ["repository"]

SPEC = (
    "name: net\nvars: {width: 4}\ninput: 3x5x5\nlayers: [{kind: standard, m: '${width}', k: 3}]\n"
)


def test_a_spec(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(SPEC)
    assert read_report(str(path)).params == 108
    assert read_report(str(path), {"width": 8}).params == 216


def test_a_network_that_ships() -> None:
    assert read_report("mobilenet_v1").params == 4_231_976


def test_a_saved_report(tmp_path: Path) -> None:
    path = tmp_path / "base.json"
    path.write_text(view("eval", "json")([evaluate(load(name)) for name in ("vgg16", "resnet18")]))
    assert read_report(f"{path}#resnet-18").params == 11_689_512
    with pytest.raises(SpecError, match="this report is of 2 networks"):
        read_report(str(path))


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="no such file"):
        read_report(str(tmp_path / "none.json"))
    with pytest.raises(SpecError, match="no such file"):
        read_report("no_such_network#1")


@pytest.mark.skipif(not GIT, reason="needs git")
def test_a_spec_and_a_report_in_git(repository: Path) -> None:
    (repository / "net.yaml").write_text(SPEC)
    (repository / "base.json").write_text(view("eval", "json")([read_report("net.yaml")]))
    run_git("add", ".")
    run_git("commit", "-q", "-m", "more")
    (repository / "net.yaml").write_text("nothing\n")
    assert read_report("git:HEAD:net.yaml").params == 108
    assert read_report("git:HEAD:net.yaml", {"width": 8}).params == 216
    assert read_report("git:HEAD:base.json").params == 108
    assert read_report("git:HEAD:base.json#net").path == "git:HEAD:base.json"
    with pytest.raises(SpecError, match=r"git:HEAD:specs/net\.yaml:1:"):
        read_report("git:HEAD:specs/net.yaml")

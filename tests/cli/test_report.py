"""`convcost report`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.runner import Runner

SPEC = "name: net\nvars: {m: 4}\ninput: 3x8x8\nlayers: [{kind: standard, m: '${m}', k: 3}]\n"
TITLES = ("params", "MACs", "peak bytes", "least ns", "model fJ")


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "net.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


@pytest.mark.usefixtures("spec")
def test_a_page_goes_to_a_file_which_it_replaces(convcost: Runner, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("what was there", encoding="utf-8")
    assert convcost("report", "net.yaml", "-o", "report.html") == (0, "", "")
    assert path.read_text(encoding="utf-8") == convcost("report", "net.yaml").out
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert str(tmp_path) not in path.read_text(encoding="utf-8")


@pytest.mark.usefixtures("spec")
def test_against_what_it_was_with_values_of_its_own(convcost: Runner) -> None:
    code, out, err = convcost("report", "net.yaml", "--set", "m=8", "--against", "net.yaml")
    assert (code, err) == (0, "")
    assert out.index("What changed") < out.index("Layers")
    assert "<td>MACs</td>" in out
    assert '<td class="right">+6,912</td>' in out


@pytest.mark.usefixtures("spec")
def test_metrics_and_a_device_are_those_of_eval(convcost: Runner) -> None:
    args = ("--metrics", "energy", "--device", "t4", "--dtype", "fp16")
    code, out, _ = convcost("report", "net.yaml", *args)
    assert code == 0
    assert all(f">{each}" in out for each in TITLES)


@pytest.mark.usefixtures("spec")
def test_against_a_saved_report_without_what_is_measured_besides(
    convcost: Runner, tmp_path: Path
) -> None:
    saved = convcost("eval", "net.yaml", "--set", "m=2", "--format", "json").out
    (tmp_path / "saved.json").write_text(saved, encoding="utf-8")
    code, out, err = convcost("report", "net.yaml", "--against", "saved.json")
    assert (code, err) == (0, "")
    assert "peak bytes" in out
    assert '<td class="right">+3,456</td>' in out


@pytest.mark.usefixtures("spec")
def test_what_cannot_be_read_is_on_the_page_and_makes_it_fail(
    convcost: Runner, tmp_path: Path
) -> None:
    (tmp_path / "broken.yaml").write_text("layers: 7\n", encoding="utf-8")
    code, out, err = convcost("report", "net.yaml", "broken.yaml")
    assert code == 2
    assert "Not read" in out
    assert "broken.yaml" in err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("missing",), "no network of that name ships"),
        (("net.yaml", "--against", "missing"), "no network of that name ships"),
        (("net.yaml", "--device", "t5"), "t5"),
        (("net.yaml", "--metrics", "size"), 'unknown metric "size"'),
        (("net.yaml", "-o", "nowhere/report.html"), "cannot write nowhere/report.html"),
    ],
)
@pytest.mark.usefixtures("spec")
def test_what_cannot_be_had(convcost: Runner, args: tuple[str, ...], message: str) -> None:
    code, out, err = convcost("report", *args)
    assert (code, out) == (2, "")
    assert message in err

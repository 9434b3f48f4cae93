"""`convcost draw`."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from convcost.cli.run import run
from tests.cli.runner import Runner
from tests.views.pictures.reading import NAMES, read

LAYER = ("--in", "3", "--out", "4", "-k", "3")


def test_a_picture_goes_to_stdout(convcost: Runner) -> None:
    code, out, err = convcost("draw", "depthwise-separable", *LAYER, "--size", "5x5")
    assert (code, err) == (0, "")
    words = [each.text for each in read(out).iter(f"{NAMES}text")]
    assert words[:2] == [
        "depthwise-separable",
        "3 → 4 channels, kernel 3×3, input 5×5, stride 1, padding same",
    ]
    assert "params, by stage: 27 + 12 = 39" in words


def test_and_to_a_file_which_it_replaces(convcost: Runner, tmp_path: Path) -> None:
    path = tmp_path / "kind.svg"
    path.write_text("what was there", encoding="utf-8")
    assert convcost("draw", "group[groups=4]", "-o", str(path)) == (0, "", "")
    assert path.read_text(encoding="utf-8") == convcost("draw", "group[groups=4]").out
    assert [each.name for each in tmp_path.iterdir()] == ["kind.svg"]


@pytest.mark.parametrize(
    ("args", "message", "hint"),
    [
        (("linear",), 'unknown kind "linear"', 'it is no convolution; "convcost kinds"'),
        (("depthwize",), 'unknown kind "depthwize"', 'did you mean "depthwise"?'),
        (("group", "--in", "3", "--groups", "2"), "group: 2 groups do not divide 3", ""),
        (("standard", "--format", "sgv"), 'no format "sgv"', 'did you mean "svg"?'),
        (("standard", "--format", "json"), 'no format "json"', "the formats are svg, png"),
        (("standard", "--size", "0x5"), "at least 1, not 0", ""),
    ],
)
def test_what_cannot_be_drawn(
    convcost: Runner, args: tuple[str, ...], message: str, hint: str
) -> None:
    code, out, err = convcost("draw", *args)
    assert (code, out) == (2, "")
    assert message in err
    assert hint in err


@pytest.mark.skipif(importlib.util.find_spec("resvg_py") is None, reason="the extra png")
def test_png_by_the_ending_of_its_file(convcost: Runner, tmp_path: Path) -> None:
    path = tmp_path / "kind.png"
    assert convcost("draw", "standard", "-o", str(path)) == (0, "", "")
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    picture = read(convcost("draw", "standard").out)
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    assert width == pytest.approx(2 * float(picture.attrib["width"]), abs=1)
    assert height == pytest.approx(2 * float(picture.attrib["height"]), abs=1)


def test_png_without_its_extra(convcost: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "resvg_py", None)
    code, out, err = convcost("draw", "standard", "--format", "png")
    assert (code, out) == (2, "")
    assert "hint: pip install resvg-py" in err


@pytest.mark.skipif(importlib.util.find_spec("resvg_py") is None, reason="the extra png")
def test_every_picture_is_there_in_pixels(convcost: Runner, tmp_path: Path) -> None:
    path, args = tmp_path / "kinds.png", ("compare", *LAYER)
    code, out, _ = convcost(*args, "--output", f"png={path}", "--format", "svg")
    assert code == 0
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width = int.from_bytes(data[16:20], "big")
    assert width == pytest.approx(2 * float(read(out).attrib["width"]), abs=1)


@pytest.mark.skipif(importlib.util.find_spec("resvg_py") is None, reason="the extra png")
@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (("draw", "standard"), "-o FILE writes it to a file"),
        (("compare", *LAYER), "--output png=FILE writes it to a file"),
    ],
)
def test_a_terminal_shows_no_pixels_and_a_pipe_takes_them(
    args: tuple[str, ...],
    hint: str,
    capfdbinary: pytest.CaptureFixture[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert run([*args, "--format", "png"]) == 0
    assert capfdbinary.readouterr().out[:8] == b"\x89PNG\r\n\x1a\n"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert run([*args, "--format", "png"]) == 2
    out, err = capfdbinary.readouterr()
    assert (out, f"hint: {hint}" in err.decode()) == (b"", True)

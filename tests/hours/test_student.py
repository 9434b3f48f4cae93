"""A student with homework: why is MobileNet so small, and what does the formula say?"""

from __future__ import annotations

import pytest

from tests.hours.desk import Desk


def test_an_hour(desk: Desk) -> None:
    # A look at what this is, and the first example that it gives.
    hello = desk.types("convcost", code=2)
    assert "What a convolution, or a whole network, costs" in hello
    first = next(line.strip() for line in hello.lines if line.startswith("  convcost"))
    table = desk.types(first)
    assert "73,728" in table.line("standard ")
    assert "576 + 8,192" in table.line("depthwise-separable ")

    # The lecture's own layer: 108 weights, or 27 + 12.
    table = desk.types("convcost compare --in 3 --out 4 -k 3")
    assert "108" in table.line("standard ").split()
    assert "27 + 12" in table.line("depthwise-separable ")
    assert "0.36×" in table.line("depthwise-separable ")
    assert "--size 5x5" in table

    # Why? It prints the command, which is copied.
    why = desk.types(table.command("Why: "))
    assert why.line("params    ") == "params    n·k² + n·m = 3·3² + 3·4 = 39"
    assert "1/m + 1/k² = 1/4 + 1/3² ≈ 0.361" in why.line("ratio ")
    assert "27 + 12 = 39" in why
    assert "MobileNet, Howard et al. 2017" in why

    # On paper the image is 5x5.
    sized = desk.types("convcost compare --in 3 --out 4 -k 3 --size 5x5")
    assert "2,700" in sized.line("standard ")
    assert "975" in sized.line("depthwise-separable ")

    # The report is in LaTeX, and only has two rows.
    both = "--kind standard --kind depthwise-separable"
    latex = desk.pipes(f"convcost compare --in 3 --out 4 -k 3 {both} --format latex")
    assert r"\begin{tabular}" in latex
    assert r"\toprule" in latex
    assert "108" in latex
    desk.types(f"convcost compare --in 3 --out 4 -k 3 {both} --output latex=table.tex")
    assert r"\bottomrule" in desk.read("table.tex")

    # What other kinds are there, and what is one called again?
    assert "ghost" in desk.types("convcost kinds")
    wrong = desk.types("convcost explain dephtwise-separable", code=2)
    assert 'did you mean "depthwise-separable"?' in wrong

    # And the whole network, of which the lecture said 4.2 M and 569 M.
    network = desk.types("convcost eval mobilenet_v1")
    assert "4,231,976 params" in network
    assert "568,740,352 MACs (569 M; 1.14 GFLOPs = 2 × MACs)" in network
    assert len(network.lines) < 45


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("convcost compare --in 3 --out 4", "missing option '--kernel' / '-k'"),
        ("convcost compare --in 3 --out four -k 3", "--out must be a whole number of at least 1"),
        ("convcost compare --in 3 --out 4 -k 3 --kind grp", "did you mean "),
        ("convcost compare --in 0 --out 4 -k 3", "--in must be a whole number of at least 1"),
        ("convcost comapre --in 3 --out 4 -k 3", 'did you mean "compare"?'),
        ("convcost compare --in 3 --out 4 -k 3 --stride -1", "--stride"),
        ("convcost explain", "missing argument"),
        ("convcost kinds ghost", "unexpected extra argument"),
    ],
)
def test_nobody_stumbles(desk: Desk, line: str, said: str) -> None:
    screen = desk.types(line, code=2)
    assert said in screen
    assert "hint: " in screen or "must be" in screen
    assert "Traceback" not in screen

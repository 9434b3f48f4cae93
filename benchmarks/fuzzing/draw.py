"""Chance, repeatable: what input `index` of a seed holds depends on these two alone."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")

NUMBERS: tuple[object, ...] = (
    *(0, -1, 1, 2, 7, 255, 65_536, 2**31, 2**63, 10**17, 999_999_999_999_999_999, 10**18, 10**30),
    *(1.5, 0.1, 1e308, float("inf"), "1e3", "0x10", "1_000", "٣", "x²", "3x3", "3x", "-1x2"),
    *(True, False, None, "", "none", "same", "~", [], [3, 3], [[0, 1]], [[0, 1], [1, 0]], {}),
)
"""What may stand where a number is asked for; most are wrong there."""

HUGE = (10**4, 10**6, 10**9, 10**12, 10**15, 10**17, 999_999_999_999_999_999)

HOSTILE = (
    *("::add-mask::x", " ::add-mask::x", "\u3000::stop-commands::x", "\t::set-output name=a::b"),
    *("##[group]x", " ##[add-mask]x", "##vso[task.setvariable variable=a]b", "::error::x"),
    *("%0A::error::x", "\r::warning::x", "\n::add-mask::x", "\x85::debug::x", "a\u2028::error::b"),
    *(
        "=1+1",
        "+1",
        "-1+cmd",
        "@SUM(A1)",
        "＝1+1",
        "＋1",
        "－1",
        "＠A1",
        " =1+1",
        "\t=1",
        "\u3000=1",
    ),
    *('=HYPERLINK("http://evil.example")', "'=1", '"=1+1', "a,b", 'a"b', "a;b", "a\nb", "\ufeff=1"),
    *(
        "<img src=//evil.example/x>",
        "<script>alert(1)</script>",
        "</details>",
        "<!--",
        "]]>",
        "&lt;",
    ),
    *("[c](//evil.example)", "![i](//evil.example)", "https://evil.example/a", "www.evil.example"),
    *(
        "@evil-name",
        "#1",
        "evil/repo#1",
        "GH-1",
        "evil@evil.example",
        "`a` <b>",
        "a|b",
        "\\|",
        "*a*",
    ),
    *(
        "| --- |",
        "# a",
        "- a",
        "1. a",
        "> a",
        "~~~",
        "```",
        "    code",
        "---",
        "[x]: //evil.example",
    ),
    *(
        "\x1b[31mred",
        "\x1b]0;title\x07",
        "a\u202eb",
        "\u200b",
        "\u2066a",
        "a\x00b",
        "\x7f",
        "\u00ad",
    ),
    *("a😀", "\ud800", "é", "e\u0301", "全角", "x²", "ﬁ", "\u0130", "\u1680", "\U000e0041"),
    *("class", "def", "None", "none", "true", "True", "self", "forward", "training", "parameters"),
    *("to", "children", "_modules", "__init__", "1", "0a", "import", "torch", "nn", "F", "super"),
    *(
        "print",
        "input",
        "x",
        "y",
        "Conv2d",
        "lambda",
        "match",
        "type",
        "half",
        "a.b",
        "a[0]",
        "a b",
    ),
    *("..", "../x", "/etc/passwd", "C:\\x", "~", "a/b", "-o", "--help", "torch:a:b", "git:HEAD:a"),
    *(
        "${1}",
        "$${",
        "{",
        "}",
        "[red]x[/red]",
        "%s",
        "{0}",
        "\\u202e",
        "N" * 100,
        "yes",
        "null",
        "1e3",
    ),
)
"""Names that would act somewhere if nobody minded."""

WORDS = (
    *("stem", "body", "head", "conv", "stage", "unit", "left", "right", "pool", "mix", "keep"),
    *("halve", "deep", "side", "up", "down", "gate", "proj"),
)


class Draw(Random):
    """Random choices of one input."""

    def __init__(self, seed: int, index: int) -> None:
        super().__init__(f"{seed}:{index}")

    def chance(self, share: float) -> bool:
        """True in that share of cases."""
        return self.random() < share

    def name(self, hostile: float = 0.1) -> str:
        """A name: most are plain words, some with a number, and some hostile."""
        if self.chance(hostile):
            return self.choice(HOSTILE) + (self.choice(HOSTILE) if self.chance(0.2) else "")
        return self.choice(WORDS) + (str(self.randint(0, 9)) if self.chance(0.5) else "")

    def some(self, among: Sequence[T], least: int, most: int) -> list[T]:
        """A few of `among`, in any order, each once."""
        return self.sample(among, self.randint(least, min(most, len(among))))

    def text(self, limit: int = 30) -> str:
        """Any characters at all, but for surrogates most of the time."""
        ranges = (
            (32, 126),
            (0, 31),
            (160, 0x2FF),
            (0x2000, 0x206F),
            (0xFF00, 0xFFEF),
            (0x1F600,) * 2,
        )
        size = self.randint(0, limit)
        return "".join(chr(self.randint(*self.choice(ranges))) for _ in range(size))

"""User text in messages."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from convcost.cli.app import app_of
from convcost.cli.commands import COMMANDS
from convcost.text import command_line, is_like, listed, prefixes, quote
from tests.documents import ROOT

# What a shell runs to say which words it was given.
PROGRAM = "import json, sys; print(json.dumps(sys.argv[1:]))"
SHELLS = {"bash": ("-c",), "dash": ("-c",), "zsh": ("-fc",), "fish": ("-Nc",), "pwsh": ("-c",)}
WORDS = [
    *(
        "resnet50",
        "alpha=0.5",
        "torch:nets:Net",
        "./-",
        "-",
        "HEAD~20",
        "--max-macs=1.5G",
        "größe",
        "1.50",
    ),
    *("group[groups=4]", "k > 1 and n >= 32", "layer4*", "alpha=0.5,1.0", "a b.yaml", "~/x", "#1"),
    *(
        "=net",
        "-a.b",
        "@args",
        "$HOME",
        "`id`",
        "a;b",
        "a|b",
        "!1",
        "%PATH%",
        "{a,b}",
        "(a)",
        "a\\b",
    ),
    *("it's", "it's {a,b}", "100%'s", "", "*", "?", "a&b", "<a>", "^a"),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kernal", "kernal"),
        ("3×3 convolução", "3×3 convolução"),
        ("a\nb\tc", r"a\nb\tc"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\u202eright to left", r"\u202eright to left"),
        ("\ud800", r"\ud800"),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 59 + "…"),
    ],
)
def test_shown(text: str, expected: str) -> None:
    assert quote(text) == expected


def test_shown_cuts_to_the_limit_asked_for() -> None:
    assert quote("standard", 4) == "sta…"


@given(st.text())
def test_shown_is_always_one_printable_line(text: str) -> None:
    assert quote(text).isprintable()


def test_few_names_are_listed_and_of_very_many_the_first() -> None:
    assert listed(["a", "b\n"]) == r"a, b\n"
    assert listed(dict.fromkeys(map(str, range(1040)))).endswith(", 38, 39 and 1,000 more")


@pytest.mark.parametrize(
    ("word", "typed"),
    [
        ("alpha=0.5", "alpha=0.5"),
        ("group[groups=4]", "'group[groups=4]'"),  # a pattern in zsh
        ("alpha=0.5,1.0", "'alpha=0.5,1.0'"),  # a list in PowerShell
        ("=net", "'=net'"),  # a path in zsh
        ("-a.b", "'-a.b'"),  # two words in PowerShell
        ("it's", '"it\'s"'),
        ("it’s", '"it’s"'),  # a quote in PowerShell
        ("a\\b", "'a\\b'"),
        ("", "''"),
    ],
)
def test_a_word_as_it_is_typed(word: str, typed: str) -> None:
    assert command_line([word]) == typed


@given(st.lists(st.text(st.characters(blacklist_characters="\0"))))
def test_bash_reads_the_words_of_any_command(words: list[str]) -> None:
    assert shlex.split(command_line(words)) == words


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_reads_the_words(shell: str) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell}")
    call = "& " * (shell == "pwsh") + command_line([sys.executable, "-c", PROGRAM, *WORDS])
    done = subprocess.run(
        [program, *SHELLS[shell], call], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == WORDS


def examples() -> list[str]:
    """Every command line in the help."""
    found = []
    for command in COMMANDS.values():
        app = typer.main.get_command(app_of(command))
        for each in (app, *getattr(app, "commands", {}).values()):
            found += re.findall(r"^ *(convcost .*)$", each.help or "", re.MULTILINE)
    return found


def test_examples_in_the_help_work_in_every_shell() -> None:
    assert len(examples()) > 30
    assert [each for each in examples() if command_line(shlex.split(each)) != each] == []


@pytest.mark.parametrize("page", [*sorted(ROOT.glob("docs/*.md")), ROOT / "README.md"], ids=str)
def test_examples_in_the_docs_work_in_every_shell(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    found = re.findall(r"^(?:\$ )?(convcost [^#|\\\n]*[^#|\\\n ])$", text, re.MULTILINE)
    lines = [each for each in found if each.split()[1] in COMMANDS]
    assert [each for each in lines if command_line(shlex.split(each)) != each] == []


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("stage2[0].expand", ["stage2", "stage2[0]", "stage2[0].expand"]),
        ("layer1.0.conv1", ["layer1", "layer1.0", "layer1.0.conv1"]),
        ("conv", ["conv"]),
        ("", []),
    ],
)
def test_what_a_name_is_inside_of(name: str, found: list[str]) -> None:
    assert prefixes(name) == found


@pytest.mark.parametrize(
    ("pattern", "name", "is_one"),
    [
        ("stage[0]", "stage[0]", True),
        ("stage[*]", "stage[0]", True),
        ("stage[*]", "stage0", False),
        ("*", "", True),
        ("a*b*c", "a1b2c", True),
        ("a*b*c", "a1c2b", False),
        ("ab*bc", "abc", False),
        ("a*b", "ab", True),
        ("", "a", False),
        ("*x", "xx", True),
        ("b*", "ab", False),
    ],
)
def test_patterns_of_names(pattern: str, name: str, is_one: bool) -> None:
    assert is_like(name, pattern) is is_one

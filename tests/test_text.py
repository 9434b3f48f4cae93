"""User text in messages."""

from __future__ import annotations

import re
import shlex
import string
from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from convcost.cli.app import app_of
from convcost.cli.commands import COMMANDS
from convcost.text import (
    alike,
    beginning,
    command_line,
    is_like,
    listed,
    prefixes,
    quote,
    with_article,
)
from tests import powershell
from tests.documents import ROOT
from tests.shells import SHELLS, read_by

SIGNS = string.punctuation + "’“‘‚‛”„–—―é1\u00a0\u2003"


def awkward() -> list[str]:
    """Words with every sign at every place where it may act, behind dashes and between quotes."""
    found = ["", "HEAD~20", "größe", "1.50", "5mb", "0x10", "--%"]
    found += ["it's {a,b}[0]*?~", "a'b$(c)!\"`d`"]
    for sign in SIGNS:
        found += [sign, f"{sign}a", f"a{sign}", f"a{sign}b", f"a{sign}{sign}b", f"it's {sign}b"]
        found += [f"-{sign}", f"-k{sign}1.5", f"--x{sign}1.5", f"a{sign}1.5", f"./{sign}"]
        found += [f"a=~{sign}", f'say "it\'s {sign}b"']
    return [word for word in found if has_common_spelling(word)]


def has_common_spelling(word: str) -> bool:
    """Whether bash, fish and PowerShell have a spelling of it in common, as far as is known."""
    if "\\\\" in word or word.endswith("\\") or re.search(r"\\['‘’‚‛]", word):
        return False
    has_both = re.search("['‘’‚‛]", word) and re.search(r'["“”„$`\\!]', word)
    return not has_both or word[:1].isalpha()


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
    ("words", "expected"),
    [
        ("standard layer", "a standard layer"),
        ("inverted-residual layer", "an inverted-residual layer"),
        ("unknown layer", "an unknown layer"),
        ("use entry", "a use entry"),
        ("add layer", "an add layer"),
        ("rnn", "an rnn"),
        ("LSTM", "an LSTM"),
        ("gru", "a gru"),
        ("max-pool layer", "a max-pool layer"),
    ],
)
def test_the_article_is_by_ear(words: str, expected: str) -> None:
    assert with_article(words) == expected


@pytest.mark.parametrize(
    ("word", "typed"),
    [
        ("alpha=0.5", "alpha=0.5"),
        ("group[groups=4]", "'group[groups=4]'"),  # a pattern in zsh
        ("alpha=0.5,1.0", "'alpha=0.5,1.0'"),  # a list in PowerShell
        ("=net", "'=net'"),  # a path in zsh
        ("-a.b", "'-a.b'"),  # two words in PowerShell
        ("-k=1.5", "'-k=1.5'"),
        ("--alpha=1.5", "--alpha=1.5"),
        (":a", "':a'"),  # a label in PowerShell
        ("it's", '"it\'s"'),
        ("it’s", '"it’s"'),  # a quote in PowerShell
        ("a\\b", "'a\\b'"),
        ("it's $1", "it\"'\"'s $1'"),
        ("", "''"),
    ],
)
def test_a_word_as_it_is_typed(word: str, typed: str) -> None:
    assert command_line([word]) == typed


@given(st.lists(st.text(st.characters(blacklist_characters="\0"))))
def test_bash_reads_the_words_of_any_command(words: list[str]) -> None:
    assert shlex.split(command_line(words)) == words


@given(st.lists(st.text(st.characters(exclude_characters="\0")).filter(has_common_spelling)))
def test_powershell_reads_the_same_words(words: list[str]) -> None:
    assert powershell.words(command_line(["convcost", *words])) == words


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_reads_the_words(shell: str) -> None:
    words = awkward()
    assert len(words) > 400
    lines = [f"convcost {command_line([word])}" for word in words]
    assert read_by(shell, lines) == [[word] for word in words]


@pytest.mark.parametrize(
    "line",
    [
        *("a -k=1.5", "a b,c", "a $b", 'a "$b"', "a `b", "a @b", "a #b", "a {b}", "a b;c", "a b|c"),
        *("a 'b'c", "a --%", "a 'b", "a ‘b'c'", "a (b)", "a b>c", "a -k:b", 'a "b`c"', "a b&c"),
    ],
)
def test_what_powershell_would_not_give_as_it_stands(line: str) -> None:
    with pytest.raises(powershell.MisreadError):
        powershell.words(line)


@pytest.mark.parametrize("line", ["a $b", 'a "$b"', 'a "b`c"', "a @b", "a {b}", "a (b)", "a b;c"])
def test_nor_does_the_grammar_take_that_for_words(line: str) -> None:
    with pytest.raises(powershell.MisreadError):
        powershell.arguments(line)


def test_the_grammar_is_asked_about_nearly_every_word() -> None:
    typed = [command_line([word]) for word in awkward()]
    assert sum(powershell.UNKNOWN.fullmatch(each) is None for each in typed) > 0.85 * len(typed)


def test_where_the_grammar_reads_otherwise_nothing_is_agreed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert powershell.agreed_words("a b 'c d' 1.5 3x8x8") == ["b", "c d", "1.5", "3x8x8"]
    monkeypatch.setattr(powershell, "arguments", lambda line: line.split()[1:])
    with pytest.raises(powershell.MisreadError, match="the grammar reads"):
        powershell.agreed_words("a b 'c d'")


def test_what_powershell_reads_in_words_and_quotes() -> None:
    line = "a b=c 'd''e' \"f\"\"g\" h'i j'\"k\" --l=1.5 ./m [0] * ‘n’"
    expected = ["b=c", "d'e", 'f"g', "hi jk", "--l=1.5", "./m", "[0]", "*", "n"]
    assert powershell.words(line) == expected


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
    assert [beginning(name, parts) for parts in (1, 2, 3)][: len(found)] == found
    assert beginning(name, 9) == name
    assert alike(name, f"{name}.behind") == len(found)
    assert alike(name, "elsewhere") == 0


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
        ("a*x*c", "abc", False),
        ("a*b", "ab", True),
        ("", "a", False),
        ("*x", "xx", True),
        ("b*", "ab", False),
    ],
)
def test_patterns_of_names(pattern: str, name: str, is_one: bool) -> None:
    assert is_like(name, pattern) is is_one


def test_no_command_installs_by_a_name_that_nobody_owns() -> None:
    for path in [*(ROOT / "convcost").rglob("*.py"), *ROOT.glob("docs/*.md"), ROOT / "README.md"]:
        found = re.findall(r"pip install .*", path.read_text(encoding="utf-8"))
        assert not any(re.search(r"\bconvcost\b", line.partition(" && ")[0]) for line in found), (
            path
        )


def test_a_word_that_shells_have_no_common_spelling_of_is_as_bash_has_it() -> None:
    for word in (r"a'b\\", "it's\\"):
        assert shlex.split(command_line([word])) == [word]

"""Calls in the user's own Python files."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from convcost.errors import UsageError
from convcost.sources.program import Program, read_program

TEXT = """\
class Net:
  def build(self, größe):
    return [
      nn.Conv2d(größe,  # in
                8, *more, bias=(1 > 2), **rest), "é", conv(
        1)]
"""


def test_a_call_is_found_by_where_it_ends_in_bytes() -> None:
    program = Program("net.py", TEXT)
    line = TEXT.split("\n")[4]
    call = program.call_at(4, 5, len(line.partition(', "é"')[0].encode()))
    assert call is not None
    assert call.callee.text == "nn.Conv2d"
    assert [each.text for each in call.positional] == ["größe", "8", "*more"]
    assert {name: each.text for name, each in call.named.items()} == {"bias": "1 > 2"}
    assert [each.text for each in call.unpacked] == ["rest"]
    assert call.starred
    assert call.comments == ("# in",)
    assert TEXT[call.whole.start : call.whole.end] == call.whole.text
    assert program.indentation(call.whole.start) == "      "
    assert program.step == "  "

    second = program.call_at(5, 6, len("        1)"))
    assert second is not None
    assert (second.callee.text, second.comments) == ("conv", ())
    assert program.call_at(4, 6, 3) is None


@pytest.mark.parametrize(
    ("text", "repeatable"),
    [
        ("f * 2**i", True),
        ("(widths[0], max(4, self.n // 2))", True),
        ("n if n > 1 else -n", True),
        ("next(widths)", False),
        ("widths.pop()", False),
        ("(n := 3)", False),
        ("round(n, ndigits=0)", False),
    ],
)
def test_what_surely_gives_the_same_again(text: str, repeatable: bool) -> None:
    program = Program("net.py", f"f({text})\n")
    call = program.call_at(1, 1, len(text) + 3)
    assert call is not None
    assert call.positional[0].is_repeatable is repeatable


def test_only_files_below_the_folder_are_the_users_own(tmp_path: Path) -> None:
    for name in ("mine/net.py", "mine/lib/site-packages/theirs.py", "other.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"import a\r\n")
    mine = str(tmp_path / "mine")
    program = read_program(f"{mine}/net.py", mine)
    assert (program.path, program.text, program.newline) == ("net.py", "import a\r\n", "\r\n")
    for name in ("mine/lib/site-packages/theirs.py", "other.py"):
        with pytest.raises(UsageError, match="this is not code of yours"):
            read_program(str(tmp_path / name), mine)
    with pytest.raises(UsageError, match="<string> is no file"):
        read_program("<string>", mine)


def test_what_cannot_be_read_is_said_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_bytes(b"# coding: latin-1\n# \xe9\n")
    with pytest.raises(UsageError, match=r"^net.py: it is written in iso-8859-1, not UTF-8"):
        read_program(str(path), str(tmp_path))
    with pytest.raises(UsageError, match=r"^net.py: this is no Python"):
        assert isinstance(Program("net.py", "def (").tree, ast.Module)

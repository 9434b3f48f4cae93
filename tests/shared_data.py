"""What is installed beside the package, under `share`: its manual, and what shells complete by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import PurePosixPath

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

import convcost
from convcost.cli.run import COMPLETION
from tests.cli.runner import Runner
from tests.documents import ROOT

PLACES = {
    "bash": "bash-completion/completions/convcost",
    "zsh": "zsh/site-functions/_convcost",
    "fish": "fish/vendor_completions.d/convcost.fish",
}
HEAD = f"""\
.\\" Made from docs/cli.md by the tests of the docs.
.TH CONVCOST 1 "" "convcost {convcost.__version__}" "User commands"
.nh
.ad l
.SH NAME
convcost \\- what a convolution, or a whole network, costs in parameters and multiply\\-adds
.SH SYNOPSIS
.B convcost
.I COMMAND
.RI [ OPTIONS ]
.SH DESCRIPTION
"""
TAIL = """\
.SH SEE ALSO
The documentation starts with docs/README.md in the project\\(aqs source.
"""
# What groff would print as another character than the one that is typed.
ROFF = str.maketrans(
    {"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti"}
)


def shared_data(convcost: Runner, patch: pytest.MonkeyPatch) -> Mapping[PurePosixPath, str]:
    """Every file, by its path under `share`."""
    made = {"man/man1/convcost.1": manual((ROOT / "docs" / "cli.md").read_text(encoding="utf-8"))}
    for shell, place in PLACES.items():
        patch.setenv(COMPLETION, f"source_{shell}")
        made[place] = f"{convcost().out.strip()}\n"
    # zsh runs the file when the command is first completed, and takes what that offers.
    made[PLACES["zsh"]] += '\n_convcost_completion "$@"\n'
    return {PurePosixPath(place): text for place, text in made.items()}


def manual(page: str) -> str:
    """docs/cli.md as a manual page."""
    tokens = MarkdownIt("commonmark").enable("table").parse(page)
    return HEAD + "".join(f"{each}\n" for each in _blocks(tokens)) + TAIL


def _blocks(tokens: Sequence[Token]) -> Iterator[str]:
    cells: list[str] = []
    break_off = ""  # before a paragraph, unless it is the first below a heading
    for opened, token in pairwise(tokens):
        if token.type == "fence":
            yield f".PP\n.RS 4\n.nf\n{_escaped(token.content.rstrip())}\n.fi\n.RE"
        elif opened.type == "heading_open" and opened.tag != "h1":
            title = _inline(token)
            yield f".SH {title.upper()}" if opened.tag == "h2" else f".SS {title}"
            break_off = ""
        elif opened.type == "paragraph_open":
            yield break_off + _inline(token)
            break_off = ".PP\n"
        elif opened.type == "td_open":
            cells.append(_inline(token))
        elif token.type == "tr_close" and cells:
            yield _item(*cells)
            cells = []


def _item(term: str, told: str, default: str = "") -> str:
    """A row of a table: an option, what it means and its default, or an exit code."""
    if default == "must be given":
        told += " Must be given."
    elif default:
        told += f" Default: {default}."
    return f".TP\n{term}\n{told}"


def _inline(token: Token) -> str:
    """The text of a paragraph or cell, with what is code in bold."""
    parts = []
    for each in token.children or ():
        if each.type == "code_inline":
            parts.append(f"\\fB{_escaped(each.content)}\\fR")
        elif each.type == "softbreak":
            parts.append("\n")
        elif each.type == "text":
            parts.append(_escaped(each.content))
    return "".join(parts)


def _escaped(text: str) -> str:
    return re.sub(r"^\.", r"\\&.", text.translate(ROFF), flags=re.MULTILINE)

"""Pages of documentation that prove themselves: what they show is run, and compared.

A page is one session in an empty folder that has the repository's `specs`. From top to bottom:

- a `yaml` block is a whole spec, which must be accepted. One that starts with `# name.yaml` is
  kept under that name. A paragraph behind it that starts with an arrow, such as
  `→ 39 parameters, 975 MACs`, states its totals. Behind `<!-- wrong on purpose -->` it must be
  refused instead; behind `<!-- a convention -->` and `<!-- a device -->` it is one of these, and
  behind `<!-- rules of operations -->` it is what --with takes.
- a `toml` block that starts with `# convcost.toml` is kept under that name.
- a `console` block holds command lines behind `$ ` and exactly what they print at 80 columns. A
  line `...` stands for any number of lines. Besides convcost there are `cat` and `echo $?`.
- a `python` block is a doctest where it has `>>>`, and else a program; one that starts with
  `# name.py` is kept under that name, and not run.
- what stands between `<!-- generated: name -->` and `<!-- end -->` is made by a function.

Blocks in other languages, and those behind `<!-- not run: reason -->`, are only read.
"""

from __future__ import annotations

import doctest
import io
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import convcost
from convcost.cli import progress
from convcost.cli.run import run
from convcost.cost import evaluate
from convcost.errors import SpecError
from convcost.sources.conventions import parse_convention
from convcost.sources.devices import parse_device
from convcost.sources.spec.reading import parse_spec
from convcost.sources.teaching import parse_rules
from tests.cli.projects import git

ROOT = Path(__file__).parents[1]
FENCED = re.compile(
    r"(?:^<!-- (?P<mark>[^\n]*) -->\n\s*)?"
    r"^(?P<margin> *)```(?P<language>\w+)\n(?P<text>.*?)^ *```\n"
    r"(?:\n(?P<behind>→[^\n]*)\n)?",
    re.MULTILINE | re.DOTALL,
)
GENERATED = re.compile(
    r"(?P<start><!-- generated: (?P<name>\w+) -->\n).*?(?P<end><!-- end -->)", re.DOTALL
)
NAMED = re.compile(r"# ([\w-]+\.(?:yaml|toml|py))\b")
TOTAL = re.compile(r"([\d,]+) (parameters|MACs|activations)")
METRICS = {"parameters": "params", "MACs": "macs", "activations": "activations"}
WRONG = "wrong on purpose"
READERS: Mapping[str, Callable[[str], object]] = {
    "a convention": parse_convention,
    "a device": parse_device,
    "rules of operations": parse_rules,
}


class Block(NamedTuple):
    """A fenced block: its language, its text, the marker before it, the totals behind it."""

    language: str
    text: str
    mark: str
    totals: Mapping[str, int]


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    for match in FENCED.finditer(page):
        found = TOTAL.findall(match["behind"] or "")
        totals = {METRICS[what]: int(number.replace(",", "")) for number, what in found}
        text = re.sub(rf"^{match['margin']}", "", match["text"], flags=re.MULTILINE)
        yield Block(match["language"], text, match["mark"] or "", totals)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@dataclass
class Session:
    """What the blocks of one page share: a folder, the last exit code, Python's names."""

    folder: Path
    patch: pytest.MonkeyPatch
    code: int = 0
    names: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.folder / "specs").symlink_to(ROOT / "specs")
        self.patch.chdir(self.folder)
        self.patch.setattr(progress, "PATIENCE", float("inf"))
        self.patch.delenv("GITHUB_ACTIONS", raising=False)
        self.patch.setenv("COLUMNS", "80")
        self.patch.setenv("NO_COLOR", "1")
        self.patch.delenv("FORCE_COLOR", raising=False)

    def check(self, page: str, generators: Mapping[str, Callable[[], str]]) -> str:
        """The page as it should be. AssertionError for what cannot be put right by writing."""
        page = GENERATED.sub(lambda match: _made(match, generators), page)
        return FENCED.sub(self._checked, page)

    def _checked(self, match: re.Match[str]) -> str:
        (block,) = blocks(match[0])
        if block.mark.startswith("not run: "):
            return match[0]
        if block.language == "console":
            return match[0].replace(match["text"], self.shown(match["text"]))
        if block.language == "yaml":
            self.read(block)
        elif block.language == "toml" or NAMED.match(block.text):
            self.keep(block)
        elif block.language == "python":
            self.interpret(block.text)
        return match[0]

    def read(self, block: Block) -> None:
        """Keep a spec under its name, and hold it to its totals."""
        self.keep(block)
        if block.mark in READERS:
            assert READERS[block.mark](block.text)
            return
        if block.mark == WRONG:
            with pytest.raises(SpecError):
                parse_spec(block.text)
            return
        report = evaluate(parse_spec(block.text).network)
        assert {name: getattr(report, name) for name in block.totals} == block.totals, block.text

    def keep(self, block: Block) -> None:
        """Write what has a name to a file of that name."""
        if named := NAMED.match(block.text):
            (self.folder / named[1]).write_text(block.text, encoding="utf-8")

    def interpret(self, text: str) -> None:
        """Run a doctest or a program."""
        for name in convcost.__all__:  # as before anything was imported
            vars(convcost).pop(name, None)
        if ">>>" not in text:
            program = compile(text, "<documentation>", "exec", dont_inherit=True)
            exec(program, self.names)  # noqa: S102, our own page
            return
        test = doctest.DocTestParser().get_doctest(text, self.names, "documentation", None, 0)
        said = io.StringIO()
        result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(
            test, out=said.write, clear_globs=False
        )
        self.names.update(test.globs)
        assert not result.failed, said.getvalue()

    def shown(self, text: str) -> str:
        """A console block with what its commands really print."""
        parts = re.split(r"^(\$ .*\n)", text, flags=re.MULTILINE)
        assert not parts[0].strip(), f"a console block starts with a command, not {parts[0]!r}"
        pairs = zip(parts[1::2], parts[2::2], strict=True)
        outputs = [(line, expected, self.output(line[2:])) for line, expected in pairs]
        return "".join(
            line + (expected if _agree(expected, printed) else printed)
            for line, expected, printed in outputs
        )

    def output(self, line: str) -> str:
        """What one command line prints, errors included."""
        program, *args = shlex.split(line)
        if line.strip() == "echo $?":
            return f"{self.code}\n"
        if program == "cat":
            return "".join((self.folder / name).read_text(encoding="utf-8") for name in args)
        if program == "git":
            return git(*args)
        assert program == "convcost", f"documentation cannot run {program}"
        screen = Terminal()
        with self.patch.context() as patch:
            patch.setattr(sys, "stdout", screen)
            patch.setattr(sys, "stderr", screen)
            self.code = run(args)
        return screen.getvalue()


def _made(match: re.Match[str], generators: Mapping[str, Callable[[], str]]) -> str:
    return f"{match['start']}{generators[match['name']]().strip()}\n{match['end']}"


def _agree(expected: str, printed: str) -> bool:
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "..." else re.escape(line)
        for line in expected.splitlines(keepends=True)
    )
    return re.fullmatch(pattern, printed) is not None

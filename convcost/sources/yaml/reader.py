"""Read YAML into a tree with places, however strange or hostile the text."""

from __future__ import annotations

import os
import re

import yaml

from convcost.errors import Place, Problem, SpecError
from convcost.sources.yaml.builder import TreeBuilder
from convcost.sources.yaml.files import decoded, file_bytes
from convcost.sources.yaml.parser import LOADER
from convcost.sources.yaml.syntax import syntax_problem
from convcost.sources.yaml.tree import Document, Node, Source

# A hundred thousand layers, written out, are about 8 MiB and 700,000 values.
MAX_BYTES = 16 * 2**20
MAX_VALUES = 1_000_000
MANY_VALUES = 200_000
LEAST_LENGTH = 3
"""Characters that many values take on average, each: 5 in `{kind: relu, from: [a, b]}`."""

# A percent sign with nothing before it on its line.
_DIRECTIVE = re.compile("%(?<![^\n\r\x85\u2028\u2029]%)")
# The complement of https://yaml.org/spec/1.2.2/#51-character-set
_NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_file(path: str | os.PathLike[str], root: str = "") -> Document:
    """The YAML document in the file `path`, which must lie below `root` if that is given.

    SpecError for a file that cannot be read, and for what `read_text` refuses.
    """
    name = os.fspath(path)
    return read_text(file_bytes(name, MAX_BYTES, root), name)


def read_text(text: str | bytes, path: str) -> Document:
    """The YAML document in `text`; `path` is the name that its places carry.

    Plain scalars have their YAML 1.2 values (`scalars.plain_value`); aliases share the node of
    their anchor. SpecError, with every problem found, for bad syntax, duplicate keys, keys that
    are not text, tags, merge keys, directives, more documents than one, an encoding other than
    UTF-8, control characters, text that says nothing, and text beyond the limits of this module
    or of `TreeBuilder`.
    """
    if len(text) > MAX_BYTES:
        raise SpecError(f"more than {MAX_BYTES // 2**20} MiB of text", place=Place(path))
    whole = decoded(text, path) if isinstance(text, bytes) else text
    source = Source(path, whole.lstrip("\ufeff"))
    _refuse_too_many_values(source)
    _refuse_directives(source)
    return Document(path, source.text, _root(source, source.text))


def _root(source: Source, text: str) -> Node:
    """The tree of `text`, which is that of `source` or the beginning of it."""
    builder = TreeBuilder(source)
    try:
        # As `yaml.parse` does it, less two turns for each event.
        builder.take(iter(LOADER(text).get_event, None))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        if mark and "nesting depth" in str(error.problem):
            # A bracket may begin a key, so the parser looks a thousand characters ahead before
            # it hands the bracket over; libyaml's own bound may be met among those. What comes
            # before it breaks ours, or is wrong in some other way.
            return _root(source, text[: source.offset(mark.line + 1, mark.column + 1)])
        builder.fail(syntax_problem(error, source))
    except (yaml.reader.ReaderError, ValueError, OverflowError):
        builder.fail(_bad_character(source))
    return builder.root()


def _refuse_too_many_values(source: Source) -> None:
    # Each value of a document has a mark or the end of a line of its own (or shares it with one
    # other, in `[a: b]`). Counting those is as good as counting values, and is done in no time.
    text = source.text
    marks = sum(map(text.count, ",[{-?\n\r\x85\u2028\u2029")) - text.count("\r\n")
    most = min(MAX_VALUES, max(MANY_VALUES, len(text) // LEAST_LENGTH))
    if marks > most:
        raise SpecError(
            f"about {marks:,} lines and values, more than the {most:,} that can be read",
            place=Place(source.path),
            hint='say what repeats once, with "repeat" or "blocks"',
        )


def _refuse_directives(source: Source) -> None:
    # No spec needs one, and the C parser takes quadratic time over many.
    found = _DIRECTIVE.search(source.text)
    if found:
        raise SpecError(
            "a line that starts with % is a YAML directive",
            place=source.at(found.start()),
            hint="leave it out",
        )


def _bad_character(source: Source) -> Problem:
    # The parser's own error counts bytes or characters, depending on which parser it is.
    found = _NOT_YAML.search(source.text)
    if not found:
        # The pure Python parser trips over "\UFFFFFFFF", and does not say where.
        return Problem("an escape in double quotes is no character", Place(source.path))
    return Problem(
        f"U+{ord(found[0]):04X} is a character that YAML does not allow",
        source.at(found.start()),
        'remove it, or write it as an escape in double quotes, such as "\\x1b"',
    )

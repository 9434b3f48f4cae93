"""The blocks that ship with convcost: what `use:` finds where a spec has no block of that name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from convcost.sources.spec.blocks import Blocks
from convcost.sources.yaml.reader import read_text

PATH = "convcost/sources/spec/library.yaml"
"""What messages call the file, wherever it is installed."""


@cache
def library() -> Blocks:
    """The blocks that ship, by name; they see none of a spec's vars or blocks."""
    document = read_text(Path(__file__).with_name("library.yaml").read_bytes(), PATH)
    root = document.root.value
    assert isinstance(root, dict)
    blocks = root["blocks"].value
    assert isinstance(blocks, dict)
    return Blocks(document, blocks, {})

"""The line on top that says that convcost wrote a file."""

from __future__ import annotations

import pytest

from convcost.emit.marks import is_marked, marked

EDITORS = "# yaml-language-server: $schema=convcost.schema.json"
MARK = "# Written by convcost rewrite"


@pytest.mark.parametrize(
    ("text", "with_mark"),
    [
        ("", f"{MARK}\n"),
        ("input: 3x8x8\n", f"{MARK}\ninput: 3x8x8\n"),
        (f"{EDITORS}\ninput: 3x8x8\n", f"{EDITORS}\n{MARK}\ninput: 3x8x8\n"),
        ("# Written by convcost export\nx\n", "# Written by convcost export\nx\n"),
        (f"{EDITORS}\n# Imported from ONNX: a\n", f"{EDITORS}\n# Imported from ONNX: a\n"),
    ],
)
def test_a_mark_is_on_top_once(text: str, with_mark: str) -> None:
    assert marked(text, "rewrite") == with_mark
    assert is_marked(with_mark)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "input: 3x8x8\n",
        f"input: 3x8x8\n{MARK}\n",
        f"# A network of mine\n{MARK}\n",
        f"{EDITORS}\n# A network of mine\n{MARK}\n",
        "# Imported from somewhere\n",
        f" {MARK}\n",
    ],
)
def test_what_is_not_marked(text: str) -> None:
    assert not is_marked(text)

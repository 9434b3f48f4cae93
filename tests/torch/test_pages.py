"""What docs/torch.md shows, run."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "torch.md"
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


def test_the_page_says_what_happens() -> None:
    text = "".join(BLOCK.findall(PAGE.read_text(encoding="utf-8")))
    test = doctest.DocTestParser().get_doctest(text, {}, "torch.md", str(PAGE), 0)
    assert len(test.examples) > 5
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    assert doctest.DocTestRunner(optionflags=flags).run(test).failed == 0

"""Refuse to release under a tag that is not the version's: python .ci/tagged.py v1.2.3."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def version() -> str:
    """The version of the package, read and not imported."""
    text = (ROOT / "convcost" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "(.+)"$', text, re.MULTILINE)
    return found[1] if found else ""


def wrong(tag: str, changes: str, citation: str) -> list[str]:
    """What keeps the version from being released as `tag`, with that changelog and citation."""
    number = version()
    problems = []
    if tag != f"v{number}":
        problems.append(f"the tag is {tag}, but the version v{number}")
    if not re.search(rf"^## \[{re.escape(number)}\] - \d{{4}}-\d\d-\d\d$", changes, re.MULTILINE):
        problems.append(f'CHANGELOG.md has no section "## [{number}] - YYYY-MM-DD"')
    if f"\nversion: {number}\n" not in citation:
        problems.append(f"CITATION.cff does not cite version {number}")
    return problems


if __name__ == "__main__":
    files = ((ROOT / name).read_text(encoding="utf-8") for name in ("CHANGELOG.md", "CITATION.cff"))
    sys.exit("\n".join(wrong(sys.argv[1], *files)) or 0)

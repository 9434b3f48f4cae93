"""Print the lowest versions that pyproject.toml allows the package's dependencies, for pip -c."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
# A floor and nothing else: a bound from above makes a package a bad neighbour.
REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)>=([0-9.]+)")

for requirement in tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]:
    found = REQUIREMENT.fullmatch(requirement)
    if not found:
        sys.exit(f"{PROJECT.name}: {requirement} is not written name>=version")
    sys.stdout.write(f"{found[1]}=={found[2]}\n")

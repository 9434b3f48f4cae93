"""What the package's page shows: the README, without what leads to files that are not there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

PICTURE = re.compile(r"^!\[[^\]]*\]\((?!https?:)[^)]*\)\n+", re.MULTILINE)
LINK = re.compile(r"\[([^\]]*)\]\((?!https?:)[^)]*\)")
COMMENT = re.compile(r"^<!--.*?-->\n", re.MULTILINE)


class Readme(MetadataHookInterface):
    """Links within the repository become their texts, and its pictures are left out."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the field `readme`, from which the sdist's and the wheel's metadata are made."""
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        for pattern, instead in ((PICTURE, ""), (COMMENT, ""), (LINK, r"\1")):
            text = pattern.sub(instead, text)
        metadata["readme"] = {"content-type": "text/markdown", "text": text}

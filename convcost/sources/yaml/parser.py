"""The parser of YAML: libyaml's where PyYAML has it, else its own in Python, which is told here to
take and to refuse the same."""

from __future__ import annotations

from typing import Any

import yaml
from yaml.scanner import ScannerError


class PureLoader(yaml.SafeLoader):
    """PyYAML's own parser, as strict as libyaml and no stricter."""

    flow_level: int
    allow_simple_key: bool

    def scan_to_next_token(self) -> None:
        """Tabs are blanks wherever no line begins."""
        super().scan_to_next_token()
        while self.peek() == "\t" and (self.flow_level or not self.allow_simple_key):
            self.forward()
            super().scan_to_next_token()

    def scan_plain(self) -> Any:
        """A colon between brackets has a blank behind it."""
        start = self.get_mark()
        token = super().scan_plain()
        if self.flow_level and self.peek() == ":" and self.peek(1) in ",?[]{}":
            raise ScannerError(
                "while scanning a plain scalar", start, "found unexpected ':'", self.get_mark()
            )
        return token

    def scan_plain_spaces(self, indent: Any, start_mark: Any) -> Any:
        """Tabs are blanks in text, too."""
        length = 0
        while self.peek(length) in " \t":
            length += 1
        blanks = self.prefix(length)
        if "\t" not in blanks:
            return super().scan_plain_spaces(indent, start_mark)
        self.forward(length)
        if self.peek() in "\r\n\x85\u2028\u2029":
            return super().scan_plain_spaces(indent, start_mark)
        return [blanks]


LOADER: Any = getattr(yaml, "CSafeLoader", PureLoader)

"""`convcost schema`."""

from __future__ import annotations

from convcost.cli.options import Color
from convcost.cli.output import OutFile, write_output


def schema(output: OutFile = None, color: Color = "auto") -> None:
    """JSON Schema of the spec language, for editors.

    \b
      convcost schema -o convcost.schema.json

    With it, an editor that has the YAML language server completes and checks specs. Name it on
    the first line of a spec:

    \b
      # yaml-language-server: $schema=convcost.schema.json
    """
    from convcost.sources.spec.schema import json_schema
    from convcost.views.jsontext import packed

    write_output(packed(json_schema()) + "\n", output)

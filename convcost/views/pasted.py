"""Lines to paste into the settings of CI systems."""

from __future__ import annotations

import json

from convcost.text import command_line
from convcost.views.text import Printable, lined

_UNSAID = '# here convcost is installed: "convcost init --install PATH|URL" prints how'


def lines_for_ci(install: str = "") -> Printable:
    """How GitHub, GitLab and pre-commit run the check, with convcost `install`ed from that path or
    URL; without one the place for it is marked, as no package index is known to have it."""
    if install:
        command, alone = command_line(("pip", "install", install)), json.dumps(install)
        text = _PASTED.format(
            github=f"- run: {json.dumps(command)}",
            gitlab=f"- {json.dumps(command)}",
            language=f"language: python\n            additional_dependencies: [{alone}]",
        )
    else:
        text = _PASTED.format(github=_UNSAID, gitlab=_UNSAID, language="language: system")
    return lined(text.split("\n"))


_PASTED = """
GitHub Actions, in a job:

    permissions:
      contents: read
    steps:
      - uses: actions/checkout@34e114876b0b11c390a56381ad16ebd13914f8d5 # v4.3.1
        with: {{fetch-depth: 0, persist-credentials: false}}
      - uses: actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065 # v5.6.0
        with: {{python-version: "3.13"}}
      {github}
      - run: convcost check

GitLab CI:

    convcost:
      image: python:3.13-slim
      script:
        {gitlab}
        - convcost check --output gitlab=convcost.json --output junit=convcost.xml
      artifacts:
        when: always
        reports: {{codequality: convcost.json, junit: convcost.xml}}

.pre-commit-config.yaml:

    repos:
      - repo: local
        hooks:
          - id: convcost-check
            name: convcost check
            entry: convcost check
            {language}
            pass_filenames: false
"""

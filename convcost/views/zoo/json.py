"""The networks that ship for other programs: `convcost.zoo/1`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from convcost.views.jsontext import Json, document
from convcost.views.screen import PLAIN, Screen
from convcost.views.zoo.words import Exhibit


def render(exhibits: Iterable[Exhibit], screen: Screen = PLAIN) -> Json:
    """A record a network; counts are raw integers, by the default counting rule."""
    return document("zoo/1", {"networks": [_record(exhibit) for exhibit in exhibits]})


def _record(exhibit: Exhibit) -> dict[str, Any]:
    report = exhibit.report
    return {
        "name": exhibit.name,
        "path": report.path,
        "input": report.input,
        "params": report.params,
        "macs": report.macs,
        "activations": report.activations,
        "paper": exhibit.paper,
        "title": exhibit.title,
        "vars": dict(exhibit.vars),
    }

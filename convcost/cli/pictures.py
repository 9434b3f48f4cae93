"""Results in a format that is chosen by name: as text, or as a picture in pixels."""

from __future__ import annotations

import sys
from collections.abc import Callable

from convcost.errors import UsageError
from convcost.views.formats import PNG, view
from convcost.views.language import Language

Render = Callable[..., Language | bytes]


def renderer(result: str, name: str) -> Render:
    """`view`, with the bytes of a picture in pixels; UsageError where nothing makes them."""
    render = view(result, name)
    if name != PNG:
        return render
    from convcost.views.pictures.png import pixels

    return pixels(render)


def refuse_pixels(name: str, hint: str = f"--output {PNG}=FILE writes it to a file") -> None:
    """UsageError for pixels where stdout is a terminal."""
    if name == PNG and sys.stdout.isatty():
        raise UsageError("a terminal shows no PNG", hint=hint)

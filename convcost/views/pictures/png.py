"""A picture in pixels, drawn from its SVG by resvg, which the extra `png` brings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from convcost.errors import UsageError
from convcost.views.language import Language

ZOOM = 2
"""Pixels for each of the picture's, so that it is sharp on screens and in print."""


def pixels(render: Callable[..., Language]) -> Callable[..., bytes]:
    """What gives the picture that `render` gives as a PNG file, on light paper; UsageError where
    resvg is not installed."""
    try:
        import resvg_py
    except ImportError:
        raise UsageError(
            "PNG needs resvg, which is not installed",
            hint="pip install resvg-py, or take SVG, which needs nothing",
        ) from None

    def rendered(*found: Any, **options: Any) -> bytes:
        picture = str(render(*found, **options))
        return bytes(resvg_py.svg_to_bytes(svg_string=picture, zoom=ZOOM))

    return rendered

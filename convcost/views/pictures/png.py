"""A picture in pixels, drawn from its SVG by resvg, which the extra `png` brings."""

from __future__ import annotations

from convcost.errors import UsageError
from convcost.views.pictures.svg import Svg

ZOOM = 2
"""Pixels for each of the picture's, so that it is sharp on screens and in print."""


def png(picture: Svg) -> bytes:
    """The picture as a PNG file, on light paper; UsageError where resvg is not installed."""
    try:
        import resvg_py
    except ImportError:
        raise UsageError(
            "PNG needs resvg, which is not installed",
            hint="pip install resvg-py, or take SVG, which needs nothing",
        ) from None
    return bytes(resvg_py.svg_to_bytes(svg_string=str(picture), zoom=ZOOM))

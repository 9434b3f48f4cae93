"""Options that several commands take, each spelled once."""

from __future__ import annotations

from typing import Annotated

import typer

from convcost.cli.terminal import COLOR_CHOICES, ColorChoice
from convcost.errors import UsageError
from convcost.spelling import did_you_mean
from convcost.text import quote


def _color(text: str) -> ColorChoice:
    if text not in COLOR_CHOICES:
        hint = did_you_mean(text, COLOR_CHOICES) or "it is auto, always or never"
        raise UsageError(f'--color cannot be "{quote(text)}"', hint=hint)
    return COLOR_CHOICES[text]


Color = Annotated[
    ColorChoice,
    typer.Option(
        "--color",
        metavar="|".join(COLOR_CHOICES),
        callback=_color,
        help="Colour the output; auto: on a terminal, unless NO_COLOR is set.",
    ),
]

"""The options that say what imported networks take, as one parameter.

Apart from the options themselves: commands that must start at once have no use for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.cli.inputs import Arguments, Input, InputsFrom, Rules, given_in

if TYPE_CHECKING:
    from convcost.sources.given import Given


class Imported(NamedTuple):
    """What is said of networks that are imported."""

    input_shape: Input = None
    arguments: Arguments = None
    inputs_from: InputsFrom = None
    rules: Rules = None

    def given(self) -> Given:
        """What that comes to."""
        return given_in(*self)


ALL_LEFT_OUT = Imported()

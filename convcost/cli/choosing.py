"""Which layers of a network are to be of several kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from convcost.cli.inputs import tell
from convcost.errors import UsageError

if TYPE_CHECKING:
    from convcost.cli.groups import Varied
    from convcost.sources import Target
    from convcost.sources.given import Given
    from convcost.sweeping.choices import Choices


def choices_in(
    varied: Varied, targets: Sequence[Target], fixed: Mapping[str, Any], given: Given
) -> Choices:
    """The layers that are to be of several kinds, once people know which are not."""
    from convcost.sources import read
    from convcost.sources.given import share
    from convcost.sweeping.choices import NO_CHOICES, choices_of, parse_choices

    if not varied.choose:
        return NO_CHOICES
    wanted = parse_choices(varied.choose)
    if len(targets) > 1:
        raise UsageError("--choose is about the layers of one network", hint="name one SPEC")
    own = share(given, targets).of(targets[0])
    found, left = choices_of(read(targets[0], fixed, own).network, wanted)
    tell(left)
    return found

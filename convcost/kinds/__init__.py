"""Kinds: the named ways to build a layer. Importing this room registers all of them.

A new convolution goes into the module whose idea it shares, or a new module that is added to the
imports below, in the order in which readers should meet them; nothing else needs to know of it.
"""

# isort: off
from convcost.kinds import convolution as convolution
from convcost.kinds import separable as separable
from convcost.kinds import channelwise as channelwise
from convcost.kinds import transposed as transposed
from convcost.kinds import layers as layers
from convcost.kinds.registry import REGISTRY, Kind, Stage, Stages, find

__all__ = ["REGISTRY", "Kind", "Stage", "Stages", "find"]

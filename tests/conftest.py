"""Settings of every test."""

from __future__ import annotations

from hypothesis import settings

# How long an example takes says nothing on a shared machine.
settings.register_profile("convcost", deadline=None)
settings.load_profile("convcost")

"""Diffs: what changed between two networks, and what it costs."""

"""Rewrites: a network before and after, layer by layer."""

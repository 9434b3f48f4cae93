"""Primitive ops: what knows its own output shape, parameters and work."""

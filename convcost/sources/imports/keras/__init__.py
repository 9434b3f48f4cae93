"""Keras models, from their configuration alone: no framework is needed, and nothing runs."""

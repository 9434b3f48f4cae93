"""A project's settings and baseline."""

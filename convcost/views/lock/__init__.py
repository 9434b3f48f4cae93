"""What became of a baseline."""

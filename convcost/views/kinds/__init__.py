"""The kinds that there are: formula, one line and source of each."""

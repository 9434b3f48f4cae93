"""YAML text as a tree of values that know their place, within bounds."""

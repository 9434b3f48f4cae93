"""Suggestions: what to replace to come under a budget."""

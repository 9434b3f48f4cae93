"""Findings: budgets held against reports."""

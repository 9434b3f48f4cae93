"""A comparison: the kinds side by side for one layer."""

"""A million variants of a network: every combination of its vars' values, and the best of them."""

"""Results as pictures: SVG of our own, from the same results that tables are drawn from."""

"""One kind explained: its formula, the numbers put in, and what it gives up."""

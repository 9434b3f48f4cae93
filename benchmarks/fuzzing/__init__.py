"""What `benchmarks/fuzz.py` is made of: cases, the families that draw them, and the oracles."""

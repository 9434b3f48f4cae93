"""What is written of a network: PyTorch code, specs, and the changes that make one of another."""

"""PyTorch code as a network: its forward, followed operation by operation."""

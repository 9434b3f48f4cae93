"""The spec language: what a spec says, checked, and the network that it stands for."""

"""ONNX files as networks: their graphs, folded, and read node by node."""

"""Networks taken out of real code: PyTorch modules and ONNX files."""

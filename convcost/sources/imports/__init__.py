"""Networks taken out of real code: PyTorch modules, ONNX and TensorFlow Lite files.

`pytorch/`, `onnx/` and `tflite/` each read one source and drive the `Assembler`; what stands beside
them is what several need: the layers that a value passes, weights that are learned or
computed, norms, moved dims, unknown operations, and pairs that are one layer.
"""

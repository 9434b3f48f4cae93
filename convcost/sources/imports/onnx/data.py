"""What the numbers of an ONNX file's tensors are like, told before they are forgotten.

The word is left in the tensor's doc string, which goes wherever the tensor is put.
"""

from __future__ import annotations

from typing import Any

ZEROS, ONES, EQUAL, MASK, VARIED = "zeros", "ones", "equal", "mask", "varied"
"""All 0, all 1, all the same; a mask has zeros beside ones, or beside what softmax makes zero."""
UNIFORM = frozenset((ZEROS, ONES, EQUAL))
FLOATS = {1: "<f4", 10: "<f2", 11: "<f8", 16: ""}
"""TensorProto's float, float16, double and bfloat16, as NumPy reads their bytes, where it does."""
_LOOKED_AT = 64
_HARDLY_ANY = -1000.0
"""What a mask adds to scores that are not to count is below this."""


def describe(tensor: Any) -> None:
    """Leave in a tensor what its numbers are like, and nothing where they are not there."""
    try:
        tensor.doc_string = _word(tensor) if tensor.data_type in FLOATS else ""
    except ValueError:  # numbers that are not as many as their bytes say
        tensor.doc_string = ""


def _word(tensor: Any) -> str:
    numbers = _numbers(tensor)
    if numbers is None or not numbers.size:
        return ""
    start = numbers[:_LOOKED_AT]
    if (start == start[0]).all() and (numbers == start[0]).all():
        return {0.0: ZEROS, 1.0: ONES}.get(float(start[0]), EQUAL)
    return MASK if _is_mask(start) and _is_mask(numbers) else VARIED


def _is_mask(numbers: Any) -> bool:
    nothing = numbers == 0
    return bool((nothing | (numbers == 1)).all() or (nothing | (numbers < _HARDLY_ANY)).all())


def _numbers(tensor: Any) -> Any:
    """The numbers in a row, None where they are not there; bfloat16 as the integers it is kept in:
    equal numbers are equal there, too."""
    import numpy

    raw = FLOATS[tensor.data_type] or "<u2"
    if tensor.raw_data:
        whole = len(tensor.raw_data) % numpy.dtype(raw).itemsize == 0
        return numpy.frombuffer(tensor.raw_data, raw) if whole else None
    if tensor.int32_data:
        return numpy.asarray(tensor.int32_data, "int32").astype("<u2").view(raw)
    given = tensor.float_data or tensor.double_data
    return numpy.asarray(given, "float64") if given else None

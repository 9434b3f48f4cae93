"""What the numbers of an ONNX file's tensors are like, told before they are forgotten.

The word is left in the tensor's doc string, which goes wherever the tensor is put.
"""

from __future__ import annotations

from typing import Any

ZEROS, ONES, EQUAL, MASK, VARIED = "zeros", "ones", "equal", "mask", "varied"
"""All 0, all 1, all the same; a mask has zeros beside one other number, or beside numbers that
softmax makes zero."""
UNIFORM = frozenset((ZEROS, ONES, EQUAL))
FLOATS = {1: "<f4", 10: "<f2", 11: "<f8", 16: ""}
"""TensorProto's float, float16, double and bfloat16, as NumPy reads their bytes, where it does."""
_READ = FLOATS | {2: "<u1", 3: "<i1"}
BYTES = frozenset((2, 3, 17, 18, 19, 20, 21, 22, 23))
"""TensorProto's numbers of a byte or less, in which weights are kept that were quantised."""
_LOOKED_AT = 64
_OF_A_MATRIX = 2
_HARDLY_ANY = -1000.0
"""What a mask adds to scores that are not to count is below this."""


def describe(tensor: Any) -> None:
    """Leave in a tensor what its numbers are like, and nothing where they are not there."""
    try:
        tensor.doc_string = _word(tensor) if tensor.data_type in _READ else ""
    except ValueError:  # numbers that are not as many as their bytes say
        tensor.doc_string = ""


def digest(tensor: Any) -> str:
    """What a matrix of varied numbers has in common with itself turned, and with no other; no text
    where nothing tells."""
    return str(tensor.doc_string).removeprefix(VARIED) if varies(tensor) else ""


def varies(tensor: Any) -> bool:
    """Whether a tensor that was described has numbers like those that training makes."""
    return bool(tensor.doc_string.startswith(VARIED))


def _word(tensor: Any) -> str:
    numbers = _numbers(tensor)
    if numbers is None or not numbers.size:
        return ""
    start = numbers[:_LOOKED_AT]
    if (start == start[0]).all() and (numbers == start[0]).all():
        return {0.0: ZEROS, 1.0: ONES}.get(float(start[0]), EQUAL)
    if _is_mask(start) and _is_mask(numbers):
        return MASK
    return VARIED + (_digest(numbers) if len(tensor.dims) == _OF_A_MATRIX else "")


def _digest(numbers: Any) -> str:
    """Sums over the numbers as integers, whatever their order."""
    whole = numbers.view(f"<u{numbers.dtype.itemsize}").astype("uint64")
    return f" {whole.size} {whole.sum()} {(whole * whole).sum()}"


def _is_mask(numbers: Any) -> bool:
    if numbers.dtype.kind in "iu":  # as it was quantised
        return bool(((numbers == numbers.min()) | (numbers == numbers.max())).all())
    others = numbers[numbers != 0]
    return bool((others == others[:1]).all() or (others < _HARDLY_ANY).all())


def _numbers(tensor: Any) -> Any:
    """The numbers in a row, None where they are not there; bfloat16 as the integers it is kept in:
    equal numbers are equal there, too."""
    import numpy

    raw = _READ[tensor.data_type] or "<u2"
    if tensor.raw_data:
        whole = len(tensor.raw_data) % numpy.dtype(raw).itemsize == 0
        return numpy.frombuffer(tensor.raw_data, raw) if whole else None
    if tensor.int32_data:
        return numpy.asarray(tensor.int32_data, "int32").astype("<u2").view(raw)
    given = tensor.float_data or tensor.double_data
    return numpy.asarray(given, "float64") if given else None

"""What the names of an ONNX file's tensors tell of where they come from."""

from __future__ import annotations

import re
from collections.abc import Iterable

from convcost.sources.imports.onnx.call import text_of

_MADE = re.compile(
    r"(?i)(^|[/:._])(val|const\w*|onnx|scalar_tensor|lifted_tensor|convert_element_type)"
    r"([/:._]|$|\d)|^_|^\d+$|_output_\d+$|(^|[._])(running_(mean|var)|inv_freq)$|"
    r"^(permute|transpose|(un)?squeeze|view|reshape|expand|slice|select|index|repeat|cat|stack|add|"
    r"sub|mul|div|pow|log|cos|sin|neg|r?sqrt|arange|full|zeros|ones|where|clone)(_\d+)?$"
)
"""The names that exporters give to what they make, and PyTorch's of what is not learned."""
_TURNED = re.compile(r"onnx::(Mul|Add)_\d+")
_FOLDED = re.compile(r"val_\d+")
"""The names of parameters that PyTorch's exporters have reshaped, the newer of which names all that
it has folded so."""
_MASK = re.compile(r"(?i)(^|[._])mask$")
_QUANTISED = "_quantized"
_OF_PYTORCH = re.compile(r"onnx::\w+_\d+$|val_\d+$|[\w.]+\.(weight|bias)$")


def is_of_pytorch(producer: str, names: Iterable[str]) -> bool:
    """Whether the names are those of PyTorch, which keep those of parameters and buffers: also in a
    file that a tool of ONNX has written anew, as their quantiser does."""
    word = producer.lower()
    is_rewritten = word.startswith("onnx")
    return word.startswith("pytorch") or (
        is_rewritten and any(_OF_PYTORCH.match(_plain(name)) for name in names)
    )


def is_made(name: str) -> bool:
    """Whether an exporter has made a tensor, or PyTorch calls what is not learned so."""
    return _MADE.search(_plain(name)) is not None


def may_be_param(name: str) -> bool | None:
    """Whether a tensor that an exporter has made is a parameter that it has reshaped, None where
    nothing tells."""
    word = _plain(name)
    return True if _TURNED.fullmatch(word) else None if _FOLDED.fullmatch(word) else False


def is_called_mask(name: str) -> bool:
    """Whether whoever wrote the network calls a tensor a mask."""
    return _MASK.search(_plain(name)) is not None


def scales_of(names: Iterable[str]) -> set[str]:
    """The names of the scales of tensors that ONNX Runtime has quantised."""
    whole = (text_of(name) for name in names)
    return {f"{_plain(each)}_scale" for each in whole if each.endswith(_QUANTISED)}


def _plain(name: str) -> str:
    """A name as it was before the tensor was quantised."""
    return text_of(name).removesuffix(_QUANTISED)

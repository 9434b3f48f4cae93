"""ONNX files, and what PyTorch exports as such, timed by ONNX Runtime."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from convcost.errors import ConvcostError, UsageError
from convcost.runtime.base import Machine, Runtime, Subject, first_line, processor
from convcost.runtime.timing import Timing, timed
from convcost.text import quote

DTYPES = {"fp32": "float32", "fp16": "float16"}
"""What NumPy calls the dtypes that it can be timed in."""
_PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}


def machine(where: str) -> Machine:
    """What `where`, "cpu" or "cuda", is; UsageError if there is none, or no ONNX Runtime."""
    runtime = _runtime()
    framework = f"onnxruntime {runtime.__version__}"
    if where == "cpu":
        return Machine(processor(), framework, None, None)
    if _PROVIDERS[where] not in runtime.get_available_providers():
        hint = "measure on the CPU: --on cpu"
        raise UsageError("ONNX Runtime sees no CUDA device here", hint=hint)
    return Machine("CUDA device", framework, None, None)


def fastest() -> str:
    """Where to run if nothing is asked for: "cuda" where there is a device, else "cpu"."""
    return "cuda" if _PROVIDERS["cuda"] in _runtime().get_available_providers() else "cpu"


def times(
    subjects: Sequence[Subject], batch: int, dtype: str, where: str
) -> Iterator[Timing | ConvcostError]:
    """How long a forward of each takes, in order; an error for one that does not run.

    A file runs as it is, and must be of that batch and dtype; other subjects are exported by
    PyTorch. Inputs are drawn at random.
    """
    for subject in subjects:
        try:
            yield _time(_model(subject, batch, dtype), subject, batch, dtype, where)
        except ConvcostError as error:
            yield error
        except Exception as error:  # its own are of no other sort, and those of exporters of any
            yield ConvcostError(f"ONNX Runtime does not run it: {quote(first_line(error))}")


def _time(model: str | bytes, subject: Subject, batch: int, dtype: str, where: str) -> Timing:
    session = _runtime().InferenceSession(model, providers=[_PROVIDERS[where]])
    given = {each.name: _drawn(each, subject, batch, dtype) for each in session.get_inputs()}

    def run(repeats: int) -> None:
        for _ in range(repeats):
            session.run(None, given)

    return timed(run)


def _drawn(wanted: Any, subject: Subject, batch: int, dtype: str) -> object:
    """What goes into an input; ConvcostError for one that a file has fixed to be another."""
    import numpy

    shape = (batch, *subject.shape)
    fixed = [size if isinstance(size, int) else None for size in wanted.shape]
    if len(fixed) != len(shape) or any(
        have not in (None, size) for have, size in zip(fixed, shape, strict=True)
    ):
        said = "x".join("?" if size is None else str(size) for size in fixed)
        hint = "take the batch that it was exported with, or export it with any"
        raise ConvcostError(f"the file takes {said}, and not a batch of {batch}", hint=hint)
    if wanted.type != {"fp32": "tensor(float)", "fp16": "tensor(float16)"}[dtype]:
        hint = "it runs in the dtype that it is in: see --dtype"
        raise ConvcostError(f"the file takes {wanted.type}, and not {dtype}", hint=hint)
    return numpy.random.default_rng(0).standard_normal(shape).astype(DTYPES[dtype])


def _model(subject: Subject, batch: int, dtype: str) -> str | bytes:
    if subject.file:
        return subject.file
    torch, built = _torch()
    module = built(subject.source).eval().to(dtype=getattr(torch, DTYPES[dtype]))
    given = torch.zeros(batch, *subject.shape, dtype=getattr(torch, DTYPES[dtype]))
    written = io.BytesIO()
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # that there is a newer exporter, which takes far longer
        torch.onnx.export(module, (given,), written, dynamo=False)
    return written.getvalue()


def _torch() -> tuple[Any, Any]:
    try:
        import torch

        from convcost.runtime.pytorch import built
    except ImportError:
        message = "what is no ONNX file is exported by PyTorch, which is not installed"
        raise UsageError(message, hint="pip install torch") from None
    return torch, built


def _runtime() -> Any:
    try:
        import onnxruntime
    except ImportError:
        message = "measuring so needs ONNX Runtime, which is not installed"
        raise UsageError(message, hint="pip install onnxruntime") from None
    return onnxruntime


ONNX_RUNTIME = Runtime("ONNX Runtime", DTYPES, machine, fastest, times)

"""Generated PyTorch modules, built and timed on a CPU or a CUDA device."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from convcost.errors import ConvcostError, UsageError
from convcost.runtime.base import Machine, Runtime, Subject, first_line, processor
from convcost.runtime.timing import Timing, timed
from convcost.text import quote

DTYPES = {"fp32": "float32", "tf32": "float32", "fp16": "float16", "bf16": "bfloat16"}
"""What PyTorch calls the dtypes that it can be timed in."""


def machine(where: str) -> Machine:
    """What `where`, "cpu" or "cuda", is; UsageError if there is none, or no PyTorch."""
    torch = _torch()
    framework = f"torch {torch.__version__}"
    if where == "cpu":
        return Machine(processor(), framework, torch.get_num_threads(), None)
    if not torch.cuda.is_available():
        raise UsageError("PyTorch sees no CUDA device here", hint="measure on the CPU: --on cpu")
    found = torch.cuda.get_device_properties(0)
    return Machine(found.name, framework, None, getattr(found, "L2_cache_size", 0) or None)


def fastest() -> str:
    """Where to run if nothing is asked for: "cuda" where there is a device, else "cpu"."""
    return "cuda" if _torch().cuda.is_available() else "cpu"


def times(
    subjects: Sequence[Subject], batch: int, dtype: str, where: str
) -> Iterator[Timing | ConvcostError]:
    """How long a forward of each takes, in order; an error for one that does not run.

    They run one at a time, without gradients, in inference mode, on inputs drawn at random, as
    PyTorch runs them by itself: neither compiled nor captured. `tf32` lets a GPU shorten the
    numbers of fp32 products; `fp32` does not.
    """
    torch = _torch()
    with torch.inference_mode(), _products(torch, dtype == "tf32"):
        for subject in subjects:
            try:
                yield _time(torch, subject, batch, getattr(torch, DTYPES[dtype]), where)
            except (RuntimeError, TypeError) as error:  # a kernel lacks the dtype, or the shape
                yield ConvcostError(f"PyTorch does not run it: {quote(first_line(error))}")


def _time(torch: Any, subject: Subject, batch: int, dtype: object, where: str) -> Timing:
    module = built(subject.source).eval().to(device=where, dtype=dtype)
    given = torch.randn(batch, *subject.shape, device=where).to(dtype)

    def run(repeats: int) -> None:
        for _ in range(repeats):
            module(given)
        if where == "cuda":
            torch.cuda.synchronize()

    return timed(run)


def built(source: str) -> Any:
    """The last class of generated source, made; it is convcost's own text, and no one else's."""
    module = ModuleType("convcost_measured")
    exec(compile(source, "<generated>", "exec"), module.__dict__)  # noqa: S102, our own text
    classes = [each for each in module.__dict__.values() if isinstance(each, type)]
    return classes[-1]()


@contextmanager
def _products(torch: Any, short: bool) -> Iterator[None]:
    """Whether a GPU may multiply fp32 numbers in fewer bits, until the end of the block."""
    backends = (torch.backends.cudnn, torch.backends.cuda.matmul)
    before = [each.allow_tf32 for each in backends]
    try:
        for each in backends:
            each.allow_tf32 = short
        yield
    finally:
        for each, was in zip(backends, before, strict=True):
            each.allow_tf32 = was


def _torch() -> Any:
    try:
        import torch
    except ImportError:
        raise UsageError(
            "measuring needs PyTorch, which is not installed", hint="pip install torch"
        ) from None
    return torch


PYTORCH = Runtime("PyTorch", DTYPES, machine, fastest, times)

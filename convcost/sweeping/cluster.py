"""Parts of a sweep on the machines of a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from convcost.errors import UsageError
from convcost.sweeping.extras import need
from convcost.text import quote

LOCAL = "local"
"""The address of a cluster of processes on this machine, which is there while the sweep is."""
PATIENCE = 10
"""Seconds to wait for a cluster elsewhere."""
Result = TypeVar("Result")


def on_cluster(
    address: str,
    function: Callable[[int, Any], Result],
    which: Sequence[int],
    job: Any,
    workers: int,
) -> Iterator[Result]:
    """What `function` gives for each of these numbers and `job`, as they are done; others do again
    what a worker that dies had begun.

    UsageError where Dask is not installed or the cluster cannot be reached, and where workers die
    again and again.
    """
    need("distributed")
    from distributed import Client, KilledWorker, as_completed

    local = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": None}
    try:
        client = Client(**local) if address == LOCAL else Client(address, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"cannot reach the cluster {quote(address)}: {quote(str(error))}"
        ) from None
    with client:
        (sent,) = client.scatter([job], broadcast=True)  # a tuple would be taken apart
        futures = client.map(function, which, job=sent, pure=False)
        try:
            for future in as_completed(futures):
                yield future.result()
        except KilledWorker:
            raise UsageError("the workers of this sweep die") from None

"""Packages that parts of a sweep need, and which are not installed with convcost."""

from __future__ import annotations

from importlib.util import find_spec

from convcost.errors import UsageError

EXTRAS = {
    "numpy": "a sweep",
    "distributed": "a Dask cluster",
    "optuna": "a search",
    "pyarrow": "a Parquet file",
    "pandas": "a data frame of pandas",
    "polars": "a data frame of polars",
}
"""What needs each of them."""


def need(package: str) -> None:
    """UsageError where that package is not installed."""
    if find_spec(package) is None:
        raise UsageError(
            f"{EXTRAS[package]} needs {package}, which is not installed",
            hint=f"pip install {package}",
        )

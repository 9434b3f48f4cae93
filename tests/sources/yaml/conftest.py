"""Every test of this folder runs with each of PyYAML's parsers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from convcost.sources.yaml import reader
from convcost.sources.yaml.parser import PureLoader

PARSERS = {"libyaml": getattr(yaml, "CSafeLoader", None), "pure": PureLoader}


@pytest.fixture(params=PARSERS, autouse=True, scope="module")
def parser(request: pytest.FixtureRequest) -> Iterator[None]:
    """One of the parsers, and the other afterwards."""
    loader = PARSERS[request.param]
    if loader is None:
        pytest.skip("this PyYAML has no parser in C")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "LOADER", loader)
        yield

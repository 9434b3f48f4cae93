"""Settings of every test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.parameters import hold_parameters
from tests.posix import needs_posix

# How long an example takes says nothing on a shared machine. What is drawn is the same each time,
# so that a failure is the change's; `--hypothesis-profile anew` looks for what nobody has seen.
settings.register_profile("convcost", deadline=None, derandomize=True)
settings.register_profile("anew", deadline=None)
settings.load_profile("convcost")

# Nothing is kept in the folders of whoever runs the tests, and nothing found there. (With CI set,
# pytest would show all of what differs.)
os.environ["XDG_CACHE_HOME"] = os.environ["LOCALAPPDATA"] = os.path.join(os.devnull, "nothing")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-golden",
        action="store_true",
        help="write what the commands print to tests/golden instead of comparing with it",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.name != "nt":
        return
    for item in items:
        known = getattr(item, "_fixtureinfo", None)  # pytest has no public way to a test's fixtures
        fixtures = known.name2fixturedefs.values() if known else ()
        functions = [getattr(item, "function", None), *(each[-1].func for each in fixtures)]
        if any(needs_posix(each) for each in functions if each):
            item.add_marker(pytest.mark.skip(reason="needs what Windows does not have"))


@pytest.fixture(scope="session", autouse=True)
def _parameters_are_those_of_the_module() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        hold_parameters(patch)
        yield

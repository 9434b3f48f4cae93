"""The formats of every result."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from importlib import import_module

import pytest

from convcost.errors import UsageError
from convcost.views.formats import FORMATS, view

HELPERS = {"words", "formulas", "places"}


@pytest.mark.parametrize("result", FORMATS)
def test_every_format_has_its_module_and_every_module_is_a_format(result: str) -> None:
    package = import_module(f"convcost.views.{result}")
    modules = {module.name for module in pkgutil.iter_modules(package.__path__)}
    assert modules - HELPERS == set(FORMATS[result])
    assert all(callable(view(result, name)) for name in FORMATS[result])


def test_an_unknown_format_is_named_with_what_there_is() -> None:
    with pytest.raises(UsageError) as caught:
        view("compare", "jsn")
    assert caught.value.problems[0].hint == 'did you mean "json"?'
    with pytest.raises(UsageError) as caught:
        view("explain", "pdf")
    assert caught.value.problems[0].hint == "the formats are table, json, markdown"


def test_a_format_imports_no_other_and_no_library() -> None:
    program = (
        "import sys; from convcost.views.formats import view; view('eval', 'table');"
        "names = {name for name in sys.modules if name.startswith('convcost.views.')};"
        "assert not names & {'convcost.views.eval.json', 'convcost.views.compare'}, names;"
        "assert not {'rich', 'typer', 'json', 'csv'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)

"""The public names, and what importing them costs."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import pytest

import convcost

HEAVY = {"numpy", "pydantic", "rich", "simpleeval", "typer", "yaml"}


@pytest.mark.parametrize("name", convcost.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert name in dir(convcost)
    assert getattr(convcost, name).__name__ == name
    assert getattr(convcost, name).__doc__


def test_public_names_are_sorted_and_stand_once() -> None:
    assert convcost.__all__ == sorted(set(convcost.__all__))


def test_plugins_are_there_without_being_imported() -> None:
    assert python("import convcost; convcost.plugins.load(); print('loaded')") == "loaded"


def test_no_other_name_is() -> None:
    with pytest.raises(AttributeError, match="module 'convcost' has no attribute 'evalaute'"):
        _ = convcost.evalaute


def python(code: str) -> str:
    """What a fresh interpreter prints."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_importing_the_engine_loads_the_standard_library_alone() -> None:
    loaded = python(
        "import sys, convcost.budget, convcost.comparison, convcost.cost, convcost.count\n"
        "import convcost.errors, convcost.kinds, convcost.network, convcost.quantity\n"
        "import convcost.baseline, convcost.conventions, convcost.difference\n"
        "import convcost.rewriting, convcost.suggestion\n"
        "assert convcost.kinds.REGISTRY\n"
        "convcost.quantity.parse_amount('4.3M')\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    assert "convcost" in loaded.split()
    assert not HEAVY & set(loaded.split())


def test_importing_convcost_loads_none_of_its_rooms() -> None:
    loaded = python(
        "import sys, convcost\nprint(*(name for name in sys.modules if 'convcost' in name))"
    )
    assert loaded == "convcost"


@pytest.mark.parametrize(
    "imports",
    [
        "from convcost import compare",
        "from convcost import Choice, compare",
        "import convcost; convcost.Row; compare = convcost.compare",
        "import convcost.comparison\nfrom convcost import compare",
    ],
)
def test_compare_is_the_function_however_it_is_reached(imports: str) -> None:
    assert python(f"{imports}\nprint(compare(3, 4, 3).rows[0].params)") == "108"


def test_no_module_is_called_as_what_the_package_offers() -> None:
    # Importing such a module would put it in the place of what is offered.
    modules = {module.name for module in pkgutil.iter_modules(convcost.__path__)}
    assert not modules & set(convcost.__all__)


def test_a_layer_compared_in_one_line() -> None:
    kinds = ["standard", "depthwise-separable"]
    assert [row.params for row in convcost.compare(3, 4, 3, kinds=kinds).rows] == [108, 39]


def test_a_network_evaluated_in_three() -> None:
    builder = convcost.Builder("one layer", (3, 5, 5))
    builder.add("depthwise-separable", {"m": 4, "k": 3})
    report = convcost.evaluate(builder.network())
    assert (report.params, report.macs) == (39, 975)

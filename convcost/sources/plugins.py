"""Code of the user's own that adds to what there is: a file that was typed, or installed packages.

Nothing here is looked at by itself: settings, specs and names that were found never load code.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from importlib.metadata import DistributionFinder, EntryPoint, MetadataPathFinder
from importlib.util import module_from_spec, spec_from_file_location

from convcost.errors import UsageError
from convcost.sources.theirs import run_theirs
from convcost.text import quote

GROUP = "convcost"
"""The entry points of installed packages that are plugins."""
SUFFIX = ".py"
INSTALLED = ""
"""Stands for all of those among what was loaded."""
LOADED: dict[str, None] = {}
"""The files that were loaded, by where they are, and `INSTALLED`."""


def is_plugin(path: str) -> bool:
    """Whether a file is code, by its name."""
    return path.endswith(SUFFIX)


def load(path: str | os.PathLike[str] = INSTALLED) -> None:
    """Run the plugin in a file, or without one those that installed packages offer as entry points
    of the group `convcost`; once.

    UsageError for a file that is not there, or whose name does not end with `.py`; CodeError for
    code that fails.
    """
    name = os.fspath(path)
    key = os.path.realpath(name) if name else INSTALLED
    if key in LOADED:
        return
    _load_own()
    if not name:
        for entry in _offered():
            work = partial(_adding, entry.load)
            run_theirs(work, f"the plugin {quote(entry.value)} cannot be loaded")
    else:
        work = partial(_adding, partial(_run, _existing(name)))
        run_theirs(work, f"{quote(name, 4096)} cannot be loaded")
    LOADED[key] = None
    from convcost.budget import limit_all_metrics

    limit_all_metrics()


def load_all(loaded: tuple[str, ...]) -> None:
    """Have in this process what another has `LOADED`."""
    for each in loaded:
        load(each)


def _load_own() -> None:
    """Have all that is convcost's own, which is the first, and which nothing takes the place of."""
    from convcost.kinds import REGISTRY

    assert REGISTRY


def _adding(work: Callable[[], object]) -> None:
    """Do it; ValueError if a kind that it adds has a formula with letters that nothing explains."""
    from convcost.kinds import REGISTRY

    known = {*REGISTRY}
    work()
    for name in REGISTRY.keys() - known:
        assert REGISTRY[name].letters is not None


def _existing(path: str) -> str:
    if not is_plugin(path):
        raise UsageError(f"{quote(path, 4096)} is no Python file", hint="a plugin is FILE.py")
    if not os.path.isfile(path):
        raise UsageError(f"there is no file {quote(path, 4096)}")
    return path


def _run(path: str) -> None:
    """A module of its own, which nothing else imports by its name."""
    stem = os.path.splitext(os.path.basename(path))[0]
    name = f"convcost_plugin_{stem}"
    spec = spec_from_file_location(name, path)
    assert spec is not None, "it is a Python file"
    assert spec.loader is not None, "which has one"
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)


def _offered() -> list[EntryPoint]:
    """The entry points of packages that are installed; not of what lies on Python's path besides,
    as a checkout may."""
    context = DistributionFinder.Context(path=_site_packages())
    found = {
        (entry.value, entry.name): entry
        for each in MetadataPathFinder.find_distributions(context)
        for entry in each.entry_points
        if entry.group == GROUP
    }
    return [found[key] for key in sorted(found)]


def _site_packages() -> list[str]:
    import site
    import sysconfig

    own = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *site.getsitepackages()}
    if site.ENABLE_USER_SITE:
        own.add(site.getusersitepackages())
    return [each for each in sys.path if each in own]

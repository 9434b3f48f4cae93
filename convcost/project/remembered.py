"""What code came to, kept in a folder of the user's for as long as nothing it was made of changes.

Only JSON is kept, and only a network is made of it: whatever else lies there is not looked at.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from convcost.errors import ConvcostError, UsageError
from convcost.network import Network
from convcost.project.layout import AnyPath, Project
from convcost.sources import CodeTarget, Target, read
from convcost.sources.given import Given, with_stated
from convcost.sources.imports.pytorch.exported import is_saved
from convcost.sources.inputs import format_input
from convcost.sources.networkjson import network_text, parse_network
from convcost.sources.opened import files, watched
from convcost.sources.outfile import write_file
from convcost.sources.plugins import LOADED
from convcost.sources.targets import Stated
from convcost.sources.yaml.files import file_bytes
from convcost.text import quote

if TYPE_CHECKING:
    from convcost.sources.spec.reading import Spec

NONE = "none"
_LARGEST, _MOST_BYTES = 64 * 2**20, 2**30
_MOST_FILES = 20_000
_CLOCK = 2.0
"""Seconds by which a file system's clock may be behind."""


class Memory:
    """Reads networks, and keeps in `folder` what code comes to; nothing where that is empty."""

    def __init__(self, folder: str = "") -> None:
        self._folder = folder
        self._path = tuple(sys.path)  # code that is read adds to it
        self._since = time.time()

    def read(self, target: Target, overrides: Mapping[str, Any], given: Given) -> Spec:
        """What `read` of the sources gives, which also says what it raises."""
        from convcost.sources.spec.reading import Spec

        # Those are files that nothing here knows.
        is_told = not (given.rules or given.example or LOADED)
        if not self._folder or not isinstance(target, CodeTarget) or not is_told:
            return read(target, overrides, given)
        path = os.path.join(self._folder, f"{self._key(target, overrides, given)}.json")
        if kept := _kept(path):
            return Spec(str(target), kept, (), {})
        with watched():
            spec = read(target, overrides, given)
        with suppress(OSError, ConvcostError):  # a full disk, or a folder that may not be written
            _keep(spec.network, path, self._since, files() | _own(target))
        return spec

    def _key(self, target: CodeTarget, overrides: Mapping[str, Any], given: Given) -> str:
        """What stands for all that is known before anything runs."""
        import platform
        from importlib.metadata import PackageNotFoundError, version

        from convcost import __version__

        try:
            framework = version(target.sort.rstrip(":"))
        except PackageNotFoundError:
            framework = ""
        whole, stated = with_stated(target, given, overrides), target.stated or Stated()
        known = (
            (str(target), stated.name, stated.folder),
            [format_input(each) for each in whole.inputs],
            sorted(whole.arguments.items()),
            (__version__, sys.version, sys.platform, platform.machine(), framework),
            (os.getcwd(), self._path),
        )
        return _digest(repr(known).encode("utf-8", "backslashreplace"))


def memory_of(project: Project, cache: AnyPath | bool) -> Memory:
    """The memory in the folder `cache`, as it is named from the project; for True that in the
    user's own, unless this is CI, and for False none.

    None is ever in the checked repository, where a branch could bring it along: UsageError for a
    folder that is named and lies there.
    """
    folder = _folder(project, cache)
    real, top = (os.path.normcase(os.path.realpath(each)) for each in (folder, project.config.root))
    if not folder or not os.path.join(real, "").startswith(os.path.join(top, "")):
        return Memory(folder and real)
    if cache is True:
        return Memory()
    raise UsageError(
        f"the cache {quote(folder, 4096)} lies in the repository, whose branches could fill it",
        hint="name a folder elsewhere",
    )


def _folder(project: Project, cache: AnyPath | bool) -> str:
    if cache is True:
        return users_folder(os.environ)
    return "" if cache is False or cache == NONE else os.path.join(project.folder, cache)


def users_folder(environ: Mapping[str, str]) -> str:
    """Where the platform has such things of whoever runs this; empty in CI."""
    if environ.get("CI"):
        return ""
    if sys.platform == "win32":
        base = environ.get("LOCALAPPDATA", "")
    elif not os.path.isabs(base := environ.get("XDG_CACHE_HOME", "")):
        usual = "Library/Caches" if sys.platform == "darwin" else ".cache"
        base = os.path.join(os.path.expanduser("~"), usual)
    return os.path.join(base, "convcost") if os.path.isabs(base) else ""


def _kept(path: str) -> Network | None:
    """The network in a file; None if there is none, if anything that it was made of is another one
    now, or if the file holds anything else."""
    from convcost.cost import evaluate

    try:
        document = json.loads(file_bytes(path, _LARGEST))
        made_of = document["files"]
        if not made_of or _digests(made_of) != made_of:
            return None
        network = parse_network(document["network"])
        evaluate(network)
        return network
    except Exception:  # whoever wrote it, it is not what is written here
        return None


def _own(target: CodeTarget) -> set[str]:
    """The file that a target is, which PyTorch does not open as Python does."""
    if not is_saved(target.name):
        return set()
    return {os.path.abspath(os.path.join((target.stated or Stated()).folder, target.name))}


def _keep(network: Network, path: str, since: float, made_of: Collection[str]) -> None:
    text = network_text(network)
    if text is None or os.path.islink(path) or any(_is_newer(each, since) for each in made_of):
        return
    document = {"files": _digests(sorted(made_of)), "network": text}
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    write_file(json.dumps(document), path)


def _is_newer(path: str, since: float) -> bool:
    """Whether a file may be another one than was read."""
    return os.path.lexists(path) and os.stat(path).st_mtime >= since - _CLOCK


def _digests(paths: Iterable[str]) -> dict[str, str]:
    """A digest of each file, empty for one that is not there; ConvcostError for what cannot be read
    whole, and for too much."""
    found: dict[str, str] = {}
    left = _MOST_BYTES
    for path in paths:
        raw = file_bytes(path, min(_LARGEST, left)) if os.path.lexists(path) else None
        found[path] = "" if raw is None else _digest(raw)
        left -= len(raw or b"")
        if len(found) > _MOST_FILES:
            raise UsageError("too many files")
    return found


def _digest(raw: bytes) -> str:
    import hashlib

    return hashlib.sha256(raw).hexdigest()

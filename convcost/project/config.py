"""The project's settings: `convcost.toml`, or `[tool.convcost]` in `pyproject.toml`."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from convcost.budget import Budget
from convcost.errors import ConvcostError, Place, Problem, SpecError, UsageError
from convcost.project.globs import matches
from convcost.project.networks import Entry, read_networks
from convcost.project.tomlplaces import Keys, long_key, nearest, parse_toml, places
from convcost.setting import FP32, Setting
from convcost.sources.counting import is_convention_file
from convcost.sources.fits import limits_of, with_word
from convcost.sources.inside import leads_out, repository
from convcost.sources.quota import refuse_many
from convcost.sources.yaml.files import decoded, file_bytes
from convcost.spelling import did_you_mean
from convcost.text import quote

OWN, SHARED = "convcost.toml", "pyproject.toml"
_TABLE = ("tool", "convcost")
_RUN_CODE = "run_code"
_MAX_BYTES = 2**20
_MOST_MARKS = 100  # in a pattern
_HINT = "paths are relative to this file, stay below it, and are written with /"


class Pattern(NamedTuple):
    """A pattern of paths, and where it was written."""

    glob: str
    place: Place


class Rule(NamedTuple):
    """Budgets for every spec that a pattern matches."""

    pattern: Pattern
    budgets: tuple[Budget, ...]


class Config(NamedTuple):
    """Settings with their places; paths are relative to `folder`.

    Nothing is set by an empty pattern, baseline or convention. What they say of `run_code` is
    no part of it: see `allows_code`.
    """

    path: str = ""
    folder: str = ""
    specs: tuple[Pattern, ...] = ()
    networks: tuple[Entry, ...] = ()
    rules: tuple[Rule, ...] = ()
    baseline: str = ""
    baseline_place: Place | None = None
    convention: str = ""
    convention_place: Place | None = None
    setting: Setting = FP32

    @property
    def root(self) -> str:
        """Where every path that these settings name must lie when links are followed."""
        return repository(self.folder)


def find_config(folder: str) -> str | None:
    """The settings that hold in `folder`: the nearest, up to the top of the repository; see `seen`.

    Whatever has the name of settings is taken for them, so that reading says what is wrong with
    it. SpecError for a pyproject.toml that leads out of the repository or cannot be read.
    """
    here = Path(folder).absolute()
    for parent in (here, *here.parents):
        own, shared = (seen(str(parent / name), folder) for name in (OWN, SHARED))
        if os.path.lexists(own):
            return own
        if os.path.lexists(shared) and _has_table(shared):
            return shared
        if (parent / ".git").exists():
            return None
    return None


def seen(path: str, folder: str) -> str:
    """`path` by way of `folder`, which is as somebody named it: relative, absolute or empty."""
    return os.path.normpath(os.path.join(folder, os.path.relpath(path, folder or os.curdir)))


def read_config(path: str, root: str = "") -> Config:
    """The settings in the file `path`, which must lie below `root` if that is given.

    SpecError, with every problem found, for what cannot be read, a key that means nothing, a
    value of the wrong type, a limit that is none, and a path that leads out of the folder.
    """
    return parse_config(file_bytes(path, _MAX_BYTES, root), path)


def parse_config(raw: bytes, path: str) -> Config:
    """The settings in `raw`, which messages call `path`; SpecError likewise."""
    text = decoded(raw, path)
    prefix, values = _values(text, path)
    if prefix and values == {}:
        raise SpecError("there is no [tool.convcost] in it", place=Place(path), hint="add one")
    return _Reader(path, prefix, places(text, path)).config(values)


def allows_code(raw: bytes, path: str) -> bool:
    """Whether settings, which `path` held in a commit that is trusted, say `run_code = true`."""
    _, values = _values(decoded(raw, path), path)
    return isinstance(values, dict) and values.get(_RUN_CODE) is True


def _values(text: str, path: str) -> tuple[Keys, Any]:
    """The settings in the text of a file, and the keys that they stand below."""
    values = parse_toml(text, path)
    prefix = _TABLE if Path(path).name == SHARED else ()
    for key in prefix:
        values = values.get(key, {}) if isinstance(values, dict) else {}
    return prefix, values


def _has_table(path: str) -> bool:
    """Whether a pyproject.toml has our table, or cannot be read and seems to."""
    raw = file_bytes(path, _MAX_BYTES, repository(os.path.dirname(path)))
    if _TABLE[-1].encode() not in raw:
        return False
    text = decoded(raw, path)
    if long_key(text):
        return True
    try:
        tool = tomllib.loads(text).get(_TABLE[0], {})
    except tomllib.TOMLDecodeError:
        return True
    return isinstance(tool, dict) and _TABLE[-1] in tool


class _Reader:
    """Turns values into settings, collecting what is wrong with them."""

    def __init__(self, path: str, prefix: Keys, found: Mapping[Keys, Place]) -> None:
        self.path = path
        self.prefix = prefix
        self.found = found
        self.problems: list[Problem] = []

    def config(self, values: Any) -> Config:
        readers: dict[str, Callable[[Any], None]] = {
            "specs": self._specs,
            "networks": self._networks,
            _RUN_CODE: self._run_code,
            "budgets": self._budgets,
            "baseline": self._baseline,
            "convention": self._convention,
            "metrics": self._metrics,
        }
        self.made = Config(self.path, os.path.dirname(os.path.abspath(self.path)))
        for key, value in values.items() if isinstance(values, dict) else ():
            if key in readers:
                readers[key](value)
            else:
                hint = did_you_mean(key, readers) or f"the keys are {', '.join(readers)}"
                self._wrong(f'unknown key "{quote(key)}"', (key,), hint)
        self._tell_apart()
        if self.problems:
            raise SpecError(*self.problems)
        return self.made

    def _place(self, *keys: str) -> Place:
        return nearest(self.found, (*self.prefix, *keys), self.path)

    def _place_of(self, keys: Keys, metric: str, *below: object) -> Place:
        return self._place(*keys, metric, *(str(key) for key in below))

    def _wrong(self, message: str, keys: Keys, hint: str = "") -> None:
        self.problems.append(Problem(message, self._place(*keys), hint))
        refuse_many(self.problems)

    def _specs(self, value: Any) -> None:
        if not isinstance(value, list) or not value:
            self._wrong("specs must be a list of patterns", ("specs",), 'such as ["specs/*.yaml"]')
            return
        patterns = tuple(self._pattern(each, ("specs",)) for each in value)
        self.made = self.made._replace(specs=patterns)

    def _networks(self, value: Any) -> None:
        try:
            networks = read_networks(value, partial(self._place, "networks"))
        except UsageError as error:
            self.problems += error.problems
        else:
            self.made = self.made._replace(networks=networks)

    def _run_code(self, value: Any) -> None:
        if not isinstance(value, bool):
            self._wrong(f"{_RUN_CODE} must be true or false", (_RUN_CODE,))

    def _pattern(self, value: Any, keys: Keys) -> Pattern:
        text = value if isinstance(value, str) else ""
        if not text or leads_out(text) or sum(map(text.count, "*?")) > _MOST_MARKS:
            self._wrong(f'"{quote(str(value))}" is no pattern of paths', keys, _HINT)
        return Pattern(text.removeprefix("./"), self._place(*keys))

    def _baseline(self, value: Any) -> None:
        if not isinstance(value, str) or not value:
            self._wrong("baseline must be a text", ("baseline",), "a lock file, or git:origin/main")
        elif not value.startswith("git:") and leads_out(value):
            self._wrong(f'"{quote(value)}" is no path below this file', ("baseline",), _HINT)
        else:
            place = self._place("baseline")
            self.made = self.made._replace(baseline=value, baseline_place=place)

    def _tell_apart(self) -> None:
        """A lock file that a pattern of specs matches would be read as one of them."""
        if not self.made.baseline or self.made.baseline.startswith("git:"):
            return
        lock = os.path.normpath(self.made.baseline)
        for pattern in self.made.specs:
            if matches(pattern.glob, lock):
                message = f'specs has "{quote(pattern.glob)}", which matches this file too'
                self._wrong(message, ("baseline",), "give it another name, such as convcost.lock")

    def _convention(self, value: Any) -> None:
        if not isinstance(value, str) or not value:
            self._wrong("convention must be a text", ("convention",), "such as papers")
        elif is_convention_file(value) and leads_out(value):
            self._wrong(f'"{quote(value)}" is no path below this file', ("convention",), _HINT)
        else:
            place = self._place("convention")
            self.made = self.made._replace(convention=value, convention_place=place)

    def _metrics(self, value: Any) -> None:
        if not isinstance(value, dict):
            self._wrong("metrics must be a table", ("metrics",), '[metrics] with dtype = "int8"')
            return
        for key, each in value.items():
            try:
                made, word = self.made, _word(each)
                setting = with_word(made.setting, key, word, made.folder, made.root)
                self.made = made._replace(setting=setting)
            except ConvcostError as error:
                self.problems += error.at(self._place("metrics", key))
                refuse_many(self.problems)

    def _budgets(self, value: Any) -> None:
        if not isinstance(value, dict):
            self._wrong("budgets must be a table", ("budgets",), '[budgets."specs/*.yaml"]')
            return
        rules = [
            Rule(self._pattern(glob, ("budgets", glob)), tuple(self._limits(glob, table)))
            for glob, table in value.items()
        ]
        self.made = self.made._replace(rules=tuple(rules))

    def _limits(self, glob: str, table: Any) -> list[Budget]:
        keys = ("budgets", glob)
        if not isinstance(table, dict) or not table:
            hint = 'budgets stand behind a pattern of paths: [budgets."specs/*.yaml"]'
            self._wrong(f'"{quote(glob)}" sets no budgets', keys, hint)
            return []
        budgets: list[Budget] = []
        for metric, value in table.items():
            try:
                where = partial(self._place_of, keys, metric)
                budgets += limits_of(metric, value, where, self.made.folder, self.made.root)
            except ConvcostError as error:
                self.problems += error.at(self._place(*keys, metric))
                refuse_many(self.problems)
        return budgets


def _word(value: Any) -> Any:
    return ",".join(map(str, value)) if isinstance(value, list) else value

"""The budgets that settings set, by the specs that they are for."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence

from convcost.budget import Budget
from convcost.errors import Problem
from convcost.project.config import SHARED, Config, Rule
from convcost.project.globs import Files, matches
from convcost.project.layout import key_of, matching, unmatched
from convcost.sources import Target
from convcost.sources.targets import is_imported


class Rules:
    """The rules of settings, which are held to be for some spec each."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._used: set[int] = set()
        self._exact: dict[str, list[tuple[int, Rule]]] = {}
        self._patterns: list[tuple[int, Rule]] = []
        for index, rule in enumerate(config.rules):
            if set("*?") & set(rule.pattern.glob):
                self._patterns.append((index, rule))
            else:
                self._exact.setdefault(rule.pattern.glob, []).append((index, rule))

    def of(self, target: Target) -> list[Sequence[Budget]]:
        """The budgets of each rule for a spec, in the order of the file."""
        key = self._key(target)
        found = [each for each in self._patterns if matches(each[1].pattern.glob, key)]
        found += self._exact.get(key, [])
        self._used |= {index for index, _ in found}
        return [rule.budgets for _, rule in sorted(found, key=lambda each: each[0])]

    def table(self, target: Target) -> str:
        """`[budgets."torch:nets:Net"]`, under which budgets stand that no spec can hold; empty
        where one can."""
        if not is_imported(target):
            return ""
        above = "tool.convcost." if os.path.basename(self._config.path) == SHARED else ""
        return f"[{above}budgets.{json.dumps(self._key(target), ensure_ascii=False)}]"

    def _key(self, target: Target) -> str:
        return key_of(target, self._config.folder).removeprefix("./")

    def unmatched(self, is_all: bool) -> list[Problem]:
        """The rules that no spec was for; of some specs only, those that no file is for."""
        left = [each for index, each in enumerate(self._config.rules) if index not in self._used]
        patterns = [rule.pattern for rule in left if not self._names_one(rule.pattern.glob)]
        files = Files(self._config.folder, self._config.root)
        return [unmatched(each) for each in patterns if is_all or not matching(each, files)]

    def _names_one(self, glob: str) -> bool:
        """Whether a pattern is for a network that the settings name, checked now or not."""
        return any(matches(glob, entry.key) for entry in self._config.networks)


def in_force(*sources: Sequence[Budget]) -> list[Budget]:
    """The budgets of all sources; what a later one says of a metric takes the place of all that
    was said of it before."""
    by_metric: dict[str, list[Budget]] = {}
    for source in sources:
        for metric in {budget.metric: None for budget in source}:
            by_metric[metric] = [budget for budget in source if budget.metric == metric]
    return [budget for budgets in by_metric.values() for budget in budgets]

"""Suggestions: what to replace to come under a budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from convcost.budget import Budget
from convcost.metrics import METRICS, SAVED
from convcost.status import status_of
from convcost.suggestion import Option, Suggestion, Tried
from convcost.text import command_line
from convcost.views.figures import marked
from convcost.views.rewrite import left_alone
from convcost.views.screen import BOLD, DIM, GREEN, RED, Screen
from convcost.views.sheet import Column, Listing, Part, Sheet, Text, Together
from convcost.views.standing import cell, entry, titled
from convcost.views.words import costliest

CAVEAT = (
    "It knows what layers cost, and nothing of accuracy: train the network before you rely on it."
)
_MOST_BINDING = 3
_CSV, _JSON = ("csv",), ("json",)
BUDGETS: Sequence[Column[tuple[Suggestion, Budget]]] = (
    Column("metric", lambda each: each[1].metric),
    Column("limit", lambda each: each[1].limit),
    Column("before", lambda each: each[0].report.figure(each[1].metric)),
    Column("after", lambda each: each[0].total(each[1].metric)),
    Column("excess", lambda each: each[0].excess(each[1])),
)


class _Suggested(NamedTuple):
    suggestion: Suggestion
    spec: str = ""
    options: Sequence[str] = ()
    among: Sequence[str] = ()
    schema: str = "suggest/1"
    depth: int = 1

    def body(self) -> Mapping[str, Any]:
        """Each budget with the total that is reached, and all options, ranked; those to replace
        are `chosen`."""
        made = self.suggestion
        return {
            "network": made.report.name,
            "path": made.report.path or None,
            "suffices": None if made.undecided else made.suffices,
            "smallest": made.is_smallest,
            "budgets": Sheet(BUDGETS, [(made, budget) for budget in made.budgets]),
            "options": self.flat(),
            **entry(made.status),
        }

    def flat(self) -> Sheet[Option]:
        """A row an option, the most useful first."""
        made = self.suggestion
        chosen = {(option.layer.name, option.replacement.label) for option in made.chosen}
        columns: list[Column[Option]] = [
            Column("network", lambda _: made.report.name, only=_CSV),
            Column("path", lambda _: made.report.path, only=_CSV),
            Column("layer", lambda option: option.layer.name, only=_CSV),
            Column("name", lambda option: option.layer.name, only=_JSON),
            Column("line", lambda option: option.layer.line or None),
            Column("kind", lambda option: option.layer.kind),
            Column("becomes", lambda option: option.replacement.label),
            Column(
                "chosen", lambda option: (option.layer.name, option.replacement.label) in chosen
            ),
            *map(_saves, SAVED),
            Column("saves", lambda option: _savings(made, option), only=_JSON),
            Column(
                "status", lambda option: cell(option.layer.status, option.instead.status), only=_CSV
            ),
            *map(_saves, made.saved[len(SAVED) :]),
        ]
        return Sheet(columns, made.options)

    def parts(self, screen: Screen) -> Sequence[Part]:
        """The verdict, the layers to replace, the one that saves most first, and where that
        leads."""
        made = self.suggestion
        style = f"{BOLD};{GREEN if made.suffices else RED}"
        where = [left(made, budget) for budget in made.budgets] if made.chosen else []
        see = command(made, self.spec, self.options, self.among)
        return [
            Text(verdict(made), style, only="table"),
            Text(["; ".join(verdict(made))], markdown="bold", only="markdown"),
            *[_table(made)] * bool(made.chosen),
            Text(where, markdown="breaks", folds=False),
            *_in_vain(made) * (not made.suffices),
            Text([CAVEAT], only="markdown"),
            Together(
                [Text([CAVEAT], DIM), Text([f"See it: {see}"] if see else [], DIM, folds=False)],
                only="table",
            ),
        ]


result = _Suggested


class _Chosen(NamedTuple):
    """A layer to replace, or all of them together."""

    rank: int | None
    name: str
    kind: str
    becomes: str
    saves: Mapping[str, int]


def _table(suggestion: Suggestion) -> Sheet[_Chosen]:
    rows = [
        _Chosen(rank, each.layer.name, each.layer.kind, each.replacement.label, saves)
        for rank, each in enumerate(suggestion.chosen, 1)
        for saves in [_savings(suggestion, each)]
    ]
    total = {metric: sum(row.saves[metric] for row in rows) for metric in suggestion.saved}
    columns: list[Column[_Chosen]] = [
        Column("", lambda row: row.rank, "", style=DIM, right=True, goes=2),
        Column("", lambda row: row.name, "layer"),
        Column("", lambda row: row.kind, "kind", goes=1),
        Column("", lambda row: row.becomes, "becomes"),
        *map(_saved, suggestion.saved),
    ]
    return Sheet(columns, rows, _Chosen(None, "together", "", "", total), total_only="table")


def _savings(suggestion: Suggestion, option: Option) -> dict[str, int]:
    return {metric: option.saving(metric) for metric in suggestion.saved}


def _saves(metric: str) -> Column[Option]:
    return Column(f"saves_{metric}", lambda option: option.saving(metric), only=_CSV)


def _saved(metric: str) -> Column[_Chosen]:
    return Column("", lambda row: row.saves[metric], f"saves {METRICS[metric].title}", right=True)


def verdict(suggestion: Suggestion) -> list[str]:
    """Whether, and how, the network comes under its budgets, a sentence a line."""
    name = suggestion.report.name
    count = len(suggestion.chosen)
    if suggestion.suffices and not count:
        return [f"{name} keeps within {_limits(suggestion)} as it is{_as_counted(suggestion)}"]
    if suggestion.suffices:
        layers = _layers(count, len({option.layer.name for option in suggestion.options}))
        fewest = "the fewest that do" if suggestion.is_smallest else "there may be fewer that do"
        totals = f"{_totals(suggestion)}{_as_counted(suggestion)}"
        return [f"replacing {layers} brings {name} to {totals}: {fewest}"]
    if not count:
        return [f"nothing in {name} can be replaced that saves what is needed"]
    over = [
        f"{suggestion.excess(budget):,} {_name(suggestion, budget)} over {budget.limit:,}"
        for budget in _broken(suggestion)
    ]
    none, some = "no set of these replacements suffices", f"all {count}"
    if not suggestion.is_smallest:
        none = "no set of these replacements was found that suffices"
        some = f"these {count}" if count > 1 else "this one"
    return [
        f"{none} for {name}",
        f"with {some} it is still {' and '.join(over)}{_as_counted(suggestion)}",
    ]


def _in_vain(suggestion: Suggestion) -> list[Part]:
    """Why nothing was found: what was tried, what was left alone, and what there is too much of."""
    alone = [line for each in suggestion.tried for line in left_alone(each.made)]
    return [
        Listing("tried:", [_tried(each, suggestion) for each in suggestion.tried], "  ", DIM),
        Listing("left alone:", list(dict.fromkeys(alone)), "  ", DIM),
        Listing("what binds:", list(map(partial(_binding, suggestion), _broken(suggestion))), "  "),
    ]


def _tried(tried: Tried, suggestion: Suggestion) -> str:
    """`standard=depthwise-separable: 16 of 17 layers can be replaced`."""
    old, count = tried.replacement.old, len(tried.made.outcomes)
    can_be = len(tried.made.replaced)
    saving = sum(option.replacement == tried.replacement for option in suggestion.options)
    what = f"{old}={tried.replacement.label}"
    if not count:
        return f"{what}: there is no {old} layer"
    uses = f", and {saving or 'none'} of them would save what is needed" * (saving < can_be)
    return f"{what}: {can_be or 'none'} of {_of(count)} can be replaced{uses}"


def _binding(suggestion: Suggestion, budget: Budget) -> str:
    """`MACs: of 464,357,888, 350,257,152 can be saved; most of the rest is mix (58.8%)`."""
    metric = budget.metric
    before, left = suggestion.report.figure(metric), suggestion.total(metric)
    top = suggestion.after.top(metric, _MOST_BINDING)
    less = max(0, before - left)
    saved = f"of {before:,}, {less:,} can be saved, and {budget.limit:,} is the limit"
    where = f"most of what is left: {costliest(top, metric, left)}"
    if not METRICS[metric].adds_up:
        where = f"reached in {', '.join(each.name for each in top if each.figure(metric) == left)}"
    return f"{_name(suggestion, budget)}: {saved}; {where}"


def _broken(suggestion: Suggestion) -> list[Budget]:
    return [budget for budget in suggestion.budgets if suggestion.excess(budget) > 0]


def left(suggestion: Suggestion, budget: Budget) -> str:
    """`4,850,012,160 MACs, 149,987,840 below 5,000,000,000`."""
    excess = suggestion.excess(budget)
    distance = f"{abs(excess):,} {'over' if excess > 0 else 'below'} " if excess else "just "
    return f"{_total(suggestion, budget)}, {distance}{budget.limit:,}"


def command(
    suggestion: Suggestion,
    spec: str = "",
    options: Sequence[str] = (),
    among: Sequence[str] = (),
) -> str:
    """The command line that makes the replacements in `spec`; empty where it takes more than one.

    `spec` is the network as the user named it, else its file; `options` are what was typed besides,
    and `among` say which layers were looked at, if not all.
    """
    made = {option.replacement.old: option.replacement for option in suggestion.chosen}
    if not made or any(made[o.replacement.old] != o.replacement for o in suggestion.chosen):
        return ""
    words = ["convcost", "rewrite", spec or suggestion.report.path]
    for old, replacement in made.items():
        words += ["--replace", f"{old}={replacement.label}"]
    if len(suggestion.chosen) < len(suggestion.options):
        among = [word for o in suggestion.chosen for word in ("--only", o.layer.name)]
    return command_line([*words, *options, *among])


def _as_counted(suggestion: Suggestion) -> str:
    """What a verdict hangs on, where not all of the network is understood."""
    return ", as far as that is understood" if suggestion.undecided else ""


def _layers(count: int, of: int) -> str:
    return f"{count} of {_of(of)}"


def _of(count: int) -> str:
    return f"{count} layer{'s' * (count != 1)}"


def _limits(suggestion: Suggestion) -> str:
    said = (f"{each.limit:,} {_name(suggestion, each)}" for each in suggestion.budgets)
    return " and ".join(said)


def _totals(suggestion: Suggestion) -> str:
    return " and ".join(_total(suggestion, budget) for budget in suggestion.budgets)


def _total(suggestion: Suggestion, budget: Budget) -> str:
    status = status_of(suggestion.status, budget.metric)
    return f"{marked(suggestion.total(budget.metric), status)} {_name(suggestion, budget)}"


def _name(suggestion: Suggestion, budget: Budget) -> str:
    return titled(suggestion.report, budget.metric)
